//! Applications, of developers and (v3) of teams.

use serde_json::{Map, Value};

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, drop_null, missing, text_of};
use crate::options::Api;
use crate::problem::{Invalid, Problem};
use crate::query::Filter;

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/applications", "list-applications", list),
    Entry("GET", "/portals/{portalId}/applications/{applicationId}", "get-application", get),
    Entry("DELETE", "/portals/{portalId}/applications/{applicationId}", "delete-application", delete),
    Entry("GET", "/applications/{applicationId}", "get-application-unscoped", get_unscoped),
];
pub(super) const V3: &[Entry] = &[
    Entry("POST", "/portals/{portalId}/applications", "create-application", create),
    Entry("PATCH", "/portals/{portalId}/applications/{applicationId}", "update-application", update),
    Entry(
        "GET",
        "/portals/{portalId}/applications/{applicationId}/developers",
        "list-developers-by-application",
        developers,
    ),
];

const FROM: &str = "applications a JOIN portals p ON p.id = a.portal_id \
    LEFT JOIN developers d ON d.id = a.owner_id AND a.owner_type = 'developer' LEFT JOIN strategies s ON s.id = a.strategy_id";
const V2_ITEM: &str = "json_object('id', a.id, 'created_at', a.created_at, 'updated_at', a.updated_at, 'name', a.name, \
    'description', a.description, 'labels', json(a.labels), 'reference_id', a.reference_id, \
    'registration_count', (SELECT count(*) FROM registrations r WHERE r.application_id = a.id), \
    'dcr_provider', json(iif(a.dcr_provider_id IS NULL, 'null', json_object('id', a.dcr_provider_id))), \
    'portal', json_object('id', a.portal_id), \
    'developer', json(iif(a.owner_type = 'developer', json_object('id', a.owner_id, 'name', coalesce(d.full_name, ''), \
        'email', coalesce(d.email, '')), 'null')), \
    'owner', json(iif(a.owner_type = 'developer', 'null', json_object('type', a.owner_type, 'id', a.owner_id))), \
    'auth_strategy', json(coalesce(s.body, 'null')), 'granted_scopes', json(coalesce(a.granted_scopes, 'null')))";
const V3_ITEM: &str = "json_object('id', a.id, 'created_at', a.created_at, 'updated_at', a.updated_at, 'name', a.name, \
    'description', a.description, 'labels', json(a.labels), 'client_id', coalesce(a.client_id, ''), \
    'registration_count', (SELECT count(*) FROM registrations r WHERE r.application_id = a.id), \
    'dcr_provider', json(iif(a.dcr_provider_id IS NULL, 'null', json_object('id', a.dcr_provider_id))), \
    'portal', json_object('id', a.portal_id), 'auth_strategy', json(coalesce(s.body, 'null')), \
    'granted_scopes', json(coalesce(a.granted_scopes, 'null')), \
    'owner', json_object('type', a.owner_type, 'id', a.owner_id))";

const V2_FILTERS: &[Filter] = &[
    Filter::id("developer_id", "iif(a.owner_type = 'developer', a.owner_id, NULL)"),
    Filter::text("developer_name", "d.full_name"),
    Filter::text("developer_email", "d.email"),
    Filter::text("name", "a.name"),
];
const V3_FILTERS: &[Filter] = &[
    Filter::id("developer_id", "iif(a.owner_type = 'developer', a.owner_id, NULL)"),
    Filter::text("name", "a.name"),
    Filter::id("team_id", "iif(a.owner_type = 'team', a.owner_id, NULL)"),
];
const SORTS: &[(&str, &str)] = &[
    ("created_at", "a.created_at"),
    ("developer_id", "iif(a.owner_type = 'developer', a.owner_id, NULL)"),
    ("name", "a.name"),
];
const OWNER: &[Member] =
    &[Member::required("type", Kind::OneOf(&["developer", "team"])), Member::required("id", Kind::Uuid)];
