//! Schemathesis against the emulator, with Kong's documents restricted to what is implemented.
//!
//! `cargo xtask test` installs schemathesis and runs this with a few examples, `cargo xtask soak` with many.

#![cfg(test)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use gatepass_emulator::{Api, DEFAULT_TOKEN, Data, Emulator, Options, Running, Seed, operations};
use serde_json::{Value, json};
use support::documents::{Document, documents};

/// All checks of single answers. A version can be put into a portal once, and the document has only 400 to say so.
const CONFIG: &str = r#"
[checks]
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_headers_conformance.enabled = true
response_schema_conformance.enabled = true
negative_data_rejection.enabled = true
positive_data_acceptance.enabled = true
missing_required_header.enabled = true
unsupported_method.enabled = true
allow_header_conformance.enabled = true
ignored_auth.enabled = true

[[operations]]
include-name = "POST /portals/{portalId}/product-versions"
checks.positive_data_acceptance.enabled = false
"#;

/// Ids that exist, by the name of the parameter or member that takes them.
type Known = BTreeMap<&'static str, Vec<String>>;

#[test]
fn schemathesis_finds_nothing() {
    let program = std::env::var("GATEPASS_SCHEMATHESIS")
        .expect("GATEPASS_SCHEMATHESIS is not set; run `cargo xtask test`, which sets it");
    let examples = std::env::var("GATEPASS_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "20".to_owned());
    let mut failed = Vec::new();
    for document in documents() {
        // Deleting comes last, or there is nothing left to get.
        for deleting in [false, true] {
            if !operations()
                .iter()
                .any(|found| (found.method == "DELETE") == deleting && document.operation(found).is_some())
            {
                continue;
            }
            let konnect = start(document.api);
            let mut restricted = restrict(&document, &known(&konnect, document.api));
            restricted["servers"] = json!([{"url": konnect.api_url(document.api)}]);
            let file =
                PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{deleting}-{}", document.name));
            std::fs::write(&file, serde_yaml_ng::to_string(&restricted).unwrap()).unwrap();
            let config = file.with_extension("toml");
            std::fs::write(&config, CONFIG).unwrap();
            let status = Command::new(&program)
                .arg("--config-file")
                .arg(&config)
                .arg("run")
                .arg(&file)
                .args([if deleting { "--include-method" } else { "--exclude-method" }, "DELETE"])
                .args([
                    "--url",
                    &konnect.api_url(document.api),
                    "--header",
                    &format!("Authorization: Bearer {DEFAULT_TOKEN}"),
                ])
                .args(["--phases", "examples,coverage,fuzzing", "--max-examples", &examples])
                .args(["--seed", "1", "--generation-database", "none", "--no-color"])
                .status()
                .unwrap_or_else(|error| {
                    panic!("`{program}`: {error}; run `cargo xtask test`, which installs it")
                });
            if !status.success() {
                failed.push(file);
            }
        }
    }
    assert!(failed.is_empty(), "schemathesis found something in {failed:?}");
}

fn start(api: Api) -> Running {
    let data = Data::Generated(Seed { resources: 20, ..Seed::small(api) });
    let konnect = Emulator::start(&Options { data, ..Options::default() }).unwrap();
    let sql =
        "UPDATE portals SET auth_settings = json_set(auth_settings, '$.oidc_auth_enabled', json('true'))";
    konnect.database().execute(sql, &[]).unwrap();
    konnect.database().execute("UPDATE teams SET can_own_applications = 1", &[]).unwrap();
    konnect
}

fn known(konnect: &Running, api: Api) -> Known {
    let ids = |sql: &str| -> Vec<String> {
        let rows = konnect.database().query(sql, &[]).unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    // One application with a registration, and one team with a role and a member, so that what is nested exists.
    let registered = "SELECT application_id AS id FROM registrations ORDER BY seq LIMIT 1";
    let team =
        "SELECT r.team_id AS id FROM team_roles r JOIN team_developers m ON m.team_id = r.team_id LIMIT 1";
    let member = format!("SELECT developer_id AS id FROM team_developers WHERE team_id = ({team}) LIMIT 3");
    let role = format!("SELECT id FROM team_roles WHERE team_id = ({team}) LIMIT 3");
    let implementation = "SELECT id FROM implementations WHERE api_id = (SELECT api_id FROM implementations ORDER BY seq LIMIT 1)";
    let mut known = Known::from([
        ("portalId", ids("SELECT id FROM portals ORDER BY seq LIMIT 1")),
        ("developerId", ids(&member)),
        ("teamId", ids(team)),
        ("team_id", ids("SELECT id FROM teams")),
        ("roleId", ids(&role)),
        ("applicationId", ids(registered)),
        (
            "registrationId",
            ids(&format!("SELECT id FROM registrations WHERE application_id = ({registered})")),
        ),
        ("productVersionId", ids("SELECT product_version_id AS id FROM portal_product_versions LIMIT 3")),
        ("product_version_id", ids("SELECT id FROM product_versions ORDER BY seq DESC LIMIT 2")),
        ("apiProductId", ids("SELECT id FROM products ORDER BY seq LIMIT 1")),
        ("apiId", ids("SELECT api_id AS id FROM implementations ORDER BY seq LIMIT 1")),
        ("api_id", ids("SELECT id FROM apis ORDER BY seq LIMIT 10")),
        ("implementationId", ids(implementation)),
        ("apiPackageId", ids("SELECT id FROM apis WHERE type = 'api_package' LIMIT 1")),
        ("packageId", ids("SELECT id FROM apis WHERE type = 'api_package' LIMIT 1")),
        ("authStrategyId", ids("SELECT id FROM strategies")),
        ("auth_strategy_id", ids("SELECT id FROM strategies")),
        ("auth_strategy_ids", ids("SELECT id FROM strategies")),
        ("default_application_auth_strategy_id", ids("SELECT id FROM strategies")),
        ("developer", ids("SELECT id FROM developers")),
    ]);
    known.retain(|_, ids| !ids.is_empty());
    if api == Api::V2 {
        let version = "SELECT id FROM product_versions WHERE product_id = (SELECT id FROM products ORDER BY seq LIMIT 1)";
        known.insert("version", ids(version));
    }
    known
}

/// The document with the implemented operations only, and ids that exist in place of any id.
fn restrict(document: &Document, known: &Known) -> Value {
    let mut root = document.root.clone();
    let mut paths = serde_json::Map::new();
    for operation in &operations() {
        let Some(described) = document.operation(operation) else { continue };
        let mut described = described.clone();
        let shared =
            document.root["paths"][operation.path]["parameters"].as_array().cloned().unwrap_or_default();
        let own = described["parameters"].as_array().cloned().unwrap_or_default();
        let mut parameters: Vec<Value> =
            shared.iter().chain(&own).map(|parameter| document.resolve(parameter).clone()).collect();
        for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "path") {
            let name = parameter["name"].as_str().unwrap().to_owned();
            let name = match (name.as_str(), operation.path.contains("product-versions/{id}")) {
                ("id", true) => "version",
                ("id", false) => "apiProductId",
                (name, _) => name,
            };
            let ids = known.get(name).unwrap_or_else(|| panic!("{}: no ids for {name}", operation.id));
            parameter["schema"] = json!({"type": "string", "format": "uuid", "enum": ids});
            parameter.as_object_mut().unwrap().retain(|name, _| !name.starts_with("example"));
        }
        parameters
            .iter_mut()
            .filter(|found| found["in"] == "query")
            .for_each(|found| mend_query(document, found));
        described["parameters"] = json!(parameters);
        if let Some(body) = described.get("requestBody") {
            let mut body = inline(document, body);
            name_known(&mut body, "", known);
            // A body that has required members is not optional, whatever the document says.
            if body.pointer("/content/application~1json/schema/required").is_some() {
                body["required"] = json!(true);
            }
            described["requestBody"] = body;
        }
        described.as_object_mut().unwrap().remove("x-examples");
        complete(document, &mut described);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = described;
    }
    root["paths"] = Value::Object(paths);
    mend(&mut root["components"]);
    root
}

/// What the prose of the documents says and their schemas do not: which attributes lists sort by, that a filter has one
/// operator, and that unknown filters are refused.
fn mend_query(document: &Document, parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap().to_owned();
    if name == "sort" {
        let text = parameter["description"].as_str().unwrap_or_default().to_owned();
        let choices: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- ")).collect();
        parameter["schema"] = json!({"type": "string", "enum": choices});
    }
    if name == "filter" {
        let mut schema = inline(document, &parameter["schema"]);
        schema["additionalProperties"] = json!(false);
        let properties = schema["properties"].as_object_mut().unwrap();
        // Their fields are written `labels.key`, which the schema cannot say.
        properties.retain(|name, _| name != "labels" && name != "attributes");
        properties.values_mut().for_each(one_operator);
        parameter["schema"] = schema;
    }
    parameter.as_object_mut().unwrap().retain(|name, _| !name.starts_with("example"));
}

fn one_operator(filter: &mut Value) {
    // Nothing and an empty text look the same in a query: both are refused. So do a number, a truth value or null and
    // their texts: all are taken.
    if filter["type"] == "string" && filter.get("format").is_none() && filter.get("enum").is_none() {
        *filter = json!({"anyOf": [
            {"type": "string", "minLength": 1, "nullable": true}, {"type": "number"}, {"type": "boolean"},
        ]});
        return;
    }
    filter
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
        .for_each(|one| one_operator(one.1));
    if filter.get("properties").is_some() {
        filter["type"] = json!("object");
        filter["minProperties"] = json!(1);
        filter["maxProperties"] = json!(1);
        filter["additionalProperties"] = json!(false);
    }
    for name in ["oneOf", "anyOf", "allOf"] {
        filter.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(one_operator);
    }
}

/// Two slips of the documents: `labels` of answers are marked write-only though required, and `credential_type` is
/// said to discriminate by the schemas' names, which are not its values.
fn mend(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(members) => {
            members.remove("writeOnly");
            members.remove("discriminator");
            members.values_mut().for_each(mend);
        }
        _ => {}
    }
}

