//! Every operation against the local Controller that stands alone. `NETSTACKS_PLUGIN`
//! names the program; without it there is nothing to be tested, which on CI is a failure.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use netstacks_sdk::{
    AgentRequest, ChatMessage, DeviceQuery, DocumentRequest, GnmiRequest, KnowledgeQuery,
    LLMRequest, NetStacksClient, NetconfRequest,
};
use serde_json::json;

const CAPABILITIES: [&str; 9] = [
    "read_devices",
    "read_credentials",
    "invoke_llm",
    "search_knowledge",
    "create_knowledge_document",
    "execute_gnmi",
    "execute_netconf",
    "trigger_agent",
    "read_api_resources",
];

struct Controller(Child);

impl Drop for Controller {
    fn drop(&mut self) {
        // Asked to end, it takes its files along.
        let process = self.0.id().to_string();
        let _ = Command::new("kill").args(["-INT", &process]).status();
        let _ = self.0.wait();
    }
}

/// Runs a test below with the environment of a Controller that grants these capabilities.
fn with_controller(test: &str, capabilities: &[&str]) {
    let Ok(program) = env::var("NETSTACKS_PLUGIN") else {
        assert!(env::var("CI").is_err(), "NETSTACKS_PLUGIN is not set");
        eprintln!("skipped: NETSTACKS_PLUGIN names no netstacks-plugin");
        return;
    };
    let mut command = Command::new(program);
    command.args(["controller", "--listen", "127.0.0.1:0", "--json"]);
    for capability in capabilities {
        command.args(["--capability", capability]);
    }
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut controller = Controller(command.stderr(Stdio::null()).spawn().unwrap());
    let mut said = String::new();
    let mut stdout = BufReader::new(controller.0.stdout.take().unwrap());
    stdout.read_line(&mut said).unwrap();
    let said: BTreeMap<String, String> = serde_json::from_str(&said).unwrap();
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(said)
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn every_operation_is_answered() {
    with_controller("operations", &CAPABILITIES);
}

#[test]
fn a_missing_capability_is_named() {
    with_controller("lacking", &["invoke_llm"]);
}

#[tokio::test]
#[ignore = "every_operation_is_answered runs it with an environment"]
async fn operations() {
    let client = NetStacksClient::from_env().unwrap();
    let devices = client.list_devices(None).await.unwrap();
    assert_eq!(devices.len(), 50);
    let pages = client.all_devices(&DeviceQuery::new()).page_size(7);
    assert_eq!(pages.collect().await.unwrap(), devices);
    let query = DeviceQuery::new().with_limit(3).with_offset(48);
    assert_eq!(
        client.list_devices_with(&query).await.unwrap(),
        devices[48..]
    );
    let device = &devices[0];
    let switches = client.list_devices(Some("switch")).await.unwrap();
    assert!(!switches.is_empty() && switches.iter().all(|one| one.device_type == "switch"));
    assert_eq!(
        client.get_device(&device.id).await.unwrap().as_ref(),
        Some(device)
    );
    assert_eq!(client.get_device("a/b ü?").await, Ok(None));

    let id = device.default_credential_id.as_deref().unwrap();
    let credential = client.get_credential(id).await.unwrap().unwrap();
    assert!(!credential.secret.is_empty() && !credential.username.is_empty());
    assert_eq!(client.get_credential("unknown").await, Ok(None));

    let chat = LLMRequest::new(vec![ChatMessage::user("Explain VLANs.")]).with_model("m");
    let answer = client.chat(&chat).await.unwrap();
    assert!(!answer.content.is_empty() && answer.usage.unwrap().total_tokens > 0);

    let found = client.search_knowledge("firewall rules").await.unwrap();
    assert!(!found.is_empty() && found[0].score.is_some());
    let document = DocumentRequest::new("Zebra crossings", "Zebras cross at the zebra crossing.")
        .with_metadata("author", "netops");
    let created = client.create_document(&document).await.unwrap();
    let query = KnowledgeQuery::new("zebra").with_limit(1);
    let found = client.search_knowledge_with(&query).await.unwrap();
    assert_eq!((found.len(), &found[0].id), (1, &created.id));

    let path = "/system/config/login-banner";
    let change = GnmiRequest::set(&device.id).with_update(path, "no entry");
    client.execute_gnmi(&change).await.unwrap();
    let read = GnmiRequest::get(&device.id, [path]);
    let answer = client.execute_gnmi(&read).await.unwrap();
    assert_eq!(answer.notifications[0].value, json!("no entry"));
    let answer = client
        .execute_netconf(&NetconfRequest::get_config(&device.id))
        .await
        .unwrap();
    assert!(answer.ok && answer.data.unwrap().starts_with('<'));
    let error = client
        .execute_netconf(&NetconfRequest::get("unknown"))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404));

    let run = client
        .trigger_agent(&AgentRequest::new("bgp-triage"))
        .await
        .unwrap();
    assert!(!run.run_id.is_empty() && run.agent_id == "bgp-triage");
    assert!(!client.list_api_resources().await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "a_missing_capability_is_named runs it with an environment"]
async fn lacking() {
    let client = NetStacksClient::from_env().unwrap();
    let error = client.list_devices(None).await.unwrap_err();
    assert_eq!(
        (error.status(), error.required()),
        (Some(403), Some("read_devices"))
    );
    assert!(
        error.to_string().contains("capabilities_required"),
        "{error}"
    );
}
