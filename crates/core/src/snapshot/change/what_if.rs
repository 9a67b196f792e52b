//! What each change does to a snapshot, for "what if".

use super::{Change, RoleAssignment, RoleName};
use crate::bundle::CredentialState;
use crate::snapshot::Snapshot;
use crate::snapshot::ids::Positions;
use crate::snapshot::model::{AssignedRole, RegisteredResource, Registration, Resource, Team};
use crate::{
    ApplicationFact, ApplicationId, DeveloperId, DeveloperStatus, EntityId, Rbac, Region, RegistrationFact,
    RegistrationId, ResourceFact, ResourceId, TeamId,
};

/// A change that names something the snapshot does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot has no {kind} `{id}`")]
pub struct ChangeError {
    kind: &'static str,
    id: String,
}

pub(super) fn absent(kind: &'static str, id: impl std::fmt::Display) -> ChangeError {
    ChangeError { kind, id: id.to_string() }
}

impl Snapshot {
    /// The portal as it would be after these changes, for "what if".
    ///
    /// # Errors
    ///
    /// [`ChangeError`] if a change names something the snapshot does not have.
    pub fn with(&self, changes: &[Change]) -> Result<Self, ChangeError> {
        let mut after = self.clone();
        for change in changes {
            after.apply(change)?;
        }
        Ok(Self::index(after.records))
    }

    /// The portal as it would be with roles counting, or not, for "what if".
    #[must_use]
    pub fn with_rbac(&self, rbac: Rbac) -> Self {
        let mut records = self.records.clone();
        records.portal.rbac = rbac;
        Self::index(records)
    }

