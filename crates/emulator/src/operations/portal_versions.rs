//! Product versions as a portal publishes them (v2, since 2.1).

use serde_json::{Map, Value};

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, missing, text_of};
use crate::problem::{Invalid, Problem};
use crate::query::Filter;

const ONE: &str = "/portals/{portalId}/product-versions/{productVersionId}";

pub(super) const V2: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/product-versions", "list-portal-product-versions", list),
    Entry("POST", "/portals/{portalId}/product-versions", "create-portal-product-version", create),
    Entry("GET", ONE, "get-portal-product-version", get),
    Entry("PUT", ONE, "replace-portal-product-version", replace),
    Entry("PATCH", ONE, "update-portal-product-version", update),
    Entry("DELETE", ONE, "delete-portal-product-version", delete),
];

const FROM: &str = "portal_product_versions w LEFT JOIN strategies s ON s.id = w.strategy_id";
const ITEM: &str = "json_object('id', w.id, 'publish_status', w.publish_status, 'product_version_id', w.product_version_id, \
    'created_at', w.created_at, 'updated_at', w.updated_at, \
    'auth_strategies', json(iif(s.id IS NULL, '[]', json_array(json(s.body)))), \
    'application_registration_enabled', json(iif(w.application_registration_enabled, 'true', 'false')), \
    'auto_approve_registration', json(iif(w.auto_approve_registration, 'true', 'false')), \
    'deprecated', json(iif(w.deprecated, 'true', 'false')))";
const FILTERS: &[Filter] = &[
    Filter::id("id", "w.id"),
    Filter::id("publish_status", "w.publish_status"),
    Filter::id("product_version_id", "w.product_version_id"),
    Filter::time("created_at", "w.created_at"),
    Filter::time("updated_at", "w.updated_at"),
    Filter::id("auth_strategy_ids", "w.strategy_id"),
    Filter::boolean("application_registration_enabled", "w.application_registration_enabled"),
    Filter::boolean("auto_approve_registration", "w.auto_approve_registration"),
    Filter::boolean("deprecated", "w.deprecated"),
];
const SORTS: &[(&str, &str)] = &[
    ("created_at", "w.created_at"),
    ("updated_at", "w.updated_at"),
    ("publish_status", "w.publish_status"),
    ("product_version_id", "w.product_version_id"),
    ("auth_strategy_ids", "w.strategy_id"),
    ("application_registration_enabled", "w.application_registration_enabled"),
    ("auto_approve_registration", "w.auto_approve_registration"),
    ("deprecated", "w.deprecated"),
];

const STATUS: Kind = Kind::OneOf(&["published", "unpublished"]);
const STRATEGIES: Kind = Kind::Uuids(0, 1);
const CREATE: Body = Body::closed(&[
    Member::required("publish_status", STATUS),
    Member::required("product_version_id", Kind::Uuid),
    Member::required("auth_strategy_ids", STRATEGIES),
    Member::required("application_registration_enabled", Kind::Boolean),
    Member::required("auto_approve_registration", Kind::Boolean),
    Member::required("deprecated", Kind::Boolean),
]);
const REPLACE: Body = Body::closed(&[
    Member::required("publish_status", STATUS),
    Member::required("auth_strategy_ids", STRATEGIES),
    Member::required("application_registration_enabled", Kind::Boolean),
    Member::required("auto_approve_registration", Kind::Boolean),
    Member::required("deprecated", Kind::Boolean),
    Member::optional("notify_developers", Kind::Boolean),
]);
const UPDATE: Body = Body::closed(&[
    Member::optional("publish_status", STATUS),
    Member::optional("auth_strategy_ids", STRATEGIES),
    Member::optional("application_registration_enabled", Kind::Boolean),
    Member::optional("auto_approve_registration", Kind::Boolean),
    Member::optional("deprecated", Kind::Boolean),
    Member::optional("notify_developers", Kind::Boolean),
]);

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: ITEM,
        from: FROM,
        scope: "w.portal_id = ?",
        values: &[call.portal()?],
        order: "w.seq",
        filters: FILTERS,
        sorts: SORTS,
        finish: as_is,
    })
}

