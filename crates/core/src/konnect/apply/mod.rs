//! Carrying out a plan: a state machine that names the requests, takes the answers, and writes a journal.
//!
//! Subject by subject, change by change, one request at a time: an admin who watches can stop it anywhere, and
//! whoever runs it again with the journal goes on where it stopped. Before a subject's first change its live
//! state is compared with what the plan saw. Before each change the live object is looked at, so that nothing
//! is done twice: 409, and 404 where something is to be deleted, count as done.
//!
//! ```
//! use gatepass::Timestamp;
//! use gatepass::konnect::{Answer, ApiVersion, apply::{Apply, Options, Step}};
//! use gatepass::plan::{Plan, digest};
//!
//! let file = br#"{"format": "gatepass.plan/1", "portal_id": "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7", "subjects": [
//!     {"developer_id": "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11", "seen": "pending", "changes": [
//!         {"change": "approve_developer", "developer_id": "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11"}]}]}"#;
//! let plan = Plan::read(file).unwrap();
//! let options = Options::new(ApiVersion::V2, plan.portal_id, digest(file));
//! let mut apply = Apply::new(options, plan.subjects, &[]).unwrap();
//! let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
//!
//! // A driver appends entries to the journal and flushes it before it asks for the next step.
//! let Step::Record(entries) = apply.next(now) else { panic!() };
//! assert!(serde_json::to_string(&entries[0]).unwrap().starts_with(r#"{"entry":"begin","#));
//! let Step::Send(request) = apply.next(now) else { panic!() };
//! assert!(request.path.ends_with("/developers/0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11"));
//! apply.answer(request.id, &Answer::json(200, r#"{"status": "revoked"}"#), now, 0.5);
//! let Step::Record(entries) = apply.next(now) else { panic!() };
//! assert!(serde_json::to_string(&entries[0]).unwrap().contains(r#""entry":"moved""#));
//! ```

mod decide;
mod draft;
mod journal;
mod machine;
mod outline;
mod reading;
mod task;
#[cfg(test)]
mod tests;

pub use journal::{JournalEntry, Made};
pub use machine::Apply;
pub use outline::{OutlineLine, outline};
#[cfg(test)]
pub(super) use tests::cases;

use super::{ApiVersion, Request, RetryPolicy};
use crate::{DeveloperId, PortalId, Timestamp};

/// How to carry out a plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Through which API.
    pub api: ApiVersion,
    /// In which portal.
    pub portal: PortalId,
    /// What identifies the plan, such as its digest: a journal of another plan is refused.
    pub plan: String,
    /// When requests are sent again.
    pub retry: RetryPolicy,
    /// Go on although live state has moved from what the plan saw.
    pub even_if_moved: bool,
    /// How many objects to ask for at once where a list must be read.
    pub page_size: u64,
}

impl Options {
    /// The usual ones.
    pub fn new(api: ApiVersion, portal: PortalId, plan: impl Into<String>) -> Self {
        Self {
            api,
            portal,
            plan: plan.into(),
            retry: RetryPolicy::default(),
            even_if_moved: false,
            page_size: 100,
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Append these to the journal, one JSON object a line, and make sure they are on disk before going on.
    Record(Vec<JournalEntry>),
    /// Send this.
    Send(Request),
    /// Nothing to send now: ask again after the next answer, or at `until`.
    Wait {
        /// When a request is due again; `None` if only an answer is awaited.
        until: Option<Timestamp>,
    },
    /// It is over.
    Done(Summary),
}

/// What became of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every change that the API can make is made.
    Done,
    /// A change could not be made; the later ones were not tried.
    Failed(String),
    /// Live state has moved from what the plan saw; the subject was left as it is from there on.
    Moved(String),
    /// The run ended before the subject's turn, because the token was refused.
    NotTried,
}

/// What became of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Changes made in this run.
    pub made: usize,
    /// Changes that were there already.
    pub already: usize,
    /// Changes made in an earlier run, by the journal.
    pub before: usize,
    /// Changes left to people.
    pub left: usize,
    /// Subject by subject, in the plan's order.
    pub subjects: Vec<(Option<DeveloperId>, Outcome)>,
}

impl Summary {
    /// Whether every subject is done.
    pub fn is_success(&self) -> bool {
        self.subjects.iter().all(|(_, outcome)| *outcome == Outcome::Done)
    }
}

/// Why a plan cannot be begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The journal belongs to something else.
    #[error("the journal is of {journal}, and this is {here}; use the journal of this plan, or none")]
    OtherJournal {
        /// What the journal is of.
        journal: String,
        /// What was to be carried out.
        here: String,
    },
}
