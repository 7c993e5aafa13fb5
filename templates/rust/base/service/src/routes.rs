//! The routes, and what holds for all of them.

mod devices;
mod health;
mod items;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use tracing::info;
use utoipa::openapi::Info;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Problem;
use crate::sdk::NetStacksClient;
use crate::store::Store;

/// What the handlers share.
pub struct App {
    pub store: Store,
    pub controller: NetStacksClient,
}

/// The service as a whole, and the `OpenAPI` document of its routes.
pub fn router(app: Arc<App>, info: Info) -> Router {
    let (router, mut document) = OpenApiRouter::new()
        .routes(routes!(health::health))
        .merge(items::router())
        .routes(routes!(devices::list_devices))
        .split_for_parts();
    document.info = info;
    router
        // The Controller shows it in its own Swagger UI.
        .route("/openapi.json", get(async move || Json(document)))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "no such path"))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "no such method on this path",
            )
        })
        .layer(middleware::from_fn(log_access))
        .with_state(app)
}

/// Logs each request, but for the engine's own probes.
async fn log_access(request: Request, next: Next) -> Response {
    if request.uri().path() == "/health" {
        return next.run(request).await;
    }
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    info!(
        %method,
        path,
        status = response.status().as_u16(),
        duration = ?start.elapsed(),
        "request"
    );
    response
}
