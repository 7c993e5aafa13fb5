//! Reads a device's host name over gNMI and its interfaces over NETCONF.
//!
//! ```text
//! cargo run --example interfaces -- 550e8400-e29b-41d4-a716-446655440000
//! ```

use std::env;

use netstacks_sdk::{GnmiRequest, NetStacksClient, NetconfRequest};

const INTERFACES: &str = r#"<interfaces xmlns="http://openconfig.net/yang/interfaces"/>"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id = env::args().nth(1).ok_or("give the id of a device")?;
    let client = NetStacksClient::from_env()?;
    let Some(device) = client.get_device(&id).await? else {
        return Err(format!("there is no device {id}").into());
    };

    let name = GnmiRequest::get(&device.id, ["/system/state/hostname"]);
    for notification in client.execute_gnmi(&name).await?.notifications {
        println!("{} = {}", notification.path, notification.value);
    }

    let interfaces = NetconfRequest::get_config(&device.id).with_filter(INTERFACES);
    let answer = client.execute_netconf(&interfaces).await?;
    if !answer.ok {
        return Err(format!("{} refused: {:?}", device.name, answer.data).into());
    }
    println!("{}", answer.data.unwrap_or_default());
    Ok(())
}
