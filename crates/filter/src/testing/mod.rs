//! A host that plays a proxy, and a bundle to play with.

mod bundle;
mod host;

pub(crate) use bundle::{Sample, key};
pub(crate) use host::{Fake, NOW_MS};
