//! Proves that request bodies are checked as their tables say, needing nothing but the tables: every limit of every
//! table refuses what breaks it, at its place and by its code; everything wrong is told at once; what is right passes.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of a test"
)]

use gatepass::konnect::ApiVersion;
use gatepass::validate::{Choice, Form, RequestType, Sender};
use gatepass::{Problems, Severity};
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11";

fn kind(name: &str) -> &'static RequestType {
    RequestType::named(name).unwrap_or_else(|| panic!("there is no `{name}`"))
}

fn check(name: &str, body: &Value) -> Problems {
    kind(name).check(body.to_string().as_bytes(), Choice::default()).problems
}

fn found(problems: &Problems) -> Vec<(&'static str, &str)> {
    problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect()
}

/// One form alone.
fn of_form(kind: &RequestType, form: &Form, body: &Value) -> Problems {
    let api = form.operations().first().and_then(|operation| operation.api);
    let checked = kind.check(body.to_string().as_bytes(), Choice { api, sender: Some(form.sender()) });
    checked.problems
}

/// A value that a schema allows, as long and full as it may be.
fn sample(schema: &Value) -> Value {
    if let Some(forms) = schema.get("oneOf").or_else(|| schema.get("anyOf")) {
        return sample(&forms[0]);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("null");
    match kind {
        "string" => sample_text(schema),
        "boolean" => json!(true),
        "integer" => schema["minimum"].clone(),
        "array" => {
            let most =
                if schema["uniqueItems"] == true { 1 } else { schema["maxItems"].as_u64().unwrap_or(2) };
            json!(vec![sample(&schema["items"]); usize::try_from(most).unwrap()])
        }
        "object" => match schema.get("properties") {
            Some(properties) => properties
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, member)| member.get("readOnly").is_none())
                .map(|(name, member)| (name.clone(), sample(member)))
                .collect(),
            None => json!({"team": sample(&schema["additionalProperties"])}),
        },
        _ => Value::Null,
    }
}

fn sample_text(schema: &Value) -> Value {
    if let Some(words) = schema["enum"].as_array().or_else(|| schema["examples"].as_array()) {
        return words[0].clone();
    }
    match schema["format"].as_str() {
        Some("uuid") => json!(ID),
        Some("email") => json!("a@arsenal.com"),
        Some("uri" | "url") => json!("https://idp.example/realm"),
        Some("hostname") => json!("portal.example.com"),
        _ => {
            let length = schema["maxLength"].as_u64().or(schema["minLength"].as_u64()).unwrap_or(3);
            json!("a".repeat(usize::try_from(length).unwrap()))
        }
    }
}

/// What breaks a schema at its root, each with the code it must be told by.
fn breaks(schema: &Value) -> Vec<(Value, &'static str)> {
    let mut broken = vec![(json!(false), "wrong_type"), (json!(7.5), "wrong_type")];
    let count = |keyword: &str| schema[keyword].as_u64().map(|count| usize::try_from(count).unwrap());
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    if schema["type"].is_string() {
        broken.push((Value::Null, "wrong_type"));
    }
    match kind {
        "boolean" => return vec![(json!("true"), "wrong_type"), (json!(0), "wrong_type")],
        "integer" => {
            broken = vec![
                (json!("1"), "wrong_type"),
                (json!(1.5), "number_invalid"),
                (json!(-1), "number_invalid"),
            ];
        }
        "string" => {
            if let Some(most) = count("maxLength") {
                // A character of two bytes: characters are counted, not bytes.
                broken.push((json!("ü".repeat(most + 1)), "text_too_long"));
            }
            if count("minLength").is_some() {
                broken.push((json!(""), "text_too_short"));
            }
            if schema["enum"].is_array() {
                broken.push((json!("Approved"), "word_unknown"));
            }
            match schema["format"].as_str() {
                Some("uuid") => broken.push((json!(ID.replace('-', "")), "uuid_invalid")),
                Some("email") => broken.push((json!("a@b@c"), "email_invalid")),
                Some("uri" | "url") => broken.push((json!("/relative"), "uri_invalid")),
                Some("hostname") => broken.push((json!("https://portal"), "hostname_invalid")),
                _ => {}
            }
            if schema["pattern"].is_string() && schema["pattern"] != r"^[\w \W]+$" {
                broken.push((json!("a<b"), "pattern_mismatch"));
            }
        }
        "array" => {
            let item = sample(&schema["items"]);
            if let Some(most) = count("maxItems") {
                broken.push((json!(vec![item.clone(); most + 1]), "list_too_long"));
            }
            if count("minItems").is_some() {
                broken.push((json!([]), "list_too_short"));
            }
            if schema["uniqueItems"] == true {
                broken.push((json!([item, item]), "item_repeated"));
            }
        }
        _ => {
            broken.push((json!([]), "wrong_type"));
            if let Some(most) = count("maxProperties") {
                let labels: Value = (0..=most).map(|n| (format!("team{n}"), json!("a"))).collect();
                broken.push((labels, "labels_too_many"));
            }
        }
    }
    broken
}

