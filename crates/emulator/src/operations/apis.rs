//! APIs, API packages and implementations (v3, API Builder). An API and a package share a table: only `type` differs.

use serde_json::Value;

use super::Entry;
use crate::call::{Answer, Call, Listing, Reply, as_is, drop_null};
use crate::problem::Problem;
use crate::query::Filter;

pub(super) const V3: &[Entry] = &[
    Entry("GET", "/apis", "list-apis", list),
    Entry("GET", "/apis/{apiId}", "fetch-api", get),
    Entry("GET", "/api-packages", "list-api-packages", packages),
    Entry("GET", "/api-packages/{packageId}", "get-api-package", package),
    Entry("GET", "/api-implementations", "list-api-implementations", implementations),
    Entry(
        "GET",
        "/apis/{apiId}/implementations/{implementationId}",
        "fetch-api-implementation",
        implementation,
    ),
];

const MODE: &str = "(SELECT iif(m.service IS NULL, 'control_plane', 'gateway_service') FROM implementations m \
    WHERE m.api_id = i.id LIMIT 1)";

fn api() -> String {
    format!(
        "json_object('id', i.id, 'name', i.name, 'description', i.description, 'version', i.version, \
         'current_version_summary', NULL, 'slug', i.slug, 'api_spec_ids', json('[]'), \
         'portals', json((SELECT json_group_array(json_object('id', o.id, 'name', o.body ->> 'name', \
            'display_name', o.body ->> 'display_name')) FROM publications u JOIN portals o ON o.id = u.portal_id \
            WHERE u.api_id = i.id)), \
         'labels', json(i.labels), 'implementation_mode', {MODE}, 'attributes', json('{{}}'), \
         'created_at', i.created_at, 'updated_at', i.updated_at)"
    )
}

const PACKAGE: &str = "json_object('id', i.id, 'name', i.name, 'description', i.description, 'slug', i.slug, \
    'version', i.version, 'rate_limiting_config', NULL, 'labels', json(i.labels), 'attributes', json('{}'), \
    'created_at', i.created_at, 'updated_at', i.updated_at)";
const SORTS: &[(&str, &str)] = &[
    ("name", "i.name"),
    ("version", "i.version"),
    ("created_at", "i.created_at"),
    ("updated_at", "i.updated_at"),
];

fn list(call: &Call<'_>) -> Answer {
    call.page_by_list(&Listing {
        item: &api(),
        from: "apis i",
        scope: "i.type = 'api'",
        values: &[],
        order: "i.seq",
        filters: &[
            Filter::id("id", "i.id"),
            Filter::text("name", "i.name"),
            Filter::text("version", "i.version"),
            Filter::keyed("labels", "i.labels"),
            Filter::keyed("attributes", "'{}'"),
            Filter::text("implementation_mode", MODE),
            Filter::time("created_at", "i.created_at"),
            Filter::time("updated_at", "i.updated_at"),
        ],
        sorts: SORTS,
        finish: as_is,
    })
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = format!("SELECT {} FROM apis i WHERE i.type = 'api' AND i.id = ?", api());
    Ok(Reply::Json(200, call.one(&sql, &[call.part("apiId")])?))
}

fn packages(call: &Call<'_>) -> Answer {
    call.page_by_list(&Listing {
        item: PACKAGE,
        from: "apis i",
        scope: "i.type = 'api_package'",
        values: &[],
        order: "i.seq",
        filters: &[
            Filter::id("id", "i.id"),
            Filter::text("name", "i.name"),
            Filter::text("version", "i.version"),
            Filter::keyed("labels", "i.labels"),
            Filter::keyed("attributes", "'{}'"),
            Filter::time("created_at", "i.created_at"),
            Filter::time("updated_at", "i.updated_at"),
        ],
        sorts: SORTS,
        finish: as_is,
    })
}

fn package(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = format!("SELECT {PACKAGE} FROM apis i WHERE i.type = 'api_package' AND i.id = ?");
    Ok(Reply::Json(200, call.one(&sql, &[call.part("packageId")])?))
}

const LISTED: &str = "json_object('id', m.id, 'created_at', m.created_at, 'updated_at', m.updated_at, 'api_id', m.api_id, \
    'service', json(coalesce(m.service, 'null')), 'control_plane', json(coalesce(m.control_plane, 'null')))";

/// An implementation is of one of two forms: a gateway service, or a control plane.
fn finish(item: &mut Value) {
    drop_null(item, "service");
    drop_null(item, "control_plane");
}

fn implementations(call: &Call<'_>) -> Answer {
    let plane = "coalesce(m.service ->> 'control_plane_id', m.control_plane ->> 'control_plane_id')";
    call.page_by_list(&Listing {
        item: LISTED,
        from: "implementations m",
        scope: "1",
        values: &[],
        order: "m.seq",
        filters: &[
            Filter::id("id", "m.id"),
            Filter::id("api_id", "m.api_id"),
            Filter::id("service_id", "m.service ->> 'id'"),
            Filter::id("control_plane_id", plane),
            Filter::time("created_at", "m.created_at"),
            Filter::time("updated_at", "m.updated_at"),
        ],
        sorts: &[
            ("id", "m.id"),
            ("api_id", "m.api_id"),
            ("control_plane_id", plane),
            ("service_id", "m.service ->> 'id'"),
            ("created_at", "m.created_at"),
            ("updated_at", "m.updated_at"),
        ],
        finish,
    })
}

fn implementation(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = format!(
        "SELECT json_remove({LISTED}, '$.api_id') FROM implementations m WHERE m.api_id = ? AND m.id = ?"
    );
    let mut found = call.one(&sql, &[call.part("apiId"), call.part("implementationId")])?;
    finish(&mut found);
    Ok(Reply::Json(200, found))
}

/// The API or the package of the path, whichever the operation is of.
pub(super) fn entity<'a>(call: &'a Call<'_>) -> Result<&'a str, Problem> {
    let (id, kind) = match call.part("apiId") {
        "" => (call.part("apiPackageId"), "api_package"),
        id => (id, "api"),
    };
    let found = call.exists("SELECT 1 FROM apis WHERE id = ? AND type = ?", &[id, kind])?;
    if found { Ok(id) } else { Err(Problem::not_found()) }
}
