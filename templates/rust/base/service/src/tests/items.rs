//! The items through the API, from the first to the last.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Api, store};
use crate::sdk::Settings;

/// The service with its items, unless there is no place to keep them.
async fn service() -> Option<Api> {
    let store = store::working().await?;
    Some(Api::new(store, Settings::default()))
}

/// What the service answers to a call that succeeds.
async fn done(api: &Api, method: Method, path: &str, body: Value) -> Value {
    let answer = api.call(method, path, body.to_string()).await;
    assert!(answer.status.is_success(), "{}", answer.detail());
    answer.json()
}

/// A new item.
async fn create(api: &Api, mut fields: Value) -> Value {
    if fields["name"].is_null() {
        fields["name"] = "item".into();
    }
    done(api, Method::POST, "/admin/items", fields).await
}

/// The names of the listed items.
async fn names(api: &Api, query: &str) -> Vec<String> {
    let path = format!("/admin/items?{query}");
    let list = done(api, Method::GET, &path, json!(null)).await;
    let items = list["data"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

fn path(item: &Value) -> String {
    format!("/admin/items/{}", item["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_new_item_has_what_was_said_and_the_defaults() {
    let Some(api) = service().await else { return };
    let item = create(&api, json!({"name": "  core-sw-1 "})).await;
    assert!(item["id"].as_str().unwrap().parse::<Uuid>().is_ok());
    assert_eq!(item["name"], "core-sw-1");
    assert_eq!(item["description"], json!(null));
    assert_eq!(item["enabled"], true);
    let created: DateTime<Utc> = item["created_at"].as_str().unwrap().parse().unwrap();
    assert!((Utc::now() - created).abs() < TimeDelta::minutes(1));
    assert!(item["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(item["updated_at"], item["created_at"]);
    assert_eq!(
        done(&api, Method::GET, &path(&item), json!(null)).await,
        item
    );
}

#[tokio::test]
async fn a_new_item_is_answered_with_201() {
    let Some(api) = service().await else { return };
    let answer = api
        .call(Method::POST, "/admin/items", r#"{"name": "x"}"#)
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_newest_item_is_listed_first() {
    let Some(api) = service().await else { return };
    assert!(names(&api, "").await.is_empty());
    for name in ["a", "b", "c"] {
        create(&api, json!({"name": name})).await;
    }
    assert_eq!(names(&api, "").await, ["c", "b", "a"]);
    assert_eq!(names(&api, "limit=1").await, ["c"]);
    assert_eq!(names(&api, "limit=2&offset=1").await, ["b", "a"]);
    assert!(names(&api, "offset=1000000").await.is_empty());
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let Some(api) = service().await else { return };
    for (change, field, want) in [
        (json!({"name": " new "}), "name", json!("new")),
        (json!({"enabled": false}), "enabled", json!(false)),
        (json!({"description": "new"}), "description", json!("new")),
        (json!({"description": null}), "description", json!(null)),
        (
            json!({"name": null, "enabled": null}),
            "enabled",
            json!(true),
        ),
        (json!({}), "enabled", json!(true)),
    ] {
        let mut before = create(&api, json!({"description": "old"})).await;
        let after = done(&api, Method::PUT, &path(&before), change).await;
        let times = [&before, &after].map(|item| item["updated_at"].as_str().unwrap());
        assert!(times[0] <= times[1], "{times:?}");
        before[field] = want;
        before["updated_at"] = after["updated_at"].clone();
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn an_item_is_toggled() {
    let Some(api) = service().await else { return };
    let path = path(&create(&api, json!({})).await);
    for enabled in [false, true] {
        let toggled = done(&api, Method::POST, &format!("{path}/toggle"), json!({})).await;
        assert_eq!(toggled["enabled"], enabled);
        assert_eq!(done(&api, Method::GET, &path, json!(null)).await, toggled);
    }
}

#[tokio::test]
async fn all_items_are_enabled_and_those_that_were_not_counted() {
    let Some(api) = service().await else { return };
    for enabled in [true, false, false] {
        create(&api, json!({"enabled": enabled})).await;
    }
    for count in [2, 0] {
        let answer = done(&api, Method::POST, "/admin/items/enable-all", json!({})).await;
        assert_eq!(answer, json!({"enabled": count}));
    }
}

#[tokio::test]
async fn a_deleted_item_is_gone() {
    let Some(api) = service().await else { return };
    let path = path(&create(&api, json!({})).await);
    let answer = api.call(Method::DELETE, &path, "").await;
    assert_eq!(
        (answer.status, answer.body.len()),
        (StatusCode::NO_CONTENT, 0)
    );
    let answer = api.call(Method::DELETE, &path, "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(names(&api, "").await.is_empty());
}

#[tokio::test]
async fn another_organisations_item_is_not_found() {
    let Some(api) = service().await else { return };
    let item = create(&api, json!({})).await;
    let (path, stranger) = (path(&item), api.stranger());
    for (method, action) in [
        (Method::GET, ""),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::POST, "/toggle"),
    ] {
        let answer = stranger
            .call(method, &format!("{path}{action}"), "{}")
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.detail(), "item not found");
    }
    assert_eq!(done(&api, Method::GET, &path, json!(null)).await, item);
}

#[tokio::test]
async fn lists_and_actions_see_one_organisation_only() {
    let Some(api) = service().await else { return };
    let item = create(&api, json!({"enabled": false})).await;
    let stranger = api.stranger();
    assert!(names(&stranger, "").await.is_empty());
    let enabled = done(
        &stranger,
        Method::POST,
        "/admin/items/enable-all",
        json!({}),
    )
    .await;
    assert_eq!(enabled, json!({"enabled": 0}));
    assert_eq!(
        done(&api, Method::GET, &path(&item), json!(null)).await,
        item
    );
}

#[tokio::test]
async fn the_header_goes_before_the_query() {
    let Some(api) = service().await else { return };
    create(&api, json!({})).await;
    let stranger = format!("org_id={}", Uuid::new_v4());
    assert_eq!(names(&api, &stranger).await, ["item"]);
    let by_query = format!("/admin/items?org_id={}", api.org);
    let request = Request::get(by_query).body(Body::empty()).unwrap();
    let list = api.send(request).await.json();
    assert_eq!(list["data"][0]["name"], "item");
}

#[tokio::test]
async fn any_text_comes_back_as_it_was() {
    let Some(api) = service().await else { return };
    for text in ["Zürich 🚀", "a'; DROP TABLE x;--", "\u{202e}\u{301}"] {
        let description = format!(" {text}\n");
        let item = create(&api, json!({"name": text, "description": description})).await;
        assert_eq!(item["name"], text);
        assert_eq!(item["description"], description);
    }
}
