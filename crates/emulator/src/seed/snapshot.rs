//! Loads a Gatepass snapshot: the portal that an export made, served again.

use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use super::rows::{flag, insert, maybe, text};
use crate::options::{Api, EmulatorError};
use crate::{clock, operations, random};

struct Loader<'a> {
    connection: &'a Connection,
    snapshot: &'a Map<String, Value>,
    portal: String,
    now: String,
}

/// Loads the snapshot. Its portal gets the generation that the snapshot names.
pub(crate) fn load(connection: &Connection, json: &str) -> Result<(), EmulatorError> {
    let wrong = |reason: &str| EmulatorError::Snapshot(reason.to_owned());
    let value: Value =
        serde_json::from_str(json).map_err(|error| EmulatorError::Snapshot(error.to_string()))?;
    let snapshot = value.as_object().ok_or_else(|| wrong("is not a JSON object"))?;
    if of(snapshot, "format") != Some("gatepass.snapshot/1") {
        return Err(wrong("its `format` is not `gatepass.snapshot/1`"));
    }
    let api = match of(snapshot, "api") {
        Some("v2") => Api::V2,
        Some("v3") => Api::V3,
        _ => return Err(wrong("its `api` is neither `v2` nor `v3`")),
    };
    let portal = snapshot.get("portal").and_then(|portal| portal.get("id")).and_then(Value::as_str);
    let portal = portal.ok_or_else(|| wrong("its `portal` has no `id`"))?.to_owned();
    let now = of(snapshot, "exported_at").and_then(clock::normal).unwrap_or_else(|| clock::text(0));
    let loader = Loader { connection, snapshot, portal, now };
    loader.portal(api)?;
    loader.strategies()?;
    loader.people()?;
    loader.resources()?;
    loader.access()?;
    Ok(())
}

fn of<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// A text, or the compact JSON of anything else that is not null: odd values stay odd.
fn odd(item: &Value, name: &str) -> Option<String> {
    match item.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}

fn truth(item: &Value, name: &str) -> bool {
    item.get(name).and_then(Value::as_bool) == Some(true)
}

fn object(item: &Value, name: &str) -> Option<String> {
    item.get(name).filter(|value| value.is_object()).map(Value::to_string)
}

/// The id of a reference: an object with one, or the id alone.
fn reference(item: Option<&Value>) -> Option<&str> {
    let item = item?;
    item.get("id").unwrap_or(item).as_str()
}

