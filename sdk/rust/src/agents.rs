//! Autonomous agents.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;
use crate::ids;

/// What an agent shall do.
///
/// ```
/// use netstacks_sdk::AgentRequest;
///
/// let request = AgentRequest::new("bgp-triage")
///     .with_prompt("Why did the session to AS 64500 flap?")
///     .with_context("alert_id", 17);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct AgentRequest {
    /// Id of the agent.
    pub agent_id: String,
    /// What it shall do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Anything that it should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Map<String, Value>>,
}

impl AgentRequest {
    /// A run of an agent.
    pub fn new(agent_id: impl Into<String>) -> Self {
        Self {
            agent_id: agent_id.into(),
            ..Self::default()
        }
    }

    /// Says what the agent shall do.
    #[must_use]
    pub fn with_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Adds something that the agent should know.
    #[must_use]
    pub fn with_context(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let context = self.context.get_or_insert_default();
        context.insert(key.into(), value.into());
        self
    }
}

/// A run of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct AgentRun {
    /// Id of the run.
    pub run_id: String,
    /// Id of the agent.
    #[serde(default, deserialize_with = "or_empty")]
    pub agent_id: String,
    /// Such as `queued` or `running`.
    #[serde(default, deserialize_with = "or_empty")]
    pub status: String,
}

impl AgentRun {
    /// A run, for tests.
    pub fn new(
        run_id: impl Into<String>,
        agent_id: impl Into<String>,
        status: impl Into<String>,
    ) -> Self {
        Self {
            run_id: run_id.into(),
            agent_id: agent_id.into(),
            status: status.into(),
        }
    }
}

impl NetStacksClient {
    /// Starts a run of an agent, which goes on by itself. Needs the capability
    /// `trigger_agent`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError); an agent that does not exist is an
    /// API error with status 404.
    pub async fn trigger_agent(&self, request: &AgentRequest) -> Result<AgentRun> {
        ids::given("agent_id", &request.agent_id)?;
        self.post("/agents/trigger", request).await
    }
}
