//! What cannot be read is doubted, and doubt never grants: under `allow_partial`, and between the snapshot and
//! the bundle made from it. Each case was once a hole.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use gatepass::bundle::{Bundle, build};
use gatepass::{
    Action, CredentialFact, CredentialKey, Freshness, Policy, Question, ReadOptions, Reading, Snapshot,
    Timestamp, decide,
};
use serde_json::{Value, json};

const APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";
const RESOURCE: &str = "e0000000-0000-4000-8000-000000000001";
const TEAM: &str = "c0000000-0000-4000-8000-000000000001";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A portal in which the application may call the resource.
fn open_portal() -> Value {
    let mut portal: Value =
        serde_json::from_str(include_str!("../../crates/core/testdata/small.json")).unwrap();
    portal["registrations"][0]["status"] = json!("approved");
    portal["team_roles"][TEAM][0]["role_name"] = json!("API Consumer");
    portal
}

fn read(portal: &Value) -> Reading {
    Snapshot::read(portal.to_string().as_bytes(), ReadOptions { allow_partial: true }).unwrap()
}

fn reason(portal: &Value, action: Action) -> Option<&'static str> {
    let question = Question {
        action,
        policy: Policy::Strict,
        application: Some(APPLICATION.parse().unwrap()),
        developer: None,
        resource: Some(RESOURCE.parse().unwrap()),
    };
    read(portal).snapshot.outcome(&question).reason().map(gatepass::Reason::code)
}

fn registration(id: &Value, status: &str) -> Value {
    json!({"id": id, "status": status, "application": {"id": APPLICATION}, "product_version": {"id": RESOURCE}})
}

#[test]
fn the_portal_is_open_to_begin_with() {
    assert_eq!(reason(&open_portal(), Action::Consume), None);
}

#[test]
fn an_unreadable_registration_makes_its_application_doubtful() {
    let readable = json!("90000000-0000-4000-8000-000000000002");
    let mut portal = open_portal();
    portal["registrations"].as_array_mut().unwrap().push(registration(&readable, "revoked"));
    assert_eq!(reason(&portal, Action::Consume), Some("registration_revoked"));
    for (place, odd) in
        [("/id", json!("x")), ("/product_version/id", json!("x")), ("/product_version", Value::Null)]
    {
        let mut portal = portal.clone();
        *portal["registrations"][1].pointer_mut(place).unwrap() = odd;
        assert_eq!(reason(&portal, Action::Consume), Some("application_unrecognized"), "{place}");
    }
    let mut portal = open_portal();
    portal["registrations"] = json!([registration(&json!("x"), "approved")]);
    assert_eq!(reason(&portal, Action::Register), Some("application_unrecognized"));
}

#[test]
fn a_team_with_the_id_of_another_has_no_roles() {
    let mut portal = open_portal();
    portal["teams"].as_array_mut().unwrap().push(json!({"id": TEAM, "name": "Other"}));
    assert_eq!(reason(&portal, Action::Consume), Some("role_missing"));
}

#[test]
fn a_consumer_and_a_listed_credential_are_one() {
    let mut portal = open_portal();
    portal["registrations"][0]["consumer"] = json!({"id": "c", "custom_id": "k"});
    portal["credentials"] =
        json!([{"application_id": APPLICATION, "kind": "custom_id", "custom_id": "k", "status": "revoked"}]);
    agree(&portal, CredentialFact::Revoked);
    portal["credentials"][0]["status"] = json!("active");
    portal["credentials"][0]["expires_at"] = json!("2020-01-01T00:00:00Z");
    agree(&portal, CredentialFact::Expired);
}

#[test]
fn a_credential_of_an_unreadable_application_makes_its_key_ambiguous() {
    let mut portal = open_portal();
    let credential =
        |application: &str| json!({"application_id": application, "kind": "custom_id", "custom_id": "k"});
    portal["credentials"] = json!([credential(APPLICATION), credential("x")]);
    agree(&portal, CredentialFact::Ambiguous);
    portal["credentials"] = json!([credential("x")]);
    agree(&portal, CredentialFact::Unknown);
}

