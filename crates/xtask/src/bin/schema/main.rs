//! `schema [--check]`: writes the JSON Schema of the wire types and, from it, the types of both packages.

mod python;
mod shape;
mod typescript;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use xtask::tools::{TaskError, read_text, root, write};

/// The documents that others write and read: each gets a schema of its own, beside the one with everything.
const DOCUMENTS: [(&str, &str); 5] = [
    ("decision", "Decision"),
    ("report", "Report"),
    ("plan", "Plan"),
    ("journal-entry", "JournalEntry"),
    ("portal-access", "PortalAccess"),
];

fn main() -> ExitCode {
    let check = std::env::args().nth(1).as_deref() == Some("--check");
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), TaskError> {
    let schema = gatepass_wasm::surface::schema().to_value();
    let definitions = schema
        .get("$defs")
        .and_then(Value::as_object)
        .ok_or_else(|| TaskError::other("the schema has no definitions"))?;
    let mut stale = Vec::new();
    for (path, text) in files(&schema, definitions)? {
        let path = root().join(path);
        if read_text(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
        } else {
            println!("writing {}", path.display());
            write(&path, text.as_bytes())?;
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(TaskError::other(format!(
        "{} are not as the Rust types say; run `cargo xtask schema`",
        stale.join(", ")
    )))
}

fn files(schema: &Value, definitions: &Map<String, Value>) -> Result<Vec<(PathBuf, String)>, TaskError> {
    let folder = PathBuf::from("bindings/schema");
    let mut files = vec![
        (folder.join("gatepass.schema.json"), pretty(schema)?),
        (PathBuf::from("bindings/js/src/types.ts"), typescript::types(definitions)),
        (PathBuf::from("bindings/python/src/gatepass/wire.py"), python::types(definitions)),
    ];
    for (name, definition) in DOCUMENTS {
        let document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("gatepass.schema.json#/$defs/{definition}"),
        });
        files.push((folder.join(format!("{name}.schema.json")), pretty(&document)?));
    }
    Ok(files)
}

fn pretty(value: &Value) -> Result<String, TaskError> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(TaskError::other)
}
