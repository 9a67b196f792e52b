//! How an emulator is set up.

use std::path::PathBuf;

use crate::seed::Seed;

/// A generation of Konnect's portal APIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// Portal Management 2.x with API Products.
    #[default]
    V2,
    /// Portal Management 3.x with API Builder.
    V3,
}

impl Api {
    /// `v2` or `v3`: the first part of every path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
        }
    }
}

/// Where the data is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// In memory: gone when the emulator stops.
    #[default]
    Memory,
    /// In a SQLite file, which is made if there is none.
    File(PathBuf),
}

/// What the database is filled with at the start.
#[derive(Clone, Debug, Default)]
pub enum Data {
    /// Nothing: what the file already has.
    #[default]
    Kept,
    /// Made up, and the same for the same seed.
    Generated(Seed),
    /// The portal of a Gatepass snapshot (the text of the file).
    Snapshot(String),
}

/// How an emulator is set up. `Options::default()` is an empty organisation in memory, on a free port.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data is kept.
    pub storage: Storage,
    /// What it is filled with.
    pub data: Data,
    /// What ids are derived from.
    pub seed: u64,
    /// The tokens that are accepted as `Authorization: Bearer …`.
    pub tokens: Vec<String>,
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The size of a page when none is asked for. Konnect states none; its examples show 10.
    pub page_size: u16,
    /// The largest page. Konnect states none; a larger `page[size]` is cut to it.
    pub maximum_page_size: u16,
    /// Whether the v3 list of applications has `owner`. The official example of that list has not.
    pub list_owners: bool,
    /// Where the emulator's clock starts (RFC 3339). Every change is one second after the one before.
    pub now: String,
}

/// The token that is accepted unless others are set.
pub const DEFAULT_TOKEN: &str = "kpat_emulator";

impl Default for Options {
    fn default() -> Self {
        Self {
            storage: Storage::Memory,
            data: Data::Kept,
            seed: 1,
            tokens: vec![DEFAULT_TOKEN.to_owned()],
            port: 0,
            page_size: 10,
            maximum_page_size: 100,
            list_owners: false,
            now: "2026-11-22T10:00:00Z".to_owned(),
        }
    }
}

/// Why an emulator could not be started or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// SQLite refused.
    #[error("the emulator's database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The port could not be taken, or the thread not be started.
    #[error("the emulator's server: {0}")]
    Server(#[from] std::io::Error),
    /// The snapshot cannot be served.
    #[error("the snapshot: {0}")]
    Snapshot(String),
    /// An option is not understood.
    #[error("option `{name}`: {reason}")]
    Option {
        /// The option.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl EmulatorError {
    /// An option that is not understood.
    pub fn option(name: &'static str, reason: impl Into<String>) -> Self {
        Self::Option { name, reason: reason.into() }
    }
}