/// The custom id `k` is judged alike by the snapshot and by the bundle made from it.
fn agree(portal: &Value, expected: CredentialFact) {
    let snapshot = read(portal).snapshot;
    let (key, resource) = (CredentialKey::custom_id(b"k"), RESOURCE.parse().unwrap());
    let facts = snapshot.facts_of_credential(&key, resource, NOW);
    assert_eq!(facts.credential, expected);
    let bytes = build(Policy::Strict, &[snapshot.contents().unwrap()]).unwrap().to_bytes();
    let bundle = Bundle::open(&bytes).unwrap();
    let from_bundle = bundle.facts(&bundle.caller(&key, NOW), bundle.resource(&resource), Freshness::Fresh);
    assert_eq!(from_bundle.credential, expected);
    let outcome = |facts| decide(facts, Action::Consume, Policy::Strict);
    assert_eq!(outcome(&facts), outcome(&from_bundle));
}

#[test]
fn an_application_nobody_knows_is_unknown_to_bundle_and_snapshot_alike() {
    let snapshot = read(&open_portal()).snapshot;
    let unknown = "a0000000-0000-4000-8000-00000000dead".parse().unwrap();
    let resource = RESOURCE.parse().unwrap();
    let asked = snapshot.outcome(&Question::consume(unknown, resource, Policy::Strict));
    let bytes = build(Policy::Strict, &[snapshot.contents().unwrap()]).unwrap().to_bytes();
    let bundle = Bundle::open(&bytes).unwrap();
    let caller = bundle.caller_by_application_id(&unknown);
    let facts = bundle.facts(&caller, bundle.resource(&resource), Freshness::Fresh);
    assert_eq!(decide(&facts, Action::Consume, Policy::Strict), asked);
    assert_eq!(asked.reason().unwrap().code(), "application_unknown");
}

#[test]
fn every_list_and_setting_of_ours_is_looked_at() {
    let codes = |portal: &str| {
        let reading = Snapshot::read(portal.as_bytes(), ReadOptions { allow_partial: true }).unwrap();
        reading
            .problems
            .iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect::<Vec<_>>()
    };
    let text = open_portal().to_string();
    let twice = text.replacen('{', r#"{"auth_settings": null, "auth_settings": null, "#, 1);
    assert_eq!(codes(&twice), ["key_repeated /auth_settings"]);

    let mut portal = open_portal();
    portal["credentials"] = json!([]);
    portal["collected"]["credentials"] = json!({"total": 100, "items": 3});
    portal["collected"]["team_group_mappings"] = json!("all");
    assert_eq!(
        codes(&portal.to_string()),
        ["partial /collected/credentials", "wrong_type /collected/team_group_mappings"]
    );

    let mut portal = open_portal();
    portal["auth_settings"] = json!({"idp_mapping_enabled": "yes"});
    assert_eq!(codes(&portal.to_string()), ["flag_unrecognized /auth_settings/idp_mapping_enabled"]);
}

#[test]
fn an_invalid_portal_id_hides_no_other_problem() {
    let mut portal = open_portal();
    portal["portal"]["id"] = json!("x");
    portal["portal"]["auto_approve_applications"] = json!(1);
    portal["auth_settings"] = json!([]);
    let error =
        Snapshot::read(portal.to_string().as_bytes(), ReadOptions { allow_partial: true }).unwrap_err();
    let places: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(places, ["/portal/id", "/auth_settings", "/portal/auto_approve_applications"]);
}

#[test]
fn places_are_those_of_the_file() {
    let mut portal = open_portal();
    let (first, other) = (portal["registrations"][0].clone(), json!("90000000-0000-4000-8000-000000000002"));
    portal["registrations"] = json!([first, first, registration(&other, "approved")]);
    let reading = read(&portal);
    let places: Vec<_> =
        reading.problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect();
    assert_eq!(places, [("registration_repeated", "/registrations/2"), ("id_repeated", "/registrations/1")]);
}

#[test]
fn of_equally_restrictive_registrations_the_smaller_id_counts() {
    let (small, large) =
        (json!("10000000-0000-4000-8000-000000000001"), json!("90000000-0000-4000-8000-000000000002"));
    let decide = |order: [&Value; 2]| {
        let mut portal = open_portal();
        portal["registrations"] = order.map(|id| registration(id, "pending")).into();
        let question =
            Question::consume(APPLICATION.parse().unwrap(), RESOURCE.parse().unwrap(), Policy::Strict);
        read(&portal).snapshot.decide(&question)
    };
    assert_eq!(decide([&small, &large]), decide([&large, &small]));
    assert_eq!(decide([&large, &small]).registration_id.unwrap().to_string(), small.as_str().unwrap());
}
