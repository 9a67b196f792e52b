//! Portals: list, get, change.

use serde_json::{Map, Value};

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, missing, text_of};
use crate::options::Api;
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals", "list-portals", list),
    Entry("GET", "/portals/{portalId}", "get-portal", get),
    Entry("PATCH", "/portals/{portalId}", "update-portal", update),
];

/// What is kept is what the document's portal has, except the members that are counted or stamped.
const V2_ITEM: &str = "json_patch(p.body, json_object('id', p.id, 'created_at', p.created_at, 'updated_at', p.updated_at, \
    'developer_count', (SELECT count(*) FROM developers d WHERE d.portal_id = p.id), \
    'application_count', (SELECT count(*) FROM applications a WHERE a.portal_id = p.id), \
    'published_product_count', (SELECT count(DISTINCT v.product_id) FROM portal_product_versions w \
        JOIN product_versions v ON v.id = w.product_version_id \
        WHERE w.portal_id = p.id AND w.publish_status = 'published')))";
const V3_ITEM: &str =
    "json_patch(p.body, json_object('id', p.id, 'created_at', p.created_at, 'updated_at', p.updated_at))";

const fn member(name: &'static str, sql: &'static str) -> (&'static str, &'static str) {
    (name, sql)
}

const V2_SORTS: &[(&str, &str)] = &[
    member("name", "p.body ->> 'name'"),
    member("description", "p.body ->> 'description'"),
    member("is_public", "p.body ->> 'is_public'"),
    member("rbac_enabled", "p.body ->> 'rbac_enabled'"),
    member("auto_approve_applications", "p.body ->> 'auto_approve_applications'"),
    member("auto_approve_developers", "p.body ->> 'auto_approve_developers'"),
    member("default_domain", "p.body ->> 'default_domain'"),
    member("custom_domain", "p.body ->> 'custom_domain'"),
    member("custom_client_domain", "p.body ->> 'custom_client_domain'"),
    member("created_at", "p.created_at"),
    member("updated_at", "p.updated_at"),
];
const V3_SORTS: &[(&str, &str)] = &[
    member("name", "p.body ->> 'name'"),
    member("description", "p.body ->> 'description'"),
    member("authentication_enabled", "p.body ->> 'authentication_enabled'"),
    member("rbac_enabled", "p.body ->> 'rbac_enabled'"),
    member("auto_approve_applications", "p.body ->> 'auto_approve_applications'"),
    member("auto_approve_developers", "p.body ->> 'auto_approve_developers'"),
    member("default_domain", "p.body ->> 'default_domain'"),
    member("canonical_domain", "p.body ->> 'canonical_domain'"),
    member("created_at", "p.created_at"),
    member("updated_at", "p.updated_at"),
];

const V2_FILTERS: &[Filter] = &[
    Filter::id("id", "p.id"),
    Filter::text("name", "p.body ->> 'name'"),
    Filter::text("description", "p.body ->> 'description'"),
    Filter::boolean("is_public", "p.body ->> 'is_public'"),
    Filter::boolean("rbac_enabled", "p.body ->> 'rbac_enabled'"),
    Filter::boolean("auto_approve_developers", "p.body ->> 'auto_approve_developers'"),
    Filter::boolean("auto_approve_applications", "p.body ->> 'auto_approve_applications'"),
    Filter::text("default_domain", "p.body ->> 'default_domain'"),
    Filter::text("custom_domain", "p.body ->> 'custom_domain'"),
    Filter::text("custom_client_domain", "p.body ->> 'custom_client_domain'"),
];
const V3_FILTERS: &[Filter] = &[
    Filter::id("id", "p.id"),
    Filter::text("name", "p.body ->> 'name'"),
    Filter::text("description", "p.body ->> 'description'"),
    Filter::boolean("authentication_enabled", "p.body ->> 'authentication_enabled'"),
    Filter::boolean("rbac_enabled", "p.body ->> 'rbac_enabled'"),
    Filter::text("default_api_visibility", "p.body ->> 'default_api_visibility'"),
    Filter::text("default_page_visibility", "p.body ->> 'default_page_visibility'"),
    Filter::id("default_application_auth_strategy_id", "p.body ->> 'default_application_auth_strategy_id'"),
    Filter::boolean("auto_approve_developers", "p.body ->> 'auto_approve_developers'"),
    Filter::boolean("auto_approve_applications", "p.body ->> 'auto_approve_applications'"),
    Filter::text("default_domain", "p.body ->> 'default_domain'"),
    Filter::text("canonical_domain", "p.body ->> 'canonical_domain'"),
];

