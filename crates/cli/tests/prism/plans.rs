//! One plan for every kind of change that an API carries out, made of what the emulator holds at that moment.

use gatepass::konnect::ApiVersion;
use gatepass::plan::{Plan, Subject};
use gatepass_emulator::Running;
use serde_json::{Value, json};

/// The kinds, in an order in which each finds something to do.
pub(crate) const CHANGES: &[&str] = &[
    "add_to_team",
    "approve_developer",
    "reject_developer",
    "revoke_developer",
    "approve_registration",
    "reject_registration",
    "revoke_registration",
    "assign_role",
    "unassign_role",
    "create_team",
    "map_group",
    "publish_resource",
    "publish_new_resource",
    "publish_package",
    "enable_registration",
    "create_registration",
    "remove_from_team",
    "delete_registration",
    "delete_application",
    "delete_developer",
];

/// The requests by which changes are made; ids are left out.
pub(crate) fn requests(api: ApiVersion) -> &'static [&'static str] {
    match api {
        ApiVersion::V2 => &[
            "PATCH /v2/portals/{}/developers/{}",
            "DELETE /v2/portals/{}/developers/{}",
            "PATCH /v2/portals/{}/applications/{}/registrations/{}",
            "DELETE /v2/portals/{}/applications/{}/registrations/{}",
            "DELETE /v2/portals/{}/applications/{}",
            "POST /v2/portals/{}/teams",
            "POST /v2/portals/{}/teams/{}/developers",
            "DELETE /v2/portals/{}/teams/{}/developers/{}",
            "POST /v2/portals/{}/teams/{}/assigned-roles",
            "DELETE /v2/portals/{}/teams/{}/assigned-roles/{}",
            "PATCH /v2/portals/{}/identity-provider/team-group-mappings",
            "PATCH /v2/portals/{}/product-versions/{}",
            "POST /v2/portals/{}/product-versions",
        ],
        ApiVersion::V3 => &[
            "PATCH /v3/portals/{}/developers/{}",
            "DELETE /v3/portals/{}/developers/{}",
            "POST /v3/portals/{}/applications/{}/registrations",
            "PATCH /v3/portals/{}/applications/{}/registrations/{}",
            "DELETE /v3/portals/{}/applications/{}/registrations/{}",
            "DELETE /v3/portals/{}/applications/{}",
            "POST /v3/portals/{}/teams",
            "POST /v3/portals/{}/teams/{}/developers",
            "DELETE /v3/portals/{}/teams/{}/developers/{}",
            "POST /v3/portals/{}/teams/{}/assigned-roles",
            "DELETE /v3/portals/{}/teams/{}/assigned-roles/{}",
            "PATCH /v3/portals/{}/identity-provider/team-group-mappings",
            "PUT /v3/apis/{}/publications/{}",
            "PUT /v3/api-packages/{}/publications/{}",
        ],
    }
}

/// What every plan needs: people and registrations of each status, an identity provider, without which there are no
/// mappings, and an API and a package that are not published yet.
pub(crate) fn prepare(emulator: &Running) {
    for sql in [
        "UPDATE developers SET status = CASE seq % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'rejected' ELSE 'approved' END",
        "UPDATE registrations SET status = CASE seq % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'rejected' ELSE 'approved' END",
        "UPDATE portals SET auth_settings = json_set(auth_settings, '$.oidc_auth_enabled', json('true'))",
        "DELETE FROM publications WHERE api_id = (SELECT id FROM apis WHERE type = 'api' ORDER BY seq LIMIT 1)",
        "INSERT INTO apis (id, type, name, created_at, updated_at) VALUES \
         ('7a3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11', 'api_package', 'New', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')",
    ] {
        emulator.database().execute(sql, &[]).unwrap();
    }
}

