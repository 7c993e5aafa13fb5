//! Counts the devices of the inventory by their type.
//!
//! ```text
//! cargo run --example devices
//! ```

use std::collections::BTreeMap;

use netstacks_sdk::{DeviceQuery, NetStacksClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = NetStacksClient::from_env()?;
    let mut counts = BTreeMap::new();
    let mut devices = client.all_devices(&DeviceQuery::new());
    while let Some(device) = devices.next().await {
        *counts.entry(device?.device_type).or_insert(0) += 1;
    }
    for (device_type, count) in counts {
        println!("{count:6} {device_type}");
    }
    Ok(())
}
