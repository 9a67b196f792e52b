//! What grants access in a generated portal: roles, registrations and credentials.

use gatepass::CredentialKey;
use serde_json::{Map, Value, json};

use crate::portal::{EXPIRIES, Maker};
use crate::things::{Ids, id};

pub(crate) fn team_roles(maker: &mut Maker, ids: &Ids, region: &str, file: &mut Map<String, Value>) {
    let mut entities = if maker.api == "v3" { ids.all_resources() } else { ids.products.clone() };
    entities.extend([ids.elsewhere[1].clone()]);
    let mut by_team = Map::new();
    for team in &ids.teams {
        let mut roles = Vec::new();
        for _ in 0..maker.random.below(4) {
            let mut role = json!({"id": "the same for all"});
            maker.put(
                &mut role,
                "role_name",
                &["API Viewer", "API Consumer", "API Consumer"].map(Value::from),
            );
            role["entity_id"] = json!(maker.random.pick(&entities));
            if maker.random.percent(15) {
                role["entity_id"] = json!("*");
            } else if maker.odd() {
                // Any other text is an error; these are what Konnect can leave out.
                role["entity_id"] = maker.random.pick(&[Value::Null, json!(7), json!([])]);
            }
            let types =
                [json!("Services"), json!("Services"), json!("Services"), json!("Orders"), json!("services")];
            maker.put(&mut role, "entity_type_name", &types);
            let other = if region == "eu" { "us" } else { "eu" };
            maker.put(&mut role, "entity_region", &[region, region, region, "*", other].map(Value::from));
            roles.push(role);
        }
        if !roles.is_empty() && maker.odd() {
            let again = maker.random.pick(&roles);
            roles.push(again);
        }
        if !roles.is_empty() || maker.random.percent(50) {
            by_team.insert(team.clone(), json!(roles));
        }
    }
    file.insert("team_roles".into(), Value::Object(by_team));
}

pub(crate) fn registrations(maker: &mut Maker, ids: &Ids) -> Vec<Value> {
    let resources = ids.all_resources();
    let v3 = maker.api == "v3";
    let mut registrations: Vec<Value> = Vec::new();
    for application in &ids.applications {
        for resource in resources.iter().chain(&ids.elsewhere) {
            let times = maker.random.pick(&[0, 0, 1, 1, 1, 1, 1, 1, 2, 3]);
            for _ in 0..times {
                let id = id(maker, 0x40, ids.number, registrations.len());
                let mut registration = json!({"id": id, "application": {"id": application, "name": "App"}});
                registration[if v3 { "api" } else { "product_version" }] = json!({"id": resource});
                maker.status(&mut registration);
                if v3 && maker.random.percent(20) {
                    let custom_id = format!("consumer {} of {}", maker.random.below(3), ids.number);
                    registration["consumer"] = json!({"id": "c", "custom_id": custom_id});
                }
                registrations.push(registration);
            }
        }
    }
    if !registrations.is_empty() && maker.odd() {
        let again = maker.random.pick(&registrations);
        registrations.push(again);
    }
    registrations
}

/// The hexadecimal digits of a digest.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

pub(crate) fn credentials(maker: &mut Maker, ids: &Ids, number: u16) -> Vec<Value> {
    let mut credentials = Vec::new();
    for (position, application) in ids.applications.iter().enumerate() {
        for _ in 0..maker.random.below(4) {
            // A small pool of names: some are shared by applications, some are there twice for one.
            let name = format!(
                "{}/{}",
                number,
                if maker.random.percent(85) { position } else { maker.random.below(3) }
            );
            let mut credential = json!({"application_id": application});
            match maker.random.below(5) {
                0 => {
                    credential["kind"] = json!("client_id");
                    credential["client_id"] = json!(name);
                    credential["issuer"] =
                        json!(maker.random.pick(&["https://idp.example", "https://other.example"]));
                }
                1 => {
                    credential["kind"] = json!("custom_id");
                    credential["custom_id"] =
                        json!(format!("consumer {} of {number}", maker.random.below(3)));
                }
                _ => {
                    credential["kind"] = json!("api_key");
                    let key = format!("{name}#{}", maker.random.below(3));
                    credential["sha256"] =
                        json!(hexadecimal(CredentialKey::api_key(key.as_bytes()).digest()));
                }
            }
            status(maker, &mut credential);
            match maker.random.below(4) {
                0 => {}
                1 => credential["expires_at"] = Value::Null,
                _ if maker.odd() => {
                    credential["expires_at"] =
                        maker.random.pick(&[json!("soon"), json!(0), json!(""), json!({}), json!(false)]);
                }
                _ => credential["expires_at"] = json!(maker.random.pick(&EXPIRIES)),
            }
            if maker.odd() {
                spoil(maker, &mut credential);
            }
            credentials.push(credential);
        }
    }
    credentials
}

/// Absent means active only in v3: elsewhere nothing says so.
fn status(maker: &mut Maker, credential: &mut Value) {
    if maker.api == "v3" && maker.random.percent(40) {
        return;
    }
    credential["status"] = if maker.odd() {
        maker.nonsense()
    } else {
        maker.random.pick(&["active", "active", "active", "active", "revoked", "expired"]).into()
    };
}

/// Makes a credential one that nobody can show.
fn spoil(maker: &mut Maker, credential: &mut Value) {
    let member = maker.random.pick(&["kind", "sha256", "client_id", "issuer", "custom_id"]);
    credential[member] = maker.random.pick(&[Value::Null, json!("API_KEY"), json!(""), json!(7)]);
}
