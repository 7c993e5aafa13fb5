//! A Controller for tests: a real HTTP server that gives scripted answers.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::serve::Listener;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::server::TlsStream;

use crate::sdk::Settings;

pub const TOKEN: &str = "token-that-nobody-may-see";

/// What the server says.
#[derive(Clone)]
pub struct Answer {
    status: u16,
    retry_after: &'static str,
    body: Bytes,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            retry_after: "0",
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    pub fn retry_after(self, retry_after: &'static str) -> Self {
        Self {
            retry_after,
            ..self
        }
    }
}

/// What the server was asked.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    requests: Vec<Request>,
}

/// The server. It lasts as long as the test's runtime.
pub struct Controller {
    url: String,
    script: Arc<Mutex<Script>>,
}

impl Controller {
    /// A server that gives the answers in order, and repeats the last.
    pub async fn serving(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::on(listener, url, answers)
    }

    /// The same with TLS, and the certificate of the authority that vouches for it.
    pub async fn serving_tls(answer: Answer) -> (Self, String) {
        let authority =
            CertifiedIssuer::self_signed(authority(), KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = server.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", tcp.local_addr().unwrap().port());
        let listener = TlsListener {
            tcp,
            tls: Arc::new(config).into(),
        };
        (Self::on(listener, url, [answer]), authority.pem())
    }

    fn on<L>(listener: L, url: String, answers: impl IntoIterator<Item = Answer>) -> Self
    where
        L: Listener,
        L::Addr: std::fmt::Debug,
    {
        let script = Arc::new(Mutex::new(Script {
            answers: answers.into_iter().collect(),
            requests: Vec::new(),
        }));
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    /// How a client reaches the server.
    pub fn settings(&self) -> Settings {
        Settings {
            base_url: self.url.clone(),
            token: TOKEN.to_owned(),
            ..Settings::default()
        }
    }

    /// What the server has been asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.script.lock().unwrap().requests.clone()
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut script = script.lock().unwrap();
    script.requests.push(Request {
        method,
        path: uri.to_string(),
        headers,
        body,
    });
    let answer = match script.answers.len() {
        1 => script.answers[0].clone(),
        _ => script.answers.pop_front().unwrap(),
    };
    Response::builder()
        .status(answer.status)
        .header("Retry-After", answer.retry_after)
        .body(Body::from(answer.body))
        .unwrap()
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params
}

struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            // A client that does not trust the certificate hangs up.
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
