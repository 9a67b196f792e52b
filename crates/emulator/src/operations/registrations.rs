//! Registrations of applications: for product versions (v2), for APIs and API packages (v3).

use serde_json::Value;

use super::{Entry, applications, developers};
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, drop_null, missing, text_of};
use crate::options::Api;
use crate::problem::Problem;
use crate::query::Filter;

const ONE: &str = "/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}";

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/application-registrations", "list-registrations", list),
    Entry(
        "GET",
        "/portals/{portalId}/applications/{applicationId}/registrations",
        "list-registrations-by-application",
        list_of,
    ),
    Entry("GET", ONE, "get-application-registration", get),
    Entry("PATCH", ONE, "update-application-registration", update),
    Entry("DELETE", ONE, "delete-application-registration", delete),
];
pub(super) const V3: &[Entry] = &[
    Entry(
        "POST",
        "/portals/{portalId}/applications/{applicationId}/registrations",
        "create-application-registration",
        create,
    ),
    Entry("GET", "/apis/{apiId}/registrations", "list-api-registrations", list_of_api),
];

const FROM: &str = "registrations r JOIN applications a ON a.id = r.application_id \
    LEFT JOIN developers d ON d.id = a.owner_id AND a.owner_type = 'developer' \
    LEFT JOIN product_versions v ON v.id = r.resource_id LEFT JOIN products p ON p.id = v.product_id \
    LEFT JOIN apis i ON i.id = r.resource_id";
const V2_ITEM: &str = "json_object('id', r.id, 'created_at', r.created_at, 'updated_at', r.updated_at, 'status', r.status, \
    'product', json_object('id', p.id, 'name', p.name), \
    'product_version', json_object('id', r.resource_id, 'name', v.name), \
    'application', json_object('id', a.id, 'name', a.name), \
    'developer', json_object('id', a.owner_id, 'name', coalesce(d.full_name, '')), \
    'granted_scopes', json(coalesce(a.granted_scopes, 'null')))";
const V3_ITEM: &str = "json_object('id', r.id, 'created_at', r.created_at, 'updated_at', r.updated_at, 'status', r.status, \
    'api', json_object('id', r.resource_id, 'name', i.name, 'version', i.version, 'entity_type', r.resource_type), \
    'application', json_object('id', a.id, 'name', a.name), 'consumer', json(coalesce(r.consumer, 'null')))";

const DEVELOPER: Filter = Filter::id("developer_id", "iif(a.owner_type = 'developer', a.owner_id, NULL)");
const APPLICATION: Filter = Filter::text("application_name", "a.name");
const STATUS: Filter = Filter::text("status", "r.status");
const V2_FILTERS: &[Filter] =
    &[DEVELOPER, Filter::text("developer_name", "d.full_name"), APPLICATION, STATUS];
const V3_FILTERS: &[Filter] = &[DEVELOPER, APPLICATION, STATUS];
const SORTS: &[(&str, &str)] = &[
    ("created_at", "r.created_at"),
    ("updated_at", "r.updated_at"),
    ("developer_id", "iif(a.owner_type = 'developer', a.owner_id, NULL)"),
    ("status", "r.status"),
];
const SORTS_OF: &[(&str, &str)] =
    &[("created_at", "r.created_at"), ("updated_at", "r.updated_at"), ("status", "r.status")];

const UPDATE: Body = Body::closed(&[Member::optional("status", Kind::OneOf(developers::STATUSES))]);
const CREATE: Body = Body::closed(&[
    Member::required("api_id", Kind::Uuid),
    Member::optional("status", Kind::OneOf(&["approved", "pending"])),
]);

const fn item(api: Api) -> &'static str {
    match api {
        Api::V2 => V2_ITEM,
        Api::V3 => V3_ITEM,
    }
}

fn finish(item: &mut Value) {
    drop_null(item, "consumer");
}

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: item(call.api),
        from: FROM,
        scope: "a.portal_id = ?",
        values: &[call.portal()?],
        order: "r.seq",
        filters: if call.api == Api::V2 { V2_FILTERS } else { V3_FILTERS },
        sorts: SORTS,
        finish,
    })
}

fn list_of(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: item(call.api),
        from: FROM,
        scope: "r.application_id = ?",
        values: &[applications::application(call)?],
        order: "r.seq",
        filters: &[STATUS],
        sorts: SORTS_OF,
        finish,
    })
}

