//! The package.

use std::time::Duration;

use netstacks_sdk::{
    Credential, DeviceQuery, HttpErrorKind, KnowledgeQuery, NetStacksClient, NetStacksError, Result,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::child::{Job, Problem};

pub async fn call(job: &Job) -> std::result::Result<Value, Problem> {
    made(job).await.map_err(|error| problem(&error))
}

fn client(job: &Job) -> Result<NetStacksClient> {
    if let (Some(base_url), Some(token), None) = (&job.base_url, &job.token, job.timeout_ms) {
        return Ok(NetStacksClient::new(base_url, token));
    }
    if (&job.base_url, &job.token, job.timeout_ms) == (&None, &None, None) {
        return NetStacksClient::from_env();
    }
    let mut builder = NetStacksClient::builder();
    if let Some(base_url) = &job.base_url {
        builder = builder.base_url(base_url);
    }
    if let Some(token) = &job.token {
        builder = builder.token(token);
    }
    if let Some(timeout_ms) = job.timeout_ms {
        builder = builder.timeout(Duration::from_millis(timeout_ms));
    }
    builder.build()
}

async fn made(job: &Job) -> Result<Value> {
    let client = client(job)?;
    let shown = format!("{client:?} {client:#?}");
    let token = job.token.as_deref().unwrap_or("env-token");
    assert!(!shown.contains(token), "{shown}");
    let args = &job.args;
    let id = args["id"].as_str().unwrap_or_default();
    Ok(match job.operation.as_str() {
        "devices.list" => match (
            args.as_object().unwrap().len(),
            args["device_type"].as_str(),
        ) {
            (0, None) => shaped(client.list_devices(None).await?),
            (1, Some(device_type)) => shaped(client.list_devices(Some(device_type)).await?),
            _ => shaped(client.list_devices_with(&devices(args)).await?),
        },
        "devices.all" => {
            let mut all = client.all_devices(&devices(args));
            if let Some(size) = args["page_size"].as_u64() {
                all = all.page_size(u32::try_from(size).unwrap());
            }
            shaped(all.collect().await?)
        }
        "devices.get" => shaped(client.get_device(id).await?),
        "credentials.get" => client
            .get_credential(id)
            .await?
            .map_or(Value::Null, credential),
        "llm.chat" => shaped(client.chat(&request(args)).await?),
        "knowledge.search" => {
            let text = args["q"].as_str().unwrap();
            if args.as_object().unwrap().len() == 1 {
                shaped(client.search_knowledge(text).await?)
            } else {
                let mut query = KnowledgeQuery::new(text);
                query.org_id = args["org_id"].as_str().map(str::to_owned);
                query.limit = number(args, "limit");
                shaped(client.search_knowledge_with(&query).await?)
            }
        }
        "knowledge.create_document" => shaped(client.create_document(&request(args)).await?),
        "gnmi.execute" => shaped(client.execute_gnmi(&request(args)).await?),
        "netconf.execute" => shaped(client.execute_netconf(&request(args)).await?),
        "agents.trigger" => shaped(client.trigger_agent(&request(args)).await?),
        "api_resources.list" => shaped(client.list_api_resources().await?),
        other => panic!("operation: {other}"),
    })
}

fn number(args: &Value, name: &str) -> Option<u32> {
    args[name].as_u64().map(|n| u32::try_from(n).unwrap())
}

fn devices(args: &Value) -> DeviceQuery {
    let mut query = DeviceQuery::new();
    if let Some(org_id) = args["org_id"].as_str() {
        query = query.with_org_id(org_id);
    }
    if let Some(device_type) = args["device_type"].as_str() {
        query = query.with_device_type(device_type);
    }
    if let Some(limit) = number(args, "limit") {
        query = query.with_limit(limit);
    }
    if let Some(offset) = args["offset"].as_u64() {
        query = query.with_offset(offset);
    }
    query
}

/// The request whose fields are named as the arguments.
fn request<R: DeserializeOwned>(args: &Value) -> R {
    serde_json::from_value(args.clone()).unwrap()
}

fn shaped(result: impl Serialize) -> Value {
    serde_json::to_value(result).unwrap()
}

/// The documented type of `username` has no null: empty counts as one.
fn credential(credential: Credential) -> Value {
    let shown = format!("{credential:?} {credential:#?}");
    let secret = &credential.secret;
    let named = ["public", ""].contains(&secret.as_str());
    assert!(named || !shown.contains(secret), "{shown}");
    let username = Some(credential.username).filter(|name| !name.is_empty());
    json!({
        "id": credential.id,
        "name": credential.name,
        "credential_type": credential.credential_type,
        "username": username,
        "secret": credential.secret,
        "created_at": credential.created_at,
    })
}

fn problem(error: &NetStacksError) -> Problem {
    let kind = match error {
        NetStacksError::ApiError { .. } => "api",
        NetStacksError::MissingToken => "missing_token",
        NetStacksError::MissingUrl => "missing_url",
        NetStacksError::InvalidArgument { .. } => "invalid_argument",
        NetStacksError::HttpError(error) => match error.kind() {
            HttpErrorKind::Connection => "connection",
            HttpErrorKind::Timeout => "timeout",
            HttpErrorKind::Tls => "tls",
            HttpErrorKind::Decode => "decode",
            _ => "unknown",
        },
        _ => "unknown",
    };
    let message = match error {
        NetStacksError::ApiError { message, .. } => Some(message.to_string()),
        _ => None,
    };
    Problem {
        status: error.status(),
        message,
        required: error.required().map(str::to_owned),
        ..Problem::new(kind, error)
    }
}
