//! The devices, which the service asks the Controller for.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::controller::{Answer, Controller, TOKEN};
use super::{Api, store};

#[tokio::test]
async fn the_organisations_devices_are_asked_for() {
    let device =
        json!({"id": "1", "name": "core-sw-1", "host": "10.0.0.1", "device_type": "switch"});
    let controller = Controller::serving([Answer::json(200, &json!([device]))]).await;
    let api = Api::new(store::empty(), controller.settings());
    let answer = api.call(Method::GET, "/admin/devices", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let device = &answer.json()["data"][0];
    assert_eq!(device["name"], "core-sw-1");
    assert_eq!(device["hostname"], "10.0.0.1");
    assert_eq!(device["site"], json!(null));
    let [request] = &controller.requests()[..] else {
        panic!("the Controller was not asked once");
    };
    assert_eq!(
        request.path,
        format!("/internal/v1/devices?org_id={}", api.org)
    );
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn the_controllers_errors_are_passed_on() {
    let missing = json!({"error": "Insufficient capabilities", "required": "x"});
    for (answer, status, detail) in [
        (
            Answer::json(403, &missing),
            403,
            r#"add "x" to capabilities_required"#,
        ),
        (
            Answer::json(401, &json!({"error": "bad token"})),
            502,
            "bad token",
        ),
        (
            Answer::text(500, "<html>"),
            502,
            "the Controller answered 500",
        ),
        (Answer::text(200, "<html>"), 502, "not JSON"),
    ] {
        let controller = Controller::serving([answer]).await;
        let api = Api::new(store::empty(), controller.settings());
        let answer = api.call(Method::GET, "/admin/devices", "").await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.detail().contains(detail), "{}", answer.detail());
    }
}

#[tokio::test]
async fn what_the_environment_lacks_is_said_when_it_is_needed() {
    let answer = Api::without_items()
        .call(Method::GET, "/admin/devices", "")
        .await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.detail().starts_with("CONTROLLER_API_URL is not set"));
}
