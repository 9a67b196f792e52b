//! One change under way: what is looked at first, what is sent, and what follows from the answers.

use serde_json::{Value, json};

use super::decide::{Decision, team_name};
use super::draft::Drafts;
use crate::konnect::ApiVersion;
use crate::konnect::outbox::Draft;
use crate::konnect::page::Kind;
use crate::plan::{PlannedChange, Subject};
use crate::snapshot::{Api, Change, Executable};

/// What must be read before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Nothing,
    Object(String),
    List(String, Kind),
}

/// What was read.
#[derive(Clone, Debug)]
pub(super) enum Looked {
    Nothing,
    /// `None` if it is not there.
    Object(Option<Value>),
    List(Vec<Value>),
}

/// A change under way.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) planned: PlannedChange,
    /// Of a registration: its application.
    pub(super) application: Option<String>,
    /// Of `create_team`: the team, once it has an id.
    team: Option<String>,
    /// How many changing requests were answered.
    sent: usize,
    /// Whether any of them changed something.
    pub(super) changed: bool,
    pub(super) before: Value,
    pub(super) after: Value,
}

/// Who can make a change through this API, as far as the plan says enough.
fn executable(planned: &PlannedChange, api: ApiVersion) -> Executable {
    match planned.change {
        // Konnect does not tell which groups a developer has: without a name there is nothing to send.
        Change::MapGroup { .. } if planned.hints.group.is_none() => Executable::Manual,
        _ => planned.change.executable(Api::from(api)),
    }
}

/// Who can make the change at a position of a subject. An approval that comes after a team which only people can
/// give is left to them too: whoever is approved is in their team by then. Planned again once the group is mapped,
/// both are made.
pub(super) fn executable_in(subject: &Subject, position: usize, api: ApiVersion) -> Executable {
    let Some(planned) = subject.changes.get(position) else { return Executable::Both };
    let mut earlier = subject.changes.iter().take(position);
    let by_people = |planned: &PlannedChange| {
        matches!(planned.change, Change::MapGroup { .. }) && executable(planned, api) == Executable::Manual
    };
    if matches!(planned.change, Change::ApproveDeveloper { .. }) && earlier.any(by_people) {
        return Executable::Manual;
    }
    executable(planned, api)
}

/// The registration that a change is about.
pub(super) fn registration(change: &Change) -> Option<String> {
    match change {
        Change::ApproveRegistration { registration_id }
        | Change::RejectRegistration { registration_id }
        | Change::RevokeRegistration { registration_id }
        | Change::DeleteRegistration { registration_id } => Some(registration_id.to_string()),
        _ => None,
    }
}

impl Task {
    pub(super) fn new(planned: PlannedChange) -> Self {
        let application = planned.hints.application.map(|application| application.to_string());
        Self {
            planned,
            application,
            team: None,
            sent: 0,
            changed: false,
            before: Value::Null,
            after: Value::Null,
        }
    }

    /// What must be read first.
    pub(super) fn look(&self, drafts: &Drafts) -> Look {
        let package = self.planned.hints.api_package;
        match &self.planned.change {
            Change::ApproveDeveloper { developer_id }
            | Change::RejectDeveloper { developer_id }
            | Change::RevokeDeveloper { developer_id }
            | Change::DeleteDeveloper { developer_id } => Look::Object(drafts.developer(*developer_id)),
            Change::DeleteApplication { application_id } => {
                Look::Object(drafts.in_portal(&["applications", &application_id.to_string()]))
            }
            Change::CreateRegistration { application_id, .. } => {
                Look::List(drafts.registrations_of(&application_id.to_string()), Kind::Registration)
            }
            Change::UnassignRole(role) => {
                Look::List(drafts.roles(&role.team_id.to_string()), Kind::AssignedRole)
            }
            Change::MapGroup { .. } => Look::List(drafts.mappings(), Kind::GroupMapping),
            Change::CreateTeam { .. } => Look::List(drafts.in_portal(&["teams"]), Kind::Team),
            Change::PublishResource { resource_id } | Change::EnableRegistration { resource_id } => {
                Look::Object(drafts.resource(&resource_id.to_string(), package))
            }
            change => match (registration(change), &self.application) {
                (Some(id), Some(application)) => Look::Object(drafts.registration(application, &id)),
                _ => Look::Nothing,
            },
        }
    }

