//! One call: its attempts, and what its answer is read as.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use crate::client::{Inner, NetStacksClient};
use crate::decode::{self, Unreadable};
use crate::error::{ApiMessage, HttpErrorKind, NetStacksError, Result};
use crate::tls;
use crate::transport::{Answer, Failure, Request};

/// How often a GET is sent at most; nothing else is ever sent twice.
const ATTEMPTS: u32 = 3;
const RETRY_STATUSES: [u16; 4] = [429, 502, 503, 504];
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// The parameters of a query; those without a value are left out.
pub(crate) type Query<'q> = &'q [(&'static str, Option<String>)];

impl NetStacksClient {
    pub(crate) async fn get_list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
    ) -> Result<Vec<T>> {
        let given = query.iter().cloned();
        let request = Request {
            path: path.to_owned(),
            query: given
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            body: None,
        };
        self.inner()?.call(request, decode::list).await
    }

    /// A resource, or `None` where there is none.
    pub(crate) async fn get_one<T: DeserializeOwned>(&self, path: String) -> Result<Option<T>> {
        let request = Request {
            path,
            query: Vec::new(),
            body: None,
        };
        match self.inner()?.call(request, decode::one).await {
            Ok(resource) => Ok(Some(resource)),
            Err(NetStacksError::ApiError { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let body = serde_json::to_vec(body)
            .map_err(|error| NetStacksError::invalid("body", error.to_string()))?;
        let request = Request {
            path: path.to_owned(),
            query: Vec::new(),
            body: Some(Bytes::from(body)),
        };
        self.inner()?.call(request, decode::one).await
    }
}

impl Inner {
    /// The answer to a request, which is sent again where that may help.
    async fn call<T>(
        &self,
        request: Request,
        read: impl Fn(&[u8]) -> std::result::Result<T, Unreadable>,
    ) -> Result<T> {
        let operation = format!("{} {}", request.method(), request.path);
        let attempts = if request.body.is_some() { 1 } else { ATTEMPTS };
        let mut attempt = 1;
        loop {
            let outcome = self.transport.send(request.clone()).await;
            match passing(&outcome) {
                Some(retry_after) if attempt < attempts => sleep(delay(attempt, retry_after)).await,
                _ => return self.concluded(outcome, &operation, read),
            }
            attempt += 1;
        }
    }

    fn concluded<T>(
        &self,
        outcome: std::result::Result<Answer, Failure>,
        operation: &str,
        read: impl Fn(&[u8]) -> std::result::Result<T, Unreadable>,
    ) -> Result<T> {
        let answer = outcome.map_err(|failure| self.unreachable(failure, operation))?;
        let status = answer.status;
        if (200..300).contains(&status) {
            return read(&answer.body).map_err(|why| {
                let text =
                    format!("the answer to {operation} (status {status}) cannot be read: {why}");
                NetStacksError::http(HttpErrorKind::Decode, self.masked(&text))
            });
        }
        let (text, required) = decode::reason(&answer.body);
        let text = text.unwrap_or_else(|| nothing_said(status));
        let required = required.map(|required| self.masked(&required));
        let message = ApiMessage::new(self.masked(&text), required);
        Err(NetStacksError::ApiError { status, message })
    }

    fn unreachable(&self, failure: Failure, operation: &str) -> NetStacksError {
        let address = self.transport.address();
        let (kind, text) = match failure {
            Failure::Connection(why) => (
                HttpErrorKind::Connection,
                format!("cannot reach the Controller at {address} for {operation}: {why}"),
            ),
            Failure::Timeout => (
                HttpErrorKind::Timeout,
                format!("the Controller at {address} did not answer {operation} in time"),
            ),
            Failure::Untrusted(why) => (
                HttpErrorKind::Tls,
                format!(
                    "the Controller at {address} is not trusted: {why}; {}",
                    tls::ADVICE
                ),
            ),
        };
        NetStacksError::http(kind, self.masked(&text))
    }

    fn masked(&self, text: &str) -> String {
        text.replace(&self.token, "***")
    }
}

/// The message of an answer that has none.
fn nothing_said(status: u16) -> String {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("no reason given")
        .to_owned()
}

/// Whether the same request may well succeed a moment later, and what the Controller
/// says of when.
#[expect(clippy::option_option, reason = "what passes may come without a time")]
fn passing(outcome: &std::result::Result<Answer, Failure>) -> Option<Option<&str>> {
    match outcome {
        Ok(answer) if RETRY_STATUSES.contains(&answer.status) => {
            Some(answer.retry_after.as_deref())
        }
        Err(Failure::Connection(_)) => Some(None),
        _ => None,
    }
}

/// How long to wait after an attempt.
fn delay(attempt: u32, retry_after: Option<&str>) -> Duration {
    if let Some(said) = retry_after.and_then(said_delay) {
        return said.min(LONGEST_DELAY);
    }
    // The standard library has no other source of randomness.
    let [random, ..] = RandomState::new().hash_one(attempt).to_ne_bytes();
    let jitter = 0.5 + f64::from(random) / 255.0;
    (FIRST_DELAY * 2_u32.pow(attempt - 1)).mul_f64(jitter)
}

/// What `Retry-After` says, in seconds or as a date.
fn said_delay(retry_after: &str) -> Option<Duration> {
    let said = retry_after.trim();
    if !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a long time.
        return Some(said.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(said).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controller_says_how_long_to_wait_up_to_ten_seconds() {
        let soon = SystemTime::now() + Duration::from_secs(5);
        let late = SystemTime::now() + Duration::from_secs(3600);
        for (said, least, most) in [
            ("0", 0, 0),
            ("7", 7000, 7000),
            (" 10 ", 10_000, 10_000),
            ("3600", 10_000, 10_000),
            ("99999999999999999999999999", 10_000, 10_000),
            (&httpdate::fmt_http_date(soon), 3500, 5000),
            (&httpdate::fmt_http_date(late), 10_000, 10_000),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
            ("soon", 100, 300),
            ("-1", 100, 300),
            ("+1", 100, 300),
            ("1.5", 100, 300),
            ("", 100, 300),
        ] {
            let waited = delay(1, Some(said)).as_millis();
            assert!((least..=most).contains(&waited), "{said:?}: {waited} ms");
        }
    }

    #[test]
    fn without_a_word_of_the_controller_the_wait_grows_and_is_random() {
        for (attempt, least, most) in [(1, 100, 300), (2, 200, 600)] {
            let waits: Vec<u128> = (0..200).map(|_| delay(attempt, None).as_millis()).collect();
            assert!(waits.iter().all(|wait| (least..=most).contains(wait)));
            let middle = u128::midpoint(least, most);
            assert!(waits.iter().any(|wait| *wait < middle));
            assert!(waits.iter().any(|wait| *wait > middle));
        }
    }

    #[test]
    fn a_status_that_nobody_knows_has_a_message_too() {
        assert_eq!(nothing_said(404), "Not Found");
        assert_eq!(nothing_said(599), "no reason given");
        assert_eq!(nothing_said(42), "no reason given");
    }
}
