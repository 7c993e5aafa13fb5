//! Connections, and when they are given back.

use std::time::Duration;

use netstacks_sdk::{LLMRequest, NetStacksClient};
use tokio::time::timeout;

use crate::support::{Reply, Server, eventually};

const TOKEN: &str = "token-that-nobody-may-see";

fn empty() -> Reply {
    Reply::Json(200, "[]".to_owned())
}

#[tokio::test]
async fn connections_are_used_again() {
    // Also answers that are errors are read to their end.
    let server = Server::replying(|n, _| {
        let status = [200, 404, 503, 400, 200, 302][n % 6];
        Reply::Json(status, "[]".to_owned())
    });
    let client = NetStacksClient::new(&server.url, TOKEN);
    for _ in 0..30 {
        let _ = client.clone().list_devices(None).await;
    }
    assert!(server.requests() >= 30);
    assert_eq!(server.opened(), 1);
    drop(client);
    eventually("the connection is closed with the last client", || {
        server.open() == 0
    })
    .await;
}

#[tokio::test]
async fn cancelling_gives_the_connection_back() {
    let server = Server::replying(|n, _| if n == 0 { Reply::Silence } else { empty() });
    let client = NetStacksClient::builder()
        .base_url(&server.url)
        .token(TOKEN)
        .max_connections(1)
        .build()
        .unwrap();
    let call = client.list_devices(None);
    let cancelled = timeout(Duration::from_millis(200), call).await;
    assert!(cancelled.is_err());
    assert_eq!(server.requests(), 1);
    // The only place in the pool is free.
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    eventually("the cancelled call's connection is closed", || {
        (server.opened(), server.open()) == (2, 1)
    })
    .await;
}

#[tokio::test]
async fn cancelling_while_waiting_for_a_connection_takes_no_place() {
    let server = Server::replying(|n, _| if n == 0 { Reply::Silence } else { empty() });
    let client = NetStacksClient::builder()
        .base_url(&server.url)
        .token(TOKEN)
        .max_connections(1)
        .build()
        .unwrap();
    let hanging = tokio::spawn({
        let client = client.clone();
        async move { client.list_devices(None).await }
    });
    while server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let waiting = timeout(Duration::from_millis(50), client.list_devices(None)).await;
    assert!(waiting.is_err());
    hanging.abort();
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn no_more_than_three_attempts_reach_the_wire() {
    let server = Server::replying(|n, _| if n == 0 { empty() } else { Reply::Close });
    let client = NetStacksClient::new(&server.url, TOKEN);
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    // The first of them goes through a connection that was open already.
    assert!(client.list_devices(None).await.is_err());
    assert_eq!(server.requests(), 1 + 3);
}

#[tokio::test]
async fn a_post_reaches_the_wire_once() {
    let server = Server::replying(|n, _| if n == 0 { empty() } else { Reply::Close });
    let client = NetStacksClient::new(&server.url, TOKEN);
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    assert!(client.chat(&LLMRequest::default()).await.is_err());
    assert_eq!(server.requests(), 1 + 1);
}
