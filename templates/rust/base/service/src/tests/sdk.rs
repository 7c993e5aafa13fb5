//! The client of the Controller, against a server that gives scripted answers.

use std::time::{Duration, Instant};
use std::{env, fs};

use axum::http::Method;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::controller::{Answer, Controller, TOKEN};
use crate::sdk::{
    ChatMessage, ChatRequest, ChatResponse, Credential, Device, DeviceQuery, KnowledgeQuery,
    KnowledgeResult, NetStacksClient, NetStacksError, Settings,
};

/// A Controller that answers so, and its client.
async fn controller(answers: impl IntoIterator<Item = Answer>) -> (Controller, NetStacksClient) {
    let controller = Controller::serving(answers).await;
    let client = NetStacksClient::new(controller.settings());
    (controller, client)
}

/// The simplest call that is sent again when it fails.
async fn list(client: &NetStacksClient) -> Result<Vec<Device>, NetStacksError> {
    client.list_devices(&DeviceQuery::default()).await
}

#[tokio::test]
async fn lists_may_be_wrapped() {
    let row =
        json!({"id": "1", "name": "n", "hostname": "h", "device_type": "router", "unknown": 1});
    for body in [
        json!([row]),
        json!({"items": [row]}),
        json!({"data": [row]}),
        json!({"devices": [row]}),
    ] {
        let (controller, client) = controller([Answer::json(200, &body)]).await;
        let query = DeviceQuery {
            org_id: Some("o".into()),
            device_type: Some("router".into()),
            limit: Some(5),
            offset: Some(10),
        };
        let device = Device {
            id: "1".into(),
            name: "n".into(),
            hostname: "h".into(),
            device_type: "router".into(),
            ..Device::default()
        };
        assert_eq!(client.list_devices(&query).await, Ok(vec![device]));
        assert_eq!(
            controller.requests()[0].path,
            "/internal/v1/devices?org_id=o&device_type=router&limit=5&offset=10"
        );
    }
}

#[tokio::test]
async fn host_is_read_where_hostname_is_missing() {
    for body in [
        json!({"id": "1", "host": "h"}),
        json!({"id": "1", "host": "h", "hostname": null, "name": null}),
    ] {
        let (_controller, client) = controller([Answer::json(200, &body)]).await;
        let device = client.get_device("1").await.unwrap().unwrap();
        assert_eq!((device.hostname.as_str(), device.name.as_str()), ("h", ""));
    }
}

#[tokio::test]
async fn a_credential_comes_with_its_secret() {
    let body = json!({"id": "1", "name": "n", "credential_type": "ssh_password", "secret": "s3"});
    let (_controller, client) = controller([Answer::json(200, &body)]).await;
    let credential = client.get_credential("1").await.unwrap().unwrap();
    let want = Credential {
        id: "1".into(),
        name: "n".into(),
        credential_type: "ssh_password".into(),
        secret: "s3".into(),
        ..Credential::default()
    };
    assert!(credential == want);
}

#[tokio::test]
async fn a_chat_is_sent_with_what_was_said() {
    let body = json!({"content": "hello", "model": "m", "usage": {"total_tokens": 7}});
    let (controller, client) = controller([Answer::json(200, &body)]).await;
    let chat = ChatRequest {
        messages: vec![ChatMessage {
            role: "user".into(),
            content: "hi".into(),
        }],
        max_tokens: Some(9),
        ..ChatRequest::default()
    };
    let ChatResponse {
        content,
        model,
        usage,
        ..
    } = client.chat(&chat).await.unwrap();
    assert_eq!((content.as_str(), model), ("hello", Some("m".into())));
    assert_eq!(usage.unwrap().total_tokens, Some(7));
    let request = &controller.requests()[0];
    assert_eq!(request.method, Method::POST);
    assert_eq!(request.path, "/internal/v1/llm/chat");
    let sent: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        sent,
        json!({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 9})
    );
}

