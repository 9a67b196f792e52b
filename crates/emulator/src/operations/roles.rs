//! The roles there are, and those assigned to teams.

use serde_json::json;

use super::{Entry, teams};
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, text_of};
use crate::problem::Problem;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portal-roles", "list-portal-roles", roles),
    Entry("GET", "/portals/{portalId}/teams/{teamId}/assigned-roles", "list-portal-team-roles", list),
    Entry("POST", "/portals/{portalId}/teams/{teamId}/assigned-roles", "assign-role-to-portal-teams", assign),
    Entry(
        "DELETE",
        "/portals/{portalId}/teams/{teamId}/assigned-roles/{roleId}",
        "remove-role-from-portal-team",
        remove,
    ),
];

const ITEM: &str = "json_object('id', r.id, 'role_name', r.role_name, 'entity_id', r.entity_id, \
    'entity_type_name', r.entity_type_name, 'entity_region', r.entity_region)";
const REGIONS: &[&str] = &["us", "eu", "au", "me", "in", "sg", "*"];
const ASSIGN: Body = Body::open(&[
    Member::required("role_name", Kind::Text(0, usize::MAX)),
    Member::required("entity_id", Kind::Uuid),
    Member::required("entity_type_name", Kind::Text(0, usize::MAX)),
    Member::required("entity_region", Kind::OneOf(REGIONS)),
]);

/// The descriptions are the documents' own: their schema allows no other.
fn roles(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let viewer = "API Viewers have read-only access to the documentation of a service in a portal";
    let consumer = "API Consumers can make calls to the given service";
    Ok(Reply::Json(
        200,
        json!({"services": {"name": "Services", "roles": {
            "apiviewer": {"name": "API Viewer", "description": viewer},
            "apiconsumer": {"name": "API Consumer", "description": consumer},
        }}}),
    ))
}

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: ITEM,
        from: "team_roles r",
        scope: "r.team_id = ?",
        values: &[teams::team(call)?],
        order: "r.seq",
        filters: &[],
        sorts: &[],
        finish: as_is,
    })
}

/// Neither the role's name nor the entity is checked against what there is: the documents do not say so.
fn assign(call: &Call<'_>) -> Answer {
    // The document has the parameters of a page here too; they do nothing.
    call.query.only(&["page[size]", "page[number]"], false)?;
    call.query.page(call.settings.page_size, call.settings.maximum_page_size)?;
    let team = teams::team(call)?;
    let body = call.read(&ASSIGN)?;
    let of = |name: &str| text_of(&body, name).unwrap_or_default();
    let (role, entity) = (of("role_name"), of("entity_id"));
    let (kind, region) = (of("entity_type_name"), of("entity_region"));
    let same = "SELECT 1 FROM team_roles WHERE team_id = ? AND role_name = ? AND entity_id = ? AND entity_region = ?";
    if call.exists(same, &[team, role, entity, region])? {
        return Err(Problem::conflict("Role is already assigned to the team"));
    }
    let id = call.fresh_id("role")?;
    call.execute(
        "INSERT INTO team_roles (id, team_id, role_name, entity_id, entity_type_name, entity_region) VALUES (?, ?, ?, ?, ?, ?)",
        &[Some(&id), Some(team), Some(role), Some(entity), Some(kind), Some(region)],
    )?;
    Ok(Reply::Json(201, call.one(&format!("SELECT {ITEM} FROM team_roles r WHERE r.id = ?"), &[&id])?))
}

fn remove(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = "DELETE FROM team_roles WHERE team_id = ? AND id = ?";
    call.delete(sql, &[teams::team(call)?, call.part("roleId")])
}
