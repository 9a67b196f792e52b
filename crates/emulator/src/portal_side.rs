//! What developers do in the portal's own front end, which the Portal Management API cannot: sign up, create an
//! application, register it, create a credential. Only for tests; not the Portal Client API.

use serde_json::json;

use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Reply, text_of};
use crate::operations::{self, Application};
use crate::options::Api;
use crate::problem::Problem;
use crate::random;

const SIGN_UP: Body = Body::closed(&[
    Member::optional("portal_id", Kind::Uuid),
    Member::required("email", Kind::Email),
    Member::required("full_name", Kind::Text(1, 255)),
]);
const APPLICATION: Body = Body::closed(&[
    Member::required("developer_id", Kind::Uuid),
    Member::optional("team_id", Kind::Uuid),
    Member::required("name", Kind::Text(1, 255)),
    Member::optional("description", Kind::Text(0, 255)),
    Member::optional("auth_strategy_id", Kind::Uuid),
]);
const REGISTRATION: Body = Body::closed(&[
    Member::required("application_id", Kind::Uuid),
    Member::required("resource_id", Kind::Uuid),
    Member::optional("developer_id", Kind::Uuid),
]);
const CREDENTIAL: Body = Body::closed(&[
    Member::required("application_id", Kind::Uuid),
    Member::optional("display_name", Kind::Text(1, 255)),
]);

/// Answers in the generation of a portal.
fn speak(call: &mut Call<'_>, portal: &str) -> Result<(), Problem> {
    let api = call.text("SELECT api FROM portals WHERE id = ?", &[portal])?;
    call.api = if api.as_deref() == Some("v3") { Api::V3 } else { Api::V2 };
    Ok(())
}

pub(crate) fn sign_up(call: &mut Call<'_>) -> Answer {
    let body = call.read(&SIGN_UP)?;
    let portal = operations::named_or_only(call, text_of(&body, "portal_id"))?;
    speak(call, &portal)?;
    let (email, name) =
        (text_of(&body, "email").unwrap_or_default(), text_of(&body, "full_name").unwrap_or_default());
    let id = operations::sign_up(call, &portal, email, name, None)?;
    Ok(Reply::Json(201, operations::read_developer(call, &portal, &id)?))
}

/// The portal of a developer who may act in it.
fn portal_of(call: &Call<'_>, developer: &str) -> Result<String, Problem> {
    let portal = call
        .text("SELECT portal_id FROM developers WHERE id = ?", &[developer])?
        .ok_or_else(Problem::not_found)?;
    if !call.exists("SELECT 1 FROM developers WHERE id = ? AND status = 'approved'", &[developer])? {
        return Err(Problem::forbidden("the developer is not approved, so they cannot log in"));
    }
    if call.portal_setting(&portal, "is_public")?.as_deref() == Some("1") {
        return Err(Problem::forbidden("a public portal has no developers and applications"));
    }
    Ok(portal)
}

pub(crate) fn create_application(call: &mut Call<'_>) -> Answer {
    let body = call.read(&APPLICATION)?;
    let developer = text_of(&body, "developer_id").unwrap_or_default();
    let portal = portal_of(call, developer)?;
    let owner = match text_of(&body, "team_id") {
        None => ("developer", developer),
        Some(team) => {
            let member = "SELECT 1 FROM team_developers m JOIN teams t ON t.id = m.team_id \
                WHERE m.team_id = ? AND m.developer_id = ? AND t.can_own_applications";
            if !call.exists(member, &[team, developer])? {
                return Err(Problem::forbidden(
                    "the developer is not in this team, or it may not own applications",
                ));
            }
            ("team", team)
        }
    };
    speak(call, &portal)?;
    let new = Application {
        name: text_of(&body, "name").unwrap_or_default(),
        description: text_of(&body, "description"),
        labels: None,
        client_id: None,
        strategy: text_of(&body, "auth_strategy_id"),
        owner,
    };
    let id = operations::insert_application(call, &portal, &new)?;
    Ok(Reply::Json(201, operations::read_application(call, &id)?))
}

/// Registering needs an approved developer, a published resource that takes registrations, and with roles a Consumer's.
pub(crate) fn register(call: &mut Call<'_>) -> Answer {
    let body = call.read(&REGISTRATION)?;
    let application = text_of(&body, "application_id").unwrap_or_default();
    let resource = text_of(&body, "resource_id").unwrap_or_default();
    let owner = call
        .text("SELECT owner_id FROM applications WHERE id = ?", &[application])?
        .ok_or_else(Problem::not_found)?;
    let portal = portal_of(call, text_of(&body, "developer_id").unwrap_or(&owner))?;
    let open = "SELECT 1 FROM portals o LEFT JOIN portal_product_versions w ON w.portal_id = o.id AND w.product_version_id = ?2 \
        LEFT JOIN publications u ON u.portal_id = o.id AND u.api_id = ?2 WHERE o.id = ?1 AND \
        (w.publish_status = 'published' AND w.application_registration_enabled \
         OR u.strategy_id IS NOT NULL AND o.body ->> 'authentication_enabled')";
    if !call.exists(open, &[&portal, resource])? {
        return Err(Problem::forbidden("this is not published in the portal, or takes no registrations"));
    }
    let consumer = "SELECT 1 FROM applications a JOIN portals o ON o.id = a.portal_id WHERE a.id = ?1 AND \
        (NOT o.body ->> 'rbac_enabled' OR EXISTS (SELECT 1 FROM team_roles r WHERE r.role_name = 'API Consumer' \
         AND r.entity_id IN (?2, '*', (SELECT v.product_id FROM product_versions v WHERE v.id = ?2)) \
         AND r.entity_region IN (o.region, '*') AND (r.team_id = a.owner_id OR r.team_id IN \
         (SELECT m.team_id FROM team_developers m WHERE m.developer_id = a.owner_id))))";
    if !call.exists(consumer, &[application, resource])? {
        return Err(Problem::forbidden("no team of the owner has the role `API Consumer` on this"));
    }
    speak(call, &portal)?;
    let id = operations::insert_registration(call, application, resource, None)?;
    Ok(Reply::Json(201, operations::read_registration(call, &id)?))
}

/// The key is told once, here; no list has it.
pub(crate) fn create_credential(call: &mut Call<'_>) -> Answer {
    let body = call.read(&CREDENTIAL)?;
    let application = text_of(&body, "application_id").unwrap_or_default();
    if !call.exists("SELECT 1 FROM applications WHERE id = ?", &[application])? {
        return Err(Problem::not_found());
    }
    let name = text_of(&body, "display_name").unwrap_or("Key");
    let (id, now) = (call.fresh_id("credential")?, call.tick()?);
    call.execute(
        "INSERT INTO credentials (id, application_id, type, display_name, status, created_at) VALUES (?, ?, 'api_key', ?, 'active', ?)",
        &[Some(&id), Some(application), Some(name), Some(&now)],
    )?;
    let key: String = random::uuid(random::hash(call.settings.seed, &id), "key", 0).replace('-', "");
    Ok(Reply::Json(201, json!({"id": id, "display_name": name, "created_at": now, "credential": key})))
}
