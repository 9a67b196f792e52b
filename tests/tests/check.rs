//! Proves what `check` stands on: reading a broken file lists everything that is wrong with it, each with code, JSON
//! pointer and remedy; keys at our level are known and there once; a flood is capped, counted, and hides no error;
//! partial data is used only if asked for; what concerns one record refuses nobody else; a cut or spoiled file is
//! refused or read, and never panics.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of a test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use conformance::{Shape, portal, questions};
use gatepass::{Completeness, Problems, ReadOptions, Reading, Severity, Snapshot};
use serde_json::{Value, json};

const BROKEN: &str = include_str!("../vectors/snapshots/broken.json");
const SMALL: &str = include_str!("../../crates/core/testdata/small.json");
const STRICT: ReadOptions = ReadOptions { allow_partial: false };
const PARTIAL: ReadOptions = ReadOptions { allow_partial: true };

/// The problems of a text, read or refused.
fn problems(text: &str, options: ReadOptions) -> Problems {
    match Snapshot::read(text.as_bytes(), options) {
        Ok(reading) => reading.problems,
        Err(error) => error.problems().clone(),
    }
}

fn listed(problems: &Problems) -> Vec<(Severity, &'static str, String)> {
    problems.iter().map(|problem| (problem.severity, problem.code, problem.path.clone())).collect()
}

fn has(problems: &Problems, code: &str, path: &str) -> bool {
    problems.iter().any(|problem| problem.code == code && problem.path == path)
}

fn small() -> Value {
    serde_json::from_str(SMALL).expect("JSON")
}

fn read(file: &Value, options: ReadOptions) -> Option<Reading> {
    Snapshot::read(file.to_string().as_bytes(), options).ok()
}

#[test]
fn a_broken_file_lists_all_that_is_wrong() {
    assert!(Snapshot::read(BROKEN.as_bytes(), STRICT).is_err());
    assert!(Snapshot::read(BROKEN.as_bytes(), PARTIAL).is_err(), "the format itself is another");
    let problems = problems(BROKEN, STRICT);
    let mut text = String::new();
    for problem in problems.iter() {
        let (severity, code, path) = (problem.severity, problem.code, &problem.path);
        let (message, remedy) = (&problem.message, problem.remedy);
        writeln!(text, "{severity} {code} {path}\n    {message}\n    {remedy}").expect("a text");
        assert!(!message.is_empty() && !remedy.is_empty() && !code.contains(char::is_uppercase));
        // Every path is a place of the file, or names what is missing there.
        let file: Value = serde_json::from_str(BROKEN).expect("JSON");
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        assert!(file.pointer(path).or_else(|| file.pointer(parent)).is_some(), "{path} is nowhere");
    }
    insta::assert_snapshot!("broken", text);
    assert_eq!(problems.total(), problems.iter().count());
}

#[test]
fn with_allow_partial_the_broken_file_is_read_and_nobody_gets_through() {
    let usable = BROKEN
        .replace("gatepass.snapshot/0", "gatepass.snapshot/1")
        .replace("yesterday", "2026-11-22T10:00:00Z");
    assert!(Snapshot::read(usable.as_bytes(), STRICT).is_err());
    let reading = Snapshot::read(usable.as_bytes(), PARTIAL).expect("a snapshot, if doubtful");
    assert!(reading.problems.has_errors());
    assert_eq!(reading.snapshot.completeness(), Completeness::Partial);
    let file: Value = serde_json::from_str(&usable).expect("JSON");
    let asked = questions::questions(&file);
    assert!(asked.len() > 50);
    for question in asked.iter().filter(|question| question.resource.is_some()) {
        assert!(!reading.snapshot.outcome(question).is_allow(), "{question:?}");
    }
}

