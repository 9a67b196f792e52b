//! Changes to a portal: the words of fixes and plans, and what each does to a snapshot.

use serde::Serialize;

use super::Snapshot;
use super::ids::Positions;
use super::model::{Api, AssignedRole, RegisteredResource, Registration, Team};
use crate::bundle::CredentialState;
use crate::{
    ApplicationFact, ApplicationId, DeveloperId, DeveloperStatus, EntityId, Region, RegistrationFact,
    RegistrationId, ResourceFact, ResourceId, RoleFact, TeamId,
};

/// A change to a portal. On the wire `{"change": "approve_registration", "registration_id": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Sets a developer's status to approved.
    ApproveDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Sets a developer's status to revoked.
    RevokeDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Approves an application, where applications themselves need approval.
    ApproveApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Revokes an application.
    RevokeApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Sets a registration's status to approved.
    ApproveRegistration {
        /// Which.
        registration_id: RegistrationId,
    },
    /// Sets a registration's status to revoked.
    RevokeRegistration {
        /// Which.
        registration_id: RegistrationId,
    },
    /// Makes an approved registration.
    CreateRegistration {
        /// Of which application.
        application_id: ApplicationId,
        /// For what.
        resource_id: ResourceId,
    },
    /// Deletes a registration, so that the application can ask again.
    DeleteRegistration {
        /// Which.
        registration_id: RegistrationId,
    },
    /// Gives a team a role on an entity.
    AssignRole(RoleAssignment),
    /// Takes a role on an entity from a team.
    UnassignRole(RoleAssignment),
    /// Adds a developer to a team.
    AddToTeam {
        /// To which team.
        team_id: TeamId,
        /// Whom.
        developer_id: DeveloperId,
    },
    /// Maps one of the developer's `IdP` groups to a team, where the identity provider assigns teams.
    MapGroup {
        /// To which team.
        team_id: TeamId,
        /// Whose group.
        developer_id: DeveloperId,
    },
    /// Takes a developer out of a team.
    RemoveFromTeam {
        /// Of which team.
        team_id: TeamId,
        /// Whom.
        developer_id: DeveloperId,
    },
    /// Creates a team with one role and one member, where there is no team that could be used.
    CreateTeam {
        /// Its member.
        developer_id: DeveloperId,
        /// The role's name.
        role_name: RoleName,
        /// What the role is on.
        entity_id: EntityId,
        /// The entity's type: always `Services`.
        entity_type_name: &'static str,
        /// The region's code, or `*`.
        entity_region: &'static str,
    },
    /// Publishes a resource in the portal.
    PublishResource {
        /// Which.
        resource_id: ResourceId,
    },
    /// Lets applications register for a resource.
    EnableRegistration {
        /// Which.
        resource_id: ResourceId,
    },
    /// Makes a new credential for an application.
    RenewCredential {
        /// Of which application.
        application_id: ApplicationId,
    },
}

/// A role of a team on an entity, as Konnect's assigned-roles API takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleAssignment {
    /// The team.
    pub team_id: TeamId,
    /// The role's name.
    pub role_name: RoleName,
    /// What the role is on.
    pub entity_id: EntityId,
    /// The entity's type: always `Services`.
    pub entity_type_name: &'static str,
    /// The region's code, or `*`.
    pub entity_region: &'static str,
}

/// The names of Konnect's two portal roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RoleName {
    /// Sees documentation.
    #[serde(rename = "API Viewer")]
    Viewer,
    /// Sees documentation, registers and calls.
    #[serde(rename = "API Consumer")]
    Consumer,
}

impl RoleName {
    const fn role(self) -> RoleFact {
        match self {
            Self::Viewer => RoleFact::Viewer,
            Self::Consumer => RoleFact::Consumer,
        }
    }
}

/// Who can carry out a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Executable {
    /// An admin, through Portal Management v2.
    V2,
    /// An admin, through Portal Management v3.
    V3,
    /// An admin, through either.
    Both,
    /// Only the developer, in the portal.
    Developer,
    /// Only an admin, in Konnect's user interface.
    Manual,
}

impl Change {
    /// Who can carry out the change in a portal of this API.
    ///
    /// Source: the operations of Portal Management 2.2.2 and 3.9.8 and API Builder 3.2.0. Creating a
    /// registration is an admin's operation only in v3; an application's own approval is in no API.
    pub const fn executable(&self, api: Api) -> Executable {
        match self {
            Self::ApproveApplication { .. } | Self::RevokeApplication { .. } => Executable::Manual,
            Self::CreateRegistration { .. } => match api {
                Api::V3 => Executable::V3,
                Api::V2 | Api::Gateway28 => Executable::Developer,
            },
            Self::RenewCredential { .. } => Executable::Developer,
            _ => Executable::Both,
        }
    }
}

/// A change that names something the snapshot does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot has no {kind} `{id}`")]
pub struct ChangeError {
    kind: &'static str,
    id: String,
}

fn absent(kind: &'static str, id: impl std::fmt::Display) -> ChangeError {
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

    /// Changes the records only; nothing that is derived, since no change moves an object but a deletion.
    fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::ApproveDeveloper { developer_id } => {
                self.set_developer(*developer_id, DeveloperStatus::Approved)
            }
            Change::RevokeDeveloper { developer_id } => {
                self.set_developer(*developer_id, DeveloperStatus::Revoked)
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

    fn records_resource(&mut self, id: ResourceId) -> Result<&mut super::model::Resource, ChangeError> {
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
            self.records.credentials.iter_mut().filter(|credential| credential.application == position)
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