    /// What to do after an answer of 2xx, or of a status that means it was so before.
    pub(super) fn follow(&mut self, drafts: &Drafts, body: Option<&Value>) -> Decision {
        self.sent = self.sent.saturating_add(1);
        self.changed |= body.is_some();
        let nothing = Value::Null;
        let answer = body.unwrap_or(&nothing);
        match &self.planned.change {
            Change::CreateTeam { developer_id, role_name, entity_id, entity_region, .. } => {
                if self.team.is_none() {
                    let Some(id) = answer.get("id").and_then(Value::as_str) else {
                        let name = team_name(&self.planned);
                        return Decision::Fail(format!(
                            "the answer does not say the id of team `{name}`; run apply again"
                        ));
                    };
                    self.after = json!({"team_id": id});
                    self.team = Some(id.to_owned());
                    return Decision::Send(drafts.assign_role(
                        id,
                        *role_name,
                        &entity_id.to_string(),
                        entity_region,
                    ));
                }
                let team = self.team.clone().unwrap_or_default();
                match self.sent_after_team() {
                    1 => Decision::Send(drafts.add_to_team(&team, *developer_id)),
                    _ => Decision::Done,
                }
            }
            Change::CreateRegistration { application_id, .. } => {
                self.after = kept(answer);
                let status = answer.get("status").and_then(Value::as_str);
                match (status, answer.get("id").and_then(Value::as_str)) {
                    // Auto-approval may be off, and an older API may not know `status` in the request.
                    (Some("pending"), Some(id)) if self.sent == 1 => {
                        let path = drafts.registration(&application_id.to_string(), id);
                        Decision::Send(Drafts::set_status(path, "approved"))
                    }
                    _ => Decision::Done,
                }
            }
            Change::EnableRegistration { .. } => {
                self.after = kept(answer);
                let closed = answer.get("application_registration_enabled") == Some(&Value::Bool(false))
                    || answer.get("auth_strategy_ids").is_some_and(|ids| ids.is_null() || *ids == json!([]));
                if closed {
                    return Decision::Fail(
                        "nobody can register yet, because no auth strategy is set; give the portal a default one, or set one in Konnect".into(),
                    );
                }
                Decision::Done
            }
            change => {
                self.after = kept(answer);
                let wanted = super::decide::target(change);
                match (wanted, answer.get("status").and_then(Value::as_str)) {
                    (Some(wanted), Some(status)) if status != wanted => Decision::Fail(format!(
                        "asked for `{wanted}`, the API answered with status `{status}`"
                    )),
                    _ => Decision::Done,
                }
            }
        }
    }

    /// Of `create_team`: uses a team that is there.
    pub(super) fn use_team(&mut self, id: &str) {
        self.team = Some(id.to_owned());
        self.after = json!({"team_id": id});
        // As if the request that creates it had been answered.
        self.sent = 1;
    }

    /// Of `create_team`: how many requests were answered since the team is known.
    const fn sent_after_team(&self) -> usize {
        self.sent.saturating_sub(1)
    }

    /// Whether a refusal means that there is nothing left to do.
    pub(super) fn is_done_by(draft: &Draft, status: u16) -> bool {
        use crate::konnect::Method;
        matches!((draft.method, status), (Method::Post, 409) | (Method::Delete, 404 | 410))
    }
}

/// What the journal keeps of an object: enough to see what changed, nothing personal.
pub(super) fn kept(object: &Value) -> Value {
    let names = [
        "id",
        "status",
        "publish_status",
        "application_registration_enabled",
        "visibility",
        "auth_strategy_ids",
        "groups",
    ];
    let kept: serde_json::Map<String, Value> =
        names.iter().filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone()))).collect();
    if kept.is_empty() { Value::Null } else { Value::Object(kept) }
}
