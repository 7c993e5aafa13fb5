//! One attempt to get an answer.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Url, redirect};
use tokio::sync::Semaphore;
use tokio::time;

use crate::error::{HttpErrorKind, NetStacksError, Result};
use crate::tls;

const USER_AGENT: &str = concat!("netstacks-sdk-rust/", env!("CARGO_PKG_VERSION"));

/// What is asked of the Controller. With a body it is a POST, otherwise a GET.
#[derive(Clone)]
pub(crate) struct Request {
    /// Below `/internal/v1`, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
}

impl Request {
    pub(crate) fn method(&self) -> Method {
        if self.body.is_some() {
            Method::POST
        } else {
            Method::GET
        }
    }
}

/// What the Controller answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
pub(crate) enum Failure {
    Connection(String),
    Timeout,
    Untrusted(String),
}

/// What sends requests.
pub(crate) enum Transport {
    Http(Box<Http>),
    #[cfg(feature = "testing")]
    Memory(crate::testing::FakeController),
}

impl Transport {
    pub(crate) async fn send(&self, request: Request) -> std::result::Result<Answer, Failure> {
        match self {
            Self::Http(http) => http.send(request).await,
            #[cfg(feature = "testing")]
            Self::Memory(controller) => controller.send(&request),
        }
    }

    /// Where requests go, for errors.
    pub(crate) fn address(&self) -> &str {
        match self {
            Self::Http(http) => http.base.as_str(),
            #[cfg(feature = "testing")]
            Self::Memory(_) => "memory",
        }
    }
}

/// Sends requests over the network.
pub(crate) struct Http {
    client: reqwest::Client,
    base: Url,
    timeout: Duration,
    /// One for each connection that may be in use.
    slots: Semaphore,
}

impl Http {
    pub(crate) fn new(
        base: Url,
        token: &str,
        timeout: Duration,
        max_connections: usize,
    ) -> Result<Self> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| NetStacksError::invalid("token", "no HTTP header takes it"))?;
        bearer.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), (ACCEPT, json)]);
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .tls_backend_preconfigured(tls::config()?)
            .redirect(redirect::Policy::none())
            // The Controller is on the plugin's own network.
            .no_proxy()
            .pool_max_idle_per_host(max_connections)
            .build()
            .map_err(|error| NetStacksError::http(HttpErrorKind::Tls, chain(&error)))?;
        Ok(Self {
            client,
            base,
            timeout,
            slots: Semaphore::new(max_connections.min(Semaphore::MAX_PERMITS)),
        })
    }

    async fn send(&self, request: Request) -> std::result::Result<Answer, Failure> {
        // Fails only when the semaphore is closed, which it never is.
        let _slot = self.slots.acquire().await;
        match time::timeout(self.timeout, self.attempt(request)).await {
            Ok(outcome) => outcome.map_err(failure),
            Err(_) => Err(Failure::Timeout),
        }
    }

    async fn attempt(&self, request: Request) -> reqwest::Result<Answer> {
        let url = self.url(&request);
        let mut sent = self.client.request(request.method(), url);
        if let Some(body) = request.body {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = sent.send().await?;
        let retry_after = response.headers().get(RETRY_AFTER);
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: retry_after.and_then(|value| Some(value.to_str().ok()?.to_owned())),
            body: response.bytes().await?,
        })
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path(), request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    match tls_error(&error) {
        Some(untrusted @ rustls::Error::InvalidCertificate(_)) => {
            Failure::Untrusted(untrusted.to_string())
        }
        _ => Failure::Connection(chain(&error)),
    }
}

/// The error of TLS that lies behind an error.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    // What an io::Error holds is not its source.
    let held = error.downcast_ref().and_then(io::Error::get_ref);
    let held = held.map(|held| held as &(dyn Error + 'static));
    tls_error(held.or(error.source())?)
}

/// The error with all that lies behind it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        next = source.source();
    }
    text
}
