//! Kong's OpenAPI documents: which operations there are, and which answers fit them.

use std::path::Path;

use gatepass_emulator::{Api, Operation};
use serde_json::{Map, Value, json};

/// The documents of a generation.
pub const DOCUMENTS: [(&str, Api); 5] = [
    ("portal-management-v2.yaml", Api::V2),
    ("api-products-v2.yaml", Api::V2),
    ("application-auth-strategies-v2.yaml", Api::V2),
    ("portal-management-v3.yaml", Api::V3),
    ("api-builder-v3.yaml", Api::V3),
];

/// One document.
pub struct Document {
    pub name: &'static str,
    pub api: Api,
    pub root: Value,
}

pub fn documents() -> Vec<Document> {
    DOCUMENTS.iter().map(|(name, api)| Document { name, api: *api, root: read(name) }).collect()
}

fn read(name: &str) -> Value {
    let path = Path::new(env!("GATEPASS_SPECS_FOUND")).join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Document {
    /// The document's object of an operation, if it is in this one.
    pub fn operation(&self, operation: &Operation) -> Option<&Value> {
        let found = self.root["paths"].get(operation.path)?.get(operation.method.to_lowercase())?;
        (self.api == operation.api && found["operationId"] == operation.id).then_some(found)
    }

    /// What a `$ref` names.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("a reference inside the document");
                self.resolve(
                    self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")),
                )
            }
            None => value,
        }
    }

    /// The JSON Schema of an answer, with `nullable` said as JSON Schema says it; `None` if the status has no such body.
    pub fn schema(&self, operation: &Value, status: u16, content_type: &str) -> Option<Value> {
        let response = self.resolve(operation["responses"].get(status.to_string())?);
        let kind = content_type.split(';').next().unwrap_or_default();
        let schema = response.get("content")?.get(kind)?.get("schema")?;
        let mut root = json!({"components": self.root["components"]});
        root["allOf"] = json!([schema]);
        as_json_schema(&mut root);
        Some(root)
    }
}

/// `nullable: true` becomes a type of its own; patterns, which are ECMAScript's, are left out.
fn as_json_schema(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_json_schema),
        Value::Object(members) => {
            members.remove("pattern");
            members.remove("example");
            members.remove("x-examples");
            members.remove("discriminator");
            members.values_mut().for_each(as_json_schema);
            if members.remove("nullable") == Some(Value::Bool(true)) {
                let plain = std::mem::take(members);
                let mut wrapped = Map::new();
                wrapped.insert("anyOf".to_owned(), json!([{"type": "null"}, plain]));
                *members = wrapped;
            }
        }
        _ => {}
    }
}
