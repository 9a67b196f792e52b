//! The access rule: one total, pure function over a small finite domain of facts.
//!
//! [`decide`] sees no text, id or time, so that every combination can be enumerated and compared with an
//! independent statement of the rules (`tests/tests/decision_table.rs` does). Two information points fill
//! [`Facts`]: the [`Snapshot`](crate::Snapshot) by joins and the [`Bundle`](crate::bundle::Bundle) by look-ups.

mod decide;
mod facts;
mod reason;

pub use decide::{Action, Blockers, Outcome, Policy, UnknownAction, UnknownPolicy, decide};
pub use facts::{
    ApplicationFact, CredentialFact, DeveloperStatus, Facts, Freshness, MembershipFact, OwnerFact,
    PortalFact, Rbac, RegistrationFact, ResourceFact, RoleFact, StrategyFact, Visibility,
};
pub use reason::{Reason, ReasonIter, UnknownReason};
