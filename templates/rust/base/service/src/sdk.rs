//! A self-contained client of the Controller's internal API, `/internal/v1`.
//!
//! ```ignore
//! let client = NetStacksClient::from_env();
//! let routers = DeviceQuery { device_type: Some("router".into()), ..Default::default() };
//! for device in client.list_devices(&routers).await? {
//!     println!("{} {}", device.name, device.hostname);
//! }
//! ```
//!
//! It reads what the Controller gives every plugin container:
//!
//! - `CONTROLLER_API_URL`: where the Controller is
//! - `NETSTACKS_SERVICE_TOKEN`: what the plugin may do there
//! - `NETSTACKS_CA_CERT`: a PEM file (or its text) with the CA of the Controller's
//!   certificate, trusted beside the system's roots
//! - `NETSTACKS_TLS_VERIFY`: "false" switches the check of the certificate off
//!
//! Single resources that do not exist are `None`. Everything else that fails is a
//! [`NetStacksError`]. For production, the crate netstacks-sdk offers the same operations.

#![allow(dead_code, reason = "a plugin calls what it needs")]

use std::collections::hash_map::RandomState;
use std::error::Error;
use std::hash::BuildHasher;
use std::sync::{Once, OnceLock};
use std::time::Duration;
use std::{env, fmt, fs, iter};

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, RequestBuilder, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;
use utoipa::ToSchema;

/// How often a GET is sent at most; nothing else is ever sent twice.
const ATTEMPTS: u32 = 3;
const RETRY_STATUSES: [u16; 4] = [429, 502, 503, 504];
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// What may stand in a path as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

type Result<T> = std::result::Result<T, NetStacksError>;

/// A call to the Controller failed.
#[derive(Debug, Clone, PartialEq)]
pub enum NetStacksError {
    /// `CONTROLLER_API_URL` is not set.
    MissingUrl,
    /// `NETSTACKS_SERVICE_TOKEN` is not set.
    MissingToken,
    /// A setting or an id that cannot be used.
    Invalid(String),
    /// The Controller could not be reached, or the connection broke off.
    Connection(String),
    /// The time was up.
    Timeout(String),
    /// The Controller's certificate is not trusted.
    Tls(String),
    /// The Controller answered a success that cannot be read.
    Decode(String),
    /// The Controller answered with an error.
    Api {
        /// The HTTP status.
        status: u16,
        /// What the Controller says.
        message: String,
        /// The capability that a 403 misses.
        required: Option<String>,
    },
}

impl fmt::Display for NetStacksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingUrl => missing(f, "CONTROLLER_API_URL"),
            Self::MissingToken => missing(f, "NETSTACKS_SERVICE_TOKEN"),
            Self::Invalid(text)
            | Self::Connection(text)
            | Self::Timeout(text)
            | Self::Tls(text)
            | Self::Decode(text) => f.write_str(text),
            Self::Api {
                status,
                message,
                required,
            } => {
                write!(f, "the Controller answered {status}: {message}")?;
                if let Some(missing) = required {
                    let place = "capabilities_required in manifest.json";
                    write!(f, " (add {missing:?} to {place})")?;
                }
                Ok(())
            }
        }
    }
}

fn missing(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    write!(f, "{name} is not set: the Controller gives it to you")
}

impl Error for NetStacksError {}

/// A device of the inventory.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub hostname: String,
    pub device_type: String,
    pub org_id: Option<String>,
    pub port: Option<u16>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub platform: Option<String>,
    pub site: Option<String>,
    pub source: Option<String>,
    pub default_credential_id: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

/// Which devices are wanted; all of them by default.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeviceQuery {
    pub org_id: Option<String>,
    pub device_type: Option<String>,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
}

/// A decrypted credential. The Controller writes every read into its audit log.
///
/// It is not `Debug`, so that it gets into no log by mistake.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Credential {
    pub id: String,
    pub name: String,
    pub credential_type: String,
    pub username: Option<String>,
    pub secret: String,
    pub created_at: Option<String>,
}

/// One message of a chat; `role` is "system", "user" or "assistant".
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatMessage {
    pub role: String,
    pub content: String,
}