/// Breaks every member at every depth, one at a time.
fn break_all(
    schema: &Value,
    body: &Value,
    at: &str,
    told: &mut impl FnMut(&Value, &str, &str),
    whole: &Value,
) {
    let put = |value: Value| {
        let mut broken = whole.clone();
        *broken.pointer_mut(at).expect("a place") = value;
        broken
    };
    let one = schema.get("oneOf").or_else(|| schema.get("anyOf")).map(|forms| &forms[0]);
    for (value, code) in breaks(one.unwrap_or(schema)) {
        if !(value.is_null() && one.is_some()) {
            told(&put(value), at, code);
        }
    }
    let schema = one.unwrap_or(schema);
    if schema.get("oneOf").is_some() {
        return break_all(schema, body, at, told, whole);
    }
    match body {
        Value::Object(members) => {
            if schema["additionalProperties"] == false {
                let mut more = body.clone();
                more["surplus"] = json!(1);
                told(&put(more), &format!("{at}/surplus"), "key_unknown");
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                let mut less = body.clone();
                less.as_object_mut().unwrap().remove(name.as_str().unwrap());
                told(&put(less), &format!("{at}/{}", name.as_str().unwrap()), "member_missing");
            }
            for (name, value) in members {
                let member =
                    schema.get("properties").map_or(&schema["additionalProperties"], |all| &all[name]);
                break_all(member, value, &format!("{at}/{name}"), told, whole);
            }
        }
        Value::Array(items) => break_all(&schema["items"], &items[0], &format!("{at}/0"), told, whole),
        _ => {}
    }
}

#[test]
fn every_limit_of_every_table_refuses_what_breaks_it() {
    let mut broken = 0;
    for kind in RequestType::ALL {
        for form in kind.forms().iter().filter(|form| !form.operations().is_empty()) {
            let schema = form.json_schema();
            let body = sample(&schema);
            let problems = of_form(kind, form, &body);
            assert!(problems.is_empty(), "{}: {body}: {problems:?}", kind.name());
            break_all(
                &schema,
                &body,
                "",
                &mut |value, path, code| {
                    // Where another form would fit as well or better, its problems are told instead.
                    let problems = of_form(kind, form, value);
                    assert!(problems.has_errors(), "{}: {value} passes", kind.name());
                    if schema.get("oneOf").is_none() && kind.forms().len() == 1 {
                        let told = found(&problems);
                        let path = if code == "item_repeated" { &format!("{path}/1") } else { path };
                        assert!(told.contains(&(code, path)), "{} {code} at {path}: {told:?}", kind.name());
                    }
                    broken += 1;
                },
                &body,
            );
        }
    }
    assert!(broken > 1000, "{broken}");
    println!("{broken} broken bodies of {} kinds are refused", RequestType::ALL.len());
}

