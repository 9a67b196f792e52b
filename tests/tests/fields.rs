//! Proves that no field can be spoiled into a permission (DESIGN.md §2, "Reading values"): for each field that
//! decisions read × {absent, null, "", 0, "0", false, true, "Approved", "APPROVED", " approved", [], {}}, every
//! question and every caller get at most what they get with each value that is known there; where the file is
//! refused, so too with `allow_partial`. Also that `requested` and 0–3 are statuses in Gateway 2.8 only.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of a test")]

use conformance::{Shape, portal, questions};
use gatepass::{
    Action, CredentialKey, DeveloperStatus, OwnerFact, Policy, Question, ReadOptions, RegistrationOutcome,
    ResourceId, Snapshot, Timestamp, decide,
};
use serde_json::{Value, json};

/// What stands in a field, if anything does.
type Written = Option<Value>;

/// A field by pattern (`*` is every item), with what is known to stand there, and whether its absence is known too.
struct Field {
    pattern: &'static str,
    known: &'static str,
    absent: bool,
    apis: &'static [&'static str],
}

const ALL: &[&str] = &["v2", "v3", "gateway-2.8"];
const V2: &[&str] = &["v2", "gateway-2.8"];
const V3: &[&str] = &["v3"];
const STATUS: &str = r#"["approved", "pending", "rejected", "revoked"]"#;
const FLAG: &str = "[true, false]";

const fn field(
    pattern: &'static str,
    known: &'static str,
    absent: bool,
    apis: &'static [&'static str],
) -> Field {
    Field { pattern, known, absent, apis }
}

