//! Publications of APIs and API packages in portals (v3, API Builder).

use serde_json::Value;

use super::{Entry, apis};
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, missing, text_of};
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const V3: &[Entry] = &[
    Entry("GET", "/api-publications", "list-api-publications", list),
    Entry("GET", "/portals/{portalId}/api-publications", "list-portal-api-publications", list_of_portal),
    Entry("GET", "/apis/{apiId}/publications/{portalId}", "fetch-publication", get),
    Entry("PUT", "/apis/{apiId}/publications/{portalId}", "publish-api-to-portal", publish),
    Entry("DELETE", "/apis/{apiId}/publications/{portalId}", "delete-publication", delete),
    Entry(
        "GET",
        "/api-packages/{apiPackageId}/publications/{portalId}",
        "fetch-api-package-publication",
        get,
    ),
    Entry(
        "PUT",
        "/api-packages/{apiPackageId}/publications/{portalId}",
        "publish-api-package-to-portal",
        publish,
    ),
    Entry(
        "DELETE",
        "/api-packages/{apiPackageId}/publications/{portalId}",
        "delete-api-package-publication",
        delete,
    ),
];

const FROM: &str = "publications u JOIN apis i ON i.id = u.api_id JOIN portals o ON o.id = u.portal_id";
const STATE: &str = "'auto_approve_registrations', json(iif(u.auto_approve_registrations, 'true', 'false')), \
    'visibility', u.visibility, \
    'auth_strategy_ids', json(iif(u.strategy_id IS NULL, 'null', json_array(u.strategy_id))), \
    'created_at', u.created_at, 'updated_at', u.updated_at";
const PORTAL_FILTERS: [Filter; 4] = [
    Filter::id("api_id", "u.api_id"),
    Filter::text("api_name", "i.name"),
    Filter::id("auth_strategy_id", "u.strategy_id"),
    Filter::text("entity_type", "i.type"),
];
const BODY: Body = Body::closed(&[
    Member::optional("auto_approve_registrations", Kind::Boolean),
    Member::optional("auth_strategy_ids", Kind::Uuids(1, 1)).nullable(),
    Member::optional("visibility", Kind::OneOf(&["public", "private"])),
]);

fn list(call: &Call<'_>) -> Answer {
    let [api, name, strategy, kind] = PORTAL_FILTERS;
    call.page_by_list(&Listing {
        item: &format!(
            "json_object('api_id', u.api_id, 'portal_id', u.portal_id, 'entity_type', i.type, {STATE})"
        ),
        from: FROM,
        scope: "1",
        values: &[],
        order: "u.seq",
        filters: &[
            Filter::id("portal_id", "u.portal_id"),
            Filter::text("portal_name", "o.body ->> 'name'"),
            api,
            name,
            strategy,
            kind,
        ],
        sorts: &[
            ("portal_id", "u.portal_id"),
            ("portal_name", "o.body ->> 'name'"),
            ("api_id", "u.api_id"),
            ("api_name", "i.name"),
            ("created_at", "u.created_at"),
            ("updated_at", "u.updated_at"),
        ],
        finish: as_is,
    })
}

/// Here the document has a list of portals in place of the one.
fn list_of_portal(call: &Call<'_>) -> Answer {
    call.page_by_list(&Listing {
        item: &format!(
            "json_object('api_id', u.api_id, 'portal_ids', json_array(u.portal_id), 'entity_type', i.type, {STATE})"
        ),
        from: FROM,
        scope: "u.portal_id = ?",
        values: &[call.portal()?],
        order: "u.seq",
        filters: &PORTAL_FILTERS,
        sorts: &[
            ("api_id", "u.api_id"),
            ("api_name", "i.name"),
            ("created_at", "u.created_at"),
            ("updated_at", "u.updated_at"),
        ],
        finish: as_is,
    })
}

fn read(call: &Call<'_>, api: &str, portal: &str) -> Result<Value, Problem> {
    call.one(
        &format!("SELECT json_object({STATE}) FROM publications u WHERE u.api_id = ? AND u.portal_id = ?"),
        &[api, portal],
    )
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, apis::entity(call)?, call.portal()?)?))
}

/// Without `auth_strategy_ids` the portal's default strategy is used; null means that no authentication is asked for.
fn publish(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let (api, portal) = (apis::entity(call)?, call.portal()?);
    let body = call.read(&BODY)?;
    let strategy = match body.get("auth_strategy_ids") {
        None => call.portal_setting(portal, "default_application_auth_strategy_id")?,
        Some(ids) => ids.get(0).and_then(Value::as_str).map(str::to_owned),
    };
    if let Some(id) = &strategy
        && !call.exists("SELECT 1 FROM strategies WHERE id = ?", &[id])?
    {
        return Err(missing("auth_strategy_ids[0]", "auth strategy"));
    }
    let automatic = body.get("auto_approve_registrations").and_then(Value::as_bool) == Some(true);
    let visibility = match text_of(&body, "visibility") {
        Some(visibility) => visibility.to_owned(),
        None => {
            call.portal_setting(portal, "default_api_visibility")?.unwrap_or_else(|| "private".to_owned())
        }
    };
    let now = call.tick()?;
    call.execute(
        "INSERT INTO publications (portal_id, api_id, visibility, strategy_id, auto_approve_registrations, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?6, ?6) ON CONFLICT (portal_id, api_id) DO UPDATE SET visibility = excluded.visibility, \
         strategy_id = excluded.strategy_id, auto_approve_registrations = excluded.auto_approve_registrations, \
         updated_at = excluded.updated_at",
        &[
            Some(portal),
            Some(api),
            Some(&visibility),
            strategy.as_deref(),
            Some(if automatic { "1" } else { "0" }),
            Some(&now),
        ],
    )?;
    Ok(Reply::Json(200, read(call, api, portal)?))
}

fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let (api, portal) = (apis::entity(call)?, call.portal()?);
    call.delete("DELETE FROM publications WHERE api_id = ? AND portal_id = ?", &[api, portal])
}
