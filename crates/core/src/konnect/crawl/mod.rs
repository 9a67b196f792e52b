//! Reading one portal whole: a state machine that names the requests, takes the answers, and ends with a
//! snapshot.
//!
//! ```
//! use gatepass::Timestamp;
//! use gatepass::konnect::{Answer, ApiVersion, crawl::{Crawl, Options, Step, Target}};
//!
//! let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
//! let target = Target::Name("Orders".into());
//! let mut crawl = Crawl::new(target, ApiVersion::V3, Options::default());
//! let Step::Send(requests) = crawl.next(now) else { panic!() };
//! assert_eq!(requests[0].path, "/v3/portals?page%5Bsize%5D=100&page%5Bnumber%5D=1");
//! // The driver sends it, with the base URL and the token, and hands back what came:
//! let body = r#"{"data": [], "meta": {"page": {"number": 1, "size": 100, "total": 0}}}"#;
//! crawl.answer(requests[0].id, &Answer::json(200, body), now, 0.5);
//! assert!(matches!(crawl.next(now), Step::Done));
//! let error = crawl.into_result().unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "there is no portal named `Orders` here, there is no other either; check --region, --api and the name"
//! );
//! ```

mod consistency;
mod join;
mod lists;
mod machine;
mod owners;
mod redact;
mod result;
#[cfg(test)]
mod tests;
mod wave;
mod write;

pub use owners::{KNOWN_OWNER_MAX_AGE_MS, KnownOwners};
pub use result::{CrawlError, CrawlResult, Notice, PartialList, Progress};

use crate::ordered::{OrderedMap, OrderedSet};

use lists::ListName;

use super::list::Listing;
use super::outbox::Outbox;
use super::page::Item;
use super::{ApiVersion, Request, RetryPolicy};
use crate::{PortalId, Region, Timestamp};

/// Which portal to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The one with this id.
    Id(PortalId),
    /// The one with exactly this name.
    Name(String),
}

/// How to read it.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many objects to ask for at once. The documents state no maximum; Konnect's own examples use 100.
    pub page_size: u64,
    /// The portal's region, for the snapshot: the API does not state it.
    pub region: Option<Region>,
    /// How often a list that changes while it is read is read from its start, before it counts as partial.
    pub list_attempts: u32,
    /// When requests are sent again.
    pub retry: RetryPolicy,
    /// Go on when a list cannot be read at all, and mark it partial.
    pub allow_partial: bool,
    /// Replaces names and the local parts of e-mail addresses by pseudonyms made with this secret.
    pub redact: Option<Box<[u8]>>,
    /// What an earlier crawl of this portal has read of v3 applications' owners: its
    /// [`CrawlResult::known_owners`]. Without it each is one request.
    pub known_owners: KnownOwners,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            page_size: 100,
            region: None,
            list_attempts: 3,
            retry: RetryPolicy::default(),
            allow_partial: false,
            redact: None,
            known_owners: KnownOwners::default(),
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these; as many at a time as the driver likes.
    Send(Vec<Request>),
    /// Nothing to send now: ask again after the next answer, or at `until`.
    Wait {
        /// When a request is due again; `None` if only answers are awaited.
        until: Option<Timestamp>,
    },
    /// It is over: see [`Crawl::into_result`].
    Done,
}

/// What an answer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Purpose {
    Portal,
    AuthSettings,
    Page {
        list: ListName,
        round: u32,
        number: u64,
    },
    /// A v3 application whose listed form names no owner.
    Owner {
        application: Box<str>,
        round: u32,
    },
}

/// A list being read, or read.
#[derive(Clone, Debug)]
struct List {
    listing: Option<Listing>,
    /// Which attempt answers belong to; answers to earlier ones are dropped.
    round: u32,
    /// Attempts since the list was last begun anew.
    attempts: u32,
    done: Option<Listed>,
}

/// A list that is over.
#[derive(Clone, Debug, Default)]
struct Listed {
    items: Vec<Item>,
    total: Option<u64>,
    /// Why it is not whole.
    partial: Option<String>,
    /// The portal does without it.
    absent: bool,
}

/// The crawl of one portal.
#[derive(Clone, Debug)]
pub struct Crawl {
    target: Target,
    api: ApiVersion,
    options: Options,
    started: Option<Timestamp>,
    outbox: Outbox<Purpose>,
    portal_id: Box<str>,
    portal: Option<Box<str>>,
    auth_settings: Option<Box<str>>,
    lists: OrderedMap<ListName, List>,
    /// By id: applications read one by one.
    owners: OrderedMap<Box<str>, Box<str>>,
    /// How many there will be.
    owners_wanted: u64,
    /// Lists that turned out to have changed since they were read.
    again: OrderedSet<ListName>,
    rereads: u32,
    joins: u32,
    notices: Vec<Notice>,
    partial: Vec<PartialList>,
    finished: Option<Result<CrawlResult, CrawlError>>,
}
