//! Ids of resources, in paths and in bodies.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{NetStacksError, Result};

/// What may not stand in a path as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Refuses an id that is empty, or white space alone.
pub(crate) fn given(argument: &'static str, id: &str) -> Result<()> {
    if id.trim().is_empty() {
        let text = "an id that is empty or blank names nothing";
        return Err(NetStacksError::invalid(argument, text));
    }
    Ok(())
}

/// The path of a resource. What URL parsers take for a path is refused besides.
pub(crate) fn path(collection: &str, id: &str) -> Result<String> {
    given("id", id)?;
    if [".", ".."].contains(&id) {
        let text = format!("{id:?} is a path and not an id");
        return Err(NetStacksError::invalid("id", text));
    }
    Ok(format!(
        "{collection}/{}",
        utf8_percent_encode(id, RESERVED)
    ))
}
