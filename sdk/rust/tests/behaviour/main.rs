//! What the vectors cannot say.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calls;
mod connections;
#[cfg(feature = "testing")]
mod fake;
#[path = "../support/mod.rs"]
mod support;
