//! Every rule of DESIGN.md §6 by example: addresses, decisions, mistakes of the rules file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails may panic"
)]

use conformance::read;
use gatepass::approvals::{self, Rules, RulesError, domain_of};
use gatepass::plan::{Plan, Subject};
use gatepass::{Change, Problems, Snapshot};
use serde::Deserialize;
use serde_json::{Value, json};

const EMAILS: &str = include_str!("../vectors/approvals/emails.json");
const DECISIONS: &str = include_str!("../vectors/approvals/decisions.json");
const RULES: &str = include_str!("../vectors/approvals/rules.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    name: String,
    email: String,
    domain: Option<String>,
    held: Option<String>,
}

#[test]
fn domains_are_read_exactly() {
    let cases: Vec<Address> = serde_json::from_str(EMAILS).unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        match (domain_of(&case.email), &case.domain, &case.held) {
            (Ok(domain), Some(expected), None) => assert_eq!(domain.as_str(), expected, "{}", case.name),
            (Err(error), None, Some(expected)) => {
                assert_eq!(error.code().as_str(), expected, "{}", case.name);
                let message = error.to_string();
                assert!(!message.is_empty() && !message.contains("x@"), "{message}");
            }
            (found, ..) => panic!("{}: {found:?}", case.name),
        }
    }
}

const TEAMS: [&str; 7] = ["Arsenal", "Inter Milan", "Public", "Empty", "Abroad", "Twice", "Twice"];

fn team_id(position: usize) -> String {
    format!("c0000000-0000-4000-8000-{:012}", position + 1)
}

