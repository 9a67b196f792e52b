use serde_json::{Value, json};

use super::members::SHAPES;
use super::*;
use crate::{ReadOptions, Severity};

const ID: &str = "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11";
const OTHER: &str = "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7";

/// The subjects of a list, read as those of a plan.
pub(crate) fn subjects(list: &Value) -> Vec<Subject> {
    Plan::read(file(list).to_string().as_bytes()).unwrap().subjects
}

fn file(subjects: &Value) -> Value {
    json!({"format": PLAN_FORMAT, "portal_id": OTHER, "subjects": subjects})
}

/// A good value of each member.
fn good(name: &str) -> Value {
    match name {
        "role_name" => "API Consumer".into(),
        "entity_type_name" => "Services".into(),
        "entity_region" => "*".into(),
        "seen" => "pending".into(),
        "group" | "team_name" => "some\u{1f600}".into(),
        "api_package" => true.into(),
        _ => ID.into(),
    }
}

fn problems(file: &Value) -> Vec<(&'static str, String)> {
    let error = Plan::read(file.to_string().as_bytes()).unwrap_err();
    assert!(error.problems().iter().all(|problem| problem.severity == Severity::Error));
    error.problems().iter().map(|problem| (problem.code, problem.path.clone())).collect()
}

#[test]
fn every_change_is_read_as_it_is_written_and_no_member_can_be_missing_or_odd() {
    for shape in SHAPES {
        let mut change = json!({"change": shape.word});
        for name in shape.required.iter().chain(shape.hints) {
            change[name] = good(name);
        }
        let read = subjects(&json!([{"developer_id": null, "changes": [change]}]));
        assert_eq!(serde_json::to_value(&read[0].changes[0]).unwrap(), change, "{}", shape.word);
        for name in shape.required {
            let mut lacking = change.clone();
            lacking.as_object_mut().unwrap().remove(*name);
            let place = format!("/subjects/0/changes/0/{name}");
            assert_eq!(
                problems(&file(&json!([{"changes": [lacking]}]))),
                [("value_missing", place.clone())],
                "{lacking}"
            );
            for odd in [json!("x"), json!(1), json!(null), json!([ID])] {
                let mut change = change.clone();
                change[name] = odd;
                let found = problems(&file(&json!([{"changes": [change]}])));
                assert_eq!(found.len(), 1, "{change}");
                assert_eq!(found[0].1, place);
            }
        }
        let mut more = change.clone();
        more["region"] = "eu".into();
        assert_eq!(
            problems(&file(&json!([{"changes": [more]}]))),
            [("key_unknown", "/subjects/0/changes/0/region".to_owned())]
        );
        let foreign = if shape.word == "publish_resource" { "team_id" } else { "group" };
        if !shape.hints.contains(&foreign) {
            let mut more = change.clone();
            more[foreign] = good(foreign);
            assert_eq!(problems(&file(&json!([{"changes": [more]}])))[0].0, "key_unknown");
        }
    }
    // What is checked is what the core's changes are: each word once, and no other is read.
    let words: std::collections::BTreeSet<&str> = SHAPES.iter().map(|shape| shape.word).collect();
    assert_eq!(words.len(), SHAPES.len());
    let error = serde_json::from_value::<Change>(json!({"change": "explode"})).unwrap_err().to_string();
    let known = error.split("expected one of ").nth(1).unwrap().split(", ");
    let known: std::collections::BTreeSet<&str> = known.map(|word| word.trim_matches('`')).collect();
    assert_eq!(words, known);
}

#[test]
fn all_problems_are_found_at_once() {
    let text = format!(
        r#"{{"format": "gatepass.plan/2", "portal_id": 7, "snapshot_sha256": "00", "profile": "any", "api": "v1",
            "region": "xx", "more": 1, "subjects": [
              {{"developer_id": "x", "rule": 1, "seen": [], "held": {{"message": 1, "why": 2}}, "changes": null, "a/b": 1}},
              7,
              {{"developer_id": "{ID}", "held": {{"code": ""}}, "changes": [7,
                {{"change": "explode"}},
                {{"change": "add_to_team", "team_id": "{ID}", "team_id": "{ID}", "developer_id": "{ID}"}},
                {{"change": "approve_developer", "developer_id": "{OTHER}"}}]}}]}}"#
    );
    let error = Plan::read(text.as_bytes()).unwrap_err();
    let found: Vec<(&str, &str)> =
        error.problems().iter().map(|problem| (problem.code, &*problem.path)).collect();
    assert_eq!(
        found,
        [
            ("key_unknown", "/more"),
            ("format_unsupported", "/format"),
            ("sha256_invalid", "/snapshot_sha256"),
            ("uuid_invalid", "/portal_id"),
            ("profile_unknown", "/profile"),
            ("api_unknown", "/api"),
            ("region_unknown", "/region"),
            ("key_unknown", "/subjects/0/a~1b"),
            ("uuid_invalid", "/subjects/0/developer_id"),
            ("wrong_type", "/subjects/0/rule"),
            ("wrong_type", "/subjects/0/seen"),
            ("key_unknown", "/subjects/0/held/why"),
            ("value_missing", "/subjects/0/held/code"),
            ("wrong_type", "/subjects/0/held/message"),
            ("wrong_type", "/subjects/0/changes"),
            ("wrong_type", "/subjects/1"),
            ("wrong_type", "/subjects/2/held/code"),
            ("wrong_type", "/subjects/2/changes/0"),
            ("change_unknown", "/subjects/2/changes/1/change"),
            ("key_repeated", "/subjects/2/changes/2/team_id"),
            ("developer_mismatch", "/subjects/2/changes/3/developer_id"),
        ]
    );
    assert_eq!(error.to_string(), "the plan has 21 problems");
    for (text, code) in
        [("", "json_syntax"), ("[]", "wrong_type"), ("{", "json_syntax"), ("{}", "format_unsupported")]
    {
        let error = Plan::read(text.as_bytes()).unwrap_err();
        assert_eq!(error.problems().iter().next().unwrap().code, code, "{text}");
    }
}

#[test]
fn what_is_held_has_nothing_to_do() {
    let subject = json!({"developer_id": ID, "held": {"code": "domain_unknown", "message": "nobody knows it"},
        "changes": [{"change": "delete_developer", "developer_id": ID}]});
    let plan = Plan::read(file(&json!([subject])).to_string().as_bytes()).unwrap();
    assert!(plan.changes().is_empty() && plan.subjects[0].changes.is_empty());
    let (position, _, held) = plan.held().next().unwrap();
    assert_eq!((position, &*held.code), (0, "domain_unknown"));
    assert_eq!(plan.blind(), 0);
}

#[test]
fn a_plan_is_completed_by_its_own_snapshot_only() {
    let bytes = include_bytes!("../../testdata/small.json");
    let snapshot = Snapshot::read(bytes, ReadOptions::default()).unwrap().snapshot;
    let developer = &snapshot.developers()[0];
    let mut plan = Plan::new(&snapshot, bytes);
    let change = Change::RevokeDeveloper { developer_id: developer.id };
    plan.subjects = vec![Subject {
        developer_id: Some(developer.id),
        changes: vec![PlannedChange::from(change)],
        ..Subject::default()
    }];
    assert_eq!(plan.blind(), 1);
    assert_eq!(plan.complete(&snapshot, b"another"), Err(OtherSnapshot));
    plan.complete(&snapshot, bytes).unwrap();
    assert!(plan.subjects[0].seen.is_some());
    assert_eq!(plan.blind(), 0);
    assert_eq!(Plan::read(plan.to_json().as_bytes()).unwrap(), plan);
}
