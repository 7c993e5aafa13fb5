//! The client itself. Its operations are beside the types that they take and return.

use std::fmt;
use std::sync::Arc;

use crate::builder::ClientBuilder;
use crate::error::{NetStacksError, Result};
use crate::transport::Transport;

/// The Controller, as this plugin's service token lets it be seen.
///
/// A client is cheap to clone, and all clones share its connections. One serves any
/// number of calls at the same time.
#[derive(Clone)]
pub struct NetStacksClient {
    /// What it is made of, or why it could not be made.
    state: Result<Arc<Inner>>,
}

pub(crate) struct Inner {
    pub(crate) transport: Transport,
    pub(crate) token: String,
}

impl NetStacksClient {
    /// A client that the environment sets up: `CONTROLLER_API_URL`,
    /// `NETSTACKS_SERVICE_TOKEN`, `NETSTACKS_CA_CERT` and `NETSTACKS_TLS_VERIFY`.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// A client of the Controller at `base_url`, such as `http://custom-controller:3000`.
    ///
    /// Values that cannot be used are the error of its calls;
    /// [`NetStacksClient::builder`] tells at once.
    #[must_use]
    pub fn new(base_url: impl Into<String>, token: impl Into<String>) -> Self {
        let given = Self::builder().base_url(base_url).token(token);
        given
            .build()
            .unwrap_or_else(|error| Self { state: Err(error) })
    }

    /// Settings of a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn with(transport: Transport, token: String) -> Self {
        let inner = Arc::new(Inner { transport, token });
        Self { state: Ok(inner) }
    }

    pub(crate) fn inner(&self) -> Result<&Inner> {
        self.state.as_deref().map_err(NetStacksError::clone)
    }
}

impl fmt::Debug for NetStacksClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NetStacksClient");
        match &self.state {
            Ok(inner) => shown.field("controller", &inner.transport.address()),
            Err(error) => shown.field("error", error),
        };
        shown.finish_non_exhaustive()
    }
}
