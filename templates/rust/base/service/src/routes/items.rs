//! The items. The Controller serves these routes at `/api/plugins/<name>/admin/...`
//!
//! It puts the caller's organisation, taken from the caller's own token, into every
//! request it passes on. Scope everything you store by it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use crate::error::Problem;
use crate::extract::{self, Id, Org, Query};
use crate::models::{Enabled, Item, ItemCreate, ItemList, ItemUpdate, Page};

pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_items, create_item))
        .routes(routes!(enable_all_items))
        .routes(routes!(get_item, update_item, delete_item))
        .routes(routes!(toggle_item))
}

/// What was found, or a 404. Another organisation's item is not found.
fn found<T>(item: Option<T>) -> Result<T, Problem> {
    item.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "item not found"))
}

/// The organisation's items, newest first. The terminal panel shows these.
#[utoipa::path(
    get, path = "/admin/items", tag = "admin", params(Org, Page),
    responses(
        (status = 200, body = ItemList, description = "The items"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn list_items(
    State(app): State<Arc<App>>,
    Org(org): Org,
    Query(page): Query<Page>,
) -> Result<Json<ItemList>, Problem> {
    let data = app.store.list_items(org, page).await?;
    Ok(Json(ItemList { data }))
}

/// Create an item.
#[utoipa::path(
    post, path = "/admin/items", tag = "admin", params(Org),
    request_body = ItemCreate,
    responses(
        (status = 201, body = Item, description = "The new item"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn create_item(
    State(app): State<Arc<App>>,
    Org(org): Org,
    extract::Json(body): extract::Json<ItemCreate>,
) -> Result<(StatusCode, Json<Item>), Problem> {
    let item = app.store.create_item(org, body).await?;
    Ok((StatusCode::CREATED, Json(item)))
}

/// Enable every item: the panel's action below the table.
#[utoipa::path(
    post, path = "/admin/items/enable-all", tag = "admin", params(Org),
    responses(
        (status = 200, body = Enabled, description = "How many were not"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn enable_all_items(
    State(app): State<Arc<App>>,
    Org(org): Org,
) -> Result<Json<Enabled>, Problem> {
    let enabled = app.store.enable_all_items(org).await?;
    Ok(Json(Enabled { enabled }))
}

/// One item.
#[utoipa::path(
    get, path = "/admin/items/{id}", tag = "admin", params(Org, ("id" = Uuid, Path)),
    responses(
        (status = 200, body = Item, description = "The item"),
        (status = 404, body = Problem, description = "No such item"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn get_item(
    State(app): State<Arc<App>>,
    Org(org): Org,
    Id(id): Id,
) -> Result<Json<Item>, Problem> {
    Ok(Json(found(app.store.get_item(org, id).await?)?))
}

/// Change what the body names.
#[utoipa::path(
    put, path = "/admin/items/{id}", tag = "admin", params(Org, ("id" = Uuid, Path)),
    request_body = ItemUpdate,
    responses(
        (status = 200, body = Item, description = "The changed item"),
        (status = 404, body = Problem, description = "No such item"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn update_item(
    State(app): State<Arc<App>>,
    Org(org): Org,
    Id(id): Id,
    extract::Json(body): extract::Json<ItemUpdate>,
) -> Result<Json<Item>, Problem> {
    Ok(Json(found(app.store.update_item(org, id, body).await?)?))
}

/// Delete an item.
#[utoipa::path(
    delete, path = "/admin/items/{id}", tag = "admin", params(Org, ("id" = Uuid, Path)),
    responses(
        (status = 204, description = "The item is gone"),
        (status = 404, body = Problem, description = "No such item"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn delete_item(
    State(app): State<Arc<App>>,
    Org(org): Org,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    found(app.store.delete_item(org, id).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enable or disable an item: the panel's action on a row.
#[utoipa::path(
    post, path = "/admin/items/{id}/toggle", tag = "admin", params(Org, ("id" = Uuid, Path)),
    responses(
        (status = 200, body = Item, description = "The changed item"),
        (status = 404, body = Problem, description = "No such item"),
        (status = "default", body = Problem, description = "Why it was not done"),
    )
)]
async fn toggle_item(
    State(app): State<Arc<App>>,
    Org(org): Org,
    Id(id): Id,
) -> Result<Json<Item>, Problem> {
    Ok(Json(found(app.store.toggle_item(org, id).await?)?))
}
