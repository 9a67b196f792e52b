//! Reading JSON that others wrote: every value is accepted as what it is, so that reading never stops at
//! the first surprise and all problems can be collected. Only broken JSON ends a reading.
//!
//! Text is borrowed from the input where it has no escapes.

mod field;
mod object;

pub(crate) use field::{Field, Kind, Shown, Text};
pub(crate) use object::{Entries, Entry, FromObject, List, lenient_object};
