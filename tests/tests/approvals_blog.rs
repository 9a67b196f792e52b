//! Kong's article "Manage API Access More Seamlessly", replayed with values of our own: trusted domains, one that
//! nobody knows, a team with only API Viewer; and its own first body, cut as it is printed, is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails may panic"
)]

use conformance::documents::text;
use conformance::read;
use gatepass::approvals::{self, Rules};
use gatepass::plan::Plan;
use gatepass::report::{Parameters, Report, ReportName};
use gatepass::{Completeness, ReadOptions, Severity, Snapshot};
use serde_json::{Value, json};

const FILE: &str = include_str!("../../examples/admin-scripts/snapshot.json");

fn rules(require: &Value) -> Value {
    json!({
        "emails_verified_by": "portal",
        "trusted": [{"domain": "arsenal.com", "team": "Arsenal"},
                    {"domain": "intermilan.com", "include_subdomains": true, "team": "Inter Milan"}],
        "require_ready_team": require, "include_approved": true,
    })
}

fn plan(snapshot: &Snapshot, require: &Value) -> Plan {
    let rules = Rules::read_for(rules(require).to_string().as_bytes(), snapshot).unwrap();
    assert!(rules.problems.is_empty());
    approvals::plan(snapshot, FILE.as_bytes(), &rules.rules).unwrap()
}

/// Who, what happens, why they are held.
fn summary(plan: &Plan, snapshot: &Snapshot) -> Vec<String> {
    let lines = plan.summary(snapshot).into_iter().map(|line| {
        let what = line.held.map_or_else(|| line.steps.join(", "), |held| held.code.clone());
        format!("{}: {what}", line.email.unwrap_or_default())
    });
    lines.collect()
}

fn rows(name: ReportName, snapshot: &Snapshot) -> Vec<(String, String)> {
    let parameters = Parameters::at("2023-11-27T12:00:00Z".parse().unwrap());
    let report = serde_json::to_value(Report::run(name, snapshot, &parameters).unwrap()).unwrap();
    let cause = |row: &Value| row.get("cause").or(row.get("stage")).unwrap().as_str().unwrap().to_owned();
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["email"].as_str().unwrap().to_owned(), cause(row))).collect()
}

#[test]
fn the_plan_and_both_reports_come_out_as_the_article_intends() {
    let snapshot = read(&serde_json::from_str(FILE).unwrap());
    assert_eq!(snapshot.completeness(), Completeness::Complete);
    let intended = plan(&snapshot, &json!("view"));
    assert_eq!(
        summary(&intended, &snapshot),
        [
            "nadia@arsenal.com: add to team `Arsenal`",
            "paula@arsenal.com: add to team `Arsenal`, approve",
            "giulia@intermilan.com: add to team `Inter Milan`, approve",
            "mark@aol.com: domain_unknown",
        ]
    );
    // The article's own advice: look at the team's roles first.
    let careful = plan(&snapshot, &json!("consume"));
    assert_eq!(summary(&careful, &snapshot)[2], "giulia@intermilan.com: team_not_ready");
    assert!(
        careful.subjects[2]
            .held
            .as_ref()
            .unwrap()
            .message
            .contains("team `Inter Milan` has `API Consumer` on no")
    );

    let expected_1 = [("lorenzo@intermilan.com".to_owned(), "viewer_only".to_owned())];
    let expected_2 = [("bruno@arsenal.com".to_owned(), "never_registered".to_owned())];
    let after = snapshot.with(&intended.changes()).unwrap();
    for snapshot in [&snapshot, &after] {
        assert_eq!(rows(ReportName::NeedsConsumePermission, snapshot), expected_1);
        assert_eq!(rows(ReportName::BlockedDevelopers, snapshot), expected_2);
    }
    assert_eq!(plan(&after, &json!("view")).changes(), []);
    assert_eq!(summary(&plan(&after, &json!("view")), &after), ["mark@aol.com: domain_unknown"]);
}

#[test]
#[cfg_attr(
    not(specs),
    ignore = "the article's bodies are not at hand: set GATEPASS_SPECS to the folder of Kong's documents"
)]
fn the_articles_first_body_is_refused_as_incomplete() {
    let bytes = text(env!("GATEPASS_SPECS_FOUND"), "examples/blog/list-portal-developers.json").into_bytes();
    let page = gatepass::konnect::page::developers(&bytes).unwrap();
    assert!(page.problems.is_empty());
    assert!(page.total.unwrap() > page.items.len() as u64);
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let mut file: Value = serde_json::from_str(FILE).unwrap();
    file["developers"] = body["data"].clone();
    file["collected"]["developers"] = json!({"total": page.total, "items": page.items.len()});
    for list in ["team_developers", "applications"] {
        file[list] = json!(if list == "applications" { json!([]) } else { json!({}) });
        file["collected"].as_object_mut().unwrap().remove(list);
    }
    let text = file.to_string();
    let error = Snapshot::read(text.as_bytes(), ReadOptions::default()).unwrap_err();
    let errors: Vec<(&str, &str)> = error
        .problems()
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (problem.code, &*problem.path))
        .collect();
    assert_eq!(errors, [("partial", "/collected/developers")]);
    // Read all the same, it says so; and what the article intends of its three developers comes out.
    let snapshot = Snapshot::read(text.as_bytes(), ReadOptions { allow_partial: true }).unwrap().snapshot;
    assert_eq!(snapshot.completeness(), Completeness::Partial);
    let plan = plan(&snapshot, &json!("view"));
    let held: Vec<&str> = plan.held().map(|(_, _, held)| &*held.code).collect();
    assert_eq!((plan.changes().len(), held), (4, vec!["domain_unknown"]));
}
