//! A Controller in memory, for the unit tests of plugins. Needs the feature `testing`:
//!
//! ```toml
//! [dev-dependencies]
//! netstacks-sdk = { version = "2.0", features = ["testing"] }
//! ```
//!
//! ```
//! use netstacks_sdk::Device;
//! use netstacks_sdk::testing::{FakeController, Fault, Operation};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> netstacks_sdk::Result<()> {
//! let controller = FakeController::new();
//! controller.add_device(Device::new("d1", "core-1", "192.0.2.1", "router"));
//! let client = controller.client();
//! assert_eq!(client.list_devices(Some("router")).await?.len(), 1);
//!
//! controller.fail(Operation::GetDevice, [Fault::status(401, "the token has expired")]);
//! assert_eq!(client.get_device("d1").await.unwrap_err().status(), Some(401));
//! assert_eq!(controller.requests(Operation::GetDevice).len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! The client is a real one: it retries, decodes and fails as it does in production. No
//! socket is opened and nothing is waited for, so tests are fast and may run at the same
//! time.
//!
//! What no test has added is not there: lists are empty, and single resources are not
//! found.

mod answers;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::transport::{Answer, Failure, Request, Transport};
use crate::{
    AgentRequest, AgentRun, ApiResource, Credential, Device, GnmiRequest, GnmiResponse,
    KnowledgeResult, LLMRequest, LLMResponse, NetStacksClient, NetStacksError, NetconfRequest,
    NetconfResponse, Result,
};

/// An operation of the internal API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`NetStacksClient::list_devices`] and the like.
    ListDevices,
    /// [`NetStacksClient::get_device`].
    GetDevice,
    /// [`NetStacksClient::get_credential`].
    GetCredential,
    /// [`NetStacksClient::chat`].
    Chat,
    /// [`NetStacksClient::search_knowledge`] and the like.
    SearchKnowledge,
    /// [`NetStacksClient::create_document`].
    CreateDocument,
    /// [`NetStacksClient::execute_gnmi`].
    ExecuteGnmi,
    /// [`NetStacksClient::execute_netconf`].
    ExecuteNetconf,
    /// [`NetStacksClient::trigger_agent`].
    TriggerAgent,
    /// [`NetStacksClient::list_api_resources`].
    ListApiResources,
}

impl Operation {
    /// The capability that it needs.
    #[must_use]
    pub fn capability(self) -> &'static str {
        match self {
            Self::ListDevices | Self::GetDevice => "read_devices",
            Self::GetCredential => "read_credentials",
            Self::Chat => "invoke_llm",
            Self::SearchKnowledge => "search_knowledge",
            Self::CreateDocument => "create_knowledge_document",
            Self::ExecuteGnmi => "execute_gnmi",
            Self::ExecuteNetconf => "execute_netconf",
            Self::TriggerAgent => "trigger_agent",
            Self::ListApiResources => "read_api_resources",
        }
    }
}

/// How a request fails.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The Controller answers with an error.
    Status {
        /// The HTTP status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// The connection breaks off.
    Connection,
    /// The time is up. The test does not wait for it.
    Timeout,
    /// The Controller answers a success that cannot be read.
    Malformed,
}

impl Fault {
    /// The Controller answers with an error.
    pub fn status(status: u16, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Status { status, message }
    }
}

/// A request that was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// What was asked for.
    pub operation: Operation,
    /// The resource, of [`Operation::GetDevice`] and [`Operation::GetCredential`].
    pub id: Option<String>,
    /// The parameters of lists and searches.
    pub query: HashMap<String, String>,
    /// What was sent, null for what only reads.
    pub body: Value,
}

type Hook<Q, A> = Arc<dyn Fn(&Q) -> Result<A> + Send + Sync>;

#[derive(Default)]
struct State {
    granted: Option<Vec<String>>,
    faults: HashMap<Operation, VecDeque<Fault>>,
    requests: Vec<RecordedRequest>,
    devices: Vec<Device>,
    credentials: Vec<Credential>,
    passages: Vec<KnowledgeResult>,
    resources: Vec<ApiResource>,
    /// Device and path → value.
    gnmi: HashMap<(String, String), Value>,
    documents: usize,
    runs: usize,
    on_chat: Option<Hook<LLMRequest, LLMResponse>>,
    on_gnmi: Option<Hook<GnmiRequest, GnmiResponse>>,
    on_netconf: Option<Hook<NetconfRequest, NetconfResponse>>,
    on_agent: Option<Hook<AgentRequest, AgentRun>>,
}

/// A Controller in memory. Clones are the same Controller.
#[derive(Clone, Default)]
pub struct FakeController {
    state: Arc<Mutex<State>>,
}

impl FakeController {
    /// A Controller that has nothing and grants every capability.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A client of this Controller.
    #[must_use]
    pub fn client(&self) -> NetStacksClient {
        NetStacksClient::with(Transport::Memory(self.clone()), "fake-token".to_owned())
    }

    /// Adds a device.
    pub fn add_device(&self, device: Device) {
        self.state().devices.push(device);
    }

    /// Adds a credential.
    pub fn add_credential(&self, credential: Credential) {
        self.state().credentials.push(credential);
    }

