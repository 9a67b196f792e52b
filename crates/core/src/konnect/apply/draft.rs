//! The requests that make changes, as the documents of both API versions say.

use serde_json::{Value, json};

use crate::konnect::outbox::Draft;
use crate::konnect::path::path;
use crate::konnect::{ApiVersion, Method};
use crate::snapshot::RoleAssignment;
use crate::{DeveloperId, RoleName, TeamId};

/// Builds requests for one portal.
#[derive(Clone, Debug)]
pub(super) struct Drafts {
    pub(super) api: ApiVersion,
    pub(super) portal: String,
}

fn draft(method: Method, path: String, body: Option<&Value>) -> Draft {
    // A POST that came through although nothing was heard of it answers 409 the second time; only a team may
    // have a name twice, and its request says so itself.
    Draft { method, path, body: body.map(Value::to_string), idempotent: true }
}

impl Drafts {
    pub(super) fn in_portal(&self, segments: &[&str]) -> String {
        let mut whole = vec!["portals", self.portal.as_str()];
        whole.extend_from_slice(segments);
        path(self.api, &whole)
    }

    pub(super) fn developer(&self, id: DeveloperId) -> String {
        self.in_portal(&["developers", &id.to_string()])
    }

    pub(super) fn registrations_of(&self, application: &str) -> String {
        self.in_portal(&["applications", application, "registrations"])
    }

    pub(super) fn registration(&self, application: &str, id: &str) -> String {
        self.in_portal(&["applications", application, "registrations", id])
    }

    pub(super) fn roles(&self, team: &str) -> String {
        self.in_portal(&["teams", team, "assigned-roles"])
    }

    pub(super) fn mappings(&self) -> String {
        self.in_portal(&["identity-provider", "team-group-mappings"])
    }

    /// Where a resource's state in the portal is read: of v2 by the id of the API product version.
    pub(super) fn resource(&self, resource: &str, package: bool) -> String {
        match self.api {
            ApiVersion::V2 => self.in_portal(&["product-versions", resource]),
            ApiVersion::V3 => {
                let list = if package { "api-packages" } else { "apis" };
                path(self.api, &[list, resource, "publications", &self.portal])
            }
        }
    }

    pub(super) fn delete(path: String) -> Draft {
        draft(Method::Delete, path, None)
    }

    pub(super) fn patch(path: String, body: &Value) -> Draft {
        draft(Method::Patch, path, Some(body))
    }

    pub(super) fn set_status(path: String, status: &str) -> Draft {
        Self::patch(path, &json!({"status": status}))
    }

    pub(super) fn create_registration(&self, application: &str, resource: &str) -> Draft {
        let body = json!({"api_id": resource, "status": "approved"});
        draft(Method::Post, self.registrations_of(application), Some(&body))
    }

    pub(super) fn assign_role(&self, team: &str, role: RoleName, entity: &str, region: &str) -> Draft {
        let body = json!({"role_name": role, "entity_id": entity, "entity_type_name": "Services", "entity_region": region});
        draft(Method::Post, self.roles(team), Some(&body))
    }

    pub(super) fn assign(&self, role: &RoleAssignment) -> Draft {
        let (team, entity) = (role.team_id.to_string(), role.entity_id.to_string());
        self.assign_role(&team, role.role_name, &entity, role.entity_region)
    }

    pub(super) fn add_to_team(&self, team: &str, developer: DeveloperId) -> Draft {
        let path = self.in_portal(&["teams", team, "developers"]);
        draft(Method::Post, path, Some(&json!({"id": developer.to_string()})))
    }

    pub(super) fn remove_from_team(&self, team: TeamId, developer: DeveloperId) -> Draft {
        Self::delete(self.in_portal(&["teams", &team.to_string(), "developers", &developer.to_string()]))
    }

    pub(super) fn create_team(&self, name: &str) -> Draft {
        let body = json!({"name": name, "description": "Created by Gatepass"});
        Draft { idempotent: false, ..draft(Method::Post, self.in_portal(&["teams"]), Some(&body)) }
    }

    /// The groups of a team are replaced as a whole.
    pub(super) fn map_groups(&self, team: &str, groups: &[&str]) -> Draft {
        Self::patch(self.mappings(), &json!({"data": [{"team_id": team, "groups": groups}]}))
    }

    /// v2: brings a version that the portal has no state of into it. v3: publishes with the portal's default
    /// auth strategy.
    pub(super) fn publish(&self, resource: &str, package: bool) -> Draft {
        match self.api {
            ApiVersion::V2 => {
                let body = json!({
                    "product_version_id": resource, "publish_status": "published", "deprecated": false,
                    "application_registration_enabled": false, "auto_approve_registration": false,
                    "auth_strategy_ids": [],
                });
                draft(Method::Post, self.in_portal(&["product-versions"]), Some(&body))
            }
            ApiVersion::V3 => draft(Method::Put, self.resource(resource, package), Some(&json!({}))),
        }
    }

    /// v3: a publication is written as a whole; without `auth_strategy_ids` it gets the portal's default.
    pub(super) fn default_strategy(&self, resource: &str, package: bool, publication: &Value) -> Draft {
        let mut body = json!({});
        if let (Value::Object(body), Value::Object(publication)) = (&mut body, publication) {
            for name in ["visibility", "auto_approve_registrations"] {
                if let Some(value) = publication.get(name) {
                    body.insert(name.to_owned(), value.clone());
                }
            }
        }
        draft(Method::Put, self.resource(resource, package), Some(&body))
    }
}
