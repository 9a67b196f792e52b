//! A portal as decisions and reports see it, whatever API version it was read from. Objects refer to each
//! other by position, never by text.

use crate::bundle::CredentialState;
use crate::lifecycle::GatewaySettings;
use crate::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, EntityId, PortalFact,
    PortalId, Rbac, Region, RegistrationFact, RegistrationId, ResourceFact, ResourceId, RoleFact, ServiceId,
    StrategyId, TeamId, Timestamp, Visibility,
};

/// Which API a snapshot was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Konnect Portal Management v2.
    V2,
    /// Konnect Portal Management v3.
    V3,
    /// Kong Gateway 2.8's Dev Portal: `requested` and the numbers 0 to 3 are statuses there.
    Gateway28,
}

impl Api {
    /// Every API.
    pub const ALL: &'static [Self] = &[Self::V2, Self::V3, Self::Gateway28];

    /// The word in the snapshot.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::Gateway28 => "gateway-2.8",
        }
    }
}

/// Who decides which teams a developer is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamAssignment {
    /// Konnect's admins.
    Konnect,
    /// The identity provider, by mapping its groups to teams.
    IdentityProvider,
}

/// The portal itself.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Its id.
    pub id: PortalId,
    /// Its name, as its admins wrote it.
    pub name: String,
    /// Whether roles decide.
    pub rbac: Rbac,
    /// Whether it has developers.
    pub access: PortalFact,
    /// Whether everyone may see what is published (v2 `is_public`).
    pub visibility: Visibility,
    /// Whether sign-ups are approved at once.
    pub auto_approve_developers: bool,
    /// Whether registrations are approved at once.
    pub auto_approve_applications: bool,
    /// Who puts developers into teams.
    pub team_assignment: TeamAssignment,
    /// The settings of a Gateway 2.8 portal; `None` elsewhere.
    pub gateway: Option<GatewaySettings>,
}

/// Somebody who signed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Developer {
    /// The id.
    pub id: DeveloperId,
    /// The e-mail address, as typed at sign-up.
    pub email: Box<str>,
    /// The name, as typed at sign-up.
    pub name: Box<str>,
    /// The status.
    pub status: DeveloperStatus,
    /// When they signed up.
    pub created_at: Option<Timestamp>,
    /// When the developer last changed.
    pub updated_at: Option<Timestamp>,
}

/// A role assignment that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssignedRole {
    /// What it is on; `None` is every entity (`*`).
    pub entity: Option<EntityId>,
    /// Where it holds; `None` is every region (`*`).
    pub region: Option<Region>,
    /// Viewer or Consumer.
    pub role: RoleFact,
}

/// A team.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The id.
    pub id: TeamId,
    /// The name.
    pub name: Box<str>,
    /// Positions of its members, ascending.
    pub members: Vec<u32>,
    /// Its role assignments, those that mean something.
    pub roles: Vec<AssignedRole>,
    /// Its role assignments in the file, those that mean nothing included.
    pub assignments: usize,
    /// The `IdP` groups mapped to it.
    pub groups: Vec<Box<str>>,
}

/// Who owns an application, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationOwner {
    /// Nobody the snapshot knows.
    Unknown,
    /// The developer at this position.
    Developer(u32),
    /// The team at this position (v3).
    Team(u32),
}

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// The id.
    pub id: ApplicationId,
    /// The name, as its developer typed it.
    pub name: Box<str>,
    /// The owner.
    pub owner: ApplicationOwner,
    /// The status; approved where the API has none.
    pub status: ApplicationFact,
    /// Its auth strategy.
    pub strategy: Option<StrategyId>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// What is registered for: a resource of the snapshot, or one that is elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisteredResource {
    /// The resource at this position.
    Here(u32),
    /// One the snapshot does not have.
    Elsewhere(ResourceId),
}

/// An application's registration.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    /// The id.
    pub id: RegistrationId,
    /// Position of the application.
    pub application: u32,
    /// What it is for.
    pub resource: RegisteredResource,
    /// The status.
    pub status: RegistrationFact,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// What kind of thing a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A version of an API product (v2).
    ProductVersion,
    /// An API (v3).
    Api,
    /// An API package (v3).
    ApiPackage,
}

/// What applications register for.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The id.
    pub id: ResourceId,
    /// What roles name: the product of a version, the API or the package itself.
    pub entity: Option<EntityId>,
    /// What it is.
    pub kind: ResourceKind,
    /// Its name as people say it, with the version.
    pub name: Box<str>,
    /// The name of what roles name: the product's, or the API's without its version.
    pub entity_name: Box<str>,
    /// Its state in the portal.
    pub state: ResourceFact,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Whether applications may register for it.
    pub registration_enabled: bool,
    /// Whether registrations for it are approved at once.
    pub auto_approve: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// The auth strategies it accepts.
    pub strategies: Vec<StrategyId>,
    /// The gateway services behind it; none means nothing enforces anything.
    pub services: Vec<ServiceId>,
}

/// A credential of an application.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// How it is looked up.
    pub key: CredentialKey,
    /// Position of the application; `None` if the one it names cannot be read, so that it opens nothing.
    pub application: Option<u32>,
    /// Its state.
    pub state: CredentialState,
    /// From when on it is expired.
    pub expires_at: Option<Timestamp>,
    /// When it was made; of one that is there twice, the earlier.
    pub created_at: Option<Timestamp>,
}

/// How much of the portal a snapshot is known to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Every list has as many items as its API said there are.
    Complete,
    /// Nobody counted some list.
    Unverified,
    /// Something is known to be missing.
    Partial,
}

impl Completeness {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Unverified => "unverified",
            Self::Partial => "partial",
        }
    }
}

/// What was read, object by object.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    pub(crate) exported_at: Timestamp,
    pub(crate) api: Api,
    pub(crate) region: Option<Region>,
    pub(crate) portal: Portal,
    pub(crate) developers: Vec<Developer>,
    pub(crate) teams: Vec<Team>,
    pub(crate) applications: Vec<Application>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) completeness: Completeness,
}
