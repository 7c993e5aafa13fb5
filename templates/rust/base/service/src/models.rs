//! What the API takes in and gives out.

use std::fmt::Display;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::sdk::Device;

/// An item of one organisation, and a row of the terminal panel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    #[schema(required)]
    pub description: Option<String>,
    pub enabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The name of an item: 1 to 255 characters, without blanks around them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(min_length = 1, max_length = 255)]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let name = text.trim();
        match name.chars().count() {
            1..=255 => Ok(Self(storable(name)?.to_owned())),
            _ => Err("must have 1 to 255 characters"),
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// The description of an item: at most 10000 characters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(max_length = 10_000)]
pub struct Description(String);

impl TryFrom<String> for Description {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.chars().count() {
            0..=10_000 => Ok(Self(storable(&text)?.to_owned())),
            _ => Err("must have at most 10000 characters"),
        }
    }
}

impl From<Description> for String {
    fn from(description: Description) -> Self {
        description.0
    }
}

/// Postgres cannot store the character NUL in text, so it is refused at the door.
fn storable(text: &str) -> Result<&str, &'static str> {
    if text.contains('\0') {
        return Err("must not hold the character NUL");
    }
    Ok(text)
}

/// The body that creates an item.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ItemCreate {
    pub name: Name,
    pub description: Option<Description>,
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// The body that changes an item: what it does not name stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ItemUpdate {
    pub name: Option<Name>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Description>)]
    pub description: Option<Option<Description>>,
    pub enabled: Option<bool>,
}

/// Tells a field that is null from one that is not there.
fn named<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(input).map(Some)
}

/// Which items of a list are wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many items at most.
    #[serde(default = "full_page", deserialize_with = "limit")]
    #[param(default = 200, minimum = 1, maximum = 1000)]
    pub limit: u32,
    /// How many items to leave out before them.
    #[serde(default, deserialize_with = "offset")]
    #[param(default = 0, maximum = 1_000_000)]
    pub offset: u32,
}

fn full_page() -> u32 {
    200
}

fn limit<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    within(1..=1000, input)
}

fn offset<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    within(0..=1_000_000, input)
}

fn within<'de, T, D>(range: RangeInclusive<T>, input: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + PartialOrd + Display,
    D: Deserializer<'de>,
{
    let number = T::deserialize(input)?;
    if !range.contains(&number) {
        let (least, most) = range.into_inner();
        return Err(D::Error::custom(format!("must be from {least} to {most}")));
    }
    Ok(number)
}

/// The rows of the terminal panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemList {
    pub data: Vec<Item>,
}

/// How many items were enabled.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enabled {
    pub enabled: u64,
}

/// Devices of the Controller's inventory.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceList {
    pub data: Vec<Device>,
}
