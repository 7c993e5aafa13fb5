//! NETCONF operations against a device.

use serde::{Deserialize, Serialize};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;
use crate::ids;

/// A NETCONF operation. Filters, configurations and data are XML texts.
///
/// ```
/// use netstacks_sdk::NetconfRequest;
///
/// let read = NetconfRequest::get_config("device-1").with_target("running");
/// let write = NetconfRequest::edit_config("device-1", "<system><name>r1</name></system>")
///     .with_target("candidate");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct NetconfRequest {
    /// Id of the device.
    pub device_id: String,
    /// `get`, `get-config`, `edit-config` or `rpc`.
    pub operation: String,
    /// The datastore: `running`, which is the default, `candidate` or `startup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// A subtree filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What `edit-config` merges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// The body of `rpc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpc: Option<String>,
}

impl NetconfRequest {
    /// An operation by its name.
    pub fn new(device_id: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            device_id: device_id.into(),
            operation: operation.into(),
            ..Self::default()
        }
    }

    /// Reads configuration and state.
    pub fn get(device_id: impl Into<String>) -> Self {
        Self::new(device_id, "get")
    }

    /// Reads the configuration.
    pub fn get_config(device_id: impl Into<String>) -> Self {
        Self::new(device_id, "get-config")
    }

    /// Merges a configuration.
    pub fn edit_config(device_id: impl Into<String>, config: impl Into<String>) -> Self {
        Self::new(device_id, "edit-config").with_config(config)
    }

    /// Calls a procedure of the device.
    pub fn rpc(device_id: impl Into<String>, rpc: impl Into<String>) -> Self {
        Self {
            rpc: Some(rpc.into()),
            ..Self::new(device_id, "rpc")
        }
    }

    /// Names the datastore.
    #[must_use]
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Narrows what is read to a subtree.
    #[must_use]
    pub fn with_filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = Some(filter.into());
        self
    }

    /// Gives the configuration to merge.
    #[must_use]
    pub fn with_config(mut self, config: impl Into<String>) -> Self {
        self.config = Some(config.into());
        self
    }
}

/// What a device answers to a NETCONF operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct NetconfResponse {
    /// Id of the device.
    #[serde(default, deserialize_with = "or_empty")]
    pub device_id: String,
    /// The operation.
    #[serde(default, deserialize_with = "or_empty")]
    pub operation: String,
    /// Whether the device did it; where not, `data` holds its `rpc-error`.
    pub ok: bool,
    /// What the device answered.
    pub data: Option<String>,
}

impl NetconfResponse {
    /// A device's consent, for tests.
    pub fn new(request: &NetconfRequest, data: impl Into<String>) -> Self {
        Self {
            device_id: request.device_id.clone(),
            operation: request.operation.clone(),
            ok: true,
            data: Some(data.into()),
        }
    }
}

impl NetStacksClient {
    /// Executes a NETCONF operation. Needs the capability `execute_netconf`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError); a device that does not exist is an
    /// API error with status 404. A device's refusal is no error: see
    /// [`NetconfResponse::ok`].
    pub async fn execute_netconf(&self, request: &NetconfRequest) -> Result<NetconfResponse> {
        ids::given("device_id", &request.device_id)?;
        self.post("/netconf/execute", request).await
    }
}