/// The document's portal-wide view of one API, with the owner of each application.
fn list_of_api(call: &Call<'_>) -> Answer {
    let api = call.part("apiId");
    if !call.exists("SELECT 1 FROM apis WHERE id = ? AND type = 'api'", &[api])? {
        return Err(Problem::not_found());
    }
    call.page(&Listing {
        item: "json_object('id', r.id, 'status', r.status, \
               'portal', json_object('id', o.id, 'name', o.body ->> 'name'), \
               'application', json_object('id', a.id, 'name', a.name, 'description', coalesce(a.description, ''), \
                   'owner', json_object('type', a.owner_type, 'id', a.owner_id)))",
        from: "registrations r JOIN applications a ON a.id = r.application_id JOIN portals o ON o.id = a.portal_id",
        scope: "r.resource_id = ?",
        values: &[api],
        order: "r.seq",
        filters: &[
            STATUS,
            Filter::id("portal_id", "o.id"),
            Filter::text("portal_name", "o.body ->> 'name'"),
            Filter::id("application_id", "a.id"),
            APPLICATION,
            Filter::text("application_owner_type", "a.owner_type"),
            Filter::id("application_owner_id", "a.owner_id"),
        ],
        sorts: &[],
        finish,
    })
}

fn registration<'a>(call: &'a Call<'_>) -> Result<&'a str, Problem> {
    let (application, id) = (applications::application(call)?, call.part("registrationId"));
    let found =
        call.exists("SELECT 1 FROM registrations WHERE application_id = ? AND id = ?", &[application, id])?;
    if found { Ok(id) } else { Err(Problem::not_found()) }
}

pub(crate) fn read(call: &Call<'_>, id: &str) -> Result<Value, Problem> {
    let mut found = call.one(&format!("SELECT {} FROM {FROM} WHERE r.id = ?", item(call.api)), &[id])?;
    finish(&mut found);
    Ok(found)
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, registration(call)?)?))
}

/// Any status may follow any other.
fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let id = registration(call)?;
    if let Some(status) = text_of(&call.read(&UPDATE)?, "status") {
        let now = call.tick()?;
        let sql = "UPDATE registrations SET status = ?, updated_at = ? WHERE id = ?";
        call.execute(sql, &[Some(status), Some(&now), Some(id)])?;
    }
    Ok(Reply::Json(200, read(call, id)?))
}

fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    call.delete("DELETE FROM registrations WHERE id = ?", &[registration(call)?])
}

fn create(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let application = applications::application(call)?;
    let body = call.read(&CREATE)?;
    let api = text_of(&body, "api_id").unwrap_or_default();
    let published = "SELECT 1 FROM publications WHERE portal_id = ? AND api_id = ?";
    if !call.exists(published, &[call.part("portalId"), api])? {
        return Err(missing("api_id", "API published to this portal"));
    }
    let id = insert(call, application, api, text_of(&body, "status"))?;
    Ok(Reply::Json(201, read(call, &id)?))
}

/// Adds a registration: approved if so said, or if the portal or the resource approves by itself.
pub(crate) fn insert(
    call: &Call<'_>,
    application: &str,
    resource: &str,
    status: Option<&str>,
) -> Result<String, Problem> {
    let already = "SELECT 1 FROM registrations WHERE application_id = ? AND resource_id = ?";
    if call.exists(already, &[application, resource])? {
        return Err(Problem::conflict("API is already registered to the application"));
    }
    let automatic = "SELECT 1 FROM applications a JOIN portals p ON p.id = a.portal_id \
        LEFT JOIN publications u ON u.portal_id = p.id AND u.api_id = ?1 \
        LEFT JOIN portal_product_versions w ON w.portal_id = p.id AND w.product_version_id = ?1 \
        WHERE a.id = ?2 AND (p.body ->> 'auto_approve_applications' OR u.auto_approve_registrations OR w.auto_approve_registration)";
    let automatic = call.exists(automatic, &[resource, application])?;
    let kind = call
        .text("SELECT type FROM apis WHERE id = ?", &[resource])?
        .unwrap_or_else(|| "product_version".to_owned());
    let status = status.unwrap_or(if automatic { "approved" } else { "pending" });
    let (id, now) = (call.fresh_id("registration")?, call.tick()?);
    call.execute(
        "INSERT INTO registrations (id, application_id, resource_type, resource_id, status, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?6, ?6)",
        &[Some(&id), Some(application), Some(&kind), Some(resource), Some(status), Some(&now)],
    )?;
    Ok(id)
}
