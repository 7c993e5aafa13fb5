//! How calls fail.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

/// What calls return.
pub type Result<T, E = NetStacksError> = std::result::Result<T, E>;

/// A call failed.
///
/// ```
/// use netstacks_sdk::NetStacksError;
///
/// fn explain(error: &NetStacksError) -> String {
///     match error {
///         NetStacksError::ApiError { status, message } => format!("{status}: {message}"),
///         NetStacksError::HttpError(error) if error.is_timeout() => "too slow".to_owned(),
///         NetStacksError::MissingToken => "not started by a Controller".to_owned(),
///         other => other.to_string(),
///     }
/// }
/// # assert_eq!(explain(&NetStacksError::MissingToken), "not started by a Controller");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetStacksError {
    /// There is no answer of the Controller, or none that can be read.
    HttpError(HttpError),
    /// The Controller answered with an error.
    ApiError {
        /// The HTTP status.
        status: u16,
        /// What the Controller says, or this crate's words where it says nothing; and
        /// the capability that a 403 misses.
        message: ApiMessage,
    },
    /// No service token was given, and `NETSTACKS_SERVICE_TOKEN` is not set.
    MissingToken,
    /// No address was given, and `CONTROLLER_API_URL` is not set.
    MissingUrl,
    /// An argument was refused before a request was made.
    InvalidArgument {
        /// Its name, such as `id` or `base_url`.
        argument: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

impl NetStacksError {
    /// The status of an API error.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::ApiError { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The capability that the plugin lacks: add it to `capabilities_required` in its
    /// manifest.json.
    #[must_use]
    pub fn required(&self) -> Option<&str> {
        match self {
            Self::ApiError { message, .. } => message.required(),
            _ => None,
        }
    }

    /// Whether the time was up.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::HttpError(error) if error.is_timeout())
    }

    pub(crate) fn invalid(argument: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::InvalidArgument { argument, message }
    }

    pub(crate) fn http(kind: HttpErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::HttpError(HttpError { kind, message })
    }
}

impl fmt::Display for NetStacksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HttpError(error) => error.fmt(f),
            Self::ApiError { status, message } => {
                write!(f, "the Controller answered {status}: {message}")?;
                if let Some(missing) = message.required() {
                    let place = "capabilities_required in manifest.json";
                    write!(f, " (add {missing:?} to {place})")?;
                }
                Ok(())
            }
            Self::MissingToken => missing(f, "NETSTACKS_SERVICE_TOKEN", "token"),
            Self::MissingUrl => missing(f, "CONTROLLER_API_URL", "base URL"),
            Self::InvalidArgument { argument, message } => write!(f, "{argument}: {message}"),
        }
    }
}

fn missing(f: &mut fmt::Formatter<'_>, variable: &str, value: &str) -> fmt::Result {
    write!(
        f,
        "{variable} is not set, and no {value} was given: \
         in a plugin's container the Controller sets it"
    )
}

impl Error for NetStacksError {}

/// There is no answer of the Controller, or none that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    kind: HttpErrorKind,
    message: String,
}

impl HttpError {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }

    /// Whether the Controller could not be reached, or the connection broke off.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        self.kind == HttpErrorKind::Connection
    }

    /// Whether the time was up.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind == HttpErrorKind::Timeout
    }

    /// Whether the Controller's certificate is not trusted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.kind == HttpErrorKind::Tls
    }

    /// Whether the Controller answered a success that cannot be read.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind == HttpErrorKind::Decode
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for HttpError {}

/// Why there is no answer that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// The Controller could not be reached, or the connection broke off.
    Connection,
    /// The time of an attempt was up.
    Timeout,
    /// The Controller's certificate is not trusted, or `NETSTACKS_CA_CERT` cannot be
    /// used.
    Tls,
    /// The Controller answered a success that cannot be read. The error does not quote
    /// the answer, in which there may be secrets.
    Decode,
}

/// What the Controller says of an error. It can be used as the text that it is.
///
/// ```
/// use netstacks_sdk::ApiMessage;
///
/// let message = ApiMessage::from("no such device");
/// assert!(message.starts_with("no such"));
/// assert_eq!(message, "no such device");
/// assert_eq!(message.required(), None);
/// let text: String = message.into();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiMessage {
    text: String,
    required: Option<String>,
}

impl ApiMessage {
    pub(crate) fn new(text: String, required: Option<String>) -> Self {
        Self { text, required }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The capability that a 403 misses.
    #[must_use]
    pub fn required(&self) -> Option<&str> {
        self.required.as_deref()
    }
}

impl Deref for ApiMessage {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<&str> for ApiMessage {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned(), None)
    }
}

impl From<String> for ApiMessage {
    fn from(text: String) -> Self {
        Self::new(text, None)
    }
}

impl From<ApiMessage> for String {
    fn from(message: ApiMessage) -> Self {
        message.text
    }
}

impl PartialEq<str> for ApiMessage {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for ApiMessage {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}
