//! API products, those of a portal, and their versions (v2).

use super::Entry;
use crate::call::{Answer, Call, Listing, Reply, as_is};
use crate::problem::Problem;
use crate::query::{Filter, Sorting};

pub(super) const V2: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/products", "list-portal-products", of_portal),
    Entry("GET", "/api-products", "get-many-api-product", list),
    Entry("GET", "/api-products/{id}", "get-api-product", get),
    Entry("GET", "/api-products/{apiProductId}/product-versions", "get-many-api-product-version", versions),
    Entry("GET", "/api-products/{apiProductId}/product-versions/{id}", "get-api-product-version", version),
];

const IN_PORTALS: &str = "(SELECT json_group_array(portal_id) FROM (SELECT DISTINCT w.portal_id FROM portal_product_versions w \
    JOIN product_versions v ON v.id = w.product_version_id WHERE v.product_id = p.id))";

fn of_portal(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: &format!(
            "json_object('id', p.id, 'name', p.name, 'description', p.description, 'portal_ids', json({IN_PORTALS}), \
             'version_count', (SELECT count(*) FROM product_versions v JOIN portal_product_versions w \
                ON w.product_version_id = v.id WHERE v.product_id = p.id AND w.publish_status = 'published'), \
             'created_at', p.created_at, 'updated_at', p.updated_at, 'labels', json(p.labels))"
        ),
        from: "products p",
        scope: "EXISTS (SELECT 1 FROM product_versions v JOIN portal_product_versions w ON w.product_version_id = v.id \
                WHERE v.product_id = p.id AND w.portal_id = ?)",
        values: &[call.portal()?],
        order: "p.seq",
        filters: &[Filter::id("id", "p.id"), Filter::text("name", "p.name"), Filter::text("description", "p.description")],
        sorts: &[("created_at", "p.created_at"), ("name", "p.name"), ("description", "p.description")],
        finish: as_is,
    })
}

fn product() -> String {
    format!(
        "json_object('id', p.id, 'name', p.name, 'description', p.description, 'portal_ids', json({IN_PORTALS}), \
         'portals', json((SELECT json_group_array(json_object('portal_id', o.id, 'portal_name', o.body ->> 'name')) \
            FROM portals o WHERE o.id IN (SELECT value FROM json_each({IN_PORTALS})))), \
         'version_count', (SELECT count(*) FROM product_versions v WHERE v.product_id = p.id), \
         'created_at', p.created_at, 'updated_at', p.updated_at, 'labels', json(p.labels), 'public_labels', json('{{}}'))"
    )
}

/// `labels` and `public_labels` are parameters of the document; neither is looked at.
fn list(call: &Call<'_>) -> Answer {
    let mut query = call.query.clone();
    query.forget(&["labels", "public_labels"]);
    call.page_of(
        &query,
        &Listing {
            item: &product(),
            from: "products p",
            scope: "1",
            values: &[],
            order: "p.seq",
            filters: &[Filter::text("name", "p.name")],
            sorts: &[("name", "p.name")],
            finish: as_is,
        },
        Sorting::List,
    )
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(
        200,
        call.one(&format!("SELECT {} FROM products p WHERE p.id = ?", product()), &[call.part("id")])?,
    ))
}

/// The version's own `publish_status` and `deprecated` are of the time before portals had versions; state is in `portals`.
const VERSION: &str = "json_object('id', v.id, 'name', v.name, 'gateway_service', json(coalesce(v.gateway_service, 'null')), \
    'publish_status', iif(EXISTS (SELECT 1 FROM portal_product_versions w WHERE w.product_version_id = v.id \
        AND w.publish_status = 'published'), 'published', 'unpublished'), \
    'deprecated', json('false'), 'labels', json(v.labels), 'created_at', v.created_at, 'updated_at', v.updated_at, \
    'portals', json((SELECT json_group_array(json_object('portal_id', o.id, 'portal_name', o.body ->> 'name', \
        'portal_product_version_id', w.id, 'publish_status', w.publish_status, \
        'deprecated', json(iif(w.deprecated, 'true', 'false')), \
        'application_registration_enabled', json(iif(w.application_registration_enabled, 'true', 'false')), \
        'auto_approve_registration', json(iif(w.auto_approve_registration, 'true', 'false')), \
        'auth_strategies', json(iif(s.id IS NULL, '[]', json_array(json_object('id', s.id, 'name', s.body ->> 'name')))))) \
        FROM portal_product_versions w JOIN portals o ON o.id = w.portal_id LEFT JOIN strategies s ON s.id = w.strategy_id \
        WHERE w.product_version_id = v.id)))";

fn versions(call: &Call<'_>) -> Answer {
    let product = call.part("apiProductId");
    if !call.exists("SELECT 1 FROM products WHERE id = ?", &[product])? {
        return Err(Problem::not_found());
    }
    call.page_by_list(&Listing {
        item: VERSION,
        from: "product_versions v",
        scope: "v.product_id = ?",
        values: &[product],
        order: "v.seq",
        filters: &[
            Filter::text("name", "v.name"),
            Filter::text(
                "publish_status",
                "iif(EXISTS (SELECT 1 FROM portal_product_versions w WHERE w.product_version_id = v.id \
                 AND w.publish_status = 'published'), 'published', 'unpublished')",
            ),
            Filter::id("gateway_service_id", "v.gateway_service ->> 'id'"),
        ],
        sorts: &[("name", "v.name")],
        finish: as_is,
    })
}

fn version(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = format!("SELECT {VERSION} FROM product_versions v WHERE v.product_id = ? AND v.id = ?");
    Ok(Reply::Json(200, call.one(&sql, &[call.part("apiProductId"), call.part("id")])?))
}