#[test]
fn everything_wrong_is_told_at_once() {
    let body = json!({"email": "x", "full_name": "", "status": "requested", "role": "admin"});
    assert_eq!(
        found(&check("developer", &body)),
        [("email_invalid", "/email"), ("key_unknown", "/role"), ("word_unknown", "/status")]
    );
    let text = check("developer", &body).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(
        text,
        "error at /email: there is `x`, and should be an e-mail address [email_invalid]; write what the API's documentation asks for\n\
         error at /role: `role` is not a member of this request [key_unknown]; remove it, or correct its name\n\
         error at /status: there is `requested`, and should be `approved`, `pending`, `revoked` or `rejected` [word_unknown]; write what the API's documentation asks for"
    );
}

#[test]
fn labels_have_their_own_rules() {
    let long = "k".repeat(64);
    let body = json!({
        "kong": "a", "konnect-x": "a", "mesh": "a", "kic1": "a", "_x": "a", "": "a", (&long): "a",
        "Kong": "a", "a/b": "-", "c": "", "d": "v".repeat(64), "e": 5,
    });
    let problems = check("labels", &body);
    let mut found = found(&problems);
    found.sort_unstable();
    let path = format!("/{long}");
    let mut expected = vec![
        ("label_key_reserved", "/kong"),
        ("label_key_reserved", "/konnect-x"),
        ("label_key_reserved", "/mesh"),
        ("label_key_reserved", "/kic1"),
        ("label_key_reserved", "/_x"),
        ("label_key_length", "/"),
        ("label_key_length", &path),
        ("pattern_mismatch", "/a~1b"),
        ("text_too_short", "/c"),
        ("text_too_long", "/d"),
        ("wrong_type", "/e"),
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    let fifty: Value = (0..50).map(|n| (format!("team{n}"), json!("a"))).collect();
    assert!(check("labels", &fifty).is_empty());
    // Null removes a label, where labels are changed.
    assert!(check("portal_update", &json!({"labels": {"env": null}})).is_empty());
    let created = check("api_product", &json!({"name": "Orders", "labels": {"env": null}}));
    assert_eq!(self::found(&created), [("wrong_type", "/labels/env")]);
}

#[test]
fn roles_that_mean_nothing_are_warned_of() {
    let role = |name: &str, kind: &str, region: &str| json!({"role_name": name, "entity_id": ID, "entity_type_name": kind, "entity_region": region});
    assert!(check("role_assignment", &role("API Consumer", "Services", "*")).is_empty());
    let problems = check("role_assignment", &role("Api Consumer", "APIs", "uk"));
    assert_eq!(
        found(&problems),
        [
            ("word_unknown", "/entity_region"),
            ("word_unknown", "/entity_type_name"),
            ("word_unknown", "/role_name")
        ]
    );
    assert_eq!((problems.count(Severity::Error), problems.count(Severity::Warning)), (1, 2));
    // The documents leave this object open: a misspelt member is lost, not refused.
    let mut more = role("API Viewer", "Services", "eu");
    more["region"] = json!("eu");
    let problems = check("role_assignment", &more);
    assert!(!problems.has_errors());
    assert_eq!(found(&problems), [("key_unknown", "/region")]);
}

#[test]
fn a_body_is_compared_with_the_form_that_it_fits_best() {
    let of = |body: &Value, api, sender| {
        kind("application").check(body.to_string().as_bytes(), Choice { api, sender })
    };
    let owned = json!({"name": "App", "owner": {"type": "team", "id": ID}});
    let checked = of(&owned, None, None);
    assert!(checked.problems.is_empty());
    assert_eq!(
        checked.form.unwrap().to_string(),
        "what an admin sends with create-application (portal-management-v3.yaml)"
    );
    let by_developer = of(&owned, None, Some(Sender::Developer));
    assert_eq!(found(&by_developer.problems), [("key_unknown", "/owner")]);
    let old = json!({"name": "App", "reference_id": "app-1"});
    assert!(of(&old, Some(ApiVersion::V2), None).problems.is_empty());
    assert_eq!(found(&of(&old, Some(ApiVersion::V3), None).problems), [("key_unknown", "/reference_id")]);
    let none = of(&old, Some(ApiVersion::V2), Some(Sender::Admin));
    let problem = none.problems.iter().next().unwrap();
    assert_eq!((problem.code, problem.path.as_str()), ("form_unknown", ""));
    assert_eq!(problem.message, "`application` is nothing that an admin of v2 sends");
}

#[test]
fn an_auth_strategy_is_judged_by_the_type_it_says_it_has() {
    let body = json!({"name": "a", "display_name": "a", "strategy_type": "key_auth",
        "configs": {"openid-connect": {"issuer": "https://idp.example", "credential_claim": [], "scopes": [], "auth_methods": []}}});
    assert_eq!(
        found(&check("auth_strategy", &body)),
        [("key_unknown", "/configs/openid-connect"), ("member_missing", "/configs/key-auth")]
    );
    // Neither form requires anything of its own: both would fit.
    assert_eq!(found(&check("implementation", &json!({}))), [("form_ambiguous", "")]);
}

#[test]
fn numbers_with_a_fraction_of_zero_are_whole() {
    for (limit, code) in
        [("10.0", None), ("1e2", None), ("10.5", Some("number_invalid")), ("-0.5", Some("number_invalid"))]
    {
        let body =
            format!(r#"{{"name": "p", "rate_limiting_config": {{"limit": {limit}, "duration": "hours"}}}}"#);
        let problems = kind("api_package").check(body.as_bytes(), Choice::default()).problems;
        assert_eq!(problems.iter().next().map(|problem| problem.code), code, "{limit}");
    }
}

#[test]
fn null_is_refused_unless_the_documents_allow_it() {
    assert_eq!(found(&check("developer_status", &json!({"status": null}))), [("wrong_type", "/status")]);
    assert!(check("api_product_version_update", &json!({"gateway_service": null})).is_empty());
    assert!(check("developer_status", &json!({})).is_empty());
}

#[test]
fn ids_that_are_there_twice_in_one_list_are_refused() {
    let problems = check("api_product", &json!({"name": "Orders", "portal_ids": [ID, ID]}));
    assert_eq!(found(&problems), [("item_repeated", "/portal_ids/1")]);
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let body = br#"{"status": "approved", "status": "revoked"}"#;
    let problems = kind("developer_status").check(body, Choice::default()).problems;
    assert_eq!(found(&problems), [("key_repeated", "/status")]);
}

#[test]
fn what_only_the_api_sets_is_warned_of() {
    let problems = check("api", &json!({"name": "Orders", "id": ID}));
    assert!(!problems.has_errors());
    assert_eq!(found(&problems), [("read_only", "/id")]);
}

#[test]
fn secrets_are_not_shown() {
    let body = json!({"password": 12_345_678, "token": "s3cret-token"});
    let shown: String = check("reset_password", &body).iter().map(ToString::to_string).collect();
    assert!(!shown.contains("12345678") && !shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("error at /token: there is a text, and should be a UUID"), "{shown}");
}

#[test]
fn what_is_no_json_is_refused() {
    for body in [&b"{"[..], b"", b"\xff", b"{} {}", "[".repeat(4000).as_bytes()] {
        let checked = kind("team").check(body, Choice::default());
        assert_eq!(found(&checked.problems), [("json_syntax", "")]);
        assert!(checked.form.is_none());
    }
}

proptest! {
    #[test]
    fn no_body_is_too_odd(body in "[\\[\\]{}\":,a-z0-9 .@-]{0,60}", which in 0..RequestType::ALL.len()) {
        let checked = RequestType::ALL[which].check(body.as_bytes(), Choice::default());
        prop_assert!(checked.form.is_some() || checked.problems.has_errors());
    }
}
