//! What goes into a bundle, before it is laid out in bytes.

use crate::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, PortalId, Rbac, Region,
    RegistrationFact, ResourceFact, ResourceId, RoleFact, ServiceId, TeamId, Timestamp,
};

/// Everything one portal contributes to a bundle. No name, e-mail address or registration id is in it.
#[derive(Clone, Debug)]
pub struct PortalContents {
    /// The portal.
    pub id: PortalId,
    /// Where it is; a bundle cannot be built without knowing.
    pub region: Region,
    /// Whether roles decide.
    pub rbac: Rbac,
    /// The resources the portal knows, each once.
    pub resources: Vec<ResourceContents>,
    /// The distinct sets of teams whose roles applications have.
    pub role_sets: Vec<RoleSetContents>,
    /// The applications, each once.
    pub applications: Vec<ApplicationContents>,
    /// The credentials, each key once.
    pub credentials: Vec<CredentialContents>,
    /// Which resources a gateway service serves.
    pub routes: Vec<(ServiceId, ResourceId)>,
}

/// One resource of a portal.
#[derive(Clone, Copy, Debug)]
pub struct ResourceContents {
    /// The resource.
    pub id: ResourceId,
    /// Its state; never [`ResourceFact::Unknown`].
    pub state: ResourceFact,
    /// Whether it is deprecated.
    pub deprecated: bool,
}

/// The roles that a set of teams has together, by resource.
#[derive(Clone, Debug)]
pub struct RoleSetContents {
    /// The teams, sorted: the identity of the set. It does not change when a team's roles change, so that
    /// such a change touches no application's record.
    pub teams: Vec<TeamId>,
    /// The best role by resource; resources without a role are left out.
    pub roles: Vec<(ResourceId, RoleFact)>,
}

/// Who owns an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody that the data knows.
    Unknown,
    /// A developer with this status.
    Developer(DeveloperId, DeveloperStatus),
    /// A team.
    Team(TeamId),
}

/// One application.
#[derive(Clone, Debug)]
pub struct ApplicationContents {
    /// The application.
    pub id: ApplicationId,
    /// Its status; never [`ApplicationFact::Unknown`].
    pub status: ApplicationFact,
    /// Its owner.
    pub owner: Owner,
    /// Position of its role set in [`PortalContents::role_sets`].
    pub role_set: usize,
    /// Its registrations, each resource once; never [`RegistrationFact::Missing`].
    pub registrations: Vec<(ResourceId, RegistrationFact)>,
}

/// The state of a credential that belongs to one application, apart from its expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialState {
    /// Good until it expires.
    Active,
    /// Over.
    Expired,
    /// Revoked.
    Revoked,
    /// A word nobody knows.
    Unrecognized,
}

/// One credential.
#[derive(Clone, Copy, Debug)]
pub struct CredentialContents {
    /// How it is looked up.
    pub key: CredentialKey,
    /// Whose it is.
    pub holder: CredentialHolder,
}

/// Whose a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialHolder {
    /// Several applications': it proves nothing.
    Several,
    /// One application's.
    One {
        /// The application.
        application: ApplicationId,
        /// Its state.
        state: CredentialState,
        /// From when on it is expired; `None` is never.
        expires_at: Option<Timestamp>,
    },
}
