//! The configuration, read strictly and compiled once.

mod bearer;
mod credentials;
mod field;
mod json;
mod log;
mod parse;
mod problem;
mod routes;
mod sources;
#[cfg(test)]
mod tests;
mod trust;

use std::rc::Rc;

use gatepass::bundle::{Bundle, BundleTimestamp, Trust};
use gatepass::{ResourceId, Timestamp};

pub(crate) use bearer::BearerToken;
pub(crate) use log::LogSettings;
pub use problem::{Problem, Problems};

use crate::credential::Sources;
use crate::identity::Guard;
use crate::route::Routing;

/// The proxy that runs the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// Envoy and what is built on it, as Istio.
    Envoy,
    /// Kong Gateway 3.4 to 3.9.
    Kong,
    /// nginx with `ngx_wasm_module`.
    Nginx,
}

impl HostKind {
    /// Whether it is `ngx_wasm_module`, which cannot remove headers and shows a decoded path.
    pub const fn is_nginx(self) -> bool {
        matches!(self, Self::Kong | Self::Nginx)
    }
}

/// What happens to a denied request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is answered.
    Enforce,
    /// It passes with a note, and is counted.
    Monitor,
}

/// How much a denial says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclose {
    /// The reason.
    Reason,
    /// Nothing beyond the status.
    None,
}

/// What happens to a CORS preflight, which cannot carry a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// It is judged as any request.
    Deny,
    /// It passes without identity where the resource is known.
    Pass,
}

/// How requests of a route are judged.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    pub(crate) mode: Mode,
    pub(crate) disclose: Disclose,
    pub(crate) sources: Rc<Sources>,
}

/// What a route leads to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Any of them that allows is enough. Empty: the bundle's route keys know.
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) manner: Manner,
}

/// Where bundles are fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FetchSettings {
    pub(crate) upstream: String,
    pub(crate) authority: String,
    /// Of the bundle, or of its manifest if chunks are fetched.
    pub(crate) path: String,
    /// What the path of each chunk begins with, before its digest; `None`: the bundle comes whole.
    pub(crate) chunk_path: Option<String>,
    /// What a relay with `--bundle-token-file` asks for.
    pub(crate) bearer_token: Option<BearerToken>,
    pub(crate) interval_ms: i64,
    pub(crate) timeout_ms: i64,
    pub(crate) max_bundle_bytes: usize,
}

/// How old data may be, and how far clocks may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AgeLimits {
    /// `None`: data does not grow old.
    pub(crate) max_age_ms: Option<i64>,
    pub(crate) max_skew_ms: i64,
}

/// A bundle that came with the configuration.
#[derive(Debug)]
pub(crate) struct Inline {
    pub(crate) bundle: Bundle,
    pub(crate) dated: Option<Dated>,
}

/// What says since when a bundle is current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    pub(crate) serial: u64,
    pub(crate) as_of: Timestamp,
}

impl From<&BundleTimestamp> for Dated {
    fn from(timestamp: &BundleTimestamp) -> Self {
        Self { serial: timestamp.serial(), as_of: timestamp.as_of() }
    }
}

/// A configuration without mistakes.
#[derive(Debug)]
pub struct Config {
    pub(crate) host: HostKind,
    pub(crate) inline: Option<Inline>,
    pub(crate) fetch: Option<FetchSettings>,
    pub(crate) age: AgeLimits,
    pub(crate) trust: Trust,
    pub(crate) log: LogSettings,
    /// How requests are judged that no rule says more about.
    pub(crate) manner: Manner,
    pub(crate) routing: Routing,
    pub(crate) targets: Vec<Target>,
    pub(crate) preflight: Preflight,
    pub(crate) hide_credentials: bool,
    pub(crate) realm: String,
    pub(crate) guard: Guard,
    /// The sources of all routes.
    pub(crate) all_sources: Rc<Sources>,
    warnings: Vec<String>,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// All mistakes, if there is at least one.
    pub fn read(text: &[u8]) -> Result<Self, Problems> {
        parse::read(text)
    }

    /// What is allowed and yet should be known to whoever reads the log.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether any route lets denied requests pass.
    pub(crate) fn monitors(&self) -> bool {
        self.manner.mode == Mode::Monitor
            || self.targets.iter().any(|target| target.manner.mode == Mode::Monitor)
    }
}
