//! The journal: what was seen, what was about to be sent, what came of it. Append-only, one JSON object a line.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApplyError, Options};
use crate::DeveloperId;
use crate::snapshot::Executable;

/// One line of the journal. Subjects and changes are named by their positions in the plan, from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum JournalEntry {
    /// A run begins.
    Begin {
        /// Always `gatepass.journal/1`.
        format: String,
        /// What identifies the plan.
        plan: String,
        /// The portal's id.
        portal_id: String,
        /// `v2` or `v3`.
        api: String,
        /// When.
        at: String,
    },
    /// A subject's live state was compared with what the plan saw, and it may be changed.
    Checked {
        /// Which subject.
        subject: usize,
        /// Whom it is about.
        developer_id: Option<DeveloperId>,
        /// What was there.
        before: Value,
        /// When.
        at: String,
    },
    /// A request that changes something is about to be sent. Without an entry after it, its end is unknown.
    Sending {
        /// Which subject.
        subject: usize,
        /// Which change.
        change: usize,
        /// The method.
        method: String,
        /// The path.
        path: String,
        /// The body.
        body: Value,
        /// What was there.
        before: Value,
        /// When.
        at: String,
    },
    /// A change is made.
    Done {
        /// Which subject.
        subject: usize,
        /// Which change.
        change: usize,
        /// The change itself.
        what: Value,
        /// By whom.
        made: Made,
        /// What is there now, as far as the API said.
        after: Value,
        /// When.
        at: String,
    },
    /// A change that no API can make is left to people.
    Left {
        /// Which subject.
        subject: usize,
        /// Which change.
        change: usize,
        /// The change itself.
        what: Value,
        /// Who can make it.
        executable: String,
        /// Where.
        place: String,
    },
    /// A change could not be made; the subject's later ones are not tried.
    Failed {
        /// Which subject.
        subject: usize,
        /// Which change.
        change: usize,
        /// One line.
        error: String,
        /// When.
        at: String,
    },
    /// Live state has moved from what the plan saw; the subject is refused.
    Moved {
        /// Which subject.
        subject: usize,
        /// One line.
        error: String,
        /// When.
        at: String,
    },
}

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// This run.
    Now,
    /// Somebody before, or this run without learning of it: it is as the plan wants it.
    Already,
}

/// Where a change is to be made that no API makes.
pub(super) const fn place(executable: Executable) -> &'static str {
    match executable {
        Executable::Developer => "the developer, signed in to the portal",
        _ => "Konnect's user interface, under Dev Portal, by an admin",
    }
}

pub(super) fn word(executable: Executable) -> String {
    serde_json::to_value(executable).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// The changes that a journal says are done, by position.
///
/// # Errors
///
/// [`ApplyError::OtherJournal`] if a run in it was of another plan, portal or API.
pub(super) fn done(
    journal: &[JournalEntry],
    options: &Options,
) -> Result<BTreeSet<(usize, usize)>, ApplyError> {
    let mut done = BTreeSet::new();
    let shown =
        |plan: &str, portal: &str, api: &str| format!("plan `{plan}` for portal `{portal}` through {api}");
    let here = shown(&options.plan, &options.portal.to_string(), options.api.as_str());
    for entry in journal {
        match entry {
            JournalEntry::Begin { plan, portal_id, api, .. } => {
                let journal = shown(plan, portal_id, api);
                if journal != here {
                    return Err(ApplyError::OtherJournal { journal, here });
                }
            }
            JournalEntry::Done { subject, change, .. } => {
                done.insert((*subject, *change));
            }
            _ => {}
        }
    }
    Ok(done)
}
