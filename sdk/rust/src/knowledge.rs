//! The knowledge base.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::Result;

/// What is looked for in the knowledge base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnowledgeQuery {
    /// What is asked for, in words.
    pub text: String,
    /// Only what belongs to this organisation.
    pub org_id: Option<String>,
    /// At most so many passages, from 1 to 100; the Controller's default is 10.
    pub limit: Option<u32>,
}

impl KnowledgeQuery {
    /// A question.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Only what belongs to this organisation.
    #[must_use]
    pub fn with_org_id(mut self, org_id: impl Into<String>) -> Self {
        self.org_id = Some(org_id.into());
        self
    }

    /// At most so many passages.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A passage of the knowledge base.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct KnowledgeResult {
    /// Id of the document.
    pub id: String,
    /// Title of the document.
    #[serde(default, deserialize_with = "or_empty")]
    pub title: String,
    /// The passage, as plain text.
    #[serde(default, deserialize_with = "or_empty")]
    pub snippet: String,
    /// The larger the better it fits; comparable within one answer only.
    pub score: Option<f64>,
    /// Where the document came from.
    pub source: Option<String>,
    /// Where the document can be read.
    pub url: Option<String>,
}

impl KnowledgeResult {
    /// A passage, for tests.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        snippet: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            snippet: snippet.into(),
            ..Self::default()
        }
    }
}

/// A document for the knowledge base.
///
/// ```
/// use netstacks_sdk::DocumentRequest;
///
/// let document = DocumentRequest::new("Core maintenance", "Drain the core first.")
///     .with_source("runbook")
///     .with_metadata("author", "netops");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct DocumentRequest {
    /// Its title.
    pub title: String,
    /// Text or Markdown.
    pub content: String,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Anything else that should stay with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Whose knowledge it is; the token's organisation's where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

impl DocumentRequest {
    /// A document.
    pub fn new(title: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            content: content.into(),
            ..Self::default()
        }
    }

    /// Says where it comes from.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says where it can be read.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Adds something that should stay with it.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let metadata = self.metadata.get_or_insert_default();
        metadata.insert(key.into(), value.into());
        self
    }

    /// Says whose knowledge it is.
    #[must_use]
    pub fn with_org_id(mut self, org_id: impl Into<String>) -> Self {
        self.org_id = Some(org_id.into());
        self
    }
}

/// A document that was indexed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Document {
    /// Never changes.
    pub id: String,
    /// Its title.
    #[serde(default, deserialize_with = "or_empty")]
    pub title: String,
    /// How many passages it was divided into.
    #[serde(default, deserialize_with = "or_empty")]
    pub chunks: u64,
    /// When it was indexed.
    pub created_at: Option<String>,
}

impl NetStacksClient {
    /// Passages that fit a question, best first. Needs the capability
    /// `search_knowledge`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn search_knowledge(&self, text: &str) -> Result<Vec<KnowledgeResult>> {
        self.search_knowledge_with(&KnowledgeQuery::new(text)).await
    }

    /// Passages that fit a question, best first. Needs the capability
    /// `search_knowledge`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn search_knowledge_with(
        &self,
        query: &KnowledgeQuery,
    ) -> Result<Vec<KnowledgeResult>> {
        let query = query.clone();
        let parameters = [
            ("q", Some(query.text)),
            ("org_id", query.org_id),
            ("limit", query.limit.map(|limit| limit.to_string())),
        ];
        self.get_list("/knowledge/search", &parameters).await
    }

    /// Indexes a document; the next search finds it. Needs the capability
    /// `create_knowledge_document`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`](crate::NetStacksError).
    pub async fn create_document(&self, document: &DocumentRequest) -> Result<Document> {
        self.post("/knowledge/documents", document).await
    }
}
