//! What is in the filter: a CycloneDX 1.6 document, from what cargo itself resolves for the target it is built for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::digest;
use crate::tools::{TaskError, cargo, output, read_text, root};

/// The bill of materials of a package's WebAssembly build, of which these are the bytes. No time and no random number
/// is in it.
pub(super) fn of(package: &str, built: &[u8]) -> Result<Vec<u8>, TaskError> {
    let mut metadata = cargo();
    metadata.args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "wasm32-unknown-unknown",
    ]);
    let metadata = output(&mut metadata, "install Rust from rustup.rs")?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(TaskError::other)?;
    let graph = Graph::new(&metadata);
    let main = graph.named(package).ok_or_else(|| TaskError::other(format!("cargo knows no `{package}`")))?;
    let (checksums, reached) = (checksums()?, graph.reached(main));
    let component = |id: &str| graph.packages.get(id).map(|found| component(found, &checksums));
    let mut first = component(main).unwrap_or_default();
    if let Some(first) = first.as_object_mut() {
        first.insert("hashes".to_owned(), json!([{"alg": "SHA-256", "content": digest(built)}]));
    }
    let of = |id: &&str| reference(graph.packages.get(id).copied().unwrap_or(&Value::Null));
    let depends = |id: &&str| {
        let on: BTreeSet<String> = graph.of(id).iter().map(of).collect();
        json!({"ref": of(id), "dependsOn": on})
    };
    let others = reached.iter().filter(|id| **id != main);
    let mut components: Vec<Value> = others.filter_map(|id| component(id)).collect();
    let name = |found: &Value| found.get("bom-ref").and_then(Value::as_str).unwrap_or_default().to_owned();
    components.sort_by_key(name);
    let mut dependencies: Vec<Value> = reached.iter().map(depends).collect();
    dependencies.sort_by_key(|found| found.get("ref").and_then(Value::as_str).unwrap_or_default().to_owned());
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": first},
        "components": components,
        "dependencies": dependencies
    });
    let mut text = serde_json::to_string_pretty(&document).map_err(TaskError::other)?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// What cargo resolved: packages by id, and what each of them is built with.
struct Graph<'a> {
    packages: BTreeMap<&'a str, &'a Value>,
    nodes: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn new(metadata: &'a Value) -> Self {
        let id = |value: &'a Value| value.get("id").and_then(Value::as_str).unwrap_or_default();
        let packages = array(metadata, "/packages").iter().map(|package| (id(package), package)).collect();
        let nodes = array(metadata, "/resolve/nodes").iter().map(|node| (id(node), normal(node))).collect();
        Self { packages, nodes }
    }

    fn named(&self, name: &str) -> Option<&'a str> {
        let is_it = |package: &&Value| package.get("name").and_then(Value::as_str) == Some(name);
        self.packages.iter().find(|(_, package)| is_it(package)).map(|(id, _)| *id)
    }

    fn of(&self, id: &str) -> &[&'a str] {
        self.nodes.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    fn reached(&self, main: &'a str) -> BTreeSet<&'a str> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![main]);
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.of(id));
            }
        }
        reached
    }
}

/// What a package is compiled with; what only its tests or its build script need is not in what is built.
fn normal(node: &Value) -> Vec<&str> {
    let is_normal = |dependency: &&Value| {
        let kinds = array(dependency, "/dep_kinds");
        kinds.iter().any(|kind| kind.get("kind").is_none_or(Value::is_null))
    };
    let id = |dependency: &'_ Value| dependency.get("pkg").and_then(Value::as_str).map(ToOwned::to_owned);
    let ids: BTreeSet<String> = array(node, "/deps").iter().filter(is_normal).filter_map(id).collect();
    let all = array(node, "/dependencies").iter().filter_map(Value::as_str);
    all.filter(|id| ids.contains(*id)).collect()
}

fn array<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The package URL, which is also what the document calls a package.
fn reference(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version"))
}

fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (text(package, "name"), text(package, "version"));
    let mut component = json!({
        "type": "library", "bom-ref": reference(package), "name": name, "version": version, "scope": "required",
        "purl": reference(package), "licenses": [{"expression": text(package, "license").replace('/', " OR ")}]
    });
    if let (Some(sum), Some(component)) =
        (checksums.get(&(name.to_owned(), version.to_owned())), component.as_object_mut())
    {
        component.insert("hashes".to_owned(), json!([{"alg": "SHA-256", "content": sum}]));
    }
    component
}

/// What the lock file says each package's sources hash to.
fn checksums() -> Result<BTreeMap<(String, String), String>, TaskError> {
    let lock = read_text(&root().join("Cargo.lock"))?;
    let field = |block: &str, name: &str| {
        let value = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        value.strip_suffix('"').map(ToOwned::to_owned)
    };
    let entry =
        |block: &str| Some(((field(block, "name")?, field(block, "version")?), field(block, "checksum")?));
    Ok(lock.split("[[package]]").filter_map(entry).collect())
}