fn first(emulator: &Running, sql: &str) -> String {
    emulator.database().text(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The plan of a kind; nothing if the API does not carry it out.
pub(crate) fn subject(emulator: &Running, api: ApiVersion, kind: &str) -> Option<Subject> {
    let of = |sql: &str| first(emulator, sql);
    let developer =
        |status: &str| of(&format!("SELECT id FROM developers WHERE status = '{status}' LIMIT 1"));
    let registration = |status: &str| {
        let of_status = format!("FROM registrations WHERE status = '{status}' LIMIT 1");
        (of(&format!("SELECT id {of_status}")), of(&format!("SELECT application_id {of_status}")))
    };
    let set_registration = |status: &str| {
        let (id, application) = registration(status);
        json!({"change": kind, "registration_id": id, "application_id": application, "seen": status})
    };
    let team = || of("SELECT id FROM teams ORDER BY seq LIMIT 1");
    let role = |name: &str, entity: &str, region: &str| {
        json!({"change": kind, "team_id": team(), "role_name": name, "entity_id": entity,
               "entity_type_name": "Services", "entity_region": region})
    };
    let stranger =
        || of("SELECT id FROM developers WHERE id NOT IN (SELECT developer_id FROM team_developers) LIMIT 1");
    let entity = || of("SELECT entity_id FROM team_roles LIMIT 1");
    let v2 = api == ApiVersion::V2;
    let change = match kind {
        "add_to_team" => json!({"change": kind, "developer_id": stranger(), "team_id": team()}),
        "approve_developer" => json!({"change": kind, "developer_id": developer("pending")}),
        "reject_developer" | "revoke_developer" => {
            json!({"change": kind, "developer_id": developer("approved")})
        }
        "delete_developer" => json!({"change": kind, "developer_id": developer("rejected")}),
        "approve_registration" | "reject_registration" => set_registration("pending"),
        "revoke_registration" => set_registration("approved"),
        "delete_registration" => set_registration("rejected"),
        "assign_role" | "unassign_role" => role("API Consumer", "8b3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11", "*"),
        "create_team" => json!({"change": kind, "developer_id": stranger(), "role_name": "API Viewer",
            "entity_id": entity(), "entity_type_name": "Services", "entity_region": "eu"}),
        "map_group" => {
            json!({"change": kind, "developer_id": stranger(), "team_id": team(), "group": "Staff"})
        }
        "remove_from_team" => {
            json!({"change": kind, "developer_id": of("SELECT developer_id FROM team_developers LIMIT 1"),
            "team_id": of("SELECT team_id FROM team_developers LIMIT 1")})
        }
        "delete_application" => {
            json!({"change": kind, "application_id": of("SELECT id FROM applications LIMIT 1")})
        }
        _ => return resource_subject(emulator, v2, kind),
    };
    Some(of_change(&change))
}

fn resource_subject(emulator: &Running, v2: bool, kind: &str) -> Option<Subject> {
    let of = |sql: &str| first(emulator, sql);
    let change = match (kind, v2) {
        ("publish_resource", true) => {
            emulator
                .database()
                .execute(
                    "UPDATE portal_product_versions SET publish_status = 'unpublished' WHERE seq = 1",
                    &[],
                )
                .unwrap();
            json!({"change": kind, "resource_id": of("SELECT product_version_id FROM portal_product_versions WHERE seq = 1")})
        }
        ("publish_resource", false) => {
            json!({"change": kind, "resource_id": of("SELECT id FROM apis WHERE type = 'api' ORDER BY seq LIMIT 1")})
        }
        ("publish_new_resource", true) => json!({"change": "publish_resource", "resource_id":
            of("SELECT id FROM product_versions WHERE id NOT IN (SELECT product_version_id FROM portal_product_versions) LIMIT 1")}),
        ("publish_package", false) => json!({"change": "publish_resource", "api_package": true,
            "resource_id": "7a3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11"}),
        ("enable_registration", true) => {
            emulator
                .database()
                .execute(
                    "UPDATE portal_product_versions SET application_registration_enabled = 0 WHERE seq = 2",
                    &[],
                )
                .unwrap();
            json!({"change": kind, "resource_id": of("SELECT product_version_id FROM portal_product_versions WHERE seq = 2")})
        }
        ("enable_registration", false) => {
            let shut = "UPDATE publications SET strategy_id = NULL, visibility = 'public' WHERE api_id = \
                        (SELECT id FROM apis WHERE type = 'api' ORDER BY seq LIMIT 1 OFFSET 1)";
            emulator.database().execute(shut, &[]).unwrap();
            json!({"change": kind, "resource_id": of("SELECT id FROM apis WHERE type = 'api' ORDER BY seq LIMIT 1 OFFSET 1")})
        }
        ("create_registration", false) => {
            let free = "FROM applications a, publications p WHERE NOT EXISTS \
                (SELECT 1 FROM registrations r WHERE r.application_id = a.id AND r.resource_id = p.api_id) ORDER BY a.seq, p.seq LIMIT 1";
            json!({"change": kind, "application_id": of(&format!("SELECT a.id {free}")), "resource_id": of(&format!("SELECT p.api_id {free}"))})
        }
        // v2 has no packages, and its registrations are made by developers; v3 publishes all in one way.
        ("publish_new_resource", false) | ("publish_package" | "create_registration", true) => return None,
        _ => panic!("no plan for `{kind}`"),
    };
    Some(of_change(&change))
}

fn of_change(change: &Value) -> Subject {
    let plan = json!({"format": "gatepass.plan/1", "portal_id": "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7",
        "subjects": [{"developer_id": null, "changes": [change]}]});
    let plan = Plan::read(plan.to_string().as_bytes());
    plan.unwrap_or_else(|error| panic!("{change}: {error:?}")).subjects.remove(0)
}
