//! What the Controller in memory answers.

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{FakeController, Hook, Operation, RecordedRequest, State};
use crate::transport::Request;
use crate::{
    AgentRequest, AgentRun, Device, Document, DocumentRequest, GnmiNotification, GnmiRequest,
    GnmiResponse, KnowledgeResult, LLMRequest, LLMResponse, NetStacksError, NetconfRequest,
    NetconfResponse, Result,
};

/// Now, for whoever asks this Controller: tests are the same every day.
const NOW: &str = "2026-06-01T12:00:00Z";

/// What a request asks for.
pub(super) fn recorded(request: &Request) -> Option<RecordedRequest> {
    let (operation, id) = match (request.method().as_str(), request.path.as_str()) {
        ("GET", "/devices") => (Operation::ListDevices, None),
        ("POST", "/llm/chat") => (Operation::Chat, None),
        ("GET", "/knowledge/search") => (Operation::SearchKnowledge, None),
        ("POST", "/knowledge/documents") => (Operation::CreateDocument, None),
        ("POST", "/gnmi/execute") => (Operation::ExecuteGnmi, None),
        ("POST", "/netconf/execute") => (Operation::ExecuteNetconf, None),
        ("POST", "/agents/trigger") => (Operation::TriggerAgent, None),
        ("GET", "/api-resources") => (Operation::ListApiResources, None),
        (_, path) => {
            let (collection, id) = path.rsplit_once('/')?;
            let operation = match collection {
                "/devices" => Operation::GetDevice,
                "/credentials" => Operation::GetCredential,
                _ => return None,
            };
            let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
            (operation, Some(id))
        }
    };
    let query = request.query.iter();
    let body = request.body.as_deref().unwrap_or(b"null");
    Some(RecordedRequest {
        operation,
        id,
        query: query
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        body: serde_json::from_slice(body).unwrap_or_default(),
    })
}

/// The body of a success.
pub(super) fn answer(controller: &FakeController, request: &RecordedRequest) -> Result<Value> {
    let id = request.id.as_deref().unwrap_or_default();
    match request.operation {
        Operation::ListDevices => list(&controller.state(), request),
        Operation::GetDevice => {
            let state = controller.state();
            let device = state.devices.iter().find(|device| device.id == id);
            device.map_or_else(|| Err(not_found("device")), body)
        }
        Operation::GetCredential => credential(&controller.state(), id),
        Operation::Chat => hooked(controller, request, |state| &state.on_chat, chat),
        Operation::SearchKnowledge => search(&controller.state(), request),
        Operation::CreateDocument => create(&mut controller.state(), request),
        Operation::ExecuteGnmi => hooked(
            controller,
            request,
            |state| &state.on_gnmi,
            |state, request| Ok(gnmi(state, request)),
        ),
        Operation::ExecuteNetconf => hooked(
            controller,
            request,
            |state| &state.on_netconf,
            |_, request| Ok(netconf(request)),
        ),
        Operation::TriggerAgent => hooked(
            controller,
            request,
            |state| &state.on_agent,
            |state, request| Ok(run(state, request)),
        ),
        Operation::ListApiResources => body(&controller.state().resources),
    }
}

/// Lets the test's function answer, or else the Controller's own.
fn hooked<Q: DeserializeOwned, A: Serialize>(
    controller: &FakeController,
    request: &RecordedRequest,
    hook: impl Fn(&State) -> &Option<Hook<Q, A>>,
    own: impl Fn(&mut State, &Q) -> Result<A>,
) -> Result<Value> {
    let asked: Q = read(request)?;
    let theirs = hook(&controller.state()).clone();
    if let Some(theirs) = theirs {
        body(&theirs(&asked)?) // it may use the Controller
    } else {
        body(&own(&mut controller.state(), &asked)?)
    }
}

fn read<Q: DeserializeOwned>(request: &RecordedRequest) -> Result<Q> {
    serde_json::from_value(request.body.clone()).map_err(|error| malformed(error.to_string()))
}

fn body(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|error| malformed(error.to_string()))
}

fn malformed(text: String) -> NetStacksError {
    NetStacksError::ApiError {
        status: 400,
        message: text.into(),
    }
}

fn not_found(what: &str) -> NetStacksError {
    NetStacksError::ApiError {
        status: 404,
        message: format!("no {what} has this id").into(),
    }
}

