//! What the service refuses, and how it says so; and what it says about itself.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Api;
use crate::extract::MAX_BODY_BYTES;

fn item() -> String {
    format!("/admin/items/{}", Uuid::new_v4())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_bad_item_is_refused_by_its_field() {
    let api = Api::without_items();
    let (long_name, long_text) = ("x".repeat(256), "x".repeat(10_001));
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": 1}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": long_name}), "name"),
        (json!({"name": "a\0b"}), "name"),
        (
            json!({"name": "x", "description": long_text}),
            "description",
        ),
        (json!({"name": "x", "description": "a\0b"}), "description"),
        (json!({"name": "x", "description": []}), "description"),
        (json!({"name": "x", "enabled": null}), "enabled"),
        (json!({"name": "x", "enabled": "yes"}), "enabled"),
        (json!(["x", null, true]), "body"),
        (json!("text"), "body"),
    ] {
        let answer = api
            .call(Method::POST, "/admin/items", body.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(
            answer.detail().contains(field),
            "{body}: {}",
            answer.detail()
        );
    }
}

#[tokio::test]
async fn a_bad_change_is_refused_by_its_field() {
    let api = Api::without_items();
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"enabled": 1}), "enabled"),
        (json!({"description": "\0"}), "description"),
    ] {
        let answer = api.call(Method::PUT, &item(), body.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(answer.detail().starts_with(field), "{}", answer.detail());
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let api = Api::without_items();
    for body in [
        &b"{"[..],
        b"",
        b"\xff",
        br#"{"name": "\ud800"}"#,
        br#"{"name": "x"} x"#,
    ] {
        let answer = api.call(Method::POST, "/admin/items", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        assert!(answer.detail().starts_with("the body is not JSON"));
    }
}

#[tokio::test]
async fn a_page_has_its_bounds() {
    let api = Api::without_items();
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "offset=-1",
        "offset=1000001",
        "limit=9e99",
    ] {
        let path = format!("/admin/items?{query}");
        let answer = api.call(Method::GET, &path, "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let (field, _) = query.split_once('=').unwrap();
        assert!(answer.detail().contains(field), "{}", answer.detail());
    }
}

#[tokio::test]
async fn an_id_is_a_uuid() {
    let api = Api::without_items();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        for id in ["1", "%ff"] {
            let path = format!("/admin/items/{id}");
            let answer = api.call(method.clone(), &path, "{}").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(answer.detail(), "id: not a UUID");
        }
    }
}

#[tokio::test]
async fn no_organisation_is_said() {
    let answer = Api::without_items().send(get("/admin/items")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.detail(),
        "no organisation: the Controller sends it as X-Org-Id and as org_id"
    );
}

#[tokio::test]
async fn an_organisation_is_a_uuid() {
    let api = Api::without_items();
    let in_query = api.send(get("/admin/items?org_id=acme")).await;
    let mut request = get("/admin/items");
    request
        .headers_mut()
        .insert("X-Org-Id", "acme".parse().unwrap());
    let in_header = api.send(request).await;
    for (answer, field) in [(in_query, "org_id"), (in_header, "X-Org-Id")] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.detail().contains(field), "{}", answer.detail());
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let api = Api::without_items();
    for (method, path, status) in [
        (
            Method::PATCH,
            item().as_str(),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (Method::POST, "/health", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/admin/nothing", StatusCode::NOT_FOUND),
        (Method::GET, "/docs", StatusCode::NOT_FOUND),
    ] {
        let answer = api.call(method, path, "").await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.headers["Content-Type"], "application/json");
        assert!(answer.detail().starts_with("no such"));
    }
}

#[tokio::test]
async fn a_body_has_its_limit() {
    let api = Api::without_items();
    for (size, status) in [
        (MAX_BODY_BYTES, StatusCode::BAD_REQUEST),
        (MAX_BODY_BYTES + 1, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = api
            .call(Method::POST, "/admin/items", vec![b' '; size])
            .await;
        assert_eq!(answer.status, status);
        assert!(!answer.detail().is_empty());
    }
}

#[tokio::test]
async fn an_error_does_not_repeat_the_input() {
    let api = Api::without_items();
    for body in [
        json!("secret, expected a secret"),
        json!({"name": "x", "enabled": "secret"}),
        json!({"name": "x", "description": ["secret"]}),
    ] {
        let answer = api
            .call(Method::POST, "/admin/items", body.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.detail().contains("secret"), "{}", answer.detail());
    }
}

#[tokio::test]
async fn the_openapi_document_has_the_routes_that_there_are() {
    let document = Api::without_items().send(get("/openapi.json")).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["info"]["title"], crate::about::TITLE);
    assert_eq!(document["info"]["description"], crate::about::DESCRIPTION);
    assert_eq!(document["info"]["contact"]["name"], crate::about::AUTHOR);
    let paths: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_value(document["paths"].clone()).unwrap();
    let paths: BTreeMap<&str, BTreeSet<&str>> = paths
        .iter()
        .map(|(path, methods)| (path.as_str(), methods.keys().map(String::as_str).collect()))
        .collect();
    let want = BTreeMap::from([
        ("/health", BTreeSet::from(["get"])),
        ("/admin/items", BTreeSet::from(["get", "post"])),
        ("/admin/items/enable-all", BTreeSet::from(["post"])),
        (
            "/admin/items/{id}",
            BTreeSet::from(["get", "put", "delete"]),
        ),
        ("/admin/items/{id}/toggle", BTreeSet::from(["post"])),
        ("/admin/devices", BTreeSet::from(["get"])),
    ]);
    assert_eq!(paths, want);
}