/// A question to a language model.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ChatRequest {
    pub messages: Vec<ChatMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

/// The answer of a language model.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ChatResponse {
    pub content: String,
    pub model: Option<String>,
    pub finish_reason: Option<String>,
    pub usage: Option<Usage>,
}

/// What an answer cost, in tokens.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Usage {
    pub prompt_tokens: Option<u64>,
    pub completion_tokens: Option<u64>,
    pub total_tokens: Option<u64>,
}

/// What is looked for in the knowledge base.
#[derive(Debug, Clone, Default, Serialize)]
pub struct KnowledgeQuery {
    #[serde(rename = "q")]
    pub text: String,
    pub org_id: Option<String>,
    pub limit: Option<u32>,
}

/// A passage of the knowledge base.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct KnowledgeResult {
    pub id: String,
    pub title: String,
    pub snippet: String,
    pub score: Option<f64>,
    pub source: Option<String>,
    pub url: Option<String>,
}

/// How the Controller is called.
#[derive(Clone, Default)]
pub struct Settings {
    pub base_url: String,
    pub token: String,
    /// A PEM file or its text; empty for the system's roots alone.
    pub ca_cert: String,
    /// Whether any certificate will do.
    pub unchecked_tls: bool,
    /// For each request; 30 seconds unless said otherwise.
    pub timeout: Option<Duration>,
}

impl Settings {
    /// What the environment says. What it lacks is said by the first call.
    pub fn from_env() -> Self {
        let read = |name| env::var(name).unwrap_or_default().trim().to_owned();
        let verify = read("NETSTACKS_TLS_VERIFY").to_lowercase();
        Self {
            base_url: read("CONTROLLER_API_URL"),
            token: read("NETSTACKS_SERVICE_TOKEN"),
            ca_cert: read("NETSTACKS_CA_CERT"),
            unchecked_tls: ["false", "0", "no", "off"].contains(&verify.as_str()),
            timeout: None,
        }
    }
}

/// The Controller, as this plugin's service token lets it be seen.
///
/// One client serves any number of requests at the same time.
pub struct NetStacksClient {
    settings: Settings,
    http: OnceLock<reqwest::Client>,
}

impl NetStacksClient {
    /// A client that the environment sets up.
    pub fn from_env() -> Self {
        Self::new(Settings::from_env())
    }

