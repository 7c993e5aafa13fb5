//! The items, held in memory: they last as long as the process.
//!
//! The plugin has no database. To keep items, set `migrations_dir` in `manifest.json`
//! and give `Store` a database behind the same methods.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use chrono::Utc;
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::error::Problem;
use crate::models::{Item, ItemCreate, ItemUpdate, Page};

/// Memory does not fail. A database will.
type Result<T> = std::result::Result<T, Infallible>;

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The items of every organisation. Each method sees those of one only.
#[derive(Default)]
pub struct Store {
    /// By organisation, then by id. Ids are made in the order of time.
    items: RwLock<HashMap<Uuid, BTreeMap<Uuid, Item>>>,
}

impl Store {
    #[allow(clippy::unnecessary_wraps, reason = "a database may not be there")]
    pub fn open() -> anyhow::Result<Self> {
        Ok(Self::default())
    }

    /// Items of the organisation, newest first.
    pub async fn list_items(&self, org: Uuid, page: Page) -> Result<Vec<Item>> {
        let items = self.items.read().await;
        let newest_first = items.get(&org).into_iter().flat_map(|of| of.values().rev());
        Ok(newest_first
            .skip(page.offset as usize)
            .take(page.limit as usize)
            .cloned()
            .collect())
    }

    /// The item, or `None` where the organisation has none of that id.
    pub async fn get_item(&self, org: Uuid, id: Uuid) -> Result<Option<Item>> {
        let items = self.items.read().await;
        Ok(items.get(&org).and_then(|of| of.get(&id)).cloned())
    }

    /// Store a new item.
    pub async fn create_item(&self, org: Uuid, body: ItemCreate) -> Result<Item> {
        let now = Utc::now();
        let mut items = self.items.write().await;
        let item = Item {
            id: Uuid::now_v7(),
            name: body.name.into(),
            description: body.description.map(String::from),
            enabled: body.enabled,
            created_at: now,
            updated_at: now,
        };
        let of = items.entry(org).or_default();
        of.insert(item.id, item.clone());
        Ok(item)
    }

    /// Change what the body names, or return `None` where there is no such item.
    pub async fn update_item(&self, org: Uuid, id: Uuid, body: ItemUpdate) -> Result<Option<Item>> {
        let change = |item: &mut Item| {
            if let Some(name) = body.name {
                item.name = name.into();
            }
            if let Some(description) = body.description {
                item.description = description.map(String::from);
            }
            if let Some(enabled) = body.enabled {
                item.enabled = enabled;
            }
        };
        self.change(org, id, change).await
    }

    /// Enable or disable the item, or return `None` where there is no such item.
    pub async fn toggle_item(&self, org: Uuid, id: Uuid) -> Result<Option<Item>> {
        self.change(org, id, |item| item.enabled = !item.enabled)
            .await
    }

    /// Enable every item of the organisation and return how many were not.
    pub async fn enable_all_items(&self, org: Uuid) -> Result<u64> {
        let mut items = self.items.write().await;
        let now = Utc::now();
        let mut enabled = 0;
        for item in items
            .get_mut(&org)
            .into_iter()
            .flat_map(|of| of.values_mut())
        {
            if !item.enabled {
                item.enabled = true;
                item.updated_at = now;
                enabled += 1;
            }
        }
        Ok(enabled)
    }

    /// Delete the item, or return `None` where there is no such item.
    pub async fn delete_item(&self, org: Uuid, id: Uuid) -> Result<Option<()>> {
        let mut items = self.items.write().await;
        let deleted = items.get_mut(&org).and_then(|of| of.remove(&id));
        Ok(deleted.map(drop))
    }

    async fn change(
        &self,
        org: Uuid,
        id: Uuid,
        change: impl FnOnce(&mut Item),
    ) -> Result<Option<Item>> {
        let mut items = self.items.write().await;
        let Some(item) = items.get_mut(&org).and_then(|of| of.get_mut(&id)) else {
            return Ok(None);
        };
        change(item);
        item.updated_at = Utc::now();
        Ok(Some(item.clone()))
    }
}