/// The path's id: the document calls it the product version's, and its answers show another `id` beside it; both are taken.
fn version(call: &Call<'_>) -> Result<String, Problem> {
    let sql = "SELECT id FROM portal_product_versions WHERE portal_id = ?1 AND (product_version_id = ?2 OR id = ?2)";
    call.text(sql, &[call.portal()?, call.part("productVersionId")])?.ok_or_else(Problem::not_found)
}

fn read(call: &Call<'_>, id: &str) -> Result<Value, Problem> {
    call.one(&format!("SELECT {ITEM} FROM {FROM} WHERE w.id = ?"), &[id])
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, &version(call)?)?))
}

/// Whether the body says anything of a strategy, and the one it names, which exists.
fn strategy(call: &Call<'_>, body: &Map<String, Value>) -> Result<(bool, Option<String>), Problem> {
    let Some(ids) = body.get("auth_strategy_ids").and_then(Value::as_array) else { return Ok((false, None)) };
    let Some(id) = ids.first().and_then(Value::as_str) else { return Ok((true, None)) };
    match call.text("SELECT id FROM strategies WHERE id = ?", &[id])? {
        Some(id) => Ok((true, Some(id))),
        None => Err(missing("auth_strategy_ids[0]", "auth strategy")),
    }
}

fn flag(body: &Map<String, Value>, name: &str) -> Option<&'static str> {
    body.get(name).and_then(Value::as_bool).map(|set| if set { "1" } else { "0" })
}

fn create(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let body = call.read(&CREATE)?;
    let version = text_of(&body, "product_version_id").unwrap_or_default();
    if !call.exists("SELECT 1 FROM product_versions WHERE id = ?", &[version])? {
        return Err(missing("product_version_id", "product version"));
    }
    if call.exists(
        "SELECT 1 FROM portal_product_versions WHERE portal_id = ? AND product_version_id = ?",
        &[portal, version],
    )? {
        return Err(
            Invalid::wrong("body", "product_version_id", "this version is already in the portal").into()
        );
    }
    let (_, strategy) = strategy(call, &body)?;
    let (id, now) = (call.fresh_id("portal_product_version")?, call.tick()?);
    call.execute(
        "INSERT INTO portal_product_versions (id, portal_id, product_version_id, publish_status, \
         application_registration_enabled, auto_approve_registration, deprecated, strategy_id, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?9, ?9)",
        &[
            Some(&id),
            Some(portal),
            Some(version),
            text_of(&body, "publish_status"),
            flag(&body, "application_registration_enabled"),
            flag(&body, "auto_approve_registration"),
            flag(&body, "deprecated"),
            strategy.as_deref(),
            Some(&now),
        ],
    )?;
    Ok(Reply::Json(201, read(call, &id)?))
}

fn replace(call: &Call<'_>) -> Answer {
    change(call, &REPLACE)
}

fn update(call: &Call<'_>) -> Answer {
    change(call, &UPDATE)
}

/// Existing registrations are not touched: "Existing registrations are not affected", says Kong of disabling them.
fn change(call: &Call<'_>, body: &Body) -> Answer {
    call.query.only(&[], false)?;
    let id = version(call)?;
    let body = call.read(body)?;
    let (said, strategy) = strategy(call, &body)?;
    let now = call.tick()?;
    call.execute(
        "UPDATE portal_product_versions SET publish_status = coalesce(?, publish_status), \
         application_registration_enabled = coalesce(?, application_registration_enabled), \
         auto_approve_registration = coalesce(?, auto_approve_registration), deprecated = coalesce(?, deprecated), \
         strategy_id = iif(?, ?, strategy_id), updated_at = ? WHERE id = ?",
        &[
            text_of(&body, "publish_status"),
            flag(&body, "application_registration_enabled"),
            flag(&body, "auto_approve_registration"),
            flag(&body, "deprecated"),
            Some(if said { "1" } else { "0" }),
            strategy.as_deref(),
            Some(&now),
            Some(&id),
        ],
    )?;
    Ok(Reply::Json(200, read(call, &id)?))
}

fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    call.delete("DELETE FROM portal_product_versions WHERE id = ?", &[&version(call)?])
}
