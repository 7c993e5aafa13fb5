//! gNMI operations against a device.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;
use crate::ids;

/// A gNMI operation. Paths are texts with keys in brackets.
///
/// ```
/// use netstacks_sdk::GnmiRequest;
///
/// let read = GnmiRequest::get("device-1", ["/system/state/hostname"]);
/// let write = GnmiRequest::set("device-1")
///     .with_update("/interfaces/interface[name=Ethernet1]/config/mtu", 9100)
///     .with_delete("/system/ntp");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct GnmiRequest {
    /// Id of the device.
    pub device_id: String,
    /// `get`, `set` or `capabilities`.
    pub operation: String,
    /// What `get` reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// What `set` writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<Vec<GnmiUpdate>>,
    /// What `set` removes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletes: Option<Vec<String>>,
    /// How the device encodes values: `json` or `json_ietf`, which is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl GnmiRequest {
    /// An operation by its name.
    pub fn new(device_id: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            device_id: device_id.into(),
            operation: operation.into(),
            ..Self::default()
        }
    }

    /// Reads what is at these paths.
    pub fn get<P: Into<String>>(
        device_id: impl Into<String>,
        paths: impl IntoIterator<Item = P>,
    ) -> Self {
        let request = Self::new(device_id, "get");
        paths.into_iter().fold(request, Self::with_path)
    }

    /// Changes what is added by [`with_update`](Self::with_update) and
    /// [`with_delete`](Self::with_delete).
    pub fn set(device_id: impl Into<String>) -> Self {
        Self::new(device_id, "set")
    }

    /// Asks what the device can do.
    pub fn capabilities(device_id: impl Into<String>) -> Self {
        Self::new(device_id, "capabilities")
    }

    /// Adds a path to read.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.paths.get_or_insert_default().push(path.into());
        self
    }

    /// Adds a value to write.
    #[must_use]
    pub fn with_update(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        let update = GnmiUpdate {
            path: path.into(),
            value: value.into(),
        };
        self.updates.get_or_insert_default().push(update);
        self
    }

    /// Adds a path to remove.
    #[must_use]
    pub fn with_delete(mut self, path: impl Into<String>) -> Self {
        self.deletes.get_or_insert_default().push(path.into());
        self
    }

    /// Says how the device encodes values.
    #[must_use]
    pub fn with_encoding(mut self, encoding: impl Into<String>) -> Self {
        self.encoding = Some(encoding.into());
        self
    }
}

/// A value to write.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct GnmiUpdate {
    /// Where.
    pub path: String,
    /// Replaces what the path holds.
    pub value: Value,
}

/// What a device answers to a gNMI operation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct GnmiResponse {
    /// Id of the device.
    #[serde(default, deserialize_with = "or_empty")]
    pub device_id: String,
    /// The operation.
    #[serde(default, deserialize_with = "or_empty")]
    pub operation: String,
    /// When the device answered.
    pub timestamp: Option<String>,
    /// One for each path that was asked for and exists, each update and each delete.
    pub notifications: Vec<GnmiNotification>,
}

/// A path and what it holds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub struct GnmiNotification {
    /// The path.
    pub path: String,
    /// Any JSON value, null for a path that was deleted.
    #[serde(default)]
    pub value: Value,
}

impl NetStacksClient {
    /// Executes a gNMI operation. Needs the capability `execute_gnmi`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError); a device that does not exist is an
    /// API error with status 404.
    pub async fn execute_gnmi(&self, request: &GnmiRequest) -> Result<GnmiResponse> {
        ids::given("device_id", &request.device_id)?;
        self.post("/gnmi/execute", request).await
    }
}
