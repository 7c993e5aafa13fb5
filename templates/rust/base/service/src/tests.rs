//! The tests. They call the service without a network, and never the real Controller.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod controller;
mod devices;
mod items;
mod requests;
mod sdk;
mod store;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::routes::{self, App};
use crate::sdk::{NetStacksClient, Settings};
use crate::store::Store;

/// The service, called for one organisation.
#[derive(Clone)]
struct Api {
    router: Router,
    org: Uuid,
}

/// What the service answers.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap().to_owned()
    }
}

impl Api {
    fn new(store: Store, controller: Settings) -> Self {
        let controller = NetStacksClient::new(controller);
        let app = Arc::new(App { store, controller });
        let router = routes::router(app, crate::info());
        let org = Uuid::new_v4();
        Self { router, org }
    }

    /// A service whose items are of no interest.
    fn without_items() -> Self {
        Self::new(store::empty(), Settings::default())
    }

    /// The same service, called for another organisation.
    fn stranger(&self) -> Self {
        let org = Uuid::new_v4();
        Self {
            org,
            ..self.clone()
        }
    }

    /// The answer to a request of the organisation.
    async fn call(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("X-Org-Id", self.org.to_string())
            .header("Content-Type", "application/json")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// The answer to a request as it is.
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
        }
    }
}