/// Adds the statuses that every operation needs and some documents leave out: 400 for a wrong query, 404 for an unknown
/// portal, 405 for a wrong method.
fn complete(document: &Document, described: &mut Value) {
    let prefix =
        if document.root["components"]["schemas"].get("BadRequestError").is_some() { "" } else { "none" };
    assert_eq!(prefix, "", "{} has no schema of a 400", document.name);
    for (status, schema) in [("400", "BadRequestError"), ("404", "NotFoundError"), ("405", "BaseError")] {
        if described["responses"].get(status).is_none() {
            let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
            described["responses"][status] = json!({"description": "left out", "content": {"application/problem+json": {"schema": schema}}});
        }
    }
}

/// A copy without references, so that changing it changes nothing else; without examples, whose ids do not exist.
fn inline(document: &Document, value: &Value) -> Value {
    match document.resolve(value) {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "x-examples"));
            Value::Object(kept.map(|(name, value)| (name.clone(), inline(document, value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| inline(document, item)).collect()),
        other => other.clone(),
    }
}

/// Lets members that refer to something take only ids that exist.
fn name_known(value: &mut Value, owner: &str, known: &Known) {
    let Some(members) = value.as_object_mut() else { return };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, schema) in properties.iter_mut() {
            let ids = match (name.as_str(), owner) {
                ("id", _) => known.get("developer"),
                (name, _) => known.get(name),
            };
            match (ids, schema["type"].as_str()) {
                (Some(ids), Some("array")) => {
                    schema["items"] = json!({"type": "string", "format": "uuid", "enum": ids});
                }
                (Some(ids), Some("string")) => {
                    let nothing = schema.get("nullable").map(|_| Value::Null);
                    schema["enum"] = ids.iter().map(|id| json!(id)).chain(nothing).collect();
                }
                _ => name_known(schema, name, known),
            }
            // Of the two kinds of owners only developers are in the list of ids.
            if owner == "owner" && name == "type" {
                schema["enum"] = json!(["developer"]);
            }
        }
    }
    for name in ["items", "schema"] {
        if let Some(inner) = members.get_mut(name) {
            name_known(inner, owner, known);
        }
    }
    for content in members.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
        name_known(content.1, owner, known);
    }
}
