//! Developers.

use serde_json::Value;

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, text_of};
use crate::options::Api;
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/developers", "list-portal-developers", list),
    Entry("GET", "/portals/{portalId}/developers/{developerId}", "get-developer", get),
    Entry("PATCH", "/portals/{portalId}/developers/{developerId}", "update-developer", update),
    Entry("DELETE", "/portals/{portalId}/developers/{developerId}", "delete-developer", delete),
];
pub(super) const V3: &[Entry] =
    &[Entry("POST", "/portals/{portalId}/developers", "create-developer", create)];

/// The four statuses, in the order of the documents.
pub(crate) const STATUSES: &[&str] = &["approved", "pending", "revoked", "rejected"];

const V2_ITEM: &str = "json_object('id', d.id, 'created_at', d.created_at, 'updated_at', d.updated_at, 'email', d.email, \
    'full_name', d.full_name, 'status', d.status, 'application_count', \
    (SELECT count(*) FROM applications a WHERE a.owner_type = 'developer' AND a.owner_id = d.id))";
const V3_ITEM: &str = "json_object('id', d.id, 'created_at', d.created_at, 'updated_at', d.updated_at, 'email', d.email, \
    'full_name', d.full_name, 'status', d.status)";
const FILTERS: &[Filter] = &[
    Filter::text("name", "d.full_name"),
    Filter::text("status", "d.status"),
    Filter::text("email", "d.email"),
];
const SORTS: &[(&str, &str)] = &[
    ("created_at", "d.created_at"),
    ("updated_at", "d.updated_at"),
    ("email", "d.email"),
    ("name", "d.full_name"),
    ("status", "d.status"),
];
const STATUS: Body = Body::closed(&[Member::optional("status", Kind::OneOf(STATUSES))]);
const CREATE: Body = Body::closed(&[
    Member::required("email", Kind::Email),
    Member::required("full_name", Kind::Text(0, 255)),
    Member::optional("status", Kind::OneOf(STATUSES)),
    Member::optional("send_invitation_email", Kind::Boolean),
]);

const fn item(api: Api) -> &'static str {
    match api {
        Api::V2 => V2_ITEM,
        Api::V3 => V3_ITEM,
    }
}

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: item(call.api),
        from: "developers d",
        scope: "d.portal_id = ?",
        values: &[call.portal()?],
        order: "d.seq",
        filters: FILTERS,
        sorts: SORTS,
        finish: as_is,
    })
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, call.portal()?, call.part("developerId"))?))
}

pub(crate) fn read(call: &Call<'_>, portal: &str, id: &str) -> Result<Value, Problem> {
    let sql = format!("SELECT {} FROM developers d WHERE d.portal_id = ? AND d.id = ?", item(call.api));
    call.one(&sql, &[portal, id])
}

/// Any status may follow any other: the documents state no rule of transition.
fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let (portal, id) = (call.portal()?, call.part("developerId"));
    let body = call.read(&STATUS)?;
    let old = read(call, portal, id)?;
    let Some(status) = text_of(&body, "status") else { return Ok(Reply::Json(200, old)) };
    let now = call.tick()?;
    call.execute(
        "UPDATE developers SET status = ?, updated_at = ? WHERE id = ?",
        &[Some(status), Some(&now), Some(id)],
    )?;
    Ok(Reply::Json(200, read(call, portal, id)?))
}

/// Applications, their registrations and credentials go with their developer.
fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    call.delete(
        "DELETE FROM developers WHERE portal_id = ? AND id = ?",
        &[call.portal()?, call.part("developerId")],
    )
}

fn create(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let body = call.read(&CREATE)?;
    let (email, name) =
        (text_of(&body, "email").unwrap_or_default(), text_of(&body, "full_name").unwrap_or_default());
    let id = sign_up(call, portal, email, name, text_of(&body, "status"))?;
    Ok(Reply::Json(201, read(call, portal, &id)?))
}

/// Adds a developer. Without a status the portal's `auto_approve_developers` decides; an e-mail can be used once.
pub(crate) fn sign_up(
    call: &Call<'_>,
    portal: &str,
    email: &str,
    name: &str,
    status: Option<&str>,
) -> Result<String, Problem> {
    let taken = "SELECT 1 FROM developers WHERE portal_id = ? AND email = ? COLLATE NOCASE";
    if call.exists(taken, &[portal, email])? {
        return Err(Problem::conflict("Developer with the given email already exists"));
    }
    let automatic = call.portal_setting(portal, "auto_approve_developers")?.as_deref() == Some("1");
    let status = status.unwrap_or(if automatic { "approved" } else { "pending" });
    let (id, now) = (call.fresh_id("developer")?, call.tick()?);
    call.execute(
        "INSERT INTO developers (id, portal_id, email, full_name, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?6, ?6)",
        &[Some(&id), Some(portal), Some(email), Some(name), Some(status), Some(&now)],
    )?;
    Ok(id)
}
