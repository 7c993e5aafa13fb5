//! The SDK file that the scaffold puts into projects in Rust.

#[path = "../../../../templates/rust/base/service/src/sdk.rs"]
mod sdk;

use std::time::Duration;

use serde_json::{Value, json};

use crate::child::{Job, Problem};
use sdk::{
    ChatMessage, ChatRequest, Credential, DeviceQuery, KnowledgeQuery, KnowledgeResult,
    NetStacksClient, NetStacksError, Settings,
};

pub async fn call(job: &Job) -> Result<Value, Problem> {
    made(job).await.map_err(|error| problem(&error))
}

fn settings(job: &Job) -> Settings {
    let environment = Settings::from_env();
    Settings {
        base_url: job.base_url.clone().unwrap_or(environment.base_url),
        token: job.token.clone().unwrap_or(environment.token),
        timeout: job.timeout_ms.map(Duration::from_millis),
        ..environment
    }
}

async fn made(job: &Job) -> Result<Value, NetStacksError> {
    let client = NetStacksClient::new(settings(job));
    let args = &job.args;
    let text = |name: &str| args[name].as_str().map(str::to_owned);
    let number = |name: &str| args[name].as_u64().map(|n| u32::try_from(n).unwrap());
    let id = text("id").unwrap_or_default();
    Ok(match job.operation.as_str() {
        "devices.list" => {
            let query = DeviceQuery {
                org_id: text("org_id"),
                device_type: text("device_type"),
                limit: number("limit"),
                offset: number("offset"),
            };
            json!(client.list_devices(&query).await?)
        }
        "devices.get" => json!(client.get_device(&id).await?),
        "credentials.get" => client
            .get_credential(&id)
            .await?
            .as_ref()
            .map_or(Value::Null, credential),
        "llm.chat" => {
            let chat = ChatRequest {
                messages: messages(args),
                model: text("model"),
                temperature: args["temperature"].as_f64(),
                max_tokens: number("max_tokens"),
                org_id: text("org_id"),
            };
            let answer = client.chat(&chat).await?;
            let usage = answer.usage.map(|usage| {
                json!({
                    "prompt_tokens": usage.prompt_tokens,
                    "completion_tokens": usage.completion_tokens,
                    "total_tokens": usage.total_tokens,
                })
            });
            json!({
                "content": answer.content,
                "model": answer.model,
                "finish_reason": answer.finish_reason,
                "usage": usage,
            })
        }
        "knowledge.search" => {
            let query = KnowledgeQuery {
                text: text("q").unwrap_or_default(),
                org_id: text("org_id"),
                limit: number("limit"),
            };
            let found = client.search_knowledge(&query).await?;
            found.iter().map(passage).collect()
        }
        other => panic!("operation: {other}"),
    })
}

fn messages(args: &Value) -> Vec<ChatMessage> {
    let messages = args["messages"].as_array().unwrap().iter();
    let message = |message: &Value| ChatMessage {
        role: message["role"].as_str().unwrap().to_owned(),
        content: message["content"].as_str().unwrap().to_owned(),
    };
    messages.map(message).collect()
}

fn credential(credential: &Credential) -> Value {
    json!({
        "id": credential.id,
        "name": credential.name,
        "credential_type": credential.credential_type,
        "username": credential.username,
        "secret": credential.secret,
        "created_at": credential.created_at,
    })
}

fn passage(passage: &KnowledgeResult) -> Value {
    json!({
        "id": passage.id,
        "title": passage.title,
        "snippet": passage.snippet,
        "score": passage.score,
        "source": passage.source,
        "url": passage.url,
    })
}

fn problem(error: &NetStacksError) -> Problem {
    let kind = match error {
        NetStacksError::Api { .. } => "api",
        NetStacksError::MissingToken => "missing_token",
        NetStacksError::MissingUrl => "missing_url",
        NetStacksError::Invalid(_) => "invalid_argument",
        NetStacksError::Connection(_) => "connection",
        NetStacksError::Timeout(_) => "timeout",
        NetStacksError::Tls(_) => "tls",
        NetStacksError::Decode(_) => "decode",
    };
    let shown = Problem::new(kind, error);
    match error {
        NetStacksError::Api {
            status,
            message,
            required,
        } => Problem {
            status: Some(*status),
            message: Some(message.clone()),
            required: required.clone(),
            ..shown
        },
        _ => shown,
    }
}
