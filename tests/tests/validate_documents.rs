//! Proves that what is checked is what Kong's documents say: every length, format, pattern, word, required member of
//! every table, and that every official request body passes or is named as not ours.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of a test")]

use std::collections::{BTreeMap, BTreeSet};

use conformance::documents::{as_json_schema, comparable, document, request_schema, text};
use gatepass::validate::{Choice, Form, RequestType, Sender};
use serde_json::Value;

const FOUND: &str = env!("GATEPASS_SPECS_FOUND");

/// Operations of the official examples that are not checked, each with why.
const NOT_OURS: &[(&str, &str)] = &[
    ("create-api-version", "an API's specification decides nothing about access"),
    ("update-api-version", "an API's specification decides nothing about access"),
];

/// Operations of the management APIs with a body that belong to no access decision, by what their paths contain.
const OTHER_SUBJECTS: &[&str] = &[
    "/assets/",
    "/audit-log",
    "/appearance",
    "/authentication-settings",
    "/custom-domain",
    "/customization",
    "/current-specification",
    "/dcr-providers",
    "/documents",
    "/email-",
    "/identity-providers",
    "/images/",
    "/integrations",
    "/ip-allow-list",
    "/operations",
    "/pages",
    "/publish",
    "/snippets",
    "/specifications",
    "/stats",
    "/validate-specification",
    "/apis/{apiId}/versions",
];

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn every_table_says_what_its_operations_say() {
    let mut documents: BTreeMap<&str, Value> = BTreeMap::new();
    let (mut compared, mut different) = (0, Vec::new());
    for (kind, form) in
        RequestType::ALL.iter().flat_map(|kind| kind.forms().iter().map(move |form| (kind, form)))
    {
        let ours = comparable(&form.json_schema());
        for operation in form.operations() {
            let file =
                documents.entry(operation.document).or_insert_with(|| document(FOUND, operation.document));
            let theirs =
                request_schema(file, operation.id).unwrap_or_else(|| panic!("{operation:?} has no body"));
            let theirs = as_json_schema(&theirs);
            if ours != theirs {
                different.push(format!("{} and {operation:?}:\nours   {ours}\ntheirs {theirs}", kind.name()));
            }
            compared += 1;
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert_eq!(compared, 60);
    println!("{compared} operations of {} documents say what the tables say", documents.len());
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn the_rules_for_labels_are_those_that_the_documents_tell() {
    let (mut told, mut files) = (0, BTreeSet::new());
    for operation in RequestType::ALL.iter().flat_map(RequestType::forms).flat_map(Form::operations) {
        files.insert(operation.document);
    }
    let rule = r#"Keys must be of length 1-63 characters, and cannot start with "kong", "konnect", "mesh", "kic", or "_"."#;
    for file in files {
        let words = text(FOUND, file).split_whitespace().collect::<Vec<_>>().join(" ");
        let rules = words.matches("Keys must").count();
        assert_eq!(words.matches(rule).count(), rules, "{file} tells another rule");
        told += rules;
    }
    assert!(told >= 5);
    let labels = RequestType::named("labels").expect("labels");
    let names = &labels.forms()[0].json_schema()["propertyNames"];
    assert_eq!(
        names.to_string(),
        r#"{"maxLength":63,"minLength":1,"not":{"pattern":"^(kong|konnect|mesh|kic|_)"}}"#
    );
    let theirs =
        request_schema(&document(FOUND, "portal-management-v3.yaml"), "create-portal").expect("a body");
    let theirs = as_json_schema(&theirs["properties"]["labels"]);
    let mut ours = comparable(&labels.forms()[1].json_schema());
    ours["type"] = theirs["type"].clone();
    assert_eq!(ours, theirs);
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn every_operation_about_access_has_its_table() {
    let known: BTreeSet<(&str, &str)> = RequestType::ALL
        .iter()
        .flat_map(RequestType::forms)
        .flat_map(Form::operations)
        .map(|operation| (operation.document, operation.id))
        .collect();
    let files: BTreeSet<&str> = known.iter().map(|(file, _)| *file).collect();
    for file in files {
        let root = document(FOUND, file);
        for (path, item) in root["paths"].as_object().expect("paths") {
            for operation in item.as_object().expect("methods").values() {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let other = OTHER_SUBJECTS.iter().any(|subject| path.contains(subject));
                if operation.get("requestBody").is_some() && !other {
                    assert!(known.contains(&(file, id)), "{file}: {id} ({path}) has no table");
                }
            }
        }
    }
}

/// The request and the side that an official example belongs to.
fn official(operation: &str, spec: &str) -> Option<(&'static RequestType, Choice)> {
    // What 2.0.0 and 2.2.2 share has the same operation in the newest document.
    let spec = if spec.starts_with("docs-portal-management-2.") { "portal-management-v2.yaml" } else { spec };
    let sender = if spec.starts_with("dev-portal-client") { Sender::Developer } else { Sender::Admin };
    let mut kinds = RequestType::ALL.iter();
    kinds.find_map(|kind| {
        let mut operations = kind.forms().iter().flat_map(Form::operations);
        let found = operations.find(|known| known.id == operation && known.document == spec)?;
        Some((kind, Choice { api: found.api, sender: Some(sender) }))
    })
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn the_official_request_bodies_pass() {
    let index: Vec<Value> = serde_json::from_str(&text(FOUND, "examples/INDEX.json")).expect("JSON");
    let (mut passed, mut not_ours, mut kinds) = (0, 0, BTreeSet::new());
    for entry in index.iter().filter(|entry| entry["status"] == "req") {
        let word = |name: &str| entry[name].as_str().expect("a text");
        let (file, operation) = (word("file"), word("op"));
        let Some((kind, choice)) = official(operation, word("spec")) else {
            assert!(NOT_OURS.iter().any(|(known, _)| *known == operation), "{operation} is not sorted");
            not_ours += 1;
            continue;
        };
        let body = text(FOUND, file);
        for choice in [choice, Choice::default()] {
            let checked = kind.check(body.as_bytes(), choice);
            assert!(checked.problems.is_empty(), "{file} as {}: {:?}", kind.name(), checked.problems);
        }
        kinds.insert(kind.name());
        passed += 1;
    }
    assert_eq!((passed, not_ours), (104, 5));
    println!("{passed} official request bodies of {} kinds pass, {not_ours} are not ours", kinds.len());
}
