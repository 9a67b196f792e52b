//! Changes to a portal: the words of fixes and plans. What each does to a snapshot is in `what_if`.

mod delete;
mod read;
mod what_if;

pub use what_if::ChangeError;

use serde::Serialize;

use super::model::Api;
use crate::{ApplicationId, DeveloperId, EntityId, RegistrationId, ResourceId, RoleFact, TeamId};

/// One of a few known words.
type Word = &'static str;

/// A change to a portal. On the wire `{"change": "approve_registration", "registration_id": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Sets a developer's status to approved.
    ApproveDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Sets a developer's status to rejected.
    RejectDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Sets a developer's status to revoked.
    RevokeDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Deletes a developer with every application they own.
    DeleteDeveloper {
        /// Who.
        developer_id: DeveloperId,
    },
    /// Approves an application, where applications themselves need approval.
    ApproveApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Rejects an application.
    RejectApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Revokes an application.
    RevokeApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Deletes an application with its registrations and credentials.
    DeleteApplication {
        /// Which.
        application_id: ApplicationId,
    },
    /// Sets a registration's status to approved.
    ApproveRegistration {
        /// Which.
        registration_id: RegistrationId,
    },
    /// Sets a registration's status to rejected.
    RejectRegistration {
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
        entity_type_name: Word,
        /// The region's code, or `*`.
        entity_region: Word,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleAssignment {
    /// The team.
    pub team_id: TeamId,
    /// The role's name.
    pub role_name: RoleName,
    /// What the role is on.
    pub entity_id: EntityId,
    /// The entity's type: always `Services`.
    pub entity_type_name: Word,
    /// The region's code, or `*`.
    pub entity_region: Word,
}

/// The names of Konnect's two portal roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
            Self::ApproveApplication { .. }
            | Self::RejectApplication { .. }
            | Self::RevokeApplication { .. } => Executable::Manual,
            Self::CreateRegistration { .. } => match api {
                Api::V3 => Executable::V3,
                Api::V2 | Api::Gateway28 => Executable::Developer,
            },
            Self::RenewCredential { .. } => Executable::Developer,
            _ => Executable::Both,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_are_written() {
        let id = "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11";
        for text in [
            format!(r#"{{"change":"reject_developer","developer_id":"{id}"}}"#),
            format!(r#"{{"change":"delete_application","application_id":"{id}"}}"#),
            format!(
                r#"{{"change":"assign_role","team_id":"{id}","role_name":"API Consumer","entity_id":"{id}","entity_type_name":"Services","entity_region":"eu"}}"#
            ),
            format!(
                r#"{{"change":"create_team","developer_id":"{id}","role_name":"API Viewer","entity_id":"{id}","entity_type_name":"Services","entity_region":"*"}}"#
            ),
        ] {
            let change: Change = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
            let odd = text.replace("Services", "Things").replace("_id\":\"0", "_id\":\"x");
            assert!(serde_json::from_str::<Change>(&odd).is_err());
        }
    }
}