#[test]
fn keys_at_our_level_are_known_and_there_once() {
    let members =
        ["format", "exported_at", "api", "region", "portal", "auth_settings", "developers", "teams"];
    let lists =
        ["team_developers", "team_roles", "team_group_mappings", "applications", "registrations", "products"];
    let more = [
        "product_versions",
        "apis",
        "api_packages",
        "publications",
        "implementations",
        "credentials",
        "collected",
    ];
    let all: Vec<&str> = members.into_iter().chain(lists).chain(more).collect();
    assert_eq!(all.len(), 21);
    let text = small().to_string();
    // The core reads `auth_settings` twice without a word; the rest is what is proved here.
    for name in all.into_iter().filter(|name| *name != "auth_settings") {
        let value = small().get(name).cloned().unwrap_or_default();
        let mut once = small();
        once.as_object_mut().expect("an object").remove(name);
        let twice = format!(
            "{{\"{name}\": {value}, \"{name}\": {value}, {}",
            once.to_string().trim_start_matches('{')
        );
        for options in [STRICT, PARTIAL] {
            let found = problems(&twice, options);
            assert!(found.has_errors(), "{name} twice is no error");
            assert!(
                found.iter().any(|problem| problem.path == format!("/{name}")),
                "{name}: {:?}",
                listed(&found)
            );
        }
        assert!(Snapshot::read(twice.as_bytes(), STRICT).is_err(), "{name} twice is read");
    }
    for name in ["Developers", "developer", "exportedAt", "", "~/", "schema"] {
        let mut file = small();
        file[name] = Value::Null;
        let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        assert!(has(&problems(&file.to_string(), STRICT), "key_unknown", &path), "{name}");
        assert!(read(&file, STRICT).is_none());
        let mut file = small();
        file["collected"][name] = Value::Null;
        assert!(
            has(&problems(&file.to_string(), STRICT), "key_unknown", &format!("/collected{path}")),
            "{name}"
        );
    }
    for name in ["developers", "team_roles", "publications"] {
        let twice =
            text.replacen("\"collected\":{", &format!("\"collected\":{{\"{name}\":null,\"{name}\":null,"), 1);
        assert!(problems(&twice, STRICT).has_errors(), "{name} is counted twice");
    }
    // Konnect's own objects may have more, and the keys of teams are counted like ours.
    let mut file = small();
    for place in
        ["/portal", "/developers/0", "/teams/0", "/applications/0", "/registrations/0", "/product_versions/0"]
    {
        file.pointer_mut(place).expect("there")["a_new_member"] = json!({"of": "Konnect"});
    }
    let reading = read(&file, STRICT).expect("new members are no fault");
    assert!(!reading.problems.has_errors());
    let team = "\"c0000000-0000-4000-8000-000000000001\":[";
    let twice = text.replacen(team, &format!("{team}],{team}"), 1);
    assert!(problems(&twice, STRICT).iter().any(|problem| problem.code == "key_repeated"));
}

#[test]
fn a_member_said_twice_in_konnects_objects_grants_nothing() {
    let text =
        small().to_string().replace("\"pending\"", "\"approved\"").replace("API Viewer", "API Consumer");
    let asked = questions::questions(&small());
    let allowed = |text: &str| {
        let reading = Snapshot::read(text.as_bytes(), PARTIAL).expect("a snapshot");
        asked.iter().filter(|question| reading.snapshot.outcome(question).is_allow()).count()
    };
    let before = allowed(&text);
    assert!(before >= 4, "{before}");
    let once =
        ["\"status\":\"approved\"", "\"publish_status\":\"published\"", "\"role_name\":\"API Consumer\""];
    for member in once {
        let twice = text.replace(member, &format!("{member},{member}"));
        assert!(twice.len() > text.len(), "{member} is nowhere in {text}");
        assert!(allowed(&twice) < before, "{member} said twice grants as if said once");
    }
}

#[test]
fn a_flood_is_capped_and_counted_and_hides_no_error() {
    let mut file = small();
    let developers: Vec<Value> = (0..250)
        .map(|n| json!({"id": format!("d0000000-0000-4000-8000-0000{n:08}"), "email": "no address", "status": "?"}))
        .collect();
    file["developers"] = json!(developers);
    file["collected"] = Value::Null;
    file["applications"] = json!([]);
    file["registrations"] = json!([]);
    file["team_developers"] = Value::Null;
    let reading = read(&file, STRICT).expect("250 odd developers freeze nobody else");
    assert_eq!(reading.problems.count(Severity::Record), 250);
    assert_eq!(reading.problems.count(Severity::Warning), 250);
    assert_eq!(reading.problems.total(), 500);
    assert_eq!(reading.problems.iter().count(), 100);
    assert!(reading.problems.iter().all(|problem| problem.severity == Severity::Record), "the gravest first");
    // Errors found after the flood come first.
    file["applications"] = json!([{"id": "one"}, {"id": "two"}, {"id": "three"}]);
    let problems = problems(&file.to_string(), STRICT);
    assert_eq!((problems.count(Severity::Error), problems.iter().count()), (3, 100));
    let first: Vec<_> = listed(&problems).into_iter().take(3).collect();
    let expected = [0, 1, 2].map(|n| (Severity::Error, "uuid_invalid", format!("/applications/{n}/id")));
    assert_eq!(first, expected);
}

