//! Konnect's Management APIs without any I/O: which requests to send next, and what their answers mean.
//!
//! Nothing here knows a base URL, a token or an HTTP client. A driver (the command line with ureq, JavaScript
//! with `fetch`, Python with its own session) asks a state machine for its next [`Step`](crawl::Step), sends
//! the [`Request`]s it names, and hands back each [`Answer`]. Time and randomness are arguments.
//!
//! - [`crawl`] reads one portal, whole and checked, into a snapshot.
//! - [`apply`] carries out the changes of a plan, journalled and resumable.
//! - [`page`] reads a single page or object, without cross checks.
//!
//! Paths start with the API's version (`/v2/portals`): the driver prepends `https://{region}.api.konghq.com`.
//! One export may use both versions, because auth strategies live in v2 only.
//!
//! Sources: Portal Management 2.0.0 to 2.2.2 and 3.0.8 to 3.9.8, API Products 2.0.0, API Builder 3.2.0,
//! Application Auth Strategies 2.1.1 (Kong/developer.konghq.com and Kong/docs.konghq.com, MIT).

pub mod apply;
#[cfg(test)]
mod conformance;
pub mod crawl;
mod exchange;
mod failure;
mod list;
mod outbox;
pub mod page;
mod path;
mod retry;
#[cfg(test)]
mod server;

pub use exchange::{Answer, Failure, FailureKind, Method, Request, RequestId, Response};
pub use failure::RequestError;
pub use retry::{RetryPolicy, retry_after};

use crate::snapshot::Api;

/// The API a portal is managed through. The caller chooses: classic portals answer to v2, new ones to v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// Portal Management v2 with API Products.
    V2,
    /// Portal Management v3 with API Builder.
    V3,
}

impl ApiVersion {
    /// Both versions.
    pub const ALL: &'static [Self] = &[Self::V2, Self::V3];

    /// The word in paths and in snapshots.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
        }
    }
}

impl From<ApiVersion> for Api {
    fn from(version: ApiVersion) -> Self {
        match version {
            ApiVersion::V2 => Self::V2,
            ApiVersion::V3 => Self::V3,
        }
    }
}