    /// A client that connects at its first call.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            http: OnceLock::new(),
        }
    }

    /// Devices of the inventory. Needs `read_devices`.
    pub async fn list_devices(&self, query: &DeviceQuery) -> Result<Vec<Device>> {
        let answer = self.get("/devices", query).await?;
        rows(answer)?.into_iter().map(device).collect()
    }

    /// One device. Needs `read_devices`.
    pub async fn get_device(&self, id: &str) -> Result<Option<Device>> {
        self.get_one("/devices", id).await?.map(device).transpose()
    }

    /// One credential, decrypted. Needs `read_credentials`.
    pub async fn get_credential(&self, id: &str) -> Result<Option<Credential>> {
        let answer = self.get_one("/credentials", id).await?;
        answer.map(known).transpose()
    }

    /// The answer of a language model to a chat. Needs `invoke_llm`.
    pub async fn chat(&self, chat: &ChatRequest) -> Result<ChatResponse> {
        let request = self.http()?.post(self.url("/llm/chat")).json(chat);
        known(self.read(send(request).await)?)
    }

    /// Passages of the knowledge base, best first. Needs `search_knowledge`.
    pub async fn search_knowledge(&self, query: &KnowledgeQuery) -> Result<Vec<KnowledgeResult>> {
        let answer = self.get("/knowledge/search", query).await?;
        rows(answer)?.into_iter().map(known).collect()
    }

    async fn get_one(&self, path: &str, id: &str) -> Result<Option<Value>> {
        if id.trim().is_empty() || [".", ".."].contains(&id) {
            let text = format!("{id:?} is not the id of a resource");
            return Err(NetStacksError::Invalid(text));
        }
        let path = format!("{path}/{}", utf8_percent_encode(id, UNRESERVED));
        match self.get(&path, &()).await {
            Ok(body) => Ok(Some(body)),
            Err(NetStacksError::Api { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get(&self, path: &str, query: &impl Serialize) -> Result<Value> {
        let http = self.http()?;
        let mut attempt = 1;
        loop {
            let outcome = send(http.get(self.url(path)).query(query)).await;
            let wait = match &outcome {
                Ok(answer) if RETRY_STATUSES.contains(&answer.status.as_u16()) => {
                    Some(answer.retry_after.unwrap_or_else(|| delay(attempt)))
                }
                Err(error) if is_passing(error) => Some(delay(attempt)),
                _ => None,
            };
            match wait {
                Some(wait) if attempt < ATTEMPTS => sleep(wait).await,
                _ => return self.read(outcome),
            }
            attempt += 1;
        }
    }

    fn url(&self, path: &str) -> String {
        let base = self.settings.base_url.trim_end_matches('/');
        format!("{base}/internal/v1{path}")
    }

    fn http(&self) -> Result<&reqwest::Client> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = connector(&self.settings)?;
        Ok(self.http.get_or_init(|| http))
    }

    fn read(&self, outcome: reqwest::Result<Answer>) -> Result<Value> {
        let answer = outcome.map_err(|error| self.unreachable(error))?;
        let body = serde_json::from_slice(&answer.body);
        if answer.status.is_success() {
            return body.map_err(|_| misshapen("is not JSON"));
        }
        let (message, required) = reason(&body.unwrap_or_default());
        let message = message
            .or_else(|| answer.status.canonical_reason().map(str::to_owned))
            .unwrap_or_else(|| "no reason given".to_owned());
        Err(NetStacksError::Api {
            status: answer.status.as_u16(),
            message: self.masked(&message),
            required,
        })
    }

    fn unreachable(&self, error: reqwest::Error) -> NetStacksError {
        let error = error.without_url();
        let base = &self.settings.base_url;
        let text = format!("cannot reach the Controller at {base}: {}", chain(&error));
        let text = self.masked(&text);
        if is_untrusted(&error) {
            NetStacksError::Tls(format!(
                "{text}; set NETSTACKS_CA_CERT to the PEM file of the CA that signed its \
                 certificate, or NETSTACKS_TLS_VERIFY=false to connect without a check"
            ))
        } else if error.is_timeout() {
            NetStacksError::Timeout(text)
        } else {
            NetStacksError::Connection(text)
        }
    }

    fn masked(&self, text: &str) -> String {
        text.replace(&self.settings.token, "***")
    }
}

/// What the Controller answered.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let retry_after = response.headers().get(RETRY_AFTER);
    Ok(Answer {
        status: response.status(),
        retry_after: retry_after.and_then(|value| said_delay(value.to_str().ok()?)),
        body: response.bytes().await?.to_vec(),
    })
}

/// What `Retry-After` says, in seconds or as a date.
fn said_delay(said: &str) -> Option<Duration> {
    let delay = if !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) {
        said.parse().map_or(LONGEST_DELAY, Duration::from_secs)
    } else {
        let date = DateTime::parse_from_rfc2822(said).ok()?;
        (date.to_utc() - Utc::now()).to_std().unwrap_or_default()
    };
    Some(delay.min(LONGEST_DELAY))
}

/// The value of the header that says who asks, once the settings are such that it can be sent.
fn bearer(settings: &Settings) -> Result<HeaderValue> {
    let (base, token) = (&settings.base_url, &settings.token);
    if base.is_empty() {
        return Err(NetStacksError::MissingUrl);
    }
    if token.is_empty() {
        return Err(NetStacksError::MissingToken);
    }
    let url = Url::parse(base).ok().filter(|url| {
        let web = ["http://", "https://"]
            .iter()
            .any(|scheme| base.starts_with(scheme));
        web && url.query().is_none() && url.fragment().is_none()
    });
    if url.is_none() {
        let text = "CONTROLLER_API_URL must be an http:// or https:// URL without a query";
        return Err(NetStacksError::Invalid(text.to_owned()));
    }
    match HeaderValue::from_str(&format!("Bearer {token}")) {
        Ok(mut bearer) if token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            bearer.set_sensitive(true);
            Ok(bearer)
        }
        _ => {
            let text = "NETSTACKS_SERVICE_TOKEN holds characters that no token has";
            Err(NetStacksError::Invalid(text.to_owned()))
        }
    }
}

