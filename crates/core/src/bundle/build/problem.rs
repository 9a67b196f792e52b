//! Why contents cannot be built into a bundle.

use std::fmt;

use crate::{ApplicationId, CredentialKind, PortalId, ResourceId, ServiceId};

/// One reason why a bundle cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildProblem {
    /// There is nothing to build from.
    #[error("there is no portal to build from")]
    NoPortal,
    /// More portals than ordinals.
    #[error("{count} portals are more than the 65535 that fit")]
    TooManyPortals {
        /// How many.
        count: usize,
    },
    /// One portal given more than once.
    #[error("portal `{portal}` is given twice")]
    PortalTwice {
        /// The portal.
        portal: PortalId,
    },
    /// One resource more than once in a portal.
    #[error("resource `{resource}` is given twice in portal `{portal}`")]
    ResourceTwice {
        /// The portal.
        portal: PortalId,
        /// The resource.
        resource: ResourceId,
    },
    /// A resource of unknown state.
    #[error("resource `{resource}` of portal `{portal}` has no state")]
    ResourceWithoutState {
        /// The portal.
        portal: PortalId,
        /// The resource.
        resource: ResourceId,
    },
    /// Two role sets of the same teams.
    #[error("role set {position} of portal `{portal}` has the teams of another")]
    RoleSetTwice {
        /// The portal.
        portal: PortalId,
        /// Position of the later one.
        position: usize,
    },
    /// A role on a resource that the portal does not know.
    #[error(
        "role set {position} of portal `{portal}` has a role on resource `{resource}`, which is not the portal's"
    )]
    RoleOnForeignResource {
        /// The portal.
        portal: PortalId,
        /// Position of the role set.
        position: usize,
        /// The resource.
        resource: ResourceId,
    },
    /// Two roles on one resource.
    #[error("role set {position} of portal `{portal}` has two roles on resource `{resource}`")]
    RoleTwice {
        /// The portal.
        portal: PortalId,
        /// Position of the role set.
        position: usize,
        /// The resource.
        resource: ResourceId,
    },
    /// A role that is none.
    #[error("role set {position} of portal `{portal}` lists resource `{resource}` without a role")]
    RoleMissing {
        /// The portal.
        portal: PortalId,
        /// Position of the role set.
        position: usize,
        /// The resource.
        resource: ResourceId,
    },
    /// A route to a resource that the portal does not know.
    #[error("service `{service}` serves resource `{resource}`, which is not portal `{portal}`'s")]
    RouteToForeignResource {
        /// The portal.
        portal: PortalId,
        /// The gateway service.
        service: ServiceId,
        /// The resource.
        resource: ResourceId,
    },
    /// One application more than once, in one portal or in two.
    #[error("application `{application}` is given twice")]
    ApplicationTwice {
        /// The application.
        application: ApplicationId,
    },
    /// An application of unknown status.
    #[error("application `{application}` has no status")]
    ApplicationWithoutStatus {
        /// The application.
        application: ApplicationId,
    },
    /// A role set that is not there.
    #[error("application `{application}` names role set {position}, and there are {count}")]
    RoleSetOutOfRange {
        /// The application.
        application: ApplicationId,
        /// The position it names.
        position: usize,
        /// How many role sets its portal has.
        count: usize,
    },
    /// More registrations than a record can count.
    #[error("application `{application}` has {count} registrations, more than the 65535 that fit")]
    TooManyRegistrations {
        /// The application.
        application: ApplicationId,
        /// How many.
        count: usize,
    },
    /// Two registrations for one resource.
    #[error("application `{application}` has two registrations for resource `{resource}`")]
    RegistrationTwice {
        /// The application.
        application: ApplicationId,
        /// The resource.
        resource: ResourceId,
    },
    /// A registration for a resource that the portal does not know.
    #[error(
        "application `{application}` has a registration for resource `{resource}`, which is not its portal's"
    )]
    RegistrationForForeignResource {
        /// The application.
        application: ApplicationId,
        /// The resource.
        resource: ResourceId,
    },
    /// A registration without a status.
    #[error("application `{application}` lists resource `{resource}` without a registration")]
    RegistrationMissing {
        /// The application.
        application: ApplicationId,
        /// The resource.
        resource: ResourceId,
    },
    /// One credential more than once in a portal. Its digest is not named: that of a weak key betrays the key.
    #[error("an `{kind}` credential{of} is given twice in portal `{portal}`", kind = .kind.as_str(), of = Of(*.application))]
    CredentialTwice {
        /// The portal.
        portal: PortalId,
        /// The credential's kind.
        kind: CredentialKind,
        /// One of the applications it belongs to, unless it is several.
        application: Option<ApplicationId>,
    },
    /// A credential of another portal's application.
    #[error("portal `{portal}` has a credential of application `{application}`, which is another portal's")]
    CredentialOfForeignApplication {
        /// The portal.
        portal: PortalId,
        /// The application.
        application: ApplicationId,
    },
    /// Two credentials that a gateway could not tell apart.
    #[error("two different `{kind}` credentials{of} have the same first 128 bits of SHA-256", kind = .kind.as_str(), of = Of(*.application))]
    CredentialsCollide {
        /// Their kind.
        kind: CredentialKind,
        /// An application that one of them belongs to, unless it is several.
        application: Option<ApplicationId>,
    },
    /// No salt gives every resource, role set and application a key of its own.
    #[error(
        "{resources} resources, {role_sets} role sets and {applications} applications have no keys of their own under any of {tries} salts"
    )]
    KeysCollide {
        /// Distinct resources.
        resources: usize,
        /// Role sets.
        role_sets: usize,
        /// Distinct applications.
        applications: usize,
        /// Salts that were tried.
        tries: u32,
    },
    /// The global chunk is too long.
    #[error("resources, role sets and routes take {bytes} bytes, more than the {limit} that fit")]
    GlobalTooLarge {
        /// Bytes needed.
        bytes: u64,
        /// Bytes that fit.
        limit: u64,
    },
    /// However they are divided, a chunk is too long.
    #[error(
        "applications and credentials cannot be divided: a chunk takes {bytes} bytes, more than the {limit} that fit"
    )]
    ChunkTooLarge {
        /// Bytes needed by one chunk of the finest division.
        bytes: u64,
        /// Bytes that fit.
        limit: u64,
    },
}

