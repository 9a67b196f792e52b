//! Data that is made up: how much of it, and the same for the same seed.

mod generate;
mod names;
mod resources;
pub(crate) mod rows;
pub(crate) mod snapshot;

pub(crate) use generate::generate;

use crate::options::Api;

/// How much data to make. The same numbers and seed make the same rows, with the same ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The generation of the portal.
    pub api: Api,
    /// What everything is derived from.
    pub seed: u64,
    /// Developers.
    pub developers: usize,
    /// Teams.
    pub teams: usize,
    /// Applications; in v3 some are owned by teams.
    pub applications: usize,
    /// Registrations, of pairs that all differ: at most applications × resources.
    pub registrations: usize,
    /// What can be registered for in the portal: product versions (v2), or APIs and packages (v3).
    pub resources: usize,
    /// Whether the portal uses roles.
    pub rbac: bool,
}

impl Seed {
    /// A portal that fits on a screen.
    pub const fn small(api: Api) -> Self {
        Self {
            api,
            seed: 1,
            developers: 20,
            teams: 4,
            applications: 30,
            registrations: 50,
            resources: 8,
            rbac: true,
        }
    }

    /// A portal of the size that exports are tested with.
    pub const fn large(api: Api) -> Self {
        Self {
            api,
            seed: 1,
            developers: 1000,
            teams: 30,
            applications: 2000,
            registrations: 4000,
            resources: 100,
            rbac: true,
        }
    }

    /// The same size from another seed.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}