impl Loader<'_> {
    fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.snapshot.get(name).and_then(Value::as_array).into_iter().flatten()
    }

    fn map(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        let teams = self.snapshot.get(name).and_then(Value::as_object).into_iter().flatten();
        teams.flat_map(|(team, items)| items.as_array().into_iter().flatten().map(move |item| (team, item)))
    }

    /// A time as the database writes it; as it was, if it cannot be read; the export's, if there is none.
    fn time(&self, item: &Value, name: &str) -> String {
        odd(item, name).map_or_else(|| self.now.clone(), |text| clock::normal(&text).unwrap_or(text))
    }

    /// An id that the snapshot does not have, derived from what it is of.
    fn derived(kind: &str, name: &str) -> String {
        random::uuid(random::hash(0, name), kind, 0)
    }

    fn portal(&self, api: Api) -> rusqlite::Result<()> {
        let found = self.snapshot.get("portal").cloned().unwrap_or_default();
        let mut body = operations::portal_defaults(api, &self.portal);
        let name = odd(&found, "name");
        for (member, value) in &mut body {
            if let Some(known) = found.get(member) {
                *value = known.clone();
            } else if member == "display_name"
                && let Some(name) = &name
            {
                *value = Value::from(name.as_str());
            }
        }
        let auth = self.snapshot.get("auth_settings").filter(|settings| settings.is_object());
        let auth = auth.cloned().unwrap_or_else(operations::auth_defaults);
        let columns = [
            ("id", text(&*self.portal)),
            ("api", text(api.name())),
            ("region", text(of(self.snapshot, "region").unwrap_or("eu"))),
            ("body", text(Value::Object(body).to_string())),
            ("auth_settings", text(auth.to_string())),
            ("created_at", text(self.time(&found, "created_at"))),
            ("updated_at", text(self.time(&found, "updated_at"))),
        ];
        insert(self.connection, "portals", &columns)
    }

    /// Strategies are known from applications, their issuers from credentials; those that only resources name become
    /// key authentication.
    fn strategies(&self) -> rusqlite::Result<()> {
        let sql = "INSERT INTO strategies (id, body, strategy_type, issuer, created_at, updated_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (id) DO UPDATE SET issuer = coalesce(issuer, excluded.issuer)";
        let mut statement = self.connection.prepare(sql)?;
        for application in self.list("applications") {
            let Some(strategy) = application.get("auth_strategy") else { continue };
            let Some(id) = odd(strategy, "id") else { continue };
            let by_key = odd(strategy, "credential_type").as_deref() == Some("key_auth");
            let kind = if by_key { "key_auth" } else { "openid_connect" };
            let issuer = odd(application, "id").and_then(|id| self.issuer_of(&id)).filter(|_| !by_key);
            statement.execute(params![id, strategy.to_string(), kind, issuer, self.now])?;
        }
        for resource in self.list("product_versions").chain(self.list("publications")) {
            for id in resource.get("auth_strategy_ids").and_then(Value::as_array).into_iter().flatten() {
                if let Some(id) = id.as_str() {
                    let body = serde_json::json!({"id": id, "name": "API key", "credential_type": "key_auth", "key_names": ["apikey"]});
                    statement.execute(params![id, body.to_string(), "key_auth", None::<String>, self.now])?;
                }
            }
        }
        Ok(())
    }

    fn people(&self) -> rusqlite::Result<()> {
        for item in self.list("developers") {
            let columns = [
                ("id", maybe(odd(item, "id"))),
                ("portal_id", text(&*self.portal)),
                ("email", maybe(odd(item, "email"))),
                ("full_name", maybe(odd(item, "full_name"))),
                ("status", maybe(odd(item, "status"))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "developers", &columns)?;
        }
        let groups = self.snapshot.get("team_group_mappings");
        for item in self.list("teams") {
            let id = odd(item, "id");
            let mapped = id.as_deref().and_then(|id| groups?.get(id)).filter(|groups| groups.is_array());
            let columns = [
                ("id", maybe(id.as_deref())),
                ("portal_id", text(&*self.portal)),
                ("name", maybe(odd(item, "name"))),
                ("description", maybe(odd(item, "description"))),
                ("can_own_applications", flag(truth(item, "can_own_applications"))),
                ("groups", text(mapped.map_or_else(|| "[]".to_owned(), Value::to_string))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "teams", &columns)?;
        }
        for (team, item) in self.map("team_developers") {
            let columns = [("team_id", text(team)), ("developer_id", maybe(reference(Some(item))))];
            insert(self.connection, "team_developers", &columns)?;
        }
        for (team, item) in self.map("team_roles") {
            let columns = [
                ("id", text(odd(item, "id").unwrap_or_else(|| Self::derived("role", &item.to_string())))),
                ("team_id", text(team)),
                ("role_name", maybe(odd(item, "role_name"))),
                ("entity_id", maybe(odd(item, "entity_id"))),
                ("entity_type_name", maybe(odd(item, "entity_type_name"))),
                ("entity_region", maybe(odd(item, "entity_region"))),
            ];
            insert(self.connection, "team_roles", &columns)?;
        }
        Ok(())
    }

    fn resources(&self) -> rusqlite::Result<()> {
        for item in self.list("products") {
            let columns = [
                ("id", maybe(odd(item, "id"))),
                ("name", maybe(odd(item, "name"))),
                ("description", maybe(odd(item, "description"))),
                ("labels", text(object(item, "labels").unwrap_or_else(|| "{}".to_owned()))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "products", &columns)?;
        }
        for item in self.list("product_versions") {
            self.product_version(item)?;
        }
        for (list, kind) in [("apis", "api"), ("api_packages", "api_package")] {
            for item in self.list(list) {
                let columns = [
                    ("id", maybe(odd(item, "id"))),
                    ("type", text(kind)),
                    ("name", maybe(odd(item, "name"))),
                    ("description", maybe(odd(item, "description"))),
                    ("version", maybe(odd(item, "version"))),
                    ("slug", maybe(odd(item, "slug"))),
                    ("labels", text(object(item, "labels").unwrap_or_else(|| "{}".to_owned()))),
                    ("created_at", text(self.time(item, "created_at"))),
                    ("updated_at", text(self.time(item, "updated_at"))),
                ];
                insert(self.connection, "apis", &columns)?;
            }
        }
        for item in self.list("publications") {
            let columns = [
                ("portal_id", text(odd(item, "portal_id").unwrap_or_else(|| self.portal.clone()))),
                ("api_id", maybe(odd(item, "api_id"))),
                ("visibility", maybe(odd(item, "visibility"))),
                ("strategy_id", maybe(item.pointer("/auth_strategy_ids/0").and_then(Value::as_str))),
                ("auto_approve_registrations", flag(truth(item, "auto_approve_registrations"))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "publications", &columns)?;
        }
        for item in self.list("implementations") {
            let columns = [
                (
                    "id",
                    text(
                        odd(item, "id").unwrap_or_else(|| Self::derived("implementation", &item.to_string())),
                    ),
                ),
                ("api_id", maybe(odd(item, "api_id"))),
                ("service", maybe(object(item, "service"))),
                ("control_plane", maybe(object(item, "control_plane"))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "implementations", &columns)?;
        }
        Ok(())
    }

    /// The snapshot's version is joined from two objects of Konnect; here it is parted again.
    fn product_version(&self, item: &Value) -> rusqlite::Result<()> {
        let id = odd(item, "id").unwrap_or_default();
        let columns = [
            ("id", text(&*id)),
            ("product_id", maybe(odd(item, "product_id"))),
            ("name", maybe(odd(item, "name"))),
            ("gateway_service", maybe(object(item, "gateway_service"))),
            ("created_at", text(self.time(item, "created_at"))),
            ("updated_at", text(self.time(item, "updated_at"))),
        ];
        insert(self.connection, "product_versions", &columns)?;
        let columns = [
            ("id", text(Self::derived("portal_product_version", &id))),
            ("portal_id", text(&*self.portal)),
            ("product_version_id", text(id)),
            ("publish_status", text(odd(item, "publish_status").unwrap_or_else(|| "unpublished".to_owned()))),
            ("application_registration_enabled", flag(truth(item, "application_registration_enabled"))),
            ("auto_approve_registration", flag(truth(item, "auto_approve_registration"))),
            ("deprecated", flag(truth(item, "deprecated"))),
            ("strategy_id", maybe(item.pointer("/auth_strategy_ids/0").and_then(Value::as_str))),
            ("created_at", text(self.time(item, "created_at"))),
            ("updated_at", text(self.time(item, "updated_at"))),
        ];
        insert(self.connection, "portal_product_versions", &columns)
    }

    fn access(&self) -> rusqlite::Result<()> {
        for item in self.list("applications") {
            let owner = item.get("owner").filter(|owner| owner.is_object());
            let kind = owner.map_or_else(|| Some("developer".to_owned()), |owner| odd(owner, "type"));
            let owner = reference(owner.or_else(|| item.get("developer")));
            let id = odd(item, "id").unwrap_or_default();
            let client =
                odd(item, "client_id").or_else(|| odd(item, "reference_id")).or_else(|| self.client_of(&id));
            let columns = [
                ("id", text(id)),
                ("portal_id", text(&*self.portal)),
                ("name", maybe(odd(item, "name"))),
                ("description", maybe(odd(item, "description"))),
                ("labels", text(object(item, "labels").unwrap_or_else(|| "{}".to_owned()))),
                ("reference_id", text(client.clone().unwrap_or_default())),
                ("client_id", maybe(client)),
                ("dcr_provider_id", maybe(reference(item.get("dcr_provider")))),
                (
                    "granted_scopes",
                    maybe(item.get("granted_scopes").filter(|found| found.is_array()).map(Value::to_string)),
                ),
                ("owner_type", maybe(kind)),
                ("owner_id", maybe(owner)),
                ("strategy_id", maybe(reference(item.get("auth_strategy")))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "applications", &columns)?;
        }
        for item in self.list("registrations") {
            let api = item.get("api");
            let kind = match api {
                Some(api) => odd(api, "entity_type").unwrap_or_else(|| "api".to_owned()),
                None => "product_version".to_owned(),
            };
            let columns = [
                ("id", maybe(odd(item, "id"))),
                ("application_id", maybe(reference(item.get("application")))),
                ("resource_type", text(kind)),
                ("resource_id", maybe(reference(api.or_else(|| item.get("product_version"))))),
                ("status", maybe(odd(item, "status"))),
                ("consumer", maybe(object(item, "consumer"))),
                ("created_at", text(self.time(item, "created_at"))),
                ("updated_at", text(self.time(item, "updated_at"))),
            ];
            insert(self.connection, "registrations", &columns)?;
        }
        self.credentials()
    }

    fn client_of(&self, application: &str) -> Option<String> {
        odd(self.client(application)?, "client_id")
    }

    fn issuer_of(&self, application: &str) -> Option<String> {
        odd(self.client(application)?, "issuer")
    }

    fn client(&self, application: &str) -> Option<&Value> {
        let mut clients =
            self.list("credentials").filter(|item| odd(item, "kind").as_deref() == Some("client_id"));
        clients.find(|item| odd(item, "application_id").as_deref() == Some(application))
    }

    /// Konnect lists no digests: only that there is a key, or a client.
    fn credentials(&self) -> rusqlite::Result<()> {
        for (number, item) in self.list("credentials").enumerate() {
            let kind = match odd(item, "kind").as_deref() {
                Some("api_key") => "api_key",
                Some("client_id") => "client_secret",
                _ => continue,
            };
            let columns = [
                ("id", text(Self::derived("credential", &number.to_string()))),
                ("application_id", maybe(odd(item, "application_id"))),
                ("type", text(kind)),
                ("display_name", text(format!("Credential {number}"))),
                ("client_id", maybe(odd(item, "client_id"))),
                ("status", maybe(odd(item, "status"))),
                ("expires_at", maybe(odd(item, "expires_at"))),
                ("created_at", text(&*self.now)),
            ];
            insert(self.connection, "credentials", &columns)?;
        }
        Ok(())
    }
}
