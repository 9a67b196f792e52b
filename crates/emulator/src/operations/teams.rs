//! Teams, and the teams of a developer.

use serde_json::{Map, Value};

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, text_of};
use crate::options::Api;
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/teams", "list-portal-teams", list),
    Entry("POST", "/portals/{portalId}/teams", "create-portal-team", create),
    Entry("GET", "/portals/{portalId}/teams/{teamId}", "get-portal-team", get),
    Entry("PATCH", "/portals/{portalId}/teams/{teamId}", "update-portal-team", update),
    Entry("DELETE", "/portals/{portalId}/teams/{teamId}", "delete-portal-team", delete),
    Entry(
        "GET",
        "/portals/{portalId}/developers/{developerId}/teams",
        "list-portal-developer-teams",
        of_developer,
    ),
];

const V2_ITEM: &str = "json_object('id', t.id, 'name', t.name, 'description', coalesce(t.description, ''), \
    'created_at', t.created_at, 'updated_at', t.updated_at)";
const V3_ITEM: &str = "json_object('id', t.id, 'name', t.name, 'description', coalesce(t.description, t.name), \
    'can_own_applications', json(iif(t.can_own_applications, 'true', 'false')), \
    'created_at', t.created_at, 'updated_at', t.updated_at)";

const NAME: Filter = Filter::text("name", "t.name");
const OWNS: Filter = Filter::boolean("can_own_applications", "t.can_own_applications");

const V2_CREATE: Body = Body::open(&[
    Member::required("name", Kind::Text(1, 250)),
    Member::optional("description", Kind::Text(0, 250)),
]);
const V2_UPDATE: Body = Body::open(&[
    Member::optional("name", Kind::Text(1, 250)),
    Member::optional("description", Kind::Text(0, 250)),
]);
const V3_CREATE: Body = Body::closed(&[
    Member::required("name", Kind::Text(1, 250)),
    Member::optional("description", Kind::Text(1, 250)),
    Member::optional("can_own_applications", Kind::Boolean),
]);
const V3_UPDATE: Body = Body::closed(&[
    Member::optional("name", Kind::Text(1, 250)),
    Member::optional("description", Kind::Text(1, 250)),
    Member::optional("can_own_applications", Kind::Boolean),
])
.or_nothing();

const fn item(api: Api) -> &'static str {
    match api {
        Api::V2 => V2_ITEM,
        Api::V3 => V3_ITEM,
    }
}

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: item(call.api),
        from: "teams t",
        scope: "t.portal_id = ?",
        values: &[call.portal()?],
        order: "t.seq",
        filters: if call.api == Api::V2 { &[NAME] } else { &[NAME, OWNS] },
        sorts: &[],
        finish: as_is,
    })
}

fn of_developer(call: &Call<'_>) -> Answer {
    let (portal, developer) = (call.portal()?, call.part("developerId"));
    if !call.exists("SELECT 1 FROM developers WHERE portal_id = ? AND id = ?", &[portal, developer])? {
        return Err(Problem::not_found());
    }
    call.page(&Listing {
        item: item(call.api),
        from: "team_developers m JOIN teams t ON t.id = m.team_id",
        scope: "m.developer_id = ?",
        values: &[developer],
        order: "m.seq",
        filters: if call.api == Api::V2 { &[] } else { &[OWNS] },
        sorts: &[],
        finish: as_is,
    })
}

/// The team of the path.
pub(super) fn team<'a>(call: &'a Call<'_>) -> Result<&'a str, Problem> {
    let (portal, team) = (call.portal()?, call.part("teamId"));
    let found = call.exists("SELECT 1 FROM teams WHERE portal_id = ? AND id = ?", &[portal, team])?;
    if found { Ok(team) } else { Err(Problem::not_found()) }
}

fn read(call: &Call<'_>, id: &str) -> Result<Value, Problem> {
    call.one(&format!("SELECT {} FROM teams t WHERE t.id = ?", item(call.api)), &[id])
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, team(call)?)?))
}

fn owns(body: &Map<String, Value>) -> Option<&'static str> {
    body.get("can_own_applications").and_then(Value::as_bool).map(|owns| if owns { "1" } else { "0" })
}

fn create(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let body = call.read(if call.api == Api::V2 { &V2_CREATE } else { &V3_CREATE })?;
    let (id, now) = (call.fresh_id("team")?, call.tick()?);
    call.execute(
        "INSERT INTO teams (id, portal_id, name, description, can_own_applications, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?6, ?6)",
        &[
            Some(&id),
            Some(portal),
            text_of(&body, "name"),
            text_of(&body, "description"),
            Some(owns(&body).unwrap_or("0")),
            Some(&now),
        ],
    )?;
    Ok(Reply::Json(201, read(call, &id)?))
}

fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let id = team(call)?;
    let body = call.read(if call.api == Api::V2 { &V2_UPDATE } else { &V3_UPDATE })?;
    let now = call.tick()?;
    call.execute(
        "UPDATE teams SET name = coalesce(?, name), description = coalesce(?, description), \
         can_own_applications = coalesce(?, can_own_applications), updated_at = ? WHERE id = ?",
        &[text_of(&body, "name"), text_of(&body, "description"), owns(&body), Some(&now), Some(id)],
    )?;
    Ok(Reply::Json(200, read(call, id)?))
}

/// Roles and memberships go with the team; developers and what the team owns stay.
fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    call.delete("DELETE FROM teams WHERE id = ?", &[team(call)?])
}
