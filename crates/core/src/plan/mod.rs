//! Plans: what is to be changed in a portal, subject by subject, and who is held and why.
//!
//! One type for those who write plans (approvals, status changes, cures of stale access) and those who read
//! them ([`konnect::apply`](crate::konnect::apply), "what if" through [`Snapshot::with`]). A plan names the
//! snapshot it was made from by its digest and says what it saw, so that nobody carries it out blindly.
//!
//! ```
//! use gatepass::plan::Plan;
//! let file = br#"{"format": "gatepass.plan/1", "portal_id": "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7", "subjects": [
//!     {"developer_id": "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11", "rule": "arsenal.com", "seen": "pending", "changes": [
//!         {"change": "approve_developer", "developer_id": "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11"}]}]}"#;
//! let plan = Plan::read(file).unwrap();
//! assert_eq!(plan.changes().len(), 1);
//! assert_eq!(Plan::read(plan.to_json().as_bytes()).unwrap(), plan);
//!
//! let error = Plan::read(br#"{"format": "gatepass.plan/1", "portal_id": "x", "subjects": [{}]}"#).unwrap_err();
//! let problems: Vec<_> = error.problems().iter().map(|problem| (problem.code, &*problem.path)).collect();
//! assert_eq!(problems, [("uuid_invalid", "/portal_id"), ("value_missing", "/subjects/0/changes")]);
//! ```

mod members;
mod read;
mod revoke_stale;
mod subject;
mod summary;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::subjects;

pub use read::PlanError;
pub use subject::{Held, Hints, PlannedChange, Subject};
pub use summary::SummaryLine;

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use sha2::{Digest as _, Sha256};

use crate::lifecycle::usual_profile;
use crate::report::words;
use crate::{Api, Change, PortalId, Region, Snapshot};

/// The format of plans.
pub const PLAN_FORMAT: &str = "gatepass.plan/1";

words! {
    /// Which transitions of a status a plan may use: the generations of Kong's documentation do not agree.
    Profile {
        /// Konnect's Portal Management API: any status from any other.
        KonnectApi = "konnect-api",
        /// Konnect Cloud 2022, "Manage Developer Access": rejected is final.
        Konnect2022 = "konnect-2022",
        /// Gateway 2.8, "Managing Developers": rejected and revoked may be approved.
        Gateway28 = "gateway-2.8",
        /// The new Konnect Dev Portal, "Access and approvals": pending or approved, applications too.
        DevPortal = "dev-portal",
    }
}

/// What is to be changed in one portal.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The SHA-256 of the snapshot file that the plan was made from, as lower-case hexadecimal digits.
    pub snapshot_sha256: Option<String>,
    /// Which portal.
    pub portal_id: PortalId,
    /// Which transitions it may use.
    pub profile: Profile,
    /// Which API the portal is managed through, if that is known.
    pub api: Option<Api>,
    /// Where the portal is, if that is known.
    pub region: Option<Region>,
    /// What to change, in this order.
    pub subjects: Vec<Subject>,
    /// What whoever carries it out should know: mails that are sent, access that goes on.
    pub notes: Vec<String>,
}

/// A snapshot that is not the one a plan was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is not the one that the plan was made from; pass that one, or plan again")]
pub struct OtherSnapshot;

impl Plan {
    /// A plan for the portal of a snapshot, with nothing to do yet. `file` is what the snapshot was read from.
    pub fn new(snapshot: &Snapshot, file: &[u8]) -> Self {
        Self {
            snapshot_sha256: Some(digest(file)),
            portal_id: snapshot.portal().id,
            profile: usual_profile(snapshot.api()),
            api: Some(snapshot.api()),
            region: snapshot.region(),
            subjects: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Reads a plan file, collecting all problems at once.
    ///
    /// # Errors
    ///
    /// [`PlanError`] with everything that is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self, PlanError> {
        read::read(bytes)
    }

    /// The plan as its file: the same plan gives the same bytes.
    pub fn to_json(&self) -> String {
        // Texts, ids and maps with text keys: there is nothing that could fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// All changes in their order; held subjects have none.
    pub fn changes(&self) -> Vec<Change> {
        let subjects = self.subjects.iter().filter(|subject| subject.held.is_none());
        subjects.flat_map(|subject| &subject.changes).map(|planned| planned.change.clone()).collect()
    }

    /// The subjects that are left to people, with their positions.
    pub fn held(&self) -> impl Iterator<Item = (usize, &Subject, &Held)> {
        let numbered = self.subjects.iter().enumerate();
        numbered.filter_map(|(position, subject)| Some((position, subject, subject.held.as_ref()?)))
    }

    /// Adds what the snapshot of the plan knows and the plan does not say: statuses that were seen, the
    /// applications of registrations, kinds of resources. `file` is what the snapshot was read from.
    ///
    /// # Errors
    ///
    /// [`OtherSnapshot`] if the plan was made from another file, of another portal, or does not say from which.
    pub fn complete(&mut self, snapshot: &Snapshot, file: &[u8]) -> Result<(), OtherSnapshot> {
        let same = self.snapshot_sha256.as_ref().is_some_and(|expected| *expected == digest(file));
        if !same || snapshot.portal().id != self.portal_id {
            return Err(OtherSnapshot);
        }
        self.region = self.region.or(snapshot.region());
        self.api = self.api.or(Some(snapshot.api()));
        for subject in &mut self.subjects {
            subject.complete(snapshot);
        }
        Ok(())
    }

    /// How many subjects change a developer without saying in which status the developer was: carried out,
    /// nobody would notice that somebody decided otherwise meanwhile.
    pub fn blind(&self) -> usize {
        let blind = |subject: &&Subject| {
            subject.developer_id.is_some() && subject.seen.is_none() && !subject.changes.is_empty()
        };
        self.subjects.iter().filter(blind).count()
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut plan = serializer.serialize_struct("Plan", 8)?;
        plan.serialize_field("format", PLAN_FORMAT)?;
        plan.serialize_field("snapshot_sha256", &self.snapshot_sha256)?;
        plan.serialize_field("portal_id", &self.portal_id)?;
        plan.serialize_field("profile", &self.profile)?;
        plan.serialize_field("api", &self.api.map(Api::as_str))?;
        plan.serialize_field("region", &self.region.map(Region::as_str))?;
        plan.serialize_field("subjects", &self.subjects)?;
        if !self.notes.is_empty() {
            plan.serialize_field("notes", &self.notes)?;
        }
        plan.end()
    }
}

/// The SHA-256 of a file as lower-case hexadecimal digits: what identifies a plan, and its snapshot.
///
/// ```
/// let digest = gatepass::plan::digest(b"");
/// assert_eq!(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
pub fn digest(file: &[u8]) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(file) {
        // Writing to a text cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