const V2_BODY: Body = Body::closed(&[
    Member::optional("name", Kind::Text(1, 255)),
    Member::optional("display_name", Kind::Text(1, 255)),
    Member::optional("description", Kind::Text(0, 512)).nullable(),
    Member::optional("is_public", Kind::Boolean),
    Member::optional("rbac_enabled", Kind::Boolean),
    Member::optional("auto_approve_applications", Kind::Boolean),
    Member::optional("auto_approve_developers", Kind::Boolean),
    Member::optional("custom_domain", Kind::Host).nullable(),
    Member::optional("custom_client_domain", Kind::Host).nullable(),
    Member::optional("default_application_auth_strategy_id", Kind::Uuid).nullable(),
    Member::optional("labels", Kind::Labels { update: true }).nullable(),
]);
const V3_BODY: Body = Body::closed(&[
    Member::optional("name", Kind::Text(1, 255)),
    Member::optional("display_name", Kind::Text(1, 255)),
    Member::optional("description", Kind::Text(0, 512)).nullable(),
    Member::optional("authentication_enabled", Kind::Boolean),
    Member::optional("rbac_enabled", Kind::Boolean),
    Member::optional("sipr_enabled", Kind::Boolean),
    Member::optional("default_api_visibility", Kind::OneOf(&["public", "private"])),
    Member::optional("default_page_visibility", Kind::OneOf(&["public", "private"])),
    Member::optional("default_application_auth_strategy_id", Kind::Uuid).nullable(),
    Member::optional("auto_approve_developers", Kind::Boolean),
    Member::optional("auto_approve_applications", Kind::Boolean),
    Member::optional("labels", Kind::Labels { update: true }).nullable(),
    Member::optional("notifications_developer_pii_visibility_enabled", Kind::Boolean),
]);

fn list(call: &Call<'_>) -> Answer {
    let (item, filters, sorts) = match call.api {
        Api::V2 => (V2_ITEM, V2_FILTERS, V2_SORTS),
        Api::V3 => (V3_ITEM, V3_FILTERS, V3_SORTS),
    };
    call.page(&Listing {
        item,
        from: "portals p",
        scope: "p.api = ?",
        values: &[call.api.name()],
        order: "p.seq",
        filters,
        sorts,
        finish: as_is,
    })
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    read(call)
}

fn read(call: &Call<'_>) -> Answer {
    let item = if call.api == Api::V2 { V2_ITEM } else { V3_ITEM };
    let sql = format!("SELECT {item} FROM portals p WHERE p.id = ?");
    Ok(Reply::Json(200, call.one(&sql, &[call.portal()?])?))
}

fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let changes = call.read(if call.api == Api::V2 { &V2_BODY } else { &V3_BODY })?;
    if let Some(strategy) = text_of(&changes, "default_application_auth_strategy_id")
        && !call.exists("SELECT 1 FROM strategies WHERE id = ?", &[strategy])?
    {
        return Err(missing("default_application_auth_strategy_id", "auth strategy"));
    }
    let body = call.one("SELECT body FROM portals WHERE id = ?", &[portal])?;
    let body = Value::Object(merged(body, changes)).to_string();
    let now = call.tick()?;
    call.execute(
        "UPDATE portals SET body = ?, updated_at = ? WHERE id = ?",
        &[Some(&body), Some(&now), Some(portal)],
    )?;
    read(call)
}

/// The old members with the changed ones; labels are merged, and null removes one.
fn merged(old: Value, changes: Map<String, Value>) -> Map<String, Value> {
    let mut all = if let Value::Object(members) = old { members } else { Map::new() };
    for (name, value) in changes {
        if name == "labels" {
            let mut labels = all.get("labels").and_then(Value::as_object).cloned().unwrap_or_default();
            for (label, value) in value.as_object().into_iter().flatten() {
                if value.is_null() {
                    labels.remove(label);
                } else {
                    labels.insert(label.clone(), value.clone());
                }
            }
            all.insert(name, Value::Object(labels));
        } else {
            all.insert(name, value);
        }
    }
    all
}

/// The members of a portal as they are when nobody has said anything.
pub(crate) fn defaults(api: Api, id: &str) -> Map<String, Value> {
    let domain =
        format!("{}.{}.portal.example", id.chars().take(12).filter(|c| *c != '-').collect::<String>(), "eu");
    let members = match api {
        Api::V2 => serde_json::json!({
            "name": "Portal", "display_name": "Portal", "description": null, "is_public": false, "rbac_enabled": false,
            "auto_approve_applications": false, "auto_approve_developers": false, "default_domain": domain,
            "custom_domain": null, "custom_client_domain": null, "default_application_auth_strategy_id": null,
            "labels": {},
        }),
        Api::V3 => serde_json::json!({
            "name": "Portal", "display_name": "Portal", "description": null, "authentication_enabled": true,
            "rbac_enabled": false, "sipr_enabled": false, "default_api_visibility": "private",
            "default_page_visibility": "private", "default_application_auth_strategy_id": null,
            "auto_approve_developers": false, "auto_approve_applications": false, "default_domain": domain,
            "canonical_domain": domain, "labels": {},
        }),
    };
    merged(members, Map::new())
}

/// The portal that a request of the developer's side names, or the only one.
pub(crate) fn named_or_only(call: &Call<'_>, id: Option<&str>) -> Result<String, Problem> {
    let found = match id {
        Some(id) => call.text("SELECT id FROM portals WHERE id = ?", &[id])?,
        None => call.text("SELECT id FROM portals ORDER BY seq LIMIT 1", &[])?,
    };
    found.ok_or_else(Problem::not_found)
}
