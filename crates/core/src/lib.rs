//! # Gatepass
//!
//! The access decision of a Kong Konnect Dev Portal, and its explanation: who may view, register for and call
//! what, from developer status, team roles and registration status. One rule, used by the gateway filter, the
//! portal's front end, notebooks and the command line.
//!
//! - [`decide`] is the rule: total, pure, over the small finite domain of [`Facts`].
//! - [`Snapshot`] holds a portal read from one JSON file and answers [`Question`]s with explained [`Decision`]s.
//! - [`plan`] holds what is to be changed in a portal, and [`konnect::apply`] carries it out.
//! - [`lifecycle`] says what a status means, and which may follow which.
//! - [`validate`] checks what a form or a script is about to send.
//! - [`bundle`] holds what a gateway needs, in bytes that are their own index.
//!
//! There is no I/O, clock or randomness here: bytes, time and whatever is random are arguments.

#![forbid(unsafe_code)]

pub mod approvals;
mod arrange;
pub mod bundle;
mod credential;
mod decision_line;
pub mod diff;
mod explain;
mod id;
mod json;
pub mod konnect;
pub mod lifecycle;
mod ordered;
mod plain;
pub mod plan;
pub mod portal_view;
mod problem;
mod region;
pub mod replay;
pub mod report;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod snapshot;
mod time;
pub mod validate;

pub use credential::{CredentialKey, CredentialKind};
pub use decision_line::{
    DECISION_LINE_PATH_MAX, DecisionCounts, DecisionLine, DecisionLineError, DecisionLineFormat,
    LoggedDecision,
};
pub use explain::{
    Account, Assumption, Bearing, Decision, Fix, KnownFact, MessageParams, RegistrationOutcome, Verdict,
    Warning,
};
pub use id::{
    ApplicationId, DeveloperId, EntityId, IdError, PortalId, RegistrationId, ResourceId, ServiceId,
    StrategyId, TeamId,
};
pub use plain::Plain;
pub use problem::{MAX_PROBLEMS, Problem, Problems, Severity};
pub use region::Region;
pub use rule::{
    Action, ApplicationFact, Blockers, CredentialFact, DeveloperStatus, Facts, Freshness, MembershipFact,
    Outcome, OwnerFact, Policy, PortalFact, Rbac, Reason, ReasonIter, RegistrationFact, ResourceFact,
    RoleFact, StrategyFact, UnknownAction, UnknownPolicy, UnknownReason, Visibility, decide,
};
pub use snapshot::{
    Api, Application, ApplicationOwner, AssignedRole, Change, ChangeError, Completeness, Credential,
    Developer, Executable, Portal, Question, QuestionError, ReadOptions, Reading, RegionMissing,
    RegisteredResource, Registration, Resource, ResourceKind, RoleAssignment, RoleName, SNAPSHOT_FORMAT,
    Snapshot, SnapshotError, Team, TeamAssignment,
};
pub use time::{Timestamp, TimestampError};