    /// Adds a passage to the knowledge base. Searches find the passages that hold any of
    /// their words.
    pub fn add_passage(&self, passage: KnowledgeResult) {
        self.state().passages.push(passage);
    }

    /// Adds an external API.
    pub fn add_api_resource(&self, resource: ApiResource) {
        self.state().resources.push(resource);
    }

    /// Sets what a path of a device holds for gNMI.
    pub fn set_gnmi(&self, device_id: &str, path: &str, value: impl Into<Value>) {
        let at = (device_id.to_owned(), path.to_owned());
        self.state().gnmi.insert(at, value.into());
    }

    /// Sets who answers chats. Without it, the last message comes back.
    ///
    /// In this hook and those below, an API error is answered with its status, and any
    /// other error with 500.
    pub fn on_chat<F>(&self, answer: F)
    where
        F: Fn(&LLMRequest) -> Result<LLMResponse> + Send + Sync + 'static,
    {
        self.state().on_chat = Some(Arc::new(answer));
    }

    /// Sets who answers gNMI. Without it, that is [`set_gnmi`](Self::set_gnmi), and what
    /// requests have set.
    pub fn on_gnmi<F>(&self, answer: F)
    where
        F: Fn(&GnmiRequest) -> Result<GnmiResponse> + Send + Sync + 'static,
    {
        self.state().on_gnmi = Some(Arc::new(answer));
    }

    /// Sets who answers NETCONF. Without it, every device agrees, and its data is empty.
    pub fn on_netconf<F>(&self, answer: F)
    where
        F: Fn(&NetconfRequest) -> Result<NetconfResponse> + Send + Sync + 'static,
    {
        self.state().on_netconf = Some(Arc::new(answer));
    }

    /// Sets who runs agents. Without it, every run is queued.
    pub fn on_agent<F>(&self, answer: F)
    where
        F: Fn(&AgentRequest) -> Result<AgentRun> + Send + Sync + 'static,
    {
        self.state().on_agent = Some(Arc::new(answer));
    }

    /// Takes away all capabilities but these. Calls that need another one get the
    /// Controller's 403.
    pub fn grant<C: Into<String>>(&self, capabilities: impl IntoIterator<Item = C>) {
        let granted = capabilities.into_iter().map(Into::into).collect();
        self.state().granted = Some(granted);
    }

    /// Makes the next requests of an operation fail, in this order. Mind that clients try
    /// what they read up to three times after some faults, here without waiting.
    pub fn fail(&self, operation: Operation, faults: impl IntoIterator<Item = Fault>) {
        let mut state = self.state();
        state.faults.entry(operation).or_default().extend(faults);
    }

    /// The requests of an operation, oldest first.
    #[must_use]
    pub fn requests(&self, operation: Operation) -> Vec<RecordedRequest> {
        let state = self.state();
        let requests = state.requests.iter();
        requests
            .filter(|request| request.operation == operation)
            .cloned()
            .collect()
    }

    /// A test that failed while it held the lock fails as itself.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request of a client.
    pub(crate) fn send(&self, request: &Request) -> std::result::Result<Answer, Failure> {
        let Some(request) = answers::recorded(request) else {
            return Ok(refused(404, "no such operation", None));
        };
        let operation = request.operation;
        let capability = operation.capability();
        let fault = {
            let mut state = self.state();
            state.requests.push(request.clone());
            let granted = state.granted.as_ref();
            if granted.is_some_and(|granted| !granted.iter().any(|one| one == capability)) {
                return Ok(refused(403, "Insufficient capabilities", Some(capability)));
            }
            let waiting = state.faults.get_mut(&operation);
            waiting.and_then(VecDeque::pop_front)
        };
        match fault {
            Some(Fault::Connection) => {
                Err(Failure::Connection("the connection was closed".to_owned()))
            }
            Some(Fault::Timeout) => Err(Failure::Timeout),
            Some(Fault::Malformed) => Ok(answer(200, Bytes::from_static(b"<html>"))),
            Some(Fault::Status { status, message }) => Ok(refused(status, &message, None)),
            None => Ok(self.answered(&request)),
        }
    }

    fn answered(&self, request: &RecordedRequest) -> Answer {
        let status = match request.operation {
            Operation::CreateDocument => 201,
            Operation::TriggerAgent => 202,
            _ => 200,
        };
        match answers::answer(self, request) {
            Ok(body) => answer(status, Bytes::from(body.to_string())),
            Err(NetStacksError::ApiError { status, message }) => {
                refused(status, &message, message.required())
            }
            Err(error) => refused(500, &error.to_string(), None),
        }
    }
}

impl fmt::Debug for FakeController {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeController").finish_non_exhaustive()
    }
}

fn answer(status: u16, body: Bytes) -> Answer {
    Answer {
        status,
        retry_after: Some("0".to_owned()), // tests do not wait
        body,
    }
}

fn refused(status: u16, message: &str, required: Option<&str>) -> Answer {
    let mut body = json!({ "error": message });
    if let Some(required) = required {
        body["required"] = required.into();
    }
    answer(status, Bytes::from(body.to_string()))
}
