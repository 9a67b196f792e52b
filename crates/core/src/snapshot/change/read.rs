//! A change as it crosses: an object whose `change` names it.
//!
//! Read by hand: what serde derives for a tagged enum holds each object in a form of its own first, and weighs thirty
//! times as much in the module that browsers download.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Change, RoleAssignment, RoleName, Word};
use crate::Region;

/// What `change` can be.
const WORDS: [&str; 22] = [
    "approve_developer",
    "reject_developer",
    "revoke_developer",
    "delete_developer",
    "approve_application",
    "reject_application",
    "revoke_application",
    "delete_application",
    "approve_registration",
    "reject_registration",
    "revoke_registration",
    "create_registration",
    "delete_registration",
    "assign_role",
    "unassign_role",
    "add_to_team",
    "map_group",
    "remove_from_team",
    "create_team",
    "publish_resource",
    "enable_registration",
    "renew_credential",
];

impl Change {
    /// Reads a change from the members of an object. Members that no change has are passed over.
    ///
    /// # Errors
    ///
    /// A sentence that names the member and what it can be.
    pub(crate) fn of(members: &Map<String, Value>) -> Result<Self, String> {
        let given = Members(members);
        Ok(match given.text("change")? {
            "approve_developer" => Self::ApproveDeveloper { developer_id: given.id("developer_id")? },
            "reject_developer" => Self::RejectDeveloper { developer_id: given.id("developer_id")? },
            "revoke_developer" => Self::RevokeDeveloper { developer_id: given.id("developer_id")? },
            "delete_developer" => Self::DeleteDeveloper { developer_id: given.id("developer_id")? },
            "approve_application" => Self::ApproveApplication { application_id: given.id("application_id")? },
            "reject_application" => Self::RejectApplication { application_id: given.id("application_id")? },
            "revoke_application" => Self::RevokeApplication { application_id: given.id("application_id")? },
            "delete_application" => Self::DeleteApplication { application_id: given.id("application_id")? },
            "approve_registration" => {
                Self::ApproveRegistration { registration_id: given.id("registration_id")? }
            }
            "reject_registration" => {
                Self::RejectRegistration { registration_id: given.id("registration_id")? }
            }
            "revoke_registration" => {
                Self::RevokeRegistration { registration_id: given.id("registration_id")? }
            }
            "create_registration" => Self::CreateRegistration {
                application_id: given.id("application_id")?,
                resource_id: given.id("resource_id")?,
            },
            "delete_registration" => {
                Self::DeleteRegistration { registration_id: given.id("registration_id")? }
            }
            "assign_role" => Self::AssignRole(given.role_assignment()?),
            "unassign_role" => Self::UnassignRole(given.role_assignment()?),
            "add_to_team" => {
                Self::AddToTeam { team_id: given.id("team_id")?, developer_id: given.id("developer_id")? }
            }
            "map_group" => {
                Self::MapGroup { team_id: given.id("team_id")?, developer_id: given.id("developer_id")? }
            }
            "remove_from_team" => Self::RemoveFromTeam {
                team_id: given.id("team_id")?,
                developer_id: given.id("developer_id")?,
            },
            "create_team" => Self::CreateTeam {
                developer_id: given.id("developer_id")?,
                role_name: given.role_name()?,
                entity_id: given.id("entity_id")?,
                entity_type_name: given.entity_type_name()?,
                entity_region: given.entity_region()?,
            },
            "publish_resource" => Self::PublishResource { resource_id: given.id("resource_id")? },
            "enable_registration" => Self::EnableRegistration { resource_id: given.id("resource_id")? },
            "renew_credential" => Self::RenewCredential { application_id: given.id("application_id")? },
            other => {
                return Err(format!("unknown change `{other}`, expected one of `{}`", WORDS.join("`, `")));
            }
        })
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As any value: asking for an object brings in what tells of every other type.
        match Value::deserialize(deserializer)? {
            Value::Object(members) => Self::of(&members).map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom("a change is an object")),
        }
    }
}

/// The members of an object.
struct Members<'m>(&'m Map<String, Value>);

impl<'m> Members<'m> {
    fn text(&self, name: &str) -> Result<&'m str, String> {
        match self.0.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(format!("`{name}` is no text")),
            None => Err(format!("missing field `{name}`")),
        }
    }

    fn id<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, String> {
        self.text(name)?.parse().map_err(|error| format!("`{name}`: {error}"))
    }

    fn role_assignment(&self) -> Result<RoleAssignment, String> {
        Ok(RoleAssignment {
            team_id: self.id("team_id")?,
            role_name: self.role_name()?,
            entity_id: self.id("entity_id")?,
            entity_type_name: self.entity_type_name()?,
            entity_region: self.entity_region()?,
        })
    }

    fn role_name(&self) -> Result<RoleName, String> {
        match self.text("role_name")? {
            "API Viewer" => Ok(RoleName::Viewer),
            "API Consumer" => Ok(RoleName::Consumer),
            _ => Err("role_name can be `API Viewer` or `API Consumer`".to_owned()),
        }
    }

    /// Roles are assigned on entities of this one type.
    fn entity_type_name(&self) -> Result<Word, String> {
        match self.text("entity_type_name")? {
            "Services" => Ok("Services"),
            _ => Err("entity_type_name can only be `Services`".to_owned()),
        }
    }

    fn entity_region(&self) -> Result<Word, String> {
        match self.text("entity_region")? {
            "*" => Ok("*"),
            code => Region::from_code(code)
                .map(Region::as_str)
                .ok_or_else(|| "entity_region can be `*`, `au`, `eu`, `in`, `me`, `sg` or `us`".to_owned()),
        }
    }
}
