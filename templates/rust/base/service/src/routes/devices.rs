//! The devices of the Controller's inventory.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;

use super::App;
use crate::error::Problem;
use crate::extract::Org;
use crate::models::DeviceList;
use crate::sdk::DeviceQuery;

/// The organisation's devices, asked of the Controller. Needs `read_devices`.
#[utoipa::path(
    get, path = "/admin/devices", tag = "admin", params(Org),
    responses(
        (status = 200, body = DeviceList, description = "The devices"),
        (status = 403, body = Problem, description = "The plugin lacks the capability"),
        (status = 502, body = Problem, description = "The Controller failed"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
pub async fn list_devices(
    State(app): State<Arc<App>>,
    Org(org): Org,
) -> Result<Json<DeviceList>, Problem> {
    let query = DeviceQuery {
        org_id: Some(org.to_string()),
        ..DeviceQuery::default()
    };
    let data = app.controller.list_devices(&query).await?;
    Ok(Json(DeviceList { data }))
}
