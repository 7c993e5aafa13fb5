//! How clients are made.

use std::time::Duration;
use std::{env, fmt};

use reqwest::Url;

use crate::client::NetStacksClient;
use crate::error::{NetStacksError, Result};
use crate::transport::{Http, Transport};

const URL_VARIABLE: &str = "CONTROLLER_API_URL";
const TOKEN_VARIABLE: &str = "NETSTACKS_SERVICE_TOKEN";

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_CONNECTIONS: usize = 64;

/// Settings of a client.
///
/// What is not given, or blank, is taken from the environment.
///
/// ```
/// use std::time::Duration;
/// use netstacks_sdk::NetStacksClient;
///
/// let client = NetStacksClient::builder()
///     .base_url("http://custom-controller:3000")
///     .token("your-service-token")
///     .timeout(Duration::from_secs(60))
///     .build()?;
/// # Ok::<(), netstacks_sdk::NetStacksError>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until build is called"]
pub struct ClientBuilder {
    base_url: String,
    token: String,
    timeout: Duration,
    max_connections: usize,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            base_url: String::new(),
            token: String::new(),
            timeout: TIMEOUT,
            max_connections: MAX_CONNECTIONS,
        }
    }

    /// Where the Controller is: an `http://` or `https://` URL, to which `/internal/v1`
    /// is added.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self { base_url, ..self }
    }

    /// The service token.
    pub fn token(self, token: impl Into<String>) -> Self {
        let token = token.into();
        Self { token, ..self }
    }

    /// The longest time of one attempt, from its start to the last byte of the answer;
    /// 30 seconds unless given. Waiting for a free connection does not count.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How many requests may be under way at the same time, each on a connection of its
    /// own; 64 unless given. Calls beyond that wait for their turn. As many connections
    /// are kept for later calls, and while one changes hands a spare may be opened.
    pub fn max_connections(self, max_connections: usize) -> Self {
        Self {
            max_connections,
            ..self
        }
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// - [`NetStacksError::MissingToken`] and [`NetStacksError::MissingUrl`]: neither
    ///   given nor in the environment
    /// - [`NetStacksError::InvalidArgument`]: a value that cannot be used
    /// - [`NetStacksError::HttpError`] of kind TLS: `NETSTACKS_CA_CERT` names no file
    ///   that can be read, or one without certificates
    pub fn build(self) -> Result<NetStacksClient> {
        let token = self.service_token()?;
        let base = self.base()?;
        if self.timeout.is_zero() {
            return Err(NetStacksError::invalid("timeout", "it must not be zero"));
        }
        if self.max_connections == 0 {
            let text = "at least one connection is needed";
            return Err(NetStacksError::invalid("max_connections", text));
        }
        let http = Http::new(base, &token, self.timeout, self.max_connections)?;
        Ok(NetStacksClient::with(
            Transport::Http(Box::new(http)),
            token,
        ))
    }

    fn service_token(&self) -> Result<String> {
        let token = if self.token.trim().is_empty() {
            variable(TOKEN_VARIABLE)
        } else {
            self.token.clone()
        };
        if token.is_empty() {
            return Err(NetStacksError::MissingToken);
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let text = format!(
                "it ({TOKEN_VARIABLE}) holds characters that no token has: \
                 only visible ASCII is allowed"
            );
            return Err(NetStacksError::invalid("token", text));
        }
        Ok(token)
    }

    /// The address of `/internal/v1`.
    fn base(&self) -> Result<Url> {
        let mut given = self.base_url.trim().to_owned();
        if given.is_empty() {
            given = variable(URL_VARIABLE);
        }
        if given.is_empty() {
            return Err(NetStacksError::MissingUrl);
        }
        parsed(&given).ok_or_else(|| {
            // The value is not repeated: it may be the token, in the wrong place.
            let text = format!(
                "it ({URL_VARIABLE}) must be an http:// or https:// URL \
                 with a host, and without a query"
            );
            NetStacksError::invalid("base_url", text)
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// A base URL with `/internal/v1`; none for what is no base URL.
fn parsed(given: &str) -> Option<Url> {
    let (scheme, rest) = given.split_once("://")?;
    // The parser would go on past all of these.
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
        || rest.starts_with(['/', '\\'])
        || given.contains(|char: char| char.is_whitespace() || char.is_control())
    {
        return None;
    }
    let mut url = Url::parse(given).ok()?;
    if url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    // A name and a password would take the place of the token.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let path = format!("{}/internal/v1", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

/// A variable of the environment without the white space around it, empty where it is
/// not set.
pub(crate) fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_strict() {
        for (given, want) in [
            ("http://h", Some("http://h/internal/v1")),
            ("HTTPS://H:3000//", Some("https://h:3000/internal/v1")),
            (
                "http://[::1]:80/a%2Fb/",
                Some("http://[::1]/a%2Fb/internal/v1"),
            ),
            ("http://user:word@h/", Some("http://h/internal/v1")),
            ("http:h", None),
            ("http:///h", None),
            ("http://\\h", None),
            ("http://h\n", None),
            ("http://h/?a=b", None),
            ("http://h/#a", None),
            ("file:///etc/passwd", None),
            ("h:3000", None),
            ("://", None),
        ] {
            assert_eq!(parsed(given).as_ref().map(Url::as_str), want, "{given}");
        }
    }

    #[test]
    fn settings_that_would_never_work_are_refused() {
        let given = ClientBuilder::new().base_url("http://h").token("t");
        for (builder, argument) in [
            (given.clone().timeout(Duration::ZERO), "timeout"),
            (given.clone().max_connections(0), "max_connections"),
        ] {
            let error = builder.build().map(drop);
            assert!(
                matches!(error, Err(NetStacksError::InvalidArgument { argument: a, .. }) if a == argument)
            );
        }
        assert!(given.build().is_ok());
    }
}
