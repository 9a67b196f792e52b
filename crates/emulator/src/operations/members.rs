//! The developers of a team.

use super::{Entry, teams};
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, text_of};
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/teams/{teamId}/developers", "list-portal-team-developers", list),
    Entry("POST", "/portals/{portalId}/teams/{teamId}/developers", "add-developer-to-portal-team", add),
    Entry(
        "DELETE",
        "/portals/{portalId}/teams/{teamId}/developers/{developerId}",
        "remove-developer-from-portal-team",
        remove,
    ),
];

/// A developer without a status: only whether they are active.
const ITEM: &str = "json_object('id', d.id, 'email', d.email, 'full_name', d.full_name, \
    'active', json(iif(d.status = 'approved', 'true', 'false')), 'created_at', d.created_at, 'updated_at', d.updated_at)";
const FILTERS: &[Filter] = &[
    Filter::text("email", "d.email"),
    Filter::text("full_name", "d.full_name"),
    Filter::text("attributes", "NULL"),
    Filter::boolean("active", "d.status = 'approved'"),
];
const ADD: Body = Body::open(&[Member::required("id", Kind::Uuid)]);

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: ITEM,
        from: "team_developers m JOIN developers d ON d.id = m.developer_id",
        scope: "m.team_id = ?",
        values: &[teams::team(call)?],
        order: "m.seq",
        filters: FILTERS,
        sorts: &[],
        finish: as_is,
    })
}

/// The answer is the word, not JSON.
fn add(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let team = teams::team(call)?;
    let body = call.read(&ADD)?;
    let developer = text_of(&body, "id").unwrap_or_default();
    let here = "SELECT 1 FROM developers WHERE portal_id = ? AND id = ?";
    if !call.exists(here, &[call.part("portalId"), developer])? {
        return Err(Problem::not_found());
    }
    let sql = "INSERT OR IGNORE INTO team_developers (team_id, developer_id) VALUES (?, ?)";
    if call.execute(sql, &[Some(team), Some(developer)])? == 0 {
        return Err(Problem::conflict("Developer is already a member of the team"));
    }
    Ok(Reply::Text(201, "Created"))
}

fn remove(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = "DELETE FROM team_developers WHERE team_id = ? AND developer_id = ?";
    call.delete(sql, &[teams::team(call)?, call.part("developerId")])
}