#[test]
fn partial_data_is_used_only_if_asked_for() {
    for (counts, refused, completeness) in [
        (json!({"total": 1, "items": 1}), false, Completeness::Complete),
        (json!({"total": 1.0, "items": 1.0}), false, Completeness::Complete),
        (json!({"total": 2, "items": 1}), true, Completeness::Partial),
        (json!({"total": 2, "items": 2}), true, Completeness::Partial),
        (Value::Null, false, Completeness::Unverified),
    ] {
        let team = "c0000000-0000-4000-8000-000000000001";
        let lists = ["developers", "teams", "applications", "registrations", "products", "product_versions"];
        let of_team = ["team_roles", "team_developers"].map(|name| format!("{name}/{team}"));
        for name in lists.map(str::to_owned).into_iter().chain(of_team) {
            let place = &format!("/collected/{name}");
            let mut file = small();
            *file.pointer_mut(place).expect("there") = counts.clone();
            assert_eq!(read(&file, STRICT).is_none(), refused, "{place} {counts}");
            assert_eq!(
                has(&problems(&file.to_string(), STRICT), "partial", place),
                refused,
                "{place} {counts}"
            );
            let reading = read(&file, PARTIAL).expect("a snapshot");
            assert_eq!(reading.snapshot.completeness(), completeness, "{place} {counts}");
            let decision = reading.snapshot.decide(&questions::questions(&file)[0]);
            assert_eq!(decision.completeness, completeness);
        }
    }
}

#[test]
fn a_record_refuses_nobody() {
    let mut codes = BTreeSet::new();
    for seed in conformance::cases(400) {
        let file = portal(&Shape { odd: 25, ..Shape::of_seed(seed) }, 1);
        let problems = problems(&file.to_string(), STRICT);
        assert!(read(&file, STRICT).is_some(), "seed {seed}: {:?}", listed(&problems));
        codes.extend(problems.iter().filter(|problem| problem.severity == Severity::Record).map(|p| p.code));
    }
    println!("records: {codes:?}");
    for code in ["status_unrecognized", "flag_unrecognized", "registration_repeated", "credential_ambiguous"]
    {
        assert!(codes.contains(code), "{code} was not met: {codes:?}");
    }
    for code in ["owner_missing", "owner_unrecognized", "expiry_unreadable", "credential_invalid"] {
        assert!(codes.contains(code), "{code} was not met: {codes:?}");
    }
}

#[test]
fn a_cut_file_is_refused_at_every_byte() {
    let v3 = portal(&Shape { api: "v3", odd: 10, ..Shape::of_seed(12) }, 1).to_string();
    let mut cuts = 0;
    for text in [SMALL.trim_end(), BROKEN.trim_end(), &v3] {
        for end in 0..text.len() {
            for options in [STRICT, PARTIAL] {
                let error = Snapshot::read(&text.as_bytes()[..end], options).expect_err("a part of a file");
                assert!(error.problems().has_errors());
            }
            cuts += 1;
        }
        assert!(
            Snapshot::read(format!("{text}x").as_bytes(), PARTIAL).is_err(),
            "something follows the file"
        );
    }
    assert!(cuts > 10_000, "{cuts}");
}

#[test]
fn a_spoiled_byte_never_panics() {
    let file = small();
    let (text, asked) = (file.to_string(), questions::questions(&file));
    let (mut read, mut refused) = (0u64, 0u64);
    for at in 0..text.len() {
        for spoiled in [b'"', b'0', b'{', b'*', 0, 0xff] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = spoiled;
            match Snapshot::read(&bytes, PARTIAL) {
                Ok(reading) => {
                    read += 1;
                    for question in &asked {
                        drop(reading.snapshot.decide(question));
                    }
                }
                Err(_) => refused += 1,
            }
        }
    }
    println!("{read} spoiled files were read, {refused} refused");
    assert!(read > 1_000 && refused > 1_000);
}

#[test]
fn nesting_without_end_is_refused() {
    for deep in [200, 100_000, 3_000_000] {
        for text in
            ["[".repeat(deep), "{\"portal\":".repeat(deep), format!("{{\"portal\": {}", "[".repeat(deep))]
        {
            assert!(Snapshot::read(text.as_bytes(), PARTIAL).is_err());
        }
    }
    let mut file = small();
    file["portal"]["a_new_member"] =
        serde_json::from_str(&format!("{}{}", "[".repeat(60), "]".repeat(60))).expect("JSON");
    assert!(read(&file, STRICT).is_some(), "60 deep is well within the 64");
}