/// " of application …", or nothing.
struct Of(Option<ApplicationId>);

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |application| write!(f, " of application `{application}`"))
    }
}

/// Why a bundle cannot be built: every problem, as far as they are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    problems: Vec<BuildProblem>,
    count: usize,
}

impl BuildError {
    /// How many problems are listed; the others are counted.
    pub const LISTED_MAX: usize = 100;

    /// The problems, at most [`BuildError::LISTED_MAX`] of them.
    pub fn problems(&self) -> &[BuildProblem] {
        &self.problems
    }

    /// How many problems there are, listed or not.
    pub const fn count(&self) -> usize {
        self.count
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bundle cannot be built: ")?;
        for (place, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if place == 0 { "" } else { "; " })?;
        }
        match self.count.saturating_sub(self.problems.len()) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<BuildProblem> for BuildError {
    fn from(problem: BuildProblem) -> Self {
        Self { problems: vec![problem], count: 1 }
    }
}

/// Collects problems.
#[derive(Default)]
pub(super) struct Problems {
    listed: Vec<BuildProblem>,
    count: usize,
}

impl Problems {
    pub(super) fn add(&mut self, problem: BuildProblem) {
        self.count = self.count.saturating_add(1);
        if self.listed.len() < BuildError::LISTED_MAX {
            self.listed.push(problem);
        }
    }

    /// Whether there was none.
    pub(super) fn finish(self) -> Result<(), BuildError> {
        match self.count {
            0 => Ok(()),
            count => Err(BuildError { problems: self.listed, count }),
        }
    }
}