    /// Changes the records only; nothing that is derived, since no change moves an object but a deletion.
    fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::ApproveDeveloper { developer_id } => {
                self.set_developer(*developer_id, DeveloperStatus::Approved)
            }
            Change::RevokeDeveloper { developer_id } => {
                self.set_developer(*developer_id, DeveloperStatus::Revoked)
            }
            Change::RejectDeveloper { developer_id } => {
                self.set_developer(*developer_id, DeveloperStatus::Rejected)
            }
            Change::DeleteDeveloper { developer_id } => self.delete_developer(*developer_id),
            Change::RejectApplication { application_id } => {
                self.set_application(*application_id, ApplicationFact::Rejected)
            }
            Change::DeleteApplication { application_id } => self.delete_application(*application_id),
            Change::RejectRegistration { registration_id } => {
                self.set_registration(*registration_id, RegistrationFact::Rejected)
            }
            Change::ApproveApplication { application_id } => {
                self.set_application(*application_id, ApplicationFact::Approved)
            }
            Change::RevokeApplication { application_id } => {
                self.set_application(*application_id, ApplicationFact::Revoked)
            }
            Change::ApproveRegistration { registration_id } => {
                self.set_registration(*registration_id, RegistrationFact::Approved)
            }
            Change::RevokeRegistration { registration_id } => {
                self.set_registration(*registration_id, RegistrationFact::Revoked)
            }
            Change::CreateRegistration { application_id, resource_id } => {
                self.create_registration(*application_id, *resource_id)
            }
            Change::DeleteRegistration { registration_id } => self.delete_registration(*registration_id),
            Change::AssignRole(role) => self.assign(role),
            Change::UnassignRole(role) => self.unassign(role),
            Change::AddToTeam { team_id, developer_id } | Change::MapGroup { team_id, developer_id } => {
                self.add_member(*team_id, *developer_id)
            }
            Change::RemoveFromTeam { team_id, developer_id } => self.remove_member(*team_id, *developer_id),
            Change::CreateTeam { developer_id, role_name, entity_id, entity_region, .. } => {
                self.create_team(*developer_id, assigned(*role_name, *entity_id, entity_region))
            }
            Change::PublishResource { resource_id } => {
                self.records_resource(*resource_id).map(|resource| resource.state = ResourceFact::Published)
            }
            Change::EnableRegistration { resource_id } => {
                self.records_resource(*resource_id).map(|resource| resource.registration_enabled = true)
            }
            Change::RenewCredential { application_id } => self.renew_credentials(*application_id),
        }
    }

    fn set_developer(&mut self, id: DeveloperId, status: DeveloperStatus) -> Result<(), ChangeError> {
        let developer = self.developers.get(id).and_then(|at| self.records.developers.get_mut(at as usize));
        developer.map(|developer| developer.status = status).ok_or_else(|| absent("developer", id))
    }

    fn set_application(&mut self, id: ApplicationId, status: ApplicationFact) -> Result<(), ChangeError> {
        let application =
            self.applications.get(id).and_then(|at| self.records.applications.get_mut(at as usize));
        application.map(|application| application.status = status).ok_or_else(|| absent("application", id))
    }

    fn set_registration(&mut self, id: RegistrationId, status: RegistrationFact) -> Result<(), ChangeError> {
        let registration =
            self.registrations.get(id).and_then(|at| self.records.registrations.get_mut(at as usize));
        registration
            .map(|registration| registration.status = status)
            .ok_or_else(|| absent("registration", id))
    }

    fn create_registration(
        &mut self,
        application: ApplicationId,
        resource: ResourceId,
    ) -> Result<(), ChangeError> {
        let application_at =
            self.applications.get(application).ok_or_else(|| absent("application", application))?;
        let resource_at = self.resources.get(resource).ok_or_else(|| absent("resource", resource))?;
        self.records.registrations.push(Registration {
            id: RegistrationId::from_bytes(mixed(application.as_bytes(), resource.as_bytes())),
            application: application_at,
            resource: RegisteredResource::Here(resource_at),
            status: RegistrationFact::Approved,
            created_at: None,
            updated_at: None,
        });
        Ok(())
    }

    fn delete_registration(&mut self, id: RegistrationId) -> Result<(), ChangeError> {
        self.registrations.get(id).ok_or_else(|| absent("registration", id))?;
        self.records.registrations.retain(|registration| registration.id != id);
        self.registrations =
            Positions::new(self.records.registrations.iter().map(|registration| registration.id));
        Ok(())
    }

    fn records_team(&mut self, id: TeamId) -> Result<&mut Team, ChangeError> {
        let team = self.teams.get(id).and_then(|at| self.records.teams.get_mut(at as usize));
        team.ok_or_else(|| absent("team", id))
    }

    fn records_resource(&mut self, id: ResourceId) -> Result<&mut Resource, ChangeError> {
        let resource = self.resources.get(id).and_then(|at| self.records.resources.get_mut(at as usize));
        resource.ok_or_else(|| absent("resource", id))
    }

    fn assign(&mut self, role: &RoleAssignment) -> Result<(), ChangeError> {
        let team = self.records_team(role.team_id)?;
        team.roles.push(assigned(role.role_name, role.entity_id, role.entity_region));
        team.assignments = team.assignments.saturating_add(1);
        Ok(())
    }

    fn unassign(&mut self, role: &RoleAssignment) -> Result<(), ChangeError> {
        let gone = assigned(role.role_name, role.entity_id, role.entity_region);
        let team = self.records_team(role.team_id)?;
        let before = team.roles.len();
        team.roles.retain(|known| *known != gone);
        if team.roles.len() == before {
            return Err(absent("role of the team on entity", role.entity_id));
        }
        team.assignments = team.assignments.saturating_sub(1);
        Ok(())
    }

    fn add_member(&mut self, team: TeamId, developer: DeveloperId) -> Result<(), ChangeError> {
        let member = self.developers.get(developer).ok_or_else(|| absent("developer", developer))?;
        let members = &mut self.records_team(team)?.members;
        if let Err(place) = members.binary_search(&member) {
            members.insert(place, member);
        }
        Ok(())
    }

    fn remove_member(&mut self, team: TeamId, developer: DeveloperId) -> Result<(), ChangeError> {
        let member = self.developers.get(developer).ok_or_else(|| absent("developer", developer))?;
        self.records_team(team)?.members.retain(|known| *known != member);
        Ok(())
    }

    fn create_team(&mut self, developer: DeveloperId, role: AssignedRole) -> Result<(), ChangeError> {
        let member = self.developers.get(developer).ok_or_else(|| absent("developer", developer))?;
        let id = TeamId::from_bytes(mixed(developer.as_bytes(), &[0x5a; 16]));
        let team = Team {
            id,
            name: "".into(),
            members: vec![member],
            roles: vec![role],
            assignments: 1,
            groups: Vec::new(),
        };
        self.records.teams.push(team);
        Ok(())
    }

    fn renew_credentials(&mut self, application: ApplicationId) -> Result<(), ChangeError> {
        let position =
            self.applications.get(application).ok_or_else(|| absent("application", application))?;
        for credential in
            self.records.credentials.iter_mut().filter(|credential| credential.application == Some(position))
        {
            credential.state = CredentialState::Active;
            credential.expires_at = None;
        }
        Ok(())
    }
}

fn assigned(role: RoleName, entity: EntityId, region: &str) -> AssignedRole {
    AssignedRole { entity: Some(entity), region: Region::from_code(region), role: role.role() }
}

/// An id for something that has none yet, made from what it belongs to.
fn mixed(one: &[u8; 16], other: &[u8; 16]) -> [u8; 16] {
    let mut bytes = *one;
    bytes.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other.rotate_left(3));
    bytes
}
