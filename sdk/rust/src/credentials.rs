//! Decrypted credentials.

use std::fmt;

use serde::Deserialize;

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;
use crate::ids;

/// A decrypted credential. Its `Debug` form does not show the secret, and it cannot be
/// serialised, so that it gets into no log and no answer by mistake.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Credential {
    /// Never changes.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: String,
    /// What the secret is: `ssh_password`, `ssh_key`, `api_token`, `snmp_community`,
    /// `generic_secret`, or a type that is newer than this crate.
    #[serde(default, deserialize_with = "or_empty")]
    pub credential_type: String,
    /// Whom to sign in as; empty where the type has no user.
    #[serde(default, deserialize_with = "or_empty")]
    pub username: String,
    /// Password, private key, token or community in clear text.
    pub secret: String,
    /// When it was created.
    pub created_at: Option<String>,
}

impl Credential {
    /// A credential, for tests.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        credential_type: impl Into<String>,
        username: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            credential_type: credential_type.into(),
            username: username.into(),
            secret: secret.into(),
            created_at: None,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("credential_type", &self.credential_type)
            .field("username", &self.username)
            .field("secret", &format_args!("***"))
            .field("created_at", &self.created_at)
            .finish()
    }
}

impl NetStacksClient {
    /// One credential, decrypted, or `None` where there is none of this id. The Controller
    /// writes every read into its audit log. Needs the capability `read_credentials`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn get_credential(&self, id: &str) -> Result<Option<Credential>> {
        self.get_one(ids::path("/credentials", id)?).await
    }
}
