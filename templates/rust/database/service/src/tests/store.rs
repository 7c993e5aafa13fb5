//! The stores that the tests use, and what a database that is away means.

use std::env;

use axum::http::{Method, StatusCode};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

use super::Api;
use crate::store::{SEARCH_PATH, Store, TABLE};

const MIGRATION: &str = include_str!("../../../migrations/001_initial_schema.sql");

/// A store that holds nothing, for its database is not there.
pub fn empty() -> Store {
    // Port 1 is reserved for a service that nobody runs.
    Store::connect("postgres://user:secret-password@127.0.0.1:1/netstacks").unwrap()
}

/// A store in the database that `DATABASE_URL` names, if it names one.
pub async fn working() -> Option<Store> {
    static MIGRATED: OnceCell<()> = OnceCell::const_new();
    let Ok(url) = env::var("DATABASE_URL") else {
        eprintln!("skipped: DATABASE_URL names no database to test with");
        return None;
    };
    MIGRATED.get_or_init(|| migrate(&url)).await;
    Some(Store::connect(&url).unwrap())
}

/// Makes the table, unless it is there.
async fn migrate(url: &str) {
    let (db, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let set = format!("SET search_path = {SEARCH_PATH}");
    db.batch_execute(&set).await.unwrap();
    let query = "SELECT to_regclass($1) IS NOT NULL";
    let there = db.query_one(query, &[&TABLE]).await.unwrap();
    if !there.get::<_, bool>(0) {
        db.batch_execute(MIGRATION).await.unwrap();
    }
    drop(db);
    connection.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_that_says_to_come_again() {
    let api = Api::without_items();
    let health = api.call(Method::GET, "/health", "").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.json()["status"], "starting");
    assert_eq!(health.detail(), "waiting for the database");
    let items = api.call(Method::GET, "/admin/items", "").await;
    assert_eq!(items.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(items.headers["Retry-After"], "1");
    assert!(items.detail().contains("database"));
}

#[tokio::test]
async fn an_unusable_url_is_refused_without_showing_it() {
    for url in [
        "postgres://user:pass@db/netstacks?secret=1",
        "secret",
        "postgres://secret@/netstacks",
        "postgres://user:pass@db:secret/netstacks",
    ] {
        let error = Store::connect(url).err().expect(url);
        let text = format!("{error:?}");
        assert!(text.contains("DATABASE_URL"));
        assert!(!text.contains("secret"), "{text}");
    }
}