#[tokio::test]
async fn knowledge_is_searched() {
    let row = json!({"id": "1", "title": "t", "snippet": "s", "score": 0.5});
    let (controller, client) = controller([Answer::json(200, &json!([row]))]).await;
    let query = KnowledgeQuery {
        text: "a b&c".into(),
        limit: Some(3),
        ..KnowledgeQuery::default()
    };
    let passage = KnowledgeResult {
        id: "1".into(),
        title: "t".into(),
        snippet: "s".into(),
        score: Some(0.5),
        ..KnowledgeResult::default()
    };
    assert_eq!(client.search_knowledge(&query).await, Ok(vec![passage]));
    assert_eq!(
        controller.requests()[0].path,
        "/internal/v1/knowledge/search?q=a+b%26c&limit=3"
    );
}

#[tokio::test]
async fn what_does_not_exist_is_none() {
    let gone = Answer::json(404, &json!({"error": "no such thing"}));
    let (_controller, client) = controller([gone]).await;
    assert_eq!(client.get_device("1").await, Ok(None));
    assert!(client.get_credential("1").await.unwrap().is_none());
}

#[tokio::test]
async fn ids_are_percent_encoded() {
    let (controller, client) = controller([Answer::text(404, "")]).await;
    assert_eq!(client.get_device("../a b?ü\n").await, Ok(None));
    assert_eq!(
        controller.requests()[0].path,
        "/internal/v1/devices/..%2Fa%20b%3F%C3%BC%0A"
    );
}

#[tokio::test]
async fn what_is_no_id_is_not_sent() {
    let (controller, client) = controller([Answer::text(404, "")]).await;
    for id in ["", " \t", ".", ".."] {
        let error = client.get_device(id).await.unwrap_err();
        assert!(matches!(error, NetStacksError::Invalid(_)), "{error}");
    }
    assert!(controller.requests().is_empty());
}