fn connector(settings: &Settings) -> Result<reqwest::Client> {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer(settings)?), (ACCEPT, json)]);

    // Fails where the program has chosen one already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .timeout(settings.timeout.unwrap_or(TIMEOUT))
        .redirect(redirect::Policy::none())
        // The Controller is on the container's own network, behind no proxy.
        .no_proxy();
    let http = if settings.unchecked_tls {
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            eprintln!("NETSTACKS_TLS_VERIFY=false: the Controller's certificate is unchecked");
        });
        http.tls_danger_accept_invalid_certs(true)
    } else {
        http.tls_certs_merge(authorities(&settings.ca_cert)?)
    };
    http.build()
        .map_err(|error| NetStacksError::Tls(format!("no TLS: {}", chain(&error))))
}

/// The certificates that `NETSTACKS_CA_CERT` names.
fn authorities(ca_cert: &str) -> Result<Vec<Certificate>> {
    if ca_cert.is_empty() {
        return Ok(Vec::new());
    }
    let unusable = |reason: String| {
        NetStacksError::Tls(format!(
            "NETSTACKS_CA_CERT is not a PEM file that can be read: {reason}"
        ))
    };
    let pem = if ca_cert.starts_with("-----BEGIN") {
        ca_cert.as_bytes().to_vec()
    } else {
        fs::read(ca_cert).map_err(|error| unusable(error.to_string()))?
    };
    let certificates =
        Certificate::from_pem_bundle(&pem).map_err(|error| unusable(chain(&error)))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// The error with all that lies behind it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let errors = iter::successors(Some(error), |&error| error.source());
    let texts: Vec<String> = errors.map(ToString::to_string).collect();
    texts.join(": ")
}

fn is_untrusted(error: &reqwest::Error) -> bool {
    chain(error).contains("invalid peer certificate")
}

/// Whether the same request may well succeed a moment later.
fn is_passing(error: &reqwest::Error) -> bool {
    let broken = error.is_connect() || error.is_request() || error.is_body() || error.is_decode();
    broken && !error.is_timeout() && !is_untrusted(error)
}

fn delay(attempt: u32) -> Duration {
    // The standard library has no other source of randomness.
    let [random, ..] = RandomState::new().hash_one(attempt).to_ne_bytes();
    let jitter = 0.5 + f64::from(random) / 255.0;
    (FIRST_DELAY * 2_u32.pow(attempt - 1)).mul_f64(jitter)
}

/// The text and the missing capability, from either shape of an error.
fn reason(body: &Value) -> (Option<String>, Option<String>) {
    let error = &body["error"];
    let texts = [error, &error["message"], &error["code"]].map(Value::as_str);
    let text = texts.into_iter().flatten().find(|text| !text.is_empty());
    let required = body["required"].as_str();
    (text.map(str::to_owned), required.map(str::to_owned))
}

fn misshapen(what: &str) -> NetStacksError {
    NetStacksError::Decode(format!("the Controller's answer {what}"))
}

/// The rows of a list, bare or wrapped.
fn rows(mut body: Value) -> Result<Vec<Value>> {
    let wrapped = ["items", "data", "devices"];
    if let Some(key) = wrapped.iter().find(|key| body[key].is_array()) {
        body = body[key].take();
    }
    match body {
        Value::Array(rows) => Ok(rows),
        _ => Err(misshapen("is not a list")),
    }
}

/// The fields of `T` that body has; one that it lacks, or that is null, is the default.
fn known<T: DeserializeOwned>(mut body: Value) -> Result<T> {
    let fields = body
        .as_object_mut()
        .ok_or_else(|| misshapen("is not an object"))?;
    fields.retain(|_, value| !value.is_null());
    serde_json::from_value(body)
        .map_err(|_| misshapen("has a field of another type than it should"))
}

fn device(mut body: Value) -> Result<Device> {
    if body["hostname"].is_null() && body["host"].is_string() {
        body["hostname"] = body["host"].take();
    }
    known(body)
}
