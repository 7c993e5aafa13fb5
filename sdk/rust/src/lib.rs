//! Client of the NetStacks Controller's internal API, `/internal/v1`, for plugins.
//!
//! ```no_run
//! use netstacks_sdk::{ChatMessage, LLMRequest, NetStacksClient};
//!
//! # async fn example() -> Result<(), netstacks_sdk::NetStacksError> {
//! // Reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN from the environment
//! let client = NetStacksClient::from_env()?;
//! for device in client.list_devices(Some("switch")).await? {
//!     println!("{}: {}", device.name, device.hostname);
//! }
//! let request = LLMRequest::new(vec![ChatMessage::user("Explain VLANs.")]);
//! println!("{}", client.chat(&request).await?.content);
//! # Ok(())
//! # }
//! ```
//!
//! # Clients
//!
//! [`NetStacksClient::from_env`] takes everything from the environment that the
//! Controller makes for a plugin, [`NetStacksClient::new`] an address and a token, and
//! [`NetStacksClient::builder`] the time-out and the number of connections as well. A
//! client is cheap to clone, `Send` and `Sync`, and keeps its connections: make one and
//! share it. It needs a tokio runtime with its time and network drivers.
//!
//! | variable | what it holds |
//! |---|---|
//! | `CONTROLLER_API_URL` | where the Controller is |
//! | `NETSTACKS_SERVICE_TOKEN` | what the plugin may do there |
//! | `NETSTACKS_CA_CERT` | a PEM file (or its text) whose certificates are trusted beside the system's roots |
//! | `NETSTACKS_TLS_VERIFY` | `false`, `0`, `no` or `off` switches the check of the Controller's certificate off |
//!
//! # Failures
//!
//! A device or credential that does not exist is `None`; everything else that fails is a
//! [`NetStacksError`]. What only reads (GET) is tried again, twice at most, after 429,
//! 502, 503, 504 and broken connections; what changes something (POST) never is. An
//! attempt may take 30 seconds unless [`ClientBuilder::timeout`] says otherwise.
//!
//! A call is cancelled by dropping its future, for instance in `tokio::select!` or
//! `tokio::time::timeout`; its connection is then closed and its place in the pool free.
//!
//! # Secrets
//!
//! Neither the service token nor the secret of a [`Credential`] is in any error, log or
//! `Debug` output of this crate.
//!
//! # Tests of plugins
//!
//! The feature `testing` adds a Controller in memory, which answers a real client
//! without a network: see the module `testing`.
//!
//! # TLS
//!
//! TLS is rustls with the cryptography of ring, or with the provider that the program
//! has installed as rustls' default before it makes its first client.

mod agents;
mod api_resources;
mod builder;
mod call;
mod client;
mod credentials;
mod decode;
mod devices;
mod error;
mod gnmi;
mod ids;
mod knowledge;
mod llm;
mod netconf;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod transport;

pub use agents::{AgentRequest, AgentRun};
pub use api_resources::ApiResource;
pub use builder::ClientBuilder;
pub use client::NetStacksClient;
pub use credentials::Credential;
pub use devices::{AllDevices, Device, DeviceQuery};
pub use error::{ApiMessage, HttpError, HttpErrorKind, NetStacksError, Result};
pub use gnmi::{GnmiNotification, GnmiRequest, GnmiResponse, GnmiUpdate};
pub use knowledge::{Document, DocumentRequest, KnowledgeQuery, KnowledgeResult};
pub use llm::{ChatMessage, LLMRequest, LLMResponse, Usage};
pub use netconf::{NetconfRequest, NetconfResponse};

/// The examples of README.md, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
