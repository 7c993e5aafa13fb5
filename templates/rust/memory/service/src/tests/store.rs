//! The stores that the tests use.

use crate::store::Store;

/// A store that holds nothing.
pub fn empty() -> Store {
    Store::default()
}

/// A store that holds what it is given.
#[allow(clippy::unused_async, reason = "a database has to be waited for")]
pub async fn working() -> Option<Store> {
    Some(Store::default())
}
