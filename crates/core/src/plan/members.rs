//! The members of each change on the wire.

use crate::json::{Field, lenient_object};

lenient_object! {
    /// A change as it was written: every member that any change has.
    RawChange<'a> {
        change: Field<'a>,
        developer_id: Field<'a>,
        application_id: Field<'a>,
        registration_id: Field<'a>,
        resource_id: Field<'a>,
        team_id: Field<'a>,
        entity_id: Field<'a>,
        role_name: Field<'a>,
        entity_type_name: Field<'a>,
        entity_region: Field<'a>,
        seen: Field<'a>,
        group: Field<'a>,
        team_name: Field<'a>,
        api_package: Field<'a>,
    }
    unknown unknown
}

impl<'a> RawChange<'a> {
    /// The members but the word itself, by name.
    pub(super) fn members(&self) -> [(&'static str, &Field<'a>); 13] {
        [
            ("developer_id", &self.developer_id),
            ("application_id", &self.application_id),
            ("registration_id", &self.registration_id),
            ("resource_id", &self.resource_id),
            ("team_id", &self.team_id),
            ("entity_id", &self.entity_id),
            ("role_name", &self.role_name),
            ("entity_type_name", &self.entity_type_name),
            ("entity_region", &self.entity_region),
            ("seen", &self.seen),
            ("group", &self.group),
            ("team_name", &self.team_name),
            ("api_package", &self.api_package),
        ]
    }
}

/// What a change has: members that must be there, and hints that may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) word: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) hints: &'static [&'static str],
}

const fn shape(
    word: &'static str,
    required: &'static [&'static str],
    hints: &'static [&'static str],
) -> Shape {
    Shape { word, required, hints }
}

const ROLE: &[&str] = &["team_id", "role_name", "entity_id", "entity_type_name", "entity_region"];
const NEW_TEAM: &[&str] = &["developer_id", "role_name", "entity_id", "entity_type_name", "entity_region"];
const OF_REGISTRATION: &[&str] = &["application_id", "seen"];

/// Every change: the words of [`Change`](crate::Change), which reads what is checked here.
pub(super) const SHAPES: &[Shape] = &[
    shape("approve_developer", &["developer_id"], &[]),
    shape("reject_developer", &["developer_id"], &[]),
    shape("revoke_developer", &["developer_id"], &[]),
    shape("delete_developer", &["developer_id"], &[]),
    shape("approve_application", &["application_id"], &[]),
    shape("reject_application", &["application_id"], &[]),
    shape("revoke_application", &["application_id"], &[]),
    shape("delete_application", &["application_id"], &[]),
    shape("approve_registration", &["registration_id"], OF_REGISTRATION),
    shape("reject_registration", &["registration_id"], OF_REGISTRATION),
    shape("revoke_registration", &["registration_id"], OF_REGISTRATION),
    shape("delete_registration", &["registration_id"], OF_REGISTRATION),
    shape("create_registration", &["application_id", "resource_id"], &["api_package"]),
    shape("assign_role", ROLE, &[]),
    shape("unassign_role", ROLE, &[]),
    shape("add_to_team", &["team_id", "developer_id"], &[]),
    shape("remove_from_team", &["team_id", "developer_id"], &[]),
    shape("map_group", &["team_id", "developer_id"], &["group"]),
    shape("create_team", NEW_TEAM, &["team_name"]),
    shape("publish_resource", &["resource_id"], &["api_package"]),
    shape("enable_registration", &["resource_id"], &["api_package"]),
    shape("renew_credential", &["application_id"], &[]),
];
