//! The Controller in memory.

use netstacks_sdk::testing::{FakeController, Fault, Operation};
use netstacks_sdk::{
    AgentRequest, AgentRun, ApiResource, ChatMessage, Credential, Device, DeviceQuery,
    DocumentRequest, GnmiRequest, GnmiResponse, HttpErrorKind, KnowledgeQuery, KnowledgeResult,
    LLMRequest, LLMResponse, NetStacksClient, NetStacksError, NetconfRequest, NetconfResponse,
};
use serde_json::{Value, json};

fn fake() -> (FakeController, NetStacksClient) {
    let controller = FakeController::new();
    let client = controller.client();
    (controller, client)
}

fn chat() -> LLMRequest {
    LLMRequest::new(vec![
        ChatMessage::system("Be brief."),
        ChatMessage::assistant("Yes?"),
        ChatMessage::user("Explain VLANs."),
    ])
    .with_model("m")
    .with_temperature(0.5)
    .with_max_tokens(10)
    .with_org_id("o")
}

#[tokio::test]
async fn it_has_what_was_added() {
    let (controller, client) = fake();
    for n in 0..5 {
        let kind = if n == 0 { "router" } else { "switch" };
        let mut device = Device::new(format!("d/{n}"), format!("n{n}"), "h", kind);
        device.org_id = Some(format!("o{}", n % 2));
        controller.add_device(device);
    }
    let names = |devices: Vec<Device>| {
        devices
            .into_iter()
            .map(|device| device.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(client.list_devices(Some("router")).await.unwrap()),
        ["n0"]
    );
    let query = DeviceQuery::new().with_org_id("o1");
    assert_eq!(
        names(client.list_devices_with(&query).await.unwrap()),
        ["n1", "n3"]
    );
    let pages = client.all_devices(&DeviceQuery::new()).page_size(2);
    assert_eq!(
        names(pages.collect().await.unwrap()),
        ["n0", "n1", "n2", "n3", "n4"]
    );
    assert_eq!(client.get_device("d/3").await.unwrap().unwrap().name, "n3");
    assert_eq!(client.get_device("d/9").await, Ok(None));

    let credential = Credential::new("c", "n", "api_token", "", "s");
    controller.add_credential(credential.clone());
    assert_eq!(client.get_credential("c").await, Ok(Some(credential)));
    assert_eq!(client.get_credential("d").await, Ok(None));

    let resource = ApiResource::new("r", "NetBox", "https://netbox.example");
    controller.add_api_resource(resource.clone());
    assert_eq!(client.list_api_resources().await, Ok(vec![resource]));
}

#[tokio::test]
async fn it_finds_documents_that_were_added_and_created() {
    let (controller, client) = fake();
    let passage = KnowledgeResult::new("p", "Firewall rules", "Permit SSH.");
    controller.add_passage(passage.clone());
    let document = DocumentRequest::new("Core maintenance", "Drain the core; mind the firewall.")
        .with_source("runbook")
        .with_url("https://wiki.example")
        .with_metadata("author", "netops")
        .with_org_id("o");
    let created = client.create_document(&document).await.unwrap();
    assert_eq!(
        (created.title.as_str(), created.chunks),
        ("Core maintenance", 1)
    );
    let found = client.search_knowledge("FIREWALL policy").await.unwrap();
    assert_eq!(found[0], passage);
    assert_eq!(
        (&found[1].id, found[1].source.as_deref()),
        (&created.id, Some("runbook"))
    );
    let query = KnowledgeQuery::new("firewall")
        .with_limit(1)
        .with_org_id("o");
    assert_eq!(
        client.search_knowledge_with(&query).await,
        Ok(vec![passage])
    );
    let sent = &controller.requests(Operation::CreateDocument)[0];
    assert_eq!(sent.body["metadata"], json!({"author": "netops"}));
    let asked = &controller.requests(Operation::SearchKnowledge)[1];
    assert_eq!(
        (asked.query["q"].as_str(), asked.query["limit"].as_str()),
        ("firewall", "1")
    );
    assert_eq!(asked.body, Value::Null);
}

#[tokio::test]
async fn it_answers_what_nobody_else_does() {
    let (controller, client) = fake();
    let answer = client.chat(&chat()).await.unwrap();
    assert_eq!(
        (answer.content.as_str(), answer.model.as_deref()),
        ("Explain VLANs.", Some("m"))
    );
    let error = client.chat(&LLMRequest::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(400));

    controller.set_gnmi("d", "/a", 1);
    let change = GnmiRequest::set("d")
        .with_update("/b", json!({"c": 2}))
        .with_delete("/a");
    assert_eq!(
        client
            .execute_gnmi(&change)
            .await
            .unwrap()
            .notifications
            .len(),
        2
    );
    let read = GnmiRequest::get("d", ["/a", "/b"]).with_encoding("json");
    let answer = client.execute_gnmi(&read).await.unwrap();
    assert_eq!(answer.notifications.len(), 1);
    assert_eq!(answer.notifications[0].value, json!({"c": 2}));
    let answer = client
        .execute_gnmi(&GnmiRequest::capabilities("d"))
        .await
        .unwrap();
    assert_eq!(answer.notifications[0].path, "/");

    for (request, data) in [
        (NetconfRequest::get("d").with_filter("<a/>"), "<data/>"),
        (
            NetconfRequest::get_config("d").with_target("running"),
            "<data/>",
        ),
        (NetconfRequest::edit_config("d", "<b/>"), "<ok/>"),
        (NetconfRequest::rpc("d", "<c/>"), "<data/>"),
    ] {
        let answer = client.execute_netconf(&request).await.unwrap();
        assert!(answer.ok);
        assert_eq!(
            (answer.operation, answer.data.as_deref()),
            (request.operation, Some(data))
        );
    }

    let request = AgentRequest::new("a").with_prompt("p").with_context("k", 1);
    assert_eq!(
        client.trigger_agent(&request).await,
        Ok(AgentRun::new("run-1", "a", "queued"))
    );
    assert_eq!(
        controller.requests(Operation::TriggerAgent)[0].body["context"],
        json!({"k": 1})
    );
}

#[tokio::test]
async fn tests_may_answer_themselves() {
    let (controller, client) = fake();
    let inner = controller.clone();
    controller.on_chat(move |request| {
        assert_eq!(inner.requests(Operation::Chat).len(), 1); // it may be asked meanwhile
        Ok(LLMResponse::new(format!(
            "{} messages",
            request.messages.len()
        )))
    });
    controller.on_gnmi(|_| Ok(GnmiResponse::default()));
    controller.on_netconf(|request| Ok(NetconfResponse::new(request, "<x/>")));
    controller.on_agent(|_| {
        Err(NetStacksError::ApiError {
            status: 404,
            message: "agent_id: no agent has this id".into(),
        })
    });
    assert_eq!(client.chat(&chat()).await.unwrap().content, "3 messages");
    let request = GnmiRequest::new("d", "get");
    assert_eq!(
        client.execute_gnmi(&request).await,
        Ok(GnmiResponse::default())
    );
    let request = NetconfRequest::new("d", "get");
    assert_eq!(
        client
            .execute_netconf(&request)
            .await
            .unwrap()
            .data
            .as_deref(),
        Some("<x/>")
    );
    let request = AgentRequest::new("a");
    assert_eq!(
        client.trigger_agent(&request).await.unwrap_err().status(),
        Some(404)
    );
    controller.on_agent(|_| Err(NetStacksError::MissingToken));
    assert_eq!(
        client.trigger_agent(&request).await.unwrap_err().status(),
        Some(500)
    );
}

#[tokio::test]
async fn faults_come_in_their_order() {
    let (controller, client) = fake();
    let busy = Fault::status(503, "busy");
    controller.fail(Operation::ListDevices, [busy.clone(), Fault::Connection]);
    assert_eq!(client.list_devices(None).await, Ok(vec![]));
    assert_eq!(controller.requests(Operation::ListDevices).len(), 3);

    controller.fail(Operation::ListDevices, [busy.clone(), busy.clone(), busy]);
    assert_eq!(
        client.list_devices(None).await.unwrap_err().status(),
        Some(503)
    );

    controller.fail(
        Operation::Chat,
        [Fault::Connection, Fault::Timeout, Fault::Malformed],
    );
    for want in [
        HttpErrorKind::Connection,
        HttpErrorKind::Timeout,
        HttpErrorKind::Decode,
    ] {
        let error = client.chat(&chat()).await.unwrap_err();
        assert!(
            matches!(&error, NetStacksError::HttpError(error) if error.kind() == want),
            "{error}"
        );
    }
    assert!(client.chat(&chat()).await.is_ok());
}

#[tokio::test]
async fn capabilities_can_be_taken_away() {
    let (controller, client) = fake();
    controller.grant(["invoke_llm"]);
    assert!(client.chat(&chat()).await.is_ok());
    let missing = [
        client.list_devices(None).await.map(drop),
        client.get_device("d").await.map(drop),
        client.get_credential("c").await.map(drop),
        client.search_knowledge("x").await.map(drop),
        client
            .create_document(&DocumentRequest::new("t", "c"))
            .await
            .map(drop),
        client
            .execute_gnmi(&GnmiRequest::capabilities("d"))
            .await
            .map(drop),
        client
            .execute_netconf(&NetconfRequest::get("d"))
            .await
            .map(drop),
        client
            .trigger_agent(&AgentRequest::new("a"))
            .await
            .map(drop),
        client.list_api_resources().await.map(drop),
    ];
    let missing =
        missing.map(|outcome| outcome.unwrap_err().required().map(str::to_owned).unwrap());
    assert_eq!(
        missing,
        [
            "read_devices",
            "read_devices",
            "read_credentials",
            "search_knowledge",
            "create_knowledge_document",
            "execute_gnmi",
            "execute_netconf",
            "trigger_agent",
            "read_api_resources",
        ]
    );
    assert!(format!("{controller:?} {client:?}").contains("memory"));
}