/// A portal with one published product, a team for every readiness, and these developers.
fn portal(developers: &[Value], members: &Value, settings: &Value) -> Value {
    let product = "f0000000-0000-4000-8000-000000000001";
    let role = |name: &str, region: &str| {
        json!([{"id": "0", "role_name": name, "entity_id": product, "entity_type_name": "Services",
                "entity_region": region}])
    };
    let teams: Vec<Value> =
        TEAMS.iter().enumerate().map(|(at, name)| json!({"id": team_id(at), "name": name})).collect();
    json!({
        "format": "gatepass.snapshot/1", "exported_at": "2026-11-22T10:00:00Z", "api": "v2", "region": "us",
        "portal": {"id": "b0000000-0000-4000-8000-000000000001", "name": "Football",
                   "rbac_enabled": settings["rbac_enabled"].as_bool().unwrap_or(true)},
        "auth_settings": settings["auth_settings"],
        "developers": developers, "teams": teams, "team_developers": members,
        "team_roles": {team_id(0): role("API Consumer", "us"), team_id(1): role("API Consumer", "*"),
                       team_id(2): role("API Viewer", "us"), team_id(4): role("API Consumer", "eu")},
        "team_group_mappings": {team_id(1): ["inter", "zzz"]},
        "products": [{"id": product, "name": "Matches"}],
        "product_versions": [{"id": "e0000000-0000-4000-8000-000000000001", "product_id": product, "name": "v1",
            "publish_status": "published", "application_registration_enabled": true,
            "auth_strategy_ids": ["80000000-0000-4000-8000-000000000001"],
            "gateway_service": {"id": "70000000-0000-4000-8000-000000000001"}}],
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rules: Value,
    developer: Asking,
    portal: Value,
    expect: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    email: String,
    status: String,
    teams: Vec<String>,
}

const DEVELOPER: &str = "d0000000-0000-4000-8000-000000000001";

fn planned(case: &Case) -> (Snapshot, Plan) {
    let asking = &case.developer;
    let developer = json!({"id": DEVELOPER, "email": asking.email, "full_name": "X", "status": asking.status,
        "created_at": "2026-11-01T08:00:00Z"});
    let teams = asking.teams.iter().map(|name| TEAMS.iter().position(|known| known == name).unwrap());
    let members: Value =
        teams.map(|at| (team_id(at), json!([DEVELOPER]))).collect::<serde_json::Map<_, _>>().into();
    let file = portal(&[developer], &members, &case.portal);
    let snapshot = read(&file);
    let rules = Rules::read_for(case.rules.to_string().as_bytes(), &snapshot)
        .unwrap_or_else(|error| panic!("{}: {:#?}", case.name, error.problems()));
    let plan = approvals::plan(&snapshot, file.to_string().as_bytes(), &rules.rules).unwrap();
    (snapshot, plan)
}

/// A change with the team's name, as the vectors write it.
fn words(subject: &Subject, snapshot: &Snapshot) -> Vec<String> {
    let name = |id| snapshot.teams().iter().find(|team| team.id == id).unwrap().name.to_string();
    let word = |planned: &gatepass::plan::PlannedChange| match &planned.change {
        Change::AddToTeam { team_id, .. } => format!("add_to_team {}", name(*team_id)),
        Change::MapGroup { team_id, .. } => match &planned.hints.group {
            Some(group) => format!("map_group {} by {group}", name(*team_id)),
            None => format!("map_group {}", name(*team_id)),
        },
        Change::ApproveDeveloper { .. } => "approve_developer".to_owned(),
        Change::RejectDeveloper { .. } => "reject_developer".to_owned(),
        other => panic!("{other:?}"),
    };
    subject.changes.iter().map(word).collect()
}

#[test]
fn every_rule_decides_as_the_design_says() {
    let cases: Vec<Case> = serde_json::from_str(DECISIONS).unwrap();
    assert!(cases.len() > 60);
    for case in cases {
        let (snapshot, plan) = planned(&case);
        let found = match plan.subjects.as_slice() {
            [] => Value::Null,
            [subject] => match &subject.held {
                Some(held) => {
                    assert!(subject.changes.is_empty() && !held.message.is_empty());
                    json!({"held": held.code})
                }
                None => json!(words(subject, &snapshot)),
            },
            several => panic!("{several:?}"),
        };
        assert_eq!(found, case.expect, "{}", case.name);
        if let Some(subject) = plan.subjects.first().filter(|subject| subject.held.is_none()) {
            assert_eq!(subject.seen.as_deref(), Some(&*case.developer.status), "{}", case.name);
            assert!(subject.rule.is_some());
        }
        assert_eq!(Plan::read(plan.to_json().as_bytes()).unwrap(), plan);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistakes {
    name: String,
    rules: Value,
    problems: Vec<(String, String, String)>,
}

fn listed(problems: &Problems) -> Vec<(String, String, String)> {
    let list = problems.iter().map(|problem| {
        assert!(!problem.remedy.is_empty() && !problem.message.ends_with('.'), "{problem}");
        (problem.severity.to_string(), problem.code.to_owned(), problem.path.clone())
    });
    list.collect()
}

#[test]
fn all_mistakes_of_the_rules_are_listed_with_their_places() {
    let cases: Vec<Mistakes> = serde_json::from_str(RULES).unwrap();
    let snapshot = read(&portal(&[], &json!({}), &json!({})));
    for case in cases {
        let (found, errors) = match Rules::read_for(case.rules.to_string().as_bytes(), &snapshot) {
            Ok(reading) => (listed(&reading.problems), false),
            Err(error) => (listed(error.problems()), true),
        };
        assert_eq!(found, case.problems, "{}", case.name);
        assert_eq!(errors, case.problems.iter().any(|(severity, ..)| severity == "error"), "{}", case.name);
    }
    // What JSON values cannot say.
    for (text, code, path) in [
        (r#"{"otherwise": "hold", "otherwise": "hold"}"#, "key_repeated", "/otherwise"),
        (r#"{"owners": {}, "owners": {}}"#, "key_repeated", "/owners"),
        (r#"{"trusted": [], "trusted": []}"#, "key_repeated", "/trusted"),
        (
            r#"{"trusted": [{"team": "Arsenal", "domain": "a.test", "domain": "b.test"}]}"#,
            "key_repeated",
            "/trusted/0/domain",
        ),
        (r#"{"cadence": {"Arsenal": "7d", "Arsenal": "1d"}}"#, "key_repeated", "/cadence/Arsenal"),
        ("[]", "wrong_type", ""),
        ("", "json_syntax", ""),
    ] {
        let error: RulesError = Rules::read_for(text.as_bytes(), &snapshot).unwrap_err();
        let first = error.problems().iter().next().unwrap();
        assert_eq!((first.code, &*first.path), (code, path), "{text}");
    }
}

#[test]
fn rules_that_were_read_without_a_portal_are_checked_before_they_are_used() {
    let rules = json!({"trusted": [{"domain": "a.test", "team": "Nobody"}], "fallback_team": "Twice"});
    let rules = Rules::read(rules.to_string().as_bytes()).unwrap().rules;
    let file = portal(&[], &json!({}), &json!({}));
    let error = approvals::plan(&read(&file), b"", &rules).unwrap_err();
    let found: Vec<(String, String, String)> = listed(error.problems());
    let codes: Vec<&str> = found.iter().map(|(_, code, _)| &**code).collect();
    assert_eq!(codes, ["team_unknown", "team_ambiguous"]);
}
