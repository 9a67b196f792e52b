//! Kong's OpenAPI documents and their official examples, where they are at hand: `build.rs` sets `cfg(specs)`.

use std::path::Path;

use serde_json::{Map, Value, json};

/// A file of the documents' folder. `found` is `env!("GATEPASS_SPECS_FOUND")`.
pub fn text(found: &str, name: &str) -> String {
    let path = Path::new(found).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An OpenAPI document.
pub fn document(found: &str, name: &str) -> Value {
    serde_yaml_ng::from_str(&text(found, name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The schema of an operation's JSON body, with every reference followed; `None` if it has none.
pub fn request_schema(document: &Value, operation: &str) -> Option<Value> {
    let items = document["paths"].as_object().expect("paths").values();
    let found = items
        .flat_map(|item| item.as_object().expect("methods").values())
        .find(|found| found["operationId"] == operation)?;
    let body = follow(document, &found["requestBody"]);
    Some(follow(document, body.get("content")?.get("application/json")?.get("schema")?))
}

fn follow(document: &Value, value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("a reference inside the document");
                follow(document, document.pointer(pointer).unwrap_or_else(|| panic!("{reference}")))
            }
            None => members.iter().map(|(key, value)| (key.clone(), follow(document, value))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| follow(document, item)).collect(),
        plain => plain.clone(),
    }
}

/// An OpenAPI 3.0 schema as JSON Schema says the same, without what is only said to people.
pub fn as_json_schema(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    if members.get("readOnly") == Some(&json!(true)) {
        return json!({"readOnly": true});
    }
    let nullable = members.get("nullable") == Some(&json!(true));
    let mut plain = Map::new();
    for (keyword, value) in members {
        let value = match (keyword.as_str(), value) {
            (keyword, value) if is_silent(keyword, value) => continue,
            ("additionalProperties", Value::Bool(true)) => continue,
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.clone(), as_json_schema(schema))).collect()
            }
            ("items" | "additionalProperties", value) => as_json_schema(value),
            ("oneOf" | "anyOf", Value::Array(forms)) => {
                plain.insert("oneOf".into(), forms.iter().map(as_json_schema).collect());
                continue;
            }
            ("required", Value::Array(names)) => sorted(names),
            ("enum", Value::Array(words)) => sorted(words),
            (_, value) => value.clone(),
        };
        plain.insert(keyword.clone(), value);
    }
    if let Some(Value::Array(forms)) = plain.get("oneOf").cloned() {
        return one_of(&forms, nullable);
    }
    if nullable {
        let alone = plain.get("type").cloned().unwrap_or_else(|| panic!("nullable without a type: {schema}"));
        plain.insert("type".into(), json!([alone, "null"]));
    }
    Value::Object(plain)
}

/// Whether a keyword says nothing that a body could break.
fn is_silent(keyword: &str, value: &Value) -> bool {
    match keyword {
        "description" | "title" | "example" | "examples" | "default" | "deprecated" | "writeOnly"
        | "nullable" | "discriminator" => true,
        "minLength" | "minItems" => value.as_f64() == Some(0.0),
        _ => keyword.starts_with("x-"),
    }
}

/// Forms that may each be null are one choice that may be null: "exactly one" could never hold of null otherwise.
/// What stands beside `oneOf` in the documents (`type`, `required`) each form says again.
fn one_of(forms: &[Value], nullable: bool) -> Value {
    let null = json!(["object", "null"]);
    let any_null = forms.iter().any(|form| form["type"] == null);
    let forms: Vec<Value> = forms
        .iter()
        .map(|form| {
            let mut form = form.clone();
            form["type"] = json!("object");
            form
        })
        .collect();
    let choice = json!({"oneOf": forms});
    if any_null || nullable { json!({"anyOf": [choice, {"type": "null"}]}) } else { choice }
}

fn sorted(words: &[Value]) -> Value {
    let mut words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.sort();
    json!(words)
}

/// Our own schema in the same order, without what the documents say in prose only.
pub fn comparable(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .filter(|(keyword, _)| !matches!(keyword.as_str(), "propertyNames" | "examples"))
            .map(|(keyword, value)| {
                let value = match (keyword.as_str(), value) {
                    ("required" | "enum", Value::Array(words)) => sorted(words),
                    ("properties", Value::Object(properties)) => {
                        properties.iter().map(|(name, schema)| (name.clone(), comparable(schema))).collect()
                    }
                    (_, value) => comparable(value),
                };
                (keyword.clone(), value)
            })
            .collect(),
        Value::Array(items) => items.iter().map(comparable).collect(),
        plain => plain.clone(),
    }
}
