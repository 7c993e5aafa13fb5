//! Clients, requests and errors.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use netstacks_sdk::{
    AllDevices, ApiMessage, ClientBuilder, Credential, Device, DeviceQuery, HttpErrorKind,
    LLMRequest, NetStacksClient, NetStacksError, NetconfRequest,
};

use crate::support::{Reply, Server};

const TOKEN: &str = "token-that-nobody-may-see";

fn serving(status: u16, body: &str) -> (Server, NetStacksClient) {
    let body = body.to_owned();
    let server = Server::replying(move |_, _| Reply::Json(status, body.clone()));
    let client = NetStacksClient::new(&server.url, TOKEN);
    (server, client)
}

#[test]
fn clients_and_what_they_return_can_be_sent_to_other_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send>(_: T) {}
    shared::<NetStacksClient>();
    shared::<NetStacksError>();
    shared::<Device>();
    shared::<Credential>();
    let client = NetStacksClient::new("http://127.0.0.1:1", TOKEN);
    sent(client.list_devices(None));
    sent(client.chat(&LLMRequest::default()));
    sent::<AllDevices>(client.all_devices(&DeviceQuery::new()));
}

#[test]
fn nothing_shows_the_token() {
    let builder: ClientBuilder = NetStacksClient::builder().base_url("http://h").token(TOKEN);
    let shown = format!("{builder:?}");
    assert!(
        shown.contains("http://h") && !shown.contains(TOKEN),
        "{shown}"
    );
    let shown = format!("{:?}", builder.build().unwrap());
    assert!(
        shown.contains("http://h/internal/v1") && !shown.contains(TOKEN),
        "{shown}"
    );
    let shown = format!("{:?}", NetStacksClient::new("http://h", "hunter2\n"));
    assert!(
        shown.contains("visible ASCII") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn a_credential_does_not_show_its_secret() {
    let credential = Credential::new("1", "n", "ssh_password", "netops", "hunter2");
    let shown = format!("{credential:?} {credential:#?}");
    assert!(
        shown.contains("netops") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_the_error_of_every_call() {
    let client = NetStacksClient::new("localhost:3000", TOKEN);
    for _ in 0..2 {
        let error = client.list_devices(None).await.unwrap_err();
        let invalid = matches!(
            error,
            NetStacksError::InvalidArgument {
                argument: "base_url",
                ..
            }
        );
        assert!(invalid, "{error}");
    }
    let error = client.all_devices(&DeviceQuery::new()).collect().await;
    assert!(error.is_err());
}

#[tokio::test]
async fn requests_are_those_of_this_crate() {
    let server = Server::replying(|_, head| {
        let head = head.to_lowercase();
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            head.contains(&format!("user-agent: netstacks-sdk-rust/{version}\r\n")),
            "{head}"
        );
        assert!(head.contains("accept: application/json\r\n"), "{head}");
        assert!(!head.contains("content-length"), "{head}");
        Reply::Json(200, "[]".to_owned())
    });
    let client = NetStacksClient::new(&server.url, TOKEN);
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
}

#[tokio::test]
async fn a_name_and_a_password_in_the_address_do_not_replace_the_token() {
    let server = Server::replying(|_, head| {
        assert!(
            head.contains(&format!("authorization: Bearer {TOKEN}\r\n")),
            "{head}"
        );
        Reply::Json(200, "[]".to_owned())
    });
    let address = server.url.replace("http://", "http://user:password@");
    let client = NetStacksClient::new(address, TOKEN);
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    assert!(!format!("{client:?}").contains("password"));
}

#[tokio::test]
async fn an_array_is_no_resource() {
    for body in ["[]", "[[]]", r#"{"items": [[]]}"#, "[1]"] {
        let (_server, client) = serving(200, body);
        let error = client.get_device("1").await.unwrap_err();
        assert!(matches!(&error, NetStacksError::HttpError(error) if error.is_decode()));
        if body != "[]" {
            assert!(client.list_devices(None).await.is_err(), "{body}");
        }
    }
}

#[tokio::test]
async fn fields_that_should_be_there_may_be_missing() {
    let (_server, client) = serving(200, r#"{"id": "1", "ok": true, "host": {"any": "thing"}}"#);
    let device = Device::new("1", "", "", "");
    assert_eq!(client.get_device("1").await, Ok(Some(device)));
    let request = NetconfRequest::get("1");
    let answer = client.execute_netconf(&request).await.unwrap();
    assert_eq!((answer.ok, answer.device_id.as_str()), (true, ""));
    // Not so those without which it says nothing.
    assert!(client.get_credential("1").await.is_err());
    assert!(client.chat(&LLMRequest::default()).await.is_err());
}

#[tokio::test]
async fn wrappers_may_hold_more_than_the_list() {
    let row = r#"{"id": "1", "name": "n", "hostname": "h", "device_type": "t"}"#;
    let body = format!(r#" {{"data": {{"page": 1}}, "devices": [{row}], "items": null}}"#);
    let (_server, client) = serving(200, &body);
    let device = Device::new("1", "n", "h", "t");
    assert_eq!(client.list_devices(None).await, Ok(vec![device]));
}

#[tokio::test]
async fn pages_are_a_stream() {
    let (server, client) = serving(200, r#"[{"id": "1"}]"#);
    let mut devices = client.all_devices(&DeviceQuery::new());
    {
        let mut stream = pin!(&mut devices);
        let mut context = Context::from_waker(Waker::noop());
        // It waits for the Controller; the request goes on with the next poll.
        assert!(matches!(
            stream.as_mut().poll_next(&mut context),
            Poll::Pending
        ));
    }
    assert!(format!("{devices:?}").contains("page_size: 100"));
    assert_eq!(devices.next().await.unwrap().unwrap().id, "1");
    assert!(devices.next().await.is_none());
    assert!(devices.next().await.is_none());
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn pages_set_their_limits_themselves() {
    let (server, client) = serving(200, "[]");
    for query in [
        DeviceQuery::new().with_limit(1),
        DeviceQuery::new().with_offset(1),
    ] {
        let mut devices = client.all_devices(&query);
        let error = devices.next().await.unwrap().unwrap_err();
        assert!(error.to_string().contains("page_size"), "{error}");
        assert!(devices.next().await.is_none());
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn errors_say_what_happened() {
    let (_server, client) = serving(403, r#"{"error": "no", "required": "read_devices"}"#);
    let error = client.list_devices(None).await.unwrap_err();
    assert_eq!(
        (error.status(), error.required()),
        (Some(403), Some("read_devices"))
    );
    assert_eq!(
        error.to_string(),
        "the Controller answered 403: no (add \"read_devices\" to capabilities_required in manifest.json)"
    );
    let NetStacksError::ApiError { status, message } = error else {
        panic!("{error}");
    };
    assert_eq!((status, message.as_str()), (403, "no"));
    assert_eq!(message, *"no");
    assert_eq!(String::from(message), "no");
    assert_eq!(ApiMessage::from("x".to_owned()), ApiMessage::from("x"));

    let gone = NetStacksClient::new("http://127.0.0.1:1", TOKEN);
    let error = gone.chat(&LLMRequest::default()).await.unwrap_err();
    assert_eq!((error.status(), error.required()), (None, None));
    assert!(!error.is_timeout());
    let NetStacksError::HttpError(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind(), HttpErrorKind::Connection);
    assert!(error.is_connection() && !error.is_tls());
    assert!(error.to_string().contains("POST /llm/chat"), "{error}");
}
