//! Language models.

use serde::{Deserialize, Serialize};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;

/// One message of a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ChatMessage {
    /// Who speaks: `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub content: String,
}

impl ChatMessage {
    /// What the language model should heed throughout.
    pub fn system(content: impl Into<String>) -> Self {
        Self::of("system", content)
    }

    /// What the user says.
    pub fn user(content: impl Into<String>) -> Self {
        Self::of("user", content)
    }

    /// What the language model said before.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::of("assistant", content)
    }

    fn of(role: &str, content: impl Into<String>) -> Self {
        Self {
            role: role.to_owned(),
            content: content.into(),
        }
    }
}

/// A question to a language model.
///
/// ```
/// use netstacks_sdk::{ChatMessage, LLMRequest};
///
/// let request = LLMRequest::new(vec![ChatMessage::user("Explain VLANs.")])
///     .with_model("claude-3-5-sonnet-20241022")
///     .with_temperature(0.0);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LLMRequest {
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// The language model; the Controller chooses where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// From 0, the same answer each time, to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// How long the answer may be, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// The organisation that pays; the token's where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

impl LLMRequest {
    /// A conversation to be answered.
    #[must_use]
    pub fn new(messages: Vec<ChatMessage>) -> Self {
        Self {
            messages,
            ..Self::default()
        }
    }

    /// Names the language model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Says how free the answer may be, from 0 to 2.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Says how long the answer may be, in tokens.
    #[must_use]
    pub fn with_max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// Says which organisation pays.
    #[must_use]
    pub fn with_org_id(mut self, org_id: impl Into<String>) -> Self {
        self.org_id = Some(org_id.into());
        self
    }
}

/// The answer of a language model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LLMResponse {
    /// The answer.
    pub content: String,
    /// The language model that answered.
    pub model: Option<String>,
    /// Why it ended, such as `stop` or `length`.
    pub finish_reason: Option<String>,
    /// What the answer took.
    pub usage: Option<Usage>,
}

impl LLMResponse {
    /// An answer, for tests.
    pub fn new(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            ..Self::default()
        }
    }
}

/// What an answer took, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens read.
    #[serde(default, deserialize_with = "or_empty")]
    pub prompt_tokens: u64,
    /// Tokens written.
    #[serde(default, deserialize_with = "or_empty")]
    pub completion_tokens: u64,
    /// The sum of both.
    #[serde(default, deserialize_with = "or_empty")]
    pub total_tokens: u64,
}

impl NetStacksClient {
    /// The answer of a language model to a conversation. Needs the capability
    /// `invoke_llm`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn chat(&self, request: &LLMRequest) -> Result<LLMResponse> {
        self.post("/llm/chat", request).await
    }
}
