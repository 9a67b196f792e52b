//! Fixes in words: what to do next.

use super::names::Names;
use crate::plain::Shown;
use crate::{
    ApplicationId, Change, DeveloperId, EntityId, Executable, Fix, RegistrationId, ResourceId, RoleName,
    Snapshot, TeamId,
};

/// Says fixes in words, with the report's names.
pub(crate) struct Steps<'n, 's> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) names: &'n Names<'s>,
}

impl Steps<'_, '_> {
    /// All of them in one line; nothing if there is nothing to do.
    pub(super) fn line(&self, fixes: Option<&[Fix]>) -> String {
        let Some(fixes) = fixes else { return "no change to the portal helps".to_owned() };
        let steps: Vec<String> = fixes.iter().map(|fix| self.step(fix)).collect();
        steps.join("; ")
    }

    pub(crate) fn step(&self, fix: &Fix) -> String {
        let what = self.change(&fix.change);
        match fix.executable {
            Executable::Developer => format!("{what} (only the developer can)"),
            Executable::Manual => format!("{what} (in Konnect's user interface)"),
            Executable::V2 | Executable::V3 | Executable::Both => what,
        }
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::ApproveDeveloper { developer_id } => {
                format!("approve developer {}", self.developer(*developer_id))
            }
            Change::RejectDeveloper { developer_id } => {
                format!("reject developer {}", self.developer(*developer_id))
            }
            Change::RevokeDeveloper { developer_id } => {
                format!("revoke developer {}", self.developer(*developer_id))
            }
            Change::DeleteDeveloper { developer_id } => {
                format!("delete developer {} and what they own", self.developer(*developer_id))
            }
            Change::ApproveApplication { application_id } => {
                format!("approve application {}", self.application(*application_id))
            }
            Change::RejectApplication { application_id } => {
                format!("reject application {}", self.application(*application_id))
            }
            Change::RevokeApplication { application_id } => {
                format!("revoke application {}", self.application(*application_id))
            }
            Change::DeleteApplication { application_id } => {
                format!("delete application {}", self.application(*application_id))
            }
            Change::RejectRegistration { registration_id } => {
                format!("reject the registration {}", self.registration(*registration_id))
            }
            Change::ApproveRegistration { registration_id } => {
                format!("approve the registration {}", self.registration(*registration_id))
            }
            Change::RevokeRegistration { registration_id } => {
                format!("revoke the registration {}", self.registration(*registration_id))
            }
            Change::DeleteRegistration { registration_id } => {
                format!("delete the registration {}", self.registration(*registration_id))
            }
            Change::CreateRegistration { application_id, resource_id } => {
                format!("register {} for {}", self.application(*application_id), self.resource(*resource_id))
            }
            Change::AssignRole(role) => format!(
                "give team {} the role {} on {}",
                self.team(role.team_id),
                role_name(role.role_name),
                self.entity(role.entity_id)
            ),
            Change::AddToTeam { team_id, developer_id } => {
                format!("add {} to team {}", self.developer(*developer_id), self.team(*team_id))
            }
            Change::MapGroup { team_id, developer_id } => format!(
                "map an identity provider group of {} to team {}",
                self.developer(*developer_id),
                self.team(*team_id)
            ),
            Change::CreateTeam { developer_id, role_name: role, entity_id, .. } => format!(
                "create a team with {} on {} for {}",
                role_name(*role),
                self.entity(*entity_id),
                self.developer(*developer_id)
            ),
            Change::PublishResource { resource_id } => format!("publish {}", self.resource(*resource_id)),
            Change::EnableRegistration { resource_id } => {
                format!("open {} for registration", self.resource(*resource_id))
            }
            Change::RenewCredential { application_id } => {
                format!("make new credentials for {}", self.application(*application_id))
            }
            Change::UnassignRole(role) => format!(
                "take the role {} on {} from team {}",
                role_name(role.role_name),
                self.entity(role.entity_id),
                self.team(role.team_id)
            ),
            Change::RemoveFromTeam { team_id, developer_id } => {
                format!("take {} out of team {}", self.developer(*developer_id), self.team(*team_id))
            }
        }
    }

    fn developer(&self, id: DeveloperId) -> String {
        let position = self.snapshot.developer_position(id);
        or_id(&position.map(|at| self.names.developer(at)).unwrap_or_default(), id)
    }

    fn application(&self, id: ApplicationId) -> String {
        let position = self.snapshot.application_position(id);
        or_id(&position.map(|at| self.names.application(at)).unwrap_or_default(), id)
    }

    pub(crate) fn team(&self, id: TeamId) -> String {
        let team = self.snapshot.team_position(id).and_then(|at| self.snapshot.team_at(at));
        or_id(team.map_or("", |team| &team.name), id)
    }

    fn resource(&self, id: ResourceId) -> String {
        let resource = self.snapshot.resource_position(id).and_then(|at| self.snapshot.resource_at(at));
        or_id(resource.map_or("", |resource| &resource.name), id)
    }

    fn entity(&self, id: EntityId) -> String {
        let named = self.snapshot.resources().iter().find(|resource| resource.entity == Some(id));
        or_id(named.map_or("", |resource| &resource.entity_name), id)
    }

    fn registration(&self, id: RegistrationId) -> String {
        let position = self.snapshot.registration_position(id);
        let Some(found) = position.and_then(|at| self.snapshot.registration_at(at)) else {
            return or_id("", id);
        };
        let application = self.snapshot.application_at(found.application).map(|application| application.id);
        let application = application.map(|id| self.application(id)).unwrap_or_default();
        let resource = match found.resource {
            crate::RegisteredResource::Here(at) => self.snapshot.resource_at(at).map(|found| found.id),
            crate::RegisteredResource::Elsewhere(id) => Some(id),
        };
        let resource = resource.map(|id| self.resource(id)).unwrap_or_default();
        format!("of {application} for {resource}")
    }
}

const fn role_name(role: RoleName) -> &'static str {
    match role {
        RoleName::Viewer => "API Viewer",
        RoleName::Consumer => "API Consumer",
    }
}

/// A name in backticks, or the id where there is no name.
fn or_id(name: &str, id: impl std::fmt::Display) -> String {
    if name.is_empty() { format!("`{id}`") } else { format!("`{}`", Shown(name)) }
}
