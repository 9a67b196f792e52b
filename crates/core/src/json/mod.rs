//! Reading JSON that others wrote: every value is accepted as what it is, so that reading never stops at
//! the first surprise and all problems can be collected. Only broken JSON ends a reading.
//!
//! Text is borrowed from the input where it has no escapes.

mod field;
mod object;

pub(crate) use field::{Field, Kind, Shown, Text};
pub(crate) use object::{Entries, Entry, FromObject, List, lenient_object};

/// Reads JSON text. By its bytes, so that every type's reader is compiled once, not once for texts and once for bytes.
pub(crate) fn from_str<'a, T: serde::Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}