/// A parameter that is a whole number.
fn number(request: &RecordedRequest, name: &str, absent: usize) -> Result<usize> {
    request.query.get(name).map_or(Ok(absent), |value| {
        let text = || format!("{name}: {value:?} is not a whole number");
        value.parse().map_err(|_| malformed(text()))
    })
}

fn list(state: &State, request: &RecordedRequest) -> Result<Value> {
    let asked = |name: &str, value: Option<&str>| {
        let wanted = request.query.get(name).map(String::as_str);
        wanted.is_none() || wanted == value
    };
    let found = state.devices.iter().filter(|device| {
        asked("org_id", device.org_id.as_deref()) && asked("device_type", Some(&device.device_type))
    });
    let found = found.skip(number(request, "offset", 0)?);
    let found = found.take(number(request, "limit", usize::MAX)?);
    body(&found.collect::<Vec<&Device>>())
}

fn credential(state: &State, id: &str) -> Result<Value> {
    let found = state
        .credentials
        .iter()
        .find(|credential| credential.id == id);
    let found = found.ok_or_else(|| not_found("credential"))?;
    Ok(json!({
        "id": found.id,
        "name": found.name,
        "credential_type": found.credential_type,
        "username": found.username,
        "secret": found.secret,
        "created_at": found.created_at,
    }))
}

fn chat(_: &mut State, request: &LLMRequest) -> Result<LLMResponse> {
    let last = request.messages.last();
    let last = last.ok_or_else(|| malformed("messages: at least one is needed".to_owned()))?;
    Ok(LLMResponse {
        model: request.model.clone(),
        finish_reason: Some("stop".to_owned()),
        ..LLMResponse::new(last.content.clone())
    })
}

fn search(state: &State, request: &RecordedRequest) -> Result<Value> {
    let asked = request.query.get("q").map(|text| text.to_lowercase());
    let asked = asked.unwrap_or_default();
    let found = state.passages.iter().filter(|passage| {
        let text = format!("{} {}", passage.title, passage.snippet).to_lowercase();
        asked.split_whitespace().any(|word| text.contains(word))
    });
    let found = found.take(number(request, "limit", 10)?);
    body(&found.collect::<Vec<&KnowledgeResult>>())
}

fn create(state: &mut State, request: &RecordedRequest) -> Result<Value> {
    let given: DocumentRequest = read(request)?;
    state.documents += 1;
    let id = format!("document-{}", state.documents);
    state.passages.push(KnowledgeResult {
        source: given.source,
        url: given.url,
        ..KnowledgeResult::new(id.clone(), given.title.clone(), given.content)
    });
    body(&Document {
        id,
        title: given.title,
        chunks: 1,
        created_at: Some(NOW.to_owned()),
    })
}

fn gnmi(state: &mut State, request: &GnmiRequest) -> GnmiResponse {
    let mut notifications = Vec::new();
    let mut note = |path: &str, value: Value| {
        let path = path.to_owned();
        notifications.push(GnmiNotification { path, value });
    };
    let at = |path: &str| (request.device_id.clone(), path.to_owned());
    for path in request.paths.iter().flatten() {
        if let Some(value) = state.gnmi.get(&at(path)) {
            note(path, value.clone());
        }
    }
    for update in request.updates.iter().flatten() {
        state.gnmi.insert(at(&update.path), update.value.clone());
        note(&update.path, update.value.clone());
    }
    for path in request.deletes.iter().flatten() {
        state.gnmi.remove(&at(path));
        note(path, Value::Null);
    }
    if request.operation == "capabilities" {
        let encodings = ["JSON", "JSON_IETF"];
        note(
            "/",
            json!({"gnmi_version": "0.8.0", "supported_encodings": encodings, "supported_models": []}),
        );
    }
    GnmiResponse {
        device_id: request.device_id.clone(),
        operation: request.operation.clone(),
        timestamp: Some(NOW.to_owned()),
        notifications,
    }
}

fn netconf(request: &NetconfRequest) -> NetconfResponse {
    let data = match request.operation.as_str() {
        "edit-config" => "<ok/>",
        _ => "<data/>",
    };
    NetconfResponse::new(request, data)
}

fn run(state: &mut State, request: &AgentRequest) -> AgentRun {
    state.runs += 1;
    AgentRun::new(format!("run-{}", state.runs), &request.agent_id, "queued")
}
