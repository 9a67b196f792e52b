//! The plan file.

use std::path::{Path, PathBuf};

use gatepass::konnect::ApiVersion;
use gatepass::konnect::apply::Subject;
use gatepass::{Api, DeveloperId, PortalId, Region, Snapshot};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::bundle::hexadecimal;

/// The format that this reads.
const FORMAT: &str = "gatepass.plan/1";

/// A plan, read.
#[derive(Debug)]
pub(super) struct Plan {
    /// The file's SHA-256: a journal belongs to one plan.
    pub(super) sha256: String,
    pub(super) portal: PortalId,
    pub(super) api: Option<ApiVersion>,
    pub(super) region: Option<Region>,
    snapshot_sha256: Option<String>,
    /// The subjects in the plan's order. Those that are held have no changes.
    pub(super) subjects: Vec<Subject>,
    /// Which subjects are held, and why.
    pub(super) held: Vec<Held>,
}

/// A subject that the plan leaves to people.
#[derive(Debug, serde::Serialize)]
pub(super) struct Held {
    pub(super) subject: usize,
    pub(super) developer_id: Option<DeveloperId>,
    pub(super) code: String,
    pub(super) message: String,
}

/// Why a plan cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("`{}` is no plan: {reason}; pass the file that `gatepass plan` wrote", path.display())]
    NoPlan { path: PathBuf, reason: String },
    #[error("subject {subject} of `{}` cannot be read: {source}; make the plan again", path.display())]
    Subject { path: PathBuf, subject: usize, source: serde_json::Error },
    #[error("`{}` is not the snapshot that the plan was made from; pass that one, or plan again", path.display())]
    OtherSnapshot { path: PathBuf },
    #[error(
        "the plan does not say what was there when it was made ({subjects} subjects); pass that snapshot with --snapshot, or go on blindly with --even-if-moved"
    )]
    Blind { subjects: usize },
}

#[derive(Deserialize)]
struct RawPlan {
    format: String,
    portal_id: PortalId,
    #[serde(default)]
    api: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    snapshot_sha256: Option<String>,
    subjects: Vec<Value>,
}

#[derive(Deserialize)]
struct RawHeld {
    #[serde(default)]
    held: Option<RawReason>,
}

#[derive(Deserialize)]
struct RawReason {
    code: String,
    #[serde(default)]
    message: String,
}

impl Plan {
    /// Reads a plan.
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, PlanError> {
        let no_plan = |reason: String| PlanError::NoPlan { path: path.to_owned(), reason };
        let raw: RawPlan = serde_json::from_slice(bytes).map_err(|error| no_plan(error.to_string()))?;
        if raw.format != FORMAT {
            let found: String = raw.format.chars().filter(|c| !c.is_control()).take(64).collect();
            return Err(no_plan(format!("its format is `{found}`, and should be `{FORMAT}`")));
        }
        let (mut subjects, mut held) = (Vec::with_capacity(raw.subjects.len()), Vec::new());
        for (position, value) in raw.subjects.into_iter().enumerate() {
            let wrong = |source| PlanError::Subject {
                path: path.to_owned(),
                subject: position.saturating_add(1),
                source,
            };
            let mut subject = Subject::deserialize(&value).map_err(wrong)?;
            if let Some(reason) = RawHeld::deserialize(&value).map_err(wrong)?.held {
                let developer_id = subject.developer_id;
                let RawReason { code, message } = reason;
                held.push(Held { subject: position, developer_id, code, message });
                subject.changes.clear();
            }
            subjects.push(subject);
        }
        let version = |name: &str| ApiVersion::ALL.iter().copied().find(|api| api.as_str() == name);
        Ok(Self {
            sha256: hexadecimal(&Sha256::digest(bytes)),
            portal: raw.portal_id,
            api: raw.api.as_deref().and_then(version),
            region: raw.region.as_deref().and_then(Region::from_code),
            snapshot_sha256: raw.snapshot_sha256,
            subjects,
            held,
        })
    }

    /// Adds what the snapshot of the plan knows and the plan does not say: statuses that were seen, the applications of
    /// registrations, kinds of resources.
    pub(super) fn complete(
        &mut self,
        path: &Path,
        bytes: &[u8],
        snapshot: &Snapshot,
    ) -> Result<(), PlanError> {
        let same = |expected: &String| expected.eq_ignore_ascii_case(&hexadecimal(&Sha256::digest(bytes)));
        if !self.snapshot_sha256.as_ref().is_some_and(same) || snapshot.portal().id != self.portal {
            return Err(PlanError::OtherSnapshot { path: path.to_owned() });
        }
        self.region = self.region.or(snapshot.region());
        self.api = self.api.or(match snapshot.api() {
            Api::V2 => Some(ApiVersion::V2),
            Api::V3 => Some(ApiVersion::V3),
            Api::Gateway28 => None,
        });
        for subject in &mut self.subjects {
            let changes = subject.changes.iter().map(|planned| planned.change.clone());
            let known = Subject::from_snapshot(snapshot, subject.developer_id, changes);
            subject.seen = subject.seen.take().or(known.seen);
            for (planned, known) in subject.changes.iter_mut().zip(known.changes) {
                let hints = &mut planned.hints;
                hints.application = hints.application.or(known.hints.application);
                hints.seen = hints.seen.take().or(known.hints.seen);
                hints.api_package |= known.hints.api_package;
            }
        }
        Ok(())
    }

    /// Refuses a plan whose developers cannot be compared with what was there when it was made.
    pub(super) fn check_seen(&self) -> Result<(), PlanError> {
        let blind = |subject: &&Subject| {
            subject.developer_id.is_some() && subject.seen.is_none() && !subject.changes.is_empty()
        };
        match self.subjects.iter().filter(blind).count() {
            0 => Ok(()),
            subjects => Err(PlanError::Blind { subjects }),
        }
    }
}
