//! Whether the service can do its work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;

/// How the service is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// Healthy as soon as the service can answer, which takes the database.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses(
        (status = 200, body = Health, description = "The service is healthy"),
        (status = 503, body = Health, description = "The database has not answered yet"),
    )
)]
pub async fn health(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    let (code, status, detail) = if app.store.is_ready() {
        (StatusCode::OK, "healthy", None)
    } else {
        let detail = Some("waiting for the database");
        (StatusCode::SERVICE_UNAVAILABLE, "starting", detail)
    };
    (code, Json(Health { status, detail }))
}