const CREATE: Body = Body::closed(&[
    Member::required("name", Kind::Text(0, 255)),
    Member::optional("description", Kind::Text(0, 255)),
    Member::optional("labels", Kind::Labels { update: true }).nullable(),
    Member::optional("dcr_client_id", Kind::Text(0, 255)),
    Member::optional("client_id", Kind::Text(0, 255)),
    Member::optional("auth_strategy_id", Kind::Uuid),
    Member::required("owner", Kind::Object(OWNER)),
]);
const UPDATE: Body = Body::closed(&[Member::optional("owner", Kind::Object(OWNER))]);

/// An application without a strategy or an owner the document knows is shown as it is, for tests of odd data.
fn finish_v2(item: &mut Value) {
    for name in ["auth_strategy", "developer", "owner"] {
        drop_null(item, name);
    }
}

/// Only applications with client credentials have these three members.
fn finish_v3(item: &mut Value) {
    let keys = item.pointer("/auth_strategy/credential_type").and_then(Value::as_str) == Some("key_auth");
    if let (true, Some(members)) = (keys, item.as_object_mut()) {
        members.retain(|name, _| !matches!(name.as_str(), "client_id" | "dcr_provider" | "granted_scopes"));
    }
}

/// The official example of the list has no `owner`; only the single application does.
fn finish_v3_listed(item: &mut Value) {
    finish_v3(item);
    if let Some(members) = item.as_object_mut() {
        members.remove("owner");
    }
}

fn list(call: &Call<'_>) -> Answer {
    let (item, filters, finish): (_, _, fn(&mut Value)) = match call.api {
        Api::V2 => (V2_ITEM, V2_FILTERS, finish_v2),
        Api::V3 if call.settings.list_owners => (V3_ITEM, V3_FILTERS, finish_v3),
        Api::V3 => (V3_ITEM, V3_FILTERS, finish_v3_listed),
    };
    call.page(&Listing {
        item,
        from: FROM,
        scope: "a.portal_id = ?",
        values: &[call.portal()?],
        order: "a.seq",
        filters,
        sorts: SORTS,
        finish,
    })
}

/// The application of the path.
pub(super) fn application<'a>(call: &'a Call<'_>) -> Result<&'a str, Problem> {
    let (portal, id) = (call.portal()?, call.part("applicationId"));
    let found = call.exists("SELECT 1 FROM applications WHERE portal_id = ? AND id = ?", &[portal, id])?;
    if found { Ok(id) } else { Err(Problem::not_found()) }
}

pub(crate) fn read(call: &Call<'_>, id: &str) -> Result<Value, Problem> {
    let (item, finish): (_, fn(&mut Value)) = match call.api {
        Api::V2 => (V2_ITEM, finish_v2),
        Api::V3 => (V3_ITEM, finish_v3),
    };
    let mut found =
        call.one(&format!("SELECT {item} FROM {FROM} WHERE p.api = ? AND a.id = ?"), &[call.api.name(), id])?;
    finish(&mut found);
    Ok(found)
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, application(call)?)?))
}

fn get_unscoped(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, read(call, call.part("applicationId"))?))
}

/// Registrations and credentials go with their application.
fn delete(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    call.delete("DELETE FROM applications WHERE id = ?", &[application(call)?])
}

/// The owner of a body: a developer of the portal, or a team of it that may own applications.
fn owner<'a>(call: &Call<'_>, body: &'a Map<String, Value>) -> Result<Option<(&'a str, &'a str)>, Problem> {
    let Some(owner) = body.get("owner").and_then(Value::as_object) else { return Ok(None) };
    let (kind, id) = (text_of(owner, "type").unwrap_or_default(), text_of(owner, "id").unwrap_or_default());
    let portal = call.part("portalId");
    if kind == "developer" {
        let found = call.exists("SELECT 1 FROM developers WHERE portal_id = ? AND id = ?", &[portal, id])?;
        return if found { Ok(Some((kind, id))) } else { Err(missing("owner.id", "developer")) };
    }
    match call
        .text("SELECT can_own_applications || '' FROM teams WHERE portal_id = ? AND id = ?", &[portal, id])?
        .as_deref()
    {
        None => Err(missing("owner.id", "team")),
        Some("1") => Ok(Some((kind, id))),
        Some(_) => Err(Invalid::wrong("body", "owner.id", "this team may not own applications").into()),
    }
}

