//! What a crawl ends with.

use std::fmt;

use super::KnownOwners;
use crate::konnect::RequestError;

/// How far a crawl is, for a progress bar. Totals grow while lists are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lists that are read.
    pub lists_done: usize,
    /// Lists known so far.
    pub lists_total: usize,
    /// Objects read so far.
    pub items_done: u64,
    /// Objects known to be there so far.
    pub items_total: u64,
    /// Requests sent so far, repeats included.
    pub requests: u64,
}

/// A portal's snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawlResult {
    /// The file: JSON of format `gatepass.snapshot/1`.
    pub snapshot: Vec<u8>,
    /// Lists that are known to be incomplete. Empty: every list has as many objects as its API said. Whoever
    /// writes the file refuses to while this is not empty, unless told otherwise; the file says so too.
    pub partial: Vec<PartialList>,
    /// What is worth a look.
    pub notices: Vec<Notice>,
    /// For the next crawl of the same portal.
    pub known_owners: KnownOwners,
}

/// A list that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialList {
    /// Which, as in the snapshot's `collected`.
    pub list: String,
    /// How many objects the API said there are; `None` if it did not say.
    pub total: Option<u64>,
    /// How many came.
    pub items: u64,
    /// Why it is not whole.
    pub reason: String,
}

impl fmt::Display for PartialList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total.map_or_else(|| "an unknown number".to_owned(), |total| total.to_string());
        write!(f, "`{}` is incomplete, {} of {total}: {}", self.list, self.items, self.reason)
    }
}

/// Something worth a look that denies at most what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// A stable code in `snake_case`.
    pub code: &'static str,
    /// One line.
    pub message: String,
}

/// Why a portal could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrawlError {
    /// A request was given up.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// No portal has the name.
    #[error("there is no portal named `{name}` here, {others}; check --region, --api and the name")]
    PortalUnknown {
        /// The name.
        name: String,
        /// Which there are, in words.
        others: String,
    },
    /// Several portals have the name.
    #[error("{count} portals are named `{name}`; pass the id of the one you mean")]
    PortalAmbiguous {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// The crawl was not over when its result was asked for.
    #[error("the portal is not read to its end; keep sending what the crawl asks for")]
    Unfinished,
}