#[tokio::test]
async fn a_get_is_tried_again() {
    for status in [429, 502, 503, 504] {
        let later = Answer::text(status, "");
        let answers = [later.clone(), later, Answer::json(200, &json!([]))];
        let (controller, client) = controller(answers).await;
        assert_eq!(list(&client).await, Ok(vec![]));
        assert_eq!(controller.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_get_is_given_up_after_three_attempts() {
    let later = Answer::json(503, &json!({"error": "later"}));
    let (controller, client) = controller([later]).await;
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.to_string(), "the Controller answered 503: later");
    assert_eq!(controller.requests().len(), 3);
}

#[tokio::test]
async fn other_errors_are_not_tried_again() {
    for status in [400, 401, 403, 500] {
        let (controller, client) = controller([Answer::text(status, "")]).await;
        assert!(list(&client).await.is_err());
        assert_eq!(controller.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_post_is_never_tried_again() {
    let (controller, client) = controller([Answer::text(503, "")]).await;
    assert!(client.chat(&ChatRequest::default()).await.is_err());
    assert_eq!(controller.requests().len(), 1);
}

#[tokio::test]
async fn the_controller_may_say_how_long_to_wait() {
    let later = Answer::text(429, "").retry_after("1");
    let (_controller, client) = controller([later, Answer::json(200, &json!([]))]).await;
    let start = Instant::now();
    assert_eq!(list(&client).await, Ok(vec![]));
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn both_shapes_of_an_error_are_read() {
    for (body, message) in [
        (r#"{"error": "text"}"#, "text"),
        (
            r#"{"error": {"code": "c", "message": "text", "status": 400}}"#,
            "text",
        ),
        (r#"{"error": {"code": "c"}}"#, "c"),
        ("{}", "Bad Request"),
        ("[1]", "Bad Request"),
        ("<html>", "Bad Request"),
    ] {
        let (_controller, client) = controller([Answer::text(400, body)]).await;
        let error = list(&client).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the Controller answered 400: {message}")
        );
    }
}

#[tokio::test]
async fn a_missing_capability_is_named() {
    let body = json!({"error": "Insufficient capabilities", "required": "read_devices"});
    let (_controller, client) = controller([Answer::json(403, &body)]).await;
    let error = list(&client).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(r#"add "read_devices" to capabilities_required"#),
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_of_another_shape_is_an_error() {
    for body in [
        "<html>",
        r#"{"error": "x"}"#,
        r#""text""#,
        "[1]",
        r#"[{"id": 1}]"#,
    ] {
        let (_controller, client) = controller([Answer::text(200, body)]).await;
        let error = list(&client).await.unwrap_err();
        assert!(matches!(error, NetStacksError::Decode(_)), "{error}");
    }
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    let refusal = json!({"error": format!("bad token {TOKEN}")});
    let (_controller, client) = controller([Answer::json(401, &refusal)]).await;
    let error = list(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Controller answered 401: bad token ***"
    );
    assert!(!format!("{error:?}").contains(TOKEN));
}

#[tokio::test]
async fn what_the_settings_lack_is_said_by_the_first_call() {
    let controller = Controller::serving([Answer::json(200, &json!([]))]).await;
    let given = controller.settings();
    let (no_url, no_token) = (
        Settings {
            base_url: String::new(),
            ..given.clone()
        },
        Settings {
            token: String::new(),
            ..given.clone()
        },
    );
    for (settings, name) in [
        (no_url, "CONTROLLER_API_URL"),
        (no_token, "NETSTACKS_SERVICE_TOKEN"),
        (
            Settings {
                base_url: "no url".into(),
                ..given.clone()
            },
            "CONTROLLER_API_URL",
        ),
        (
            Settings {
                token: "two\nlines".into(),
                ..given.clone()
            },
            "NETSTACKS_SERVICE_TOKEN",
        ),
        (
            Settings {
                ca_cert: "/nowhere/ca.pem".into(),
                ..given.clone()
            },
            "NETSTACKS_CA_CERT",
        ),
        (
            Settings {
                ca_cert: "-----BEGIN".into(),
                ..given
            },
            "NETSTACKS_CA_CERT",
        ),
    ] {
        let error = list(&NetStacksClient::new(settings)).await.unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(controller.requests().is_empty());
}

#[tokio::test]
async fn the_controller_may_name_the_time_to_wait_for() {
    let soon = (Utc::now() + TimeDelta::seconds(2)).to_rfc2822();
    let soon: &'static str = soon.replace("+0000", "GMT").leak();
    let later = Answer::text(503, "").retry_after(soon);
    let (_controller, client) = controller([later, Answer::json(200, &json!([]))]).await;
    let start = Instant::now();
    assert_eq!(list(&client).await, Ok(vec![]));
    assert!(start.elapsed() >= Duration::from_millis(900));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_not_asked_for_again() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        base_url: format!("http://{}", silent.local_addr().unwrap()),
        token: TOKEN.to_owned(),
        timeout: Some(Duration::from_millis(100)),
        ..Settings::default()
    };
    let start = Instant::now();
    let error = list(&NetStacksClient::new(settings)).await.unwrap_err();
    assert!(matches!(error, NetStacksError::Timeout(_)), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        base_url: format!("http://{}", gone.local_addr().unwrap()),
        token: TOKEN.to_owned(),
        ..Settings::default()
    };
    drop(gone);
    let error = list(&NetStacksClient::new(settings.clone()))
        .await
        .unwrap_err();
    assert!(matches!(error, NetStacksError::Connection(_)));
    assert!(error.to_string().contains(&settings.base_url), "{error}");
}

#[tokio::test]
async fn the_named_authority_is_trusted() {
    let (controller, pem) = Controller::serving_tls(Answer::json(200, &json!([]))).await;
    let file = env::temp_dir().join(format!("{}.pem", Uuid::new_v4()));
    fs::write(&file, &pem).unwrap();
    for ca_cert in [file.to_str().unwrap(), &pem] {
        let settings = Settings {
            ca_cert: ca_cert.to_owned(),
            ..controller.settings()
        };
        assert_eq!(list(&NetStacksClient::new(settings)).await, Ok(vec![]));
    }
    fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn an_untrusted_certificate_is_an_error_that_says_what_to_do() {
    let (controller, _pem) = Controller::serving_tls(Answer::json(200, &json!([]))).await;
    let error = list(&NetStacksClient::new(controller.settings()))
        .await
        .unwrap_err();
    assert!(matches!(error, NetStacksError::Tls(_)));
    for name in ["NETSTACKS_CA_CERT", "NETSTACKS_TLS_VERIFY=false"] {
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(controller.requests().is_empty());
}

#[tokio::test]
async fn the_check_can_be_switched_off() {
    let (controller, _pem) = Controller::serving_tls(Answer::json(200, &json!([]))).await;
    let settings = Settings {
        unchecked_tls: true,
        ..controller.settings()
    };
    assert_eq!(list(&NetStacksClient::new(settings)).await, Ok(vec![]));
}
