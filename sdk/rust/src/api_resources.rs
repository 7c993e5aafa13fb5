//! External APIs that administrators registered.

use serde::{Deserialize, Serialize};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;

/// An external API that administrators registered for plugins, without its credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ApiResource {
    /// Never changes.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: String,
    /// Where it is.
    #[serde(default, deserialize_with = "or_empty")]
    pub base_url: String,
    /// Such as `none`, `basic`, `bearer` or `api_key`.
    pub auth_type: Option<String>,
    /// When it was registered.
    pub created_at: Option<String>,
}

impl ApiResource {
    /// An external API, for tests.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        base_url: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            base_url: base_url.into(),
            ..Self::default()
        }
    }
}

impl NetStacksClient {
    /// The external APIs that administrators registered. Needs the capability
    /// `read_api_resources`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn list_api_resources(&self) -> Result<Vec<ApiResource>> {
        self.get_list("/api-resources", &[]).await
    }
}
