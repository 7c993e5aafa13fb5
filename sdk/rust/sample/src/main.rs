use netstacks_sdk::{NetStacksClient, ChatMessage, LLMRequest, NetStacksError};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN from the environment
    let client = NetStacksClient::from_env()?;

    // Devices
    let switches = client.list_devices(Some("switch")).await?;
    if let Some(device) = client.get_device("550e8400-...").await? {
        println!("Found: {}", device.name);
    }

    // Credentials
    if let Some(cred) = client.get_credential("660e8400-...").await? {
        println!("{}: {}", cred.username, cred.secret);
    }

    // LLM
    let req = LLMRequest::new(vec![ChatMessage {
        role: "user".to_string(),
        content: "Explain VLANs.".to_string(),
    }])
    .with_model("claude-3-5-sonnet-20241022");
    let resp = client.chat(&req).await?;
    println!("{}", resp.content);

    // Knowledge base
    for r in client.search_knowledge("firewall rules").await? {
        println!("{}: {}", r.title, r.snippet);
    }

    Ok(())
}
