//! Whether the service can do its work.

use axum::response::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// How the service is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
}

/// Healthy as soon as the service can answer.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, body = Health, description = "The service is healthy"))
)]
pub async fn health() -> Json<Health> {
    Json(Health { status: "healthy" })
}
