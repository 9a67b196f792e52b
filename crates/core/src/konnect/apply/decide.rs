//! What a change needs, given what is there.

use serde_json::{Value, json};

use super::draft::Drafts;
use super::task::{Looked, Task, kept, registration};
use crate::konnect::ApiVersion;
use crate::konnect::outbox::Draft;
use crate::plan::PlannedChange;
use crate::snapshot::{Change, RoleAssignment};

/// What to do next for a change.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// It is as the plan wants it.
    Done,
    Send(Draft),
    /// Live state has moved from what the plan saw.
    Moved(String),
    Fail(String),
}

/// The status that a change sets.
pub(super) const fn target(change: &Change) -> Option<&'static str> {
    match change {
        Change::ApproveDeveloper { .. } | Change::ApproveRegistration { .. } => Some("approved"),
        Change::RejectDeveloper { .. } | Change::RejectRegistration { .. } => Some("rejected"),
        Change::RevokeDeveloper { .. } | Change::RevokeRegistration { .. } => Some("revoked"),
        _ => None,
    }
}

/// The name of a team that a plan leaves unnamed: the same for the same role, so that a run that was killed
/// between creating it and writing it down finds it again.
pub(super) fn team_name(planned: &PlannedChange) -> String {
    if let Some(name) = &planned.hints.team_name {
        return name.clone();
    }
    match &planned.change {
        Change::CreateTeam { role_name, entity_id, entity_region, .. } => {
            let role = json!(role_name);
            format!("{} of {entity_id} in {entity_region}", role.as_str().unwrap_or_default())
        }
        _ => String::new(),
    }
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Task {
    /// Decides on the first request.
    pub(super) fn decide(&mut self, drafts: &Drafts, looked: &Looked, even_if_moved: bool) -> Decision {
        if let Looked::Object(Some(object)) = looked {
            self.before = kept(object);
        }
        let change = self.planned.change.clone();
        match (&change, looked) {
            (
                Change::DeleteDeveloper { .. }
                | Change::DeleteApplication { .. }
                | Change::DeleteRegistration { .. },
                Looked::Object(None),
            ) => Decision::Done,
            (Change::DeleteDeveloper { developer_id }, _) => {
                Decision::Send(Drafts::delete(drafts.developer(*developer_id)))
            }
            (Change::DeleteApplication { application_id }, _) => Decision::Send(Drafts::delete(
                drafts.in_portal(&["applications", &application_id.to_string()]),
            )),
            (Change::CreateRegistration { application_id, resource_id }, Looked::List(list)) => {
                create_registration(drafts, &application_id.to_string(), &resource_id.to_string(), list)
            }
            (Change::AssignRole(role), _) => Decision::Send(drafts.assign(role)),
            (Change::UnassignRole(role), Looked::List(list)) => unassign_role(drafts, role, list),
            (Change::AddToTeam { team_id, developer_id }, _) => {
                Decision::Send(drafts.add_to_team(&team_id.to_string(), *developer_id))
            }
            (Change::RemoveFromTeam { team_id, developer_id }, _) => {
                Decision::Send(drafts.remove_from_team(*team_id, *developer_id))
            }
            (Change::MapGroup { team_id, .. }, Looked::List(list)) => {
                let group = self.planned.hints.group.clone().unwrap_or_default();
                self.map_group(drafts, &team_id.to_string(), &group, list)
            }
            (Change::CreateTeam { role_name, entity_id, entity_region, .. }, Looked::List(list)) => {
                let name = team_name(&self.planned);
                let same: Vec<&Value> = list.iter().filter(|team| text(team, "name") == name).collect();
                match same.as_slice() {
                    [] => Decision::Send(drafts.create_team(&name)),
                    [team] => {
                        let id = text(team, "id").to_owned();
                        self.use_team(&id);
                        Decision::Send(drafts.assign_role(
                            &id,
                            *role_name,
                            &entity_id.to_string(),
                            entity_region,
                        ))
                    }
                    _ => Decision::Fail(format!(
                        "several teams are named `{name}`; delete all but one in Konnect"
                    )),
                }
            }
            (
                Change::PublishResource { resource_id } | Change::EnableRegistration { resource_id },
                Looked::Object(state),
            ) => {
                let enable = matches!(change, Change::EnableRegistration { .. });
                let package = self.planned.hints.api_package;
                open_resource(drafts, &resource_id.to_string(), package, state.as_ref(), enable)
            }
            (change, Looked::Object(found)) => self.set_status(drafts, change, found.as_ref(), even_if_moved),
            (change, _) => {
                let what = json!(change);
                Decision::Fail(format!(
                    "the application of the registration in `{what}` is not in the portal"
                ))
            }
        }
    }

    /// Sets the status of a developer or a registration, or deletes a registration.
    fn set_status(
        &self,
        drafts: &Drafts,
        change: &Change,
        found: Option<&Value>,
        even_if_moved: bool,
    ) -> Decision {
        let Some(found) = found else {
            return Decision::Moved("it is not there any more; export and plan again".into());
        };
        let live = text(found, "status");
        let wanted = target(change);
        if wanted == Some(live) {
            return Decision::Done;
        }
        if let Some(seen) = self.planned.hints.seen.as_deref()
            && seen != live
            && !even_if_moved
        {
            return Decision::Moved(format!(
                "its status was `{seen}` when the plan was made, and is `{live}` now; export and plan again"
            ));
        }
        let path = match (change, registration(change), &self.application) {
            (
                Change::ApproveDeveloper { developer_id }
                | Change::RejectDeveloper { developer_id }
                | Change::RevokeDeveloper { developer_id },
                _,
                _,
            ) => drafts.developer(*developer_id),
            (_, Some(id), Some(application)) => drafts.registration(application, &id),
            _ => return Decision::Fail("no API makes this change".into()),
        };
        Decision::Send(match wanted {
            Some(status) => Drafts::set_status(path, status),
            None => Drafts::delete(path),
        })
    }

    fn map_group(&mut self, drafts: &Drafts, team: &str, group: &str, list: &[Value]) -> Decision {
        let mapped = list.iter().filter(|mapping| text(mapping, "team_id") == team);
        let groups = mapped.filter_map(|mapping| mapping.get("groups")?.as_array()).flatten();
        let mut groups: Vec<&str> = groups.filter_map(Value::as_str).collect();
        self.before = json!({"groups": groups});
        if groups.contains(&group) {
            return Decision::Done;
        }
        groups.push(group);
        Decision::Send(drafts.map_groups(team, &groups))
    }
}

fn create_registration(drafts: &Drafts, application: &str, resource: &str, list: &[Value]) -> Decision {
    let of = |registration: &&Value| registration.get("api").is_some_and(|api| text(api, "id") == resource);
    let Some(found) = list.iter().find(of) else {
        return Decision::Send(drafts.create_registration(application, resource));
    };
    match text(found, "status") {
        "approved" => Decision::Done,
        "pending" => {
            let path = drafts.registration(application, text(found, "id"));
            Decision::Send(Drafts::set_status(path, "approved"))
        }
        // Somebody decided otherwise since the plan was made.
        status => Decision::Moved(format!(
            "there is a registration already, with status `{status}`; export and plan again"
        )),
    }
}

fn unassign_role(drafts: &Drafts, role: &RoleAssignment, list: &[Value]) -> Decision {
    let (name, entity) = (json!(role.role_name), role.entity_id.to_string());
    let is_meant = |assigned: &Value| {
        assigned.get("role_name") == Some(&name)
            && text(assigned, "entity_id") == entity
            && text(assigned, "entity_region") == role.entity_region
    };
    let Some(found) = list.iter().find(|assigned| is_meant(assigned)) else { return Decision::Done };
    let id = text(found, "id");
    // Konnect repeats ids of role assignments, and a role is removed by its id alone.
    let shared = list.iter().any(|other| text(other, "id") == id && !is_meant(other));
    if id.is_empty() || shared {
        return Decision::Fail(
            "another role of the team has the same id, and both would go; remove the role in Konnect".into(),
        );
    }
    let path = drafts.in_portal(&["teams", &role.team_id.to_string(), "assigned-roles", id]);
    Decision::Send(Drafts::delete(path))
}

/// Publishes a resource, or lets applications register for it.
fn open_resource(drafts: &Drafts, id: &str, package: bool, state: Option<&Value>, enable: bool) -> Decision {
    let Some(state) = state else {
        return if enable {
            Decision::Fail("the resource is not published in the portal; publish it first".into())
        } else {
            Decision::Send(drafts.publish(id, package))
        };
    };
    match (drafts.api, enable) {
        (ApiVersion::V2, false) if text(state, "publish_status") == "published" => Decision::Done,
        (ApiVersion::V2, false) => Decision::Send(Drafts::patch(
            drafts.resource(id, package),
            &json!({"publish_status": "published"}),
        )),
        (ApiVersion::V2, true)
            if state.get("application_registration_enabled") == Some(&Value::Bool(true)) =>
        {
            Decision::Done
        }
        (ApiVersion::V2, true) => {
            let body = json!({"application_registration_enabled": true});
            Decision::Send(Drafts::patch(drafts.resource(id, package), &body))
        }
        // A publication is there: that is what published means.
        (ApiVersion::V3, false) => Decision::Done,
        (ApiVersion::V3, true) => {
            let strategies = state.get("auth_strategy_ids").and_then(Value::as_array);
            if strategies.is_some_and(|strategies| !strategies.is_empty()) {
                Decision::Done
            } else {
                Decision::Send(drafts.default_strategy(id, package, state))
            }
        }
    }
}
