//! Reading JSON that others wrote: every value is accepted as what it is, so that reading never stops at
//! the first surprise and all problems can be collected. Only broken JSON ends a reading.
//!
//! Text is borrowed from the input where it has no escapes.

mod field;
mod object;
mod slot;

pub(crate) use field::{Exact, Field, Kind, ShownNumber};
pub(crate) use object::{Entries, Entry, List, Object, lenient_object};
pub(crate) use slot::{Items, Members, Slot};

use serde::de::Error as _;

/// Reads a JSON document.
pub(crate) fn from_slice<'a, T: Slot<'a> + Default>(bytes: &'a [u8]) -> serde_json::Result<T> {
    from_str(utf8(bytes)?)
}

/// Reads a JSON document that is known to be text.
pub(crate) fn from_str<'a, T: Slot<'a> + Default>(text: &'a str) -> serde_json::Result<T> {
    let mut value = T::default();
    slot::fill(text, &mut value)?;
    Ok(value)
}

/// Reads a JSON document as any value; of members that are there twice the last.
pub(crate) fn value(text: &str) -> serde_json::Result<serde_json::Value> {
    serde_json::from_str(text)
}

/// Looked at once, as a whole: text by text takes longer.
fn utf8(bytes: &[u8]) -> serde_json::Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (good, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
        let (line, column) = good
            .split(|byte| *byte == b'\n')
            .fold((0_usize, 0), |(line, _), text| (line.saturating_add(1), text.len()));
        serde_json::Error::custom(format_args!("invalid unicode code point at line {line} column {column}"))
    })
}
