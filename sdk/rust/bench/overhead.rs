//! Requests per second of `devices.list` of 50 devices on loopback, against reqwest alone
//! that decodes the same answer, in one run and by turns.
//!
//! ```text
//! cargo bench --bench overhead
//! ```
//!
//! It fails below 0.85.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has failed"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use netstacks_sdk::NetStacksClient;
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Builder;

const GOAL: f64 = 0.85;
const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(300);
const TOKEN: &str = "token";

/// A device as a program without the SDK would declare it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding it is what counts")]
struct Bare {
    id: String,
    org_id: Option<String>,
    name: String,
    hostname: String,
    port: Option<u16>,
    device_type: String,
    manufacturer: Option<String>,
    model: Option<String>,
    platform: Option<String>,
    site: Option<String>,
    source: Option<String>,
    default_credential_id: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

fn main() -> ExitCode {
    let url = serve();
    let sdk = NetStacksClient::new(&url, TOKEN);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // The provider that the SDK brings with it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bare = Client::builder().no_proxy().build().unwrap();
        let address = format!("{url}/internal/v1/devices");
        let with_sdk = async || assert_eq!(sdk.list_devices(None).await.unwrap().len(), 50);
        let without = async || {
            let request = bare.get(&address).bearer_auth(TOKEN);
            let response = request.send().await.unwrap().error_for_status().unwrap();
            assert_eq!(response.json::<Vec<Bare>>().await.unwrap().len(), 50);
        };
        let mut ratios = Vec::new();
        let (mut all_sdk, mut all_bare) = (0.0, 0.0);
        for round in 0..=ROUNDS {
            let sdk = per_second(&with_sdk).await;
            let bare = per_second(&without).await;
            if round > 0 {
                // The first round warms up.
                ratios.push(sdk / bare);
                all_sdk += sdk;
                all_bare += bare;
            }
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ratios.len() / 2];
        let rounds = f64::from(u32::try_from(ROUNDS).unwrap());
        println!("netstacks-sdk  {:8.0} requests/s", all_sdk / rounds);
        println!("reqwest alone  {:8.0} requests/s", all_bare / rounds);
        println!("ratio          {median:8.2}   (median of {ROUNDS} rounds; goal {GOAL})");
        if median < GOAL {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    })
}

async fn per_second(call: impl AsyncFn()) -> f64 {
    let started = Instant::now();
    let mut calls = 0_u32;
    while started.elapsed() < ROUND {
        call().await;
        calls += 1;
    }
    f64::from(calls) / started.elapsed().as_secs_f64()
}

/// A server of 50 devices.
fn serve() -> String {
    let devices: Vec<_> = (0..50)
        .map(|n| {
            json!({
                "id": format!("00000000-0000-4000-8000-{n:012}"),
                "org_id": "e168ceaa-dc72-4742-8f6f-f3a822fa8132",
                "name": format!("core-router-{n}"),
                "hostname": format!("core-router-{n}.hel.acme.example"),
                "port": 22,
                "device_type": "router",
                "manufacturer": "Cisco",
                "model": "ASR 1001-X",
                "platform": "cisco_iosxe",
                "site": "Helsinki",
                "source": "netbox",
                "default_credential_id": "660e8400-e29b-41d4-a716-446655440001",
                "created_at": "2025-02-03T08:15:00Z",
                "updated_at": "2026-05-11T06:40:12Z",
            })
        })
        .collect();
    let body = json!(devices).to_string();
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    let answer: Arc<str> = format!("{head}: {length}\r\n\r\n{body}").into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let answer = answer.clone();
            thread::spawn(move || answer_all(&connection.unwrap(), &answer));
        }
    });
    url
}

fn answer_all(connection: &TcpStream, answer: &str) {
    connection.set_nodelay(true).unwrap();
    let (mut from, mut to) = (BufReader::new(connection), connection);
    let mut line = String::new();
    while from.read_line(&mut line).is_ok_and(|read| read > 0) {
        if line == "\r\n" {
            to.write_all(answer.as_bytes()).unwrap();
        }
        line.clear();
    }
}
