//! Many calls at the same time. A test program of its own, because it counts what the
//! process has open.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use netstacks_sdk::NetStacksClient;
use tokio::task::JoinSet;

use support::{Reply, Server, eventually};

const CALLS: usize = 10_000;
const CONNECTIONS: usize = 32;

/// What may be left in memory: fragments, and what the allocator keeps.
const LEFT: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_leave_nothing_behind() {
    let server = Server::replying(|_, _| Reply::Json(200, "[]".to_owned()));
    round(&server).await; // what is allocated once is allocated here
    eventually("the connections of the first round are closed", || {
        server.open() == 0
    })
    .await;
    let (sockets, memory) = (open_files(), resident());

    round(&server).await;
    let (requests, sockets_at_once) = (server.busiest(), server.most());
    assert!(requests <= CONNECTIONS, "{requests} requests at once");
    // While a connection changes hands, reqwest may open a spare.
    assert!(
        sockets_at_once <= 2 * CONNECTIONS,
        "{sockets_at_once} connections at once"
    );
    let all = server.opened();
    assert!(all <= CALLS / 50, "{all} connections were not used again");
    assert_eq!(server.requests(), 2 * CALLS);
    eventually("all connections are closed", || {
        server.open() == 0 && open_files() <= sockets
    })
    .await;
    let grown = resident().saturating_sub(memory);
    assert!(grown < LEFT, "{grown} bytes are left");
}

async fn round(server: &Server) {
    let client = NetStacksClient::builder()
        .base_url(&server.url)
        .token("token")
        .max_connections(CONNECTIONS)
        .timeout(Duration::from_secs(120))
        .build()
        .unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let (client, done) = (client.clone(), done.clone());
        calls.spawn(async move {
            assert_eq!(client.list_devices(None).await, Ok(vec![]));
            done.fetch_add(1, Ordering::Relaxed);
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    assert_eq!(done.load(Ordering::Relaxed), CALLS);
}

/// How many files this process has open, or 0 where that cannot be told.
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// How many bytes this process holds, or 0 where that cannot be told.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split_whitespace().nth(1);
    pages.map_or(0, |pages| pages.parse::<usize>().unwrap() * 4096)
}