fn create(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let body = call.read(&CREATE)?;
    let Some((kind, id)) = owner(call, &body)? else { return Err(Invalid::required("body", "owner").into()) };
    let application = Application {
        name: text_of(&body, "name").unwrap_or_default(),
        description: text_of(&body, "description"),
        labels: body.get("labels").filter(|labels| labels.is_object()),
        client_id: text_of(&body, "client_id").or(text_of(&body, "dcr_client_id")),
        strategy: text_of(&body, "auth_strategy_id"),
        owner: (kind, id),
    };
    let created = insert(call, portal, &application)?;
    Ok(Reply::Json(201, read(call, &created)?))
}

/// A new application.
#[derive(Debug)]
pub(crate) struct Application<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) labels: Option<&'a Value>,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) strategy: Option<&'a str>,
    pub(crate) owner: (&'a str, &'a str),
}

/// Adds an application; without a strategy it has the portal's, or the first there is.
pub(crate) fn insert(call: &Call<'_>, portal: &str, new: &Application<'_>) -> Result<String, Problem> {
    let strategy = match new.strategy {
        Some(id) => {
            let found = call.text("SELECT id FROM strategies WHERE id = ?", &[id])?;
            Some(found.ok_or_else(|| missing("auth_strategy_id", "auth strategy"))?)
        }
        None => match call.portal_setting(portal, "default_application_auth_strategy_id")? {
            Some(id) => Some(id),
            None => call.text("SELECT id FROM strategies ORDER BY rowid LIMIT 1", &[])?,
        },
    };
    let (id, now) = (call.fresh_id("application")?, call.tick()?);
    let generated = id.replace('-', "");
    let labels = new.labels.map_or_else(|| "{}".to_owned(), Value::to_string);
    let client_id = new.client_id.unwrap_or(&generated);
    call.execute(
        "INSERT INTO applications (id, portal_id, name, description, labels, reference_id, client_id, owner_type, owner_id, \
         strategy_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?6, ?6, ?, ?, ?, ?10, ?10)",
        &[
            Some(&id),
            Some(portal),
            Some(new.name),
            new.description,
            Some(&labels),
            Some(client_id),
            Some(new.owner.0),
            Some(new.owner.1),
            strategy.as_deref(),
            Some(&now),
        ],
    )?;
    Ok(id)
}

fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let id = application(call)?;
    let body = call.read(&UPDATE)?;
    if let Some((kind, owner)) = owner(call, &body)? {
        let now = call.tick()?;
        let sql = "UPDATE applications SET owner_type = ?, owner_id = ?, updated_at = ? WHERE id = ?";
        call.execute(sql, &[Some(kind), Some(owner), Some(&now), Some(id)])?;
    }
    Ok(Reply::Json(200, read(call, id)?))
}

/// Who can use the application: its developer, or the members of its team.
fn developers(call: &Call<'_>) -> Answer {
    let id = application(call)?;
    call.page(&Listing {
        item: "json_object('id', d.id, 'email', d.email, 'full_name', d.full_name)",
        from: "applications a JOIN developers d ON (a.owner_type = 'developer' AND d.id = a.owner_id) OR (a.owner_type = 'team' \
               AND d.id IN (SELECT m.developer_id FROM team_developers m WHERE m.team_id = a.owner_id))",
        scope: "a.id = ?",
        values: &[id],
        order: "d.seq",
        filters: &[Filter::text("id", "d.id")],
        sorts: &[("id", "d.id")],
        finish: as_is,
    })
}