const FIELDS: &[Field] = &[
    field("/developers/*/status", STATUS, false, ALL),
    field("/applications/*/status", STATUS, true, ALL),
    field("/registrations/*/status", STATUS, false, ALL),
    field("/credentials/*/status", r#"["active", "expired", "revoked"]"#, true, V3),
    field("/credentials/*/expires_at", r#"["2020-01-01T00:00:00Z", null]"#, true, ALL),
    field("/credentials/*/kind", r#"["api_key", "client_id", "custom_id"]"#, false, ALL),
    field(
        "/credentials/*/sha256",
        r#"["0000000000000000000000000000000000000000000000000000000000000000"]"#,
        false,
        ALL,
    ),
    field("/portal/rbac_enabled", FLAG, false, ALL),
    field("/portal/is_public", FLAG, true, V2),
    field("/portal/authentication_enabled", FLAG, false, V3),
    field("/portal/auto_approve_applications", FLAG, true, ALL),
    field("/product_versions/*/publish_status", r#"["published", "unpublished"]"#, true, V2),
    field("/product_versions/*/application_registration_enabled", FLAG, true, V2),
    field("/product_versions/*/auto_approve_registration", FLAG, true, V2),
    field("/product_versions/*/deprecated", FLAG, true, V2),
    field("/product_versions/*/product_id", r#"["00000000-0000-4000-8000-eeeeeeeeeeee"]"#, false, V2),
    field("/publications/*/visibility", r#"["public", "private"]"#, false, V3),
    field("/publications/*/portal_id", r#"["00000000-0000-4000-8000-eeeeeeeeeeee"]"#, false, V3),
    field("/publications/*/api_id", r#"["00000000-0000-4000-8000-eeeeeeeeeeee"]"#, false, V3),
    field("/publications/*/auth_strategy_ids", "[null, []]", true, V3),
    field("/publications/*/auto_approve_registrations", FLAG, true, V3),
    field("/team_roles/*/*/role_name", r#"["API Viewer", "API Consumer"]"#, false, ALL),
    field("/team_roles/*/*/entity_id", r#"["00000000-0000-4000-8000-eeeeeeeeeeee"]"#, false, ALL),
    field("/team_roles/*/*/entity_type_name", r#"["Services", "Orders"]"#, false, ALL),
    field("/team_roles/*/*/entity_region", r#"["eu", "us", "*"]"#, false, ALL),
    field("/team_developers/*/*", r#"["00000000-0000-4000-8000-dddddddddddd"]"#, false, ALL),
    field("/applications/*/owner/type", r#"["nobody"]"#, false, V3),
    field("/applications/*/owner/id", r#"["00000000-0000-4000-8000-dddddddddddd"]"#, false, V3),
    field("/applications/*/owner", "[null]", true, V3),
    field("/applications/*/developer", "[null]", true, V2),
    field("/region", r#"["sg"]"#, false, ALL),
];

/// The design's list of what may stand anywhere.
fn oddities() -> Vec<Written> {
    let texts = ["", "0", "Approved", "APPROVED", " approved"].map(|text| Some(json!(text)));
    let others = [None, Some(Value::Null), Some(json!(0)), Some(json!(false)), Some(json!(true))];
    texts.into_iter().chain(others).chain([Some(json!([])), Some(json!({}))]).collect()
}

/// The pointers a pattern matches.
fn places(value: &Value, pattern: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for step in pattern.split('/').skip(1) {
        let here = |place: &String| value.pointer(place).cloned().unwrap_or_default();
        let below = |place: &String| match (step, here(place)) {
            ("*", Value::Array(items)) => (0..items.len()).map(|at| format!("{place}/{at}")).collect(),
            ("*", Value::Object(members)) => members.keys().map(|name| format!("{place}/{name}")).collect(),
            ("*", _) => Vec::new(),
            (name, Value::Object(_)) => vec![format!("{place}/{name}")],
            _ => Vec::new(),
        };
        found = found.iter().flat_map(below).collect();
    }
    found
}

/// The file with something else in a place; an item of a list cannot be absent, so it is null.
fn with(file: &Value, place: &str, written: &Written) -> Value {
    let mut file = file.clone();
    let (parent, name) = place.rsplit_once('/').expect("a place below the root");
    match (file.pointer_mut(parent), written) {
        (Some(Value::Object(members)), Some(value)) => drop(members.insert(name.into(), value.clone())),
        (Some(Value::Object(members)), None) => drop(members.remove(name)),
        (Some(Value::Array(items)), _) => {
            items[name.parse::<usize>().expect("a position")] = written.clone().unwrap_or_default();
        }
        _ => {}
    }
    file
}

/// What is asked: all questions and all callers of the unspoiled file.
struct Asked {
    questions: Vec<Question>,
    callers: Vec<(CredentialKey, ResourceId)>,
}

/// How much each question gets: nothing, a registration that waits, or everything.
fn granted(file: &Value, asked: &Asked, allow_partial: bool) -> Vec<u8> {
    let text = file.to_string();
    let Ok(reading) = Snapshot::read(text.as_bytes(), ReadOptions { allow_partial }) else {
        return vec![0; asked.questions.len() + asked.callers.len()];
    };
    let snapshot = reading.snapshot;
    let now: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    let of_question = |question: &Question| match snapshot.outcome(question).is_allow() {
        false => 0,
        true if question.action != Action::Register => 2,
        true => match snapshot.decide(question).registration_outcome {
            Some(RegistrationOutcome::Approved) => 2,
            _ => 1,
        },
    };
    let of_caller = |(key, resource): &(CredentialKey, ResourceId)| {
        let facts = snapshot.facts_of_credential(key, *resource, now);
        2 * u8::from(decide(&facts, Action::Consume, Policy::Strict).is_allow())
    };
    asked.questions.iter().map(of_question).chain(asked.callers.iter().map(of_caller)).collect()
}

/// Spoils one field of one portal in every place and way; counts the spoiled files and the permissions lost.
fn spoil(field: &Field, file: &Value, counts: &mut (u64, u64)) {
    let all = questions::resources(file);
    let callers =
        questions::keys(file).into_iter().flat_map(|key| all.iter().map(move |resource| (key, *resource)));
    let asked = Asked { questions: questions::questions(file), callers: callers.collect() };
    let known: Vec<Value> = serde_json::from_str(field.known).expect("JSON");
    for place in places(file, field.pattern) {
        for allow_partial in [false, true] {
            let of =
                |known: &Value| granted(&with(file, &place, &Some(known.clone())), &asked, allow_partial);
            let all: Vec<Vec<u8>> = known.iter().map(of).collect();
            let worst = |at: usize| all.iter().map(|granted| granted[at]).min().unwrap_or_default();
            let untouched = granted(file, &asked, allow_partial);
            let best = |at: usize| {
                all.iter().map(|granted| granted[at]).max().unwrap_or_default().max(untouched[at])
            };
            for written in oddities() {
                let old_number = file["api"] == "gateway-2.8" && written == Some(json!(0));
                let is_known = match &written {
                    Some(value) => known.contains(value) || (old_number && field.known == STATUS),
                    None => field.absent,
                };
                if is_known {
                    continue;
                }
                for (at, now) in
                    granted(&with(file, &place, &written), &asked, allow_partial).iter().enumerate()
                {
                    assert!(
                        *now <= worst(at),
                        "{place} = {written:?} (partial: {allow_partial}) gives {now}, a known value {}: {:?}\n{file}",
                        worst(at),
                        asked.questions.get(at)
                    );
                    counts.1 += u64::from(*now < best(at));
                }
                counts.0 += 1;
            }
        }
    }
}

/// A portal in which much is allowed.
fn unspoiled(api: &'static str, seed: u64) -> Value {
    let shape =
        Shape { seed: seed * 31 + 7, api, developers: 2, teams: 2, applications: 2, resources: 2, odd: 0 };
    let mut file = portal(&shape, 1);
    file["region"] = json!("eu");
    if api == "v3" {
        file["portal"]["authentication_enabled"] = json!(true);
    }
    if seed.is_multiple_of(3) {
        file["portal"]["rbac_enabled"] = json!(false);
        for application in file["applications"].as_array_mut().into_iter().flatten() {
            application.as_object_mut().expect("an object").remove("auth_strategy");
        }
        for developer in file["developers"].as_array_mut().into_iter().flatten() {
            developer["status"] = json!("approved");
        }
    }
    if seed % 3 == 1 {
        // Every team's first role is one on everything.
        for roles in file["team_roles"].as_object_mut().into_iter().flat_map(|teams| teams.values_mut()) {
            if let Some(role) = roles.get_mut(0) {
                *role = json!({"role_name": "API Consumer", "entity_id": "*", "entity_type_name": "Services", "entity_region": "eu"});
            }
        }
    }
    // The second application has yet to register.
    let first = file["applications"][0]["id"].clone();
    if let Some(registrations) = file["registrations"].as_array_mut() {
        registrations.retain(|registration| registration["application"]["id"] == first);
    }
    file
}

#[test]
fn a_spoiled_field_grants_nothing() {
    for field in FIELDS {
        let mut counts = (0, 0);
        for api in field.apis {
            for seed in 0..14 {
                let file = unspoiled(api, seed);
                spoil(field, &file, &mut counts);
            }
        }
        let (spoiled, lost) = counts;
        println!("{}: {spoiled} spoiled files, {lost} permissions lost", field.pattern);
        assert!(spoiled > 100, "{} was hardly spoiled: {spoiled}", field.pattern);
        assert_eq!(lost == 0, field.pattern.ends_with("/deprecated"), "{}: {lost}", field.pattern);
    }
}

#[test]
fn old_statuses_are_statuses_in_gateway_2_8_only() {
    let words = [
        (json!("requested"), DeveloperStatus::Pending),
        (json!(0), DeveloperStatus::Approved),
        (json!(1), DeveloperStatus::Pending),
        (json!(2), DeveloperStatus::Rejected),
        (json!(3), DeveloperStatus::Revoked),
        (json!(4), DeveloperStatus::Unrecognized),
        (json!(-1), DeveloperStatus::Unrecognized),
        (json!(0.5), DeveloperStatus::Unrecognized),
        (json!("1"), DeveloperStatus::Unrecognized),
        (json!("Requested"), DeveloperStatus::Unrecognized),
    ];
    for api in ALL {
        for (word, old) in &words {
            let shape =
                Shape { api, developers: 1, applications: 1, resources: 1, odd: 0, ..Shape::of_seed(5) };
            let file = with(&portal(&shape, 1), "/developers/0/status", &Some(word.clone()));
            let asker = questions::developers(&file)
                .into_iter()
                .find(|id| file["developers"][0]["id"] == id.to_string());
            let blank = Question::view(asker, questions::resources(&file)[0]);
            let facts = conformance::read(&file).facts(&Question { action: Action::LogIn, ..blank });
            let expected = if *api == "gateway-2.8" { *old } else { DeveloperStatus::Unrecognized };
            assert_eq!(facts.owner, OwnerFact::Developer(expected), "{api}: {word}");
        }
    }
}
