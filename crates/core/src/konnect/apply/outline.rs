//! A dry run: what would be sent, without asking the API anything.

use serde::Serialize;
use serde_json::Value;

use super::Options;
use super::decide::{Decision, team_name};
use super::draft::Drafts;
use super::journal::place;
use super::task::{Looked, Task, executable_in};
use crate::DeveloperId;
use crate::plan::Subject;
use crate::snapshot::{Change, Executable};

/// One change of a plan, as a dry run lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutlineLine {
    /// Position of the subject.
    pub subject: usize,
    /// Whom it is about.
    pub developer_id: Option<DeveloperId>,
    /// The change.
    pub what: Value,
    /// Who can make it.
    pub executable: Executable,
    /// The first request that would be sent, if nothing stands there yet: method, path and body. Of a role
    /// to be removed, `{roleId}` stands for what only the API knows.
    pub request: Option<String>,
    /// Where to make it, if no API does.
    pub place: Option<&'static str>,
}

/// Lists what carrying out the subjects would do.
pub fn outline(options: &Options, subjects: &[Subject]) -> Vec<OutlineLine> {
    let drafts = Drafts { api: options.api, portal: options.portal.to_string() };
    let mut lines = Vec::new();
    for (position, subject) in subjects.iter().enumerate().filter(|(_, subject)| subject.held.is_none()) {
        for (at, planned) in subject.changes.iter().enumerate() {
            let executable = executable_in(subject, at, options.api);
            let by_people = matches!(executable, Executable::Manual | Executable::Developer);
            lines.push(OutlineLine {
                subject: position,
                developer_id: subject.developer_id,
                what: serde_json::to_value(planned).unwrap_or_default(),
                executable,
                request: (!by_people).then(|| request(&drafts, Task::new(planned.clone()))),
                place: by_people.then(|| place(executable)),
            });
        }
    }
    lines
}

fn request(drafts: &Drafts, mut task: Task) -> String {
    if task.application.is_none() && super::task::registration(&task.planned.change).is_some() {
        task.application = Some("{applicationId}".into());
    }
    let nothing_yet = match &task.planned.change {
        Change::UnassignRole(role) => {
            let path = drafts.in_portal(&["teams", &role.team_id.to_string(), "assigned-roles"]);
            return format!("DELETE {path}/{{roleId}}");
        }
        Change::CreateTeam { .. } => return shown(&drafts.create_team(&team_name(&task.planned))),
        Change::CreateRegistration { .. } | Change::MapGroup { .. } => Looked::List(Vec::new()),
        Change::PublishResource { .. } => Looked::Object(None),
        _ => Looked::Object(Some(Value::Object(serde_json::Map::new()))),
    };
    match task.decide(drafts, &nothing_yet, true) {
        Decision::Send(draft) => shown(&draft),
        _ => String::new(),
    }
}

fn shown(draft: &crate::konnect::outbox::Draft) -> String {
    let path = draft.path.replace("%7BapplicationId%7D", "{applicationId}");
    match &draft.body {
        Some(body) => format!("{} {path} {body}", draft.method),
        None => format!("{} {path}", draft.method),
    }
}
