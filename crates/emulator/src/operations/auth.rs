//! Authentication settings, and the mappings of an identity provider's groups to teams.

use serde_json::{Map, Value, json};

use super::Entry;
use crate::body::{Body, Kind, Member};
use crate::call::{Answer, Call, Listing, Reply, as_is, text_of};
use crate::problem::{Invalid, Problem};

pub(super) const BOTH: &[Entry] = &[
    Entry("GET", "/portals/{portalId}/authentication-settings", "get-portal-authentication-settings", get),
    Entry(
        "PATCH",
        "/portals/{portalId}/authentication-settings",
        "update-portal-authentication-settings",
        update,
    ),
    Entry(
        "GET",
        "/portals/{portalId}/identity-provider/team-group-mappings",
        "list-portal-team-group-mappings",
        list,
    ),
    Entry(
        "PATCH",
        "/portals/{portalId}/identity-provider/team-group-mappings",
        "update-portal-team-group-mappings",
        map,
    ),
];

const CLAIMS: &[Member] = &[
    Member::optional("name", Kind::Text(0, usize::MAX)),
    Member::optional("email", Kind::Text(0, usize::MAX)),
    Member::optional("groups", Kind::Text(0, usize::MAX)),
];
const SETTINGS: Body = Body::open(&[
    Member::optional("basic_auth_enabled", Kind::Boolean),
    Member::optional("oidc_auth_enabled", Kind::Boolean),
    Member::optional("saml_auth_enabled", Kind::Boolean),
    Member::optional("oidc_team_mapping_enabled", Kind::Boolean),
    Member::optional("konnect_mapping_enabled", Kind::Boolean),
    Member::optional("idp_mapping_enabled", Kind::Boolean),
    Member::optional("oidc_issuer", Kind::Text(0, usize::MAX)),
    Member::optional("oidc_client_id", Kind::Text(0, usize::MAX)),
    Member::optional("oidc_client_secret", Kind::Text(0, usize::MAX)),
    Member::optional("oidc_scopes", Kind::Texts),
    Member::optional("oidc_claim_mappings", Kind::AtMost(3, CLAIMS)),
]);
const MAPPINGS: Body = Body::open(&[Member::optional(
    "data",
    Kind::Objects(&[Member::optional("team_id", Kind::Uuid), Member::optional("groups", Kind::Texts)]),
)]);

const SWITCHES: &[&str] = &[
    "basic_auth_enabled",
    "oidc_auth_enabled",
    "saml_auth_enabled",
    "oidc_team_mapping_enabled",
    "konnect_mapping_enabled",
    "idp_mapping_enabled",
];

/// The settings of a portal that nobody has changed.
pub(crate) fn defaults() -> Value {
    json!({
        "basic_auth_enabled": true, "oidc_auth_enabled": false, "saml_auth_enabled": false,
        "oidc_team_mapping_enabled": false, "idp_mapping_enabled": false, "konnect_mapping_enabled": true,
    })
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    Ok(Reply::Json(200, call.one("SELECT auth_settings FROM portals WHERE id = ?", &[call.portal()?])?))
}

fn update(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let portal = call.portal()?;
    let changes = call.read(&SETTINGS)?;
    let mut settings = call.one("SELECT auth_settings FROM portals WHERE id = ?", &[portal])?;
    if let Some(members) = settings.as_object_mut() {
        for name in SWITCHES {
            if let Some(value) = changes.get(*name) {
                members.insert((*name).to_owned(), value.clone());
            }
        }
        change_provider(members, &changes);
    }
    let (text, now) = (settings.to_string(), call.tick()?);
    let sql = "UPDATE portals SET auth_settings = ?, updated_at = ? WHERE id = ?";
    call.execute(sql, &[Some(&text), Some(&now), Some(portal)])?;
    Ok(Reply::Json(200, settings))
}

/// The secret is taken and never given back.
fn change_provider(settings: &mut Map<String, Value>, changes: &Map<String, Value>) {
    if !changes.keys().any(|name| name.starts_with("oidc_") && !SWITCHES.contains(&name.as_str())) {
        return;
    }
    let config = settings.entry("oidc_config").or_insert_with(|| {
        json!({"issuer": "", "client_id": "", "scopes": ["email", "openid", "profile"],
               "claim_mappings": {"name": "name", "email": "email", "groups": "groups"}})
    });
    for (from, to) in [
        ("oidc_issuer", "issuer"),
        ("oidc_client_id", "client_id"),
        ("oidc_scopes", "scopes"),
        ("oidc_claim_mappings", "claim_mappings"),
    ] {
        if let (Some(value), Some(members)) = (changes.get(from), config.as_object_mut()) {
            let mut value = value.clone();
            if let Some(claims) = value.as_object_mut() {
                claims.retain(|name, _| matches!(name.as_str(), "name" | "email" | "groups"));
            }
            members.insert(to.to_owned(), value);
        }
    }
}

/// "Returns a 400 error if an IdP has not yet been configured", says the operation's description.
fn provider(call: &Call<'_>) -> Result<(), Problem> {
    let sql = "SELECT 1 FROM portals WHERE id = ? AND (auth_settings ->> 'oidc_config' IS NOT NULL \
               OR auth_settings ->> 'oidc_auth_enabled' OR auth_settings ->> 'saml_auth_enabled')";
    if call.exists(sql, &[call.portal()?])? {
        return Ok(());
    }
    Err(Invalid::wrong("path", "portalId", "an identity provider has not been configured for this portal")
        .into())
}

fn list(call: &Call<'_>) -> Answer {
    provider(call)?;
    mappings(call)
}

fn mappings(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: "json_object('team_id', t.id, 'groups', json(t.groups))",
        from: "teams t",
        scope: "t.portal_id = ? AND t.groups <> '[]'",
        values: &[call.part("portalId")],
        order: "t.seq",
        filters: &[],
        sorts: &[],
        finish: as_is,
    })
}

/// For each team the given groups replace all it had.
fn map(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    provider(call)?;
    let body = call.read(&MAPPINGS)?;
    for (at, mapping) in body.get("data").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(members) = mapping.as_object() else { continue };
        let Some(team) = text_of(members, "team_id") else { continue };
        let mut groups: Vec<&str> = members
            .get("groups")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let (groups, now) = (json!(groups).to_string(), call.tick()?);
        let sql = "UPDATE teams SET groups = ?, updated_at = ? WHERE id = ? AND portal_id = ?";
        if call.execute(sql, &[Some(&groups), Some(&now), Some(team), Some(call.part("portalId"))])? == 0 {
            let field = format!("data[{at}].team_id");
            return Err(Invalid::wrong("body", &field, "this team does not exist").into());
        }
    }
    mappings(call)
}
