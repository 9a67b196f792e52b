//! The journal: what was seen, what was about to be sent, what came of it. Append-only, one JSON object a line.

use crate::ordered::OrderedSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{ApplyError, Options};
use crate::DeveloperId;
use crate::plain::Plain;
use crate::snapshot::Executable;

/// The format of the journals that are written and read here.
pub(super) const JOURNAL_FORMAT: &str = "gatepass.journal/1";

/// One line of the journal. Subjects and changes are named by their positions in the plan, from 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl JournalEntry {
    /// Reads an entry from the members of a line's object.
    fn of(mut line: Map<String, Value>) -> Result<Self, String> {
        let line = &mut line;
        Ok(match text(line, "entry")?.as_str() {
            "begin" => Self::Begin {
                format: match text(line, "format")? {
                    ours if ours == JOURNAL_FORMAT => ours,
                    other => return Err(format!("`format` is `{other}`, and should be `{JOURNAL_FORMAT}`")),
                },
                plan: text(line, "plan")?,
                portal_id: text(line, "portal_id")?,
                api: text(line, "api")?,
                at: text(line, "at")?,
            },
            "checked" => Self::Checked {
                subject: position(line, "subject")?,
                developer_id: match line.remove("developer_id") {
                    None | Some(Value::Null) => None,
                    Some(Value::String(id)) => {
                        Some(id.parse().map_err(|error| format!("developer_id: {error}"))?)
                    }
                    Some(_) => return Err("`developer_id` is no text".to_owned()),
                },
                before: any(line, "before")?,
                at: text(line, "at")?,
            },
            "sending" => Self::Sending {
                subject: position(line, "subject")?,
                change: position(line, "change")?,
                method: text(line, "method")?,
                path: text(line, "path")?,
                body: any(line, "body")?,
                before: any(line, "before")?,
                at: text(line, "at")?,
            },
            "done" => Self::Done {
                subject: position(line, "subject")?,
                change: position(line, "change")?,
                what: any(line, "what")?,
                made: match text(line, "made")?.as_str() {
                    "now" => Made::Now,
                    "already" => Made::Already,
                    other => return Err(format!("`made` is `{other}`, and can be `now` or `already`")),
                },
                after: any(line, "after")?,
                at: text(line, "at")?,
            },
            "left" => Self::Left {
                subject: position(line, "subject")?,
                change: position(line, "change")?,
                what: any(line, "what")?,
                executable: text(line, "executable")?,
                place: text(line, "place")?,
            },
            "failed" => Self::Failed {
                subject: position(line, "subject")?,
                change: position(line, "change")?,
                error: text(line, "error")?,
                at: text(line, "at")?,
            },
            "moved" => Self::Moved {
                subject: position(line, "subject")?,
                error: text(line, "error")?,
                at: text(line, "at")?,
            },
            other => return Err(format!("`entry` is `{other}`, which no version of this program writes")),
        })
    }
}

impl<'de> Deserialize<'de> for JournalEntry {
    /// By hand: what serde derives for a tagged enum weighs thirty times as much in the module that browsers download.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(line) => Self::of(line).map_err(|error| serde::de::Error::custom(Plain(&error))),
            _ => Err(serde::de::Error::custom("an entry is an object")),
        }
    }
}

fn any(line: &mut Map<String, Value>, name: &str) -> Result<Value, String> {
    line.remove(name).ok_or_else(|| format!("missing field `{name}`"))
}

fn text(line: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match any(line, name)? {
        Value::String(text) => Ok(text),
        _ => Err(format!("`{name}` is no text")),
    }
}

/// A position in the plan, from 0.
fn position(line: &mut Map<String, Value>, name: &str) -> Result<usize, String> {
    let number = any(line, name)?.as_u64().and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| format!("`{name}` is no position"))
}

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
/// [`ApplyError::OtherJournal`] if a run in it was of another plan, portal or API, or if what it says was before any run:
/// then nobody knows of which plan it is.
pub(super) fn done(
    journal: &[JournalEntry],
    options: &Options,
) -> Result<OrderedSet<(usize, usize)>, ApplyError> {
    let mut done = OrderedSet::new();
    let shown =
        |plan: &str, portal: &str, api: &str| format!("plan `{plan}` for portal `{portal}` through {api}");
    let here = shown(&options.plan, &options.portal.to_string(), options.api.as_str());
    let mut begun = false;
    for entry in journal {
        match entry {
            JournalEntry::Begin { plan, portal_id, api, .. } => {
                let journal = shown(plan, portal_id, api);
                if journal != here {
                    return Err(ApplyError::OtherJournal { journal, here });
                }
                begun = true;
            }
            _ if !begun => {
                let journal = "a run whose beginning is missing".to_owned();
                return Err(ApplyError::OtherJournal { journal, here });
            }
            JournalEntry::Done { subject, change, .. } => {
                done.insert((*subject, *change));
            }
            _ => {}
        }
    }
    Ok(done)
}
