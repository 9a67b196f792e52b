//! The snapshot: one portal in one JSON file, read once into a handle that answers questions.
//!
//! Reading collects all problems ([`Snapshot::read`]); what is doubtful denies. The model is the same for
//! Konnect's API versions 2.0 to 3.x (`model.rs`); only `read/` knows their differences.

mod change;
mod contents;
mod facts;
mod ids;
mod index;
mod model;
mod open;
mod question;
mod raw;
mod read;
mod roles;

pub use change::{Change, ChangeError, Executable, RoleAssignment, RoleName};
pub use contents::RegionMissing;
pub(crate) use facts::{Joined, strategy};
pub use index::Snapshot;
pub(crate) use index::leniency;
pub use model::{
    Api, Application, ApplicationOwner, AssignedRole, Completeness, Credential, Developer, Portal,
    RegisteredResource, Registration, Resource, ResourceKind, Team, TeamAssignment,
};
pub(crate) use open::open_because;
pub use question::{Question, QuestionError};
pub use read::{ReadOptions, Reading, SNAPSHOT_FORMAT, SnapshotError};
