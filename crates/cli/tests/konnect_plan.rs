//! From a portal to a plan and back: exported from the emulator, planned, applied, exported again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

mod konnect;

use std::path::Path;

use gatepass_emulator::{Api, Running};
use konnect::{against, command, json, output, portal, rows, small, stderr, succeeded};
use serde_json::{Value, json};

fn ids(emulator: &Running, sql: &str) -> Vec<String> {
    rows(emulator, sql).into_iter().map(|row| row[0].clone()).collect()
}

fn export(emulator: &Running, api: &str, file: &Path) {
    let (name, _) = portal(emulator);
    let mut command =
        against(emulator, &["export", "--portal", &name, "--api", api, "-o", file.to_str().unwrap()]);
    succeeded(&output(&mut command));
}

fn plan(arguments: &[&str]) -> Value {
    let planned = output(command("").env_remove("KONNECT_TOKEN").arg("plan").args(arguments));
    succeeded(&planned);
    json(&planned.stdout)
}

fn changes(plan: &Value) -> usize {
    let subjects = plan["subjects"].as_array().unwrap();
    subjects.iter().map(|subject| subject["changes"].as_array().unwrap().len()).sum()
}

fn held(plan: &Value) -> Vec<String> {
    let subjects = plan["subjects"].as_array().unwrap().iter();
    subjects.filter_map(|subject| subject["held"]["code"].as_str()).map(str::to_owned).collect()
}

/// Five developers wait: two of a trusted domain, one of them in the team already as a run that died left them, one of
/// a blocked domain, one of an unknown one, one whose address is a trap. The team may see everything.
fn waiting(emulator: &Running) -> (String, Vec<String>) {
    let team = ids(emulator, "SELECT id FROM teams")[0].clone();
    let everybody = ids(emulator, "SELECT id FROM developers");
    let people: Vec<String> = everybody.into_iter().take(5).collect();
    let emails = [
        "one@arsenal.com",
        "two@ARSENAL.com",
        "three@mail.mailinator.com",
        "four@aol.com",
        "five@arsenal.com.evil.test",
    ];
    let set = "UPDATE developers SET status = 'pending', email = ? WHERE id = ?";
    for (person, email) in people.iter().zip(emails) {
        emulator.database().execute(set, &[email, person]).unwrap();
        emulator.database().execute("DELETE FROM team_developers WHERE developer_id = ?", &[person]).unwrap();
    }
    emulator
        .database()
        .execute("INSERT INTO team_developers (team_id, developer_id) VALUES (?, ?)", &[&team, &people[1]])
        .unwrap();
    (team, people)
}

fn approvals(api: Api, version: &str) {
    let emulator = small(api);
    let (team, people) = waiting(&emulator);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    let rules = json!({"emails_verified_by": "portal", "trusted": [{"domain": "arsenal.com", "team": team}],
        "blocked_domains": ["mailinator.com"], "require_ready_team": false});
    std::fs::write(at("rules.json"), rules.to_string()).unwrap();

    export(&emulator, version, &at("before.json"));
    let arguments =
        |snapshot: &str| ["approvals", snapshot, "--rules", &text("rules.json")].map(str::to_owned);
    let before = arguments(&text("before.json"));
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let first = plan(&before);
    // Others of the seed may wait as well: their addresses are of no named domain.
    assert_eq!(changes(&first), 3, "{first:#}");
    std::fs::write(at("plan.json"), first.to_string()).unwrap();
    emulator.clear_log();
    // The plan says everything itself: which API, what was seen.
    let applied = output(&mut against(&emulator, &["apply", &text("plan.json"), "--yes"]));
    succeeded(&applied);
    assert!(stderr(&applied).contains("3 changes made"), "{}", stderr(&applied));

    let status = |person: &str| {
        ids(&emulator, &format!("SELECT status FROM developers WHERE id = '{person}'"))[0].clone()
    };
    let statuses: Vec<String> = people.iter().map(|person| status(person)).collect();
    assert_eq!(statuses, ["approved", "approved", "pending", "pending", "pending"]);
    for person in &people {
        let sql = format!("SELECT team_id FROM team_developers WHERE developer_id = '{person}'");
        let expected: &[String] =
            if status(person) == "approved" { std::slice::from_ref(&team) } else { &[] };
        assert_eq!(ids(&emulator, &sql), expected, "{person}");
    }
    // Nobody was approved before they were in the team.
    let log = emulator.log();
    let position = |method: &str, end: &str| {
        log.requests.iter().position(|request| {
            request.method == method && request.target.split('?').next().unwrap_or_default().ends_with(end)
        })
    };
    let joined = position("POST", &format!("/teams/{team}/developers")).unwrap();
    let approved = position("PATCH", &format!("/developers/{}", people[0])).unwrap();
    assert!(joined < approved);

    export(&emulator, version, &at("after.json"));
    let after = arguments(&text("after.json"));
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    let second = plan(&after);
    assert_eq!(changes(&second), 0, "{second:#}");
    assert_eq!(held(&second), held(&first));
    assert!(held(&first).contains(&"domain_blocked".to_owned()));
}

#[test]
fn approvals_end_where_the_rules_say_v2() {
    approvals(Api::V2, "v2");
}

#[test]
fn approvals_end_where_the_rules_say_v3() {
    approvals(Api::V3, "v3");
}

#[test]
fn what_is_stale_is_revoked_and_stays_so() {
    let emulator = small(Api::V2);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    // The owners of some approved registrations are revoked, and Konnect goes on letting them in.
    let sql = "SELECT DISTINCT d.id FROM registrations r JOIN applications a ON a.id = r.application_id \
        JOIN developers d ON d.id = a.owner_id WHERE r.status = 'approved'";
    let owners = ids(&emulator, sql);
    for owner in owners.iter().take(3) {
        emulator
            .database()
            .execute("UPDATE developers SET status = 'revoked' WHERE id = ?", &[owner])
            .unwrap();
    }
    export(&emulator, "v2", &at("before.json"));
    let first = plan(&["revoke-stale", &text("before.json"), "--now", "2026-11-24T10:00:00Z"]);
    assert!(changes(&first) >= 3, "{first:#}");
    std::fs::write(at("plan.json"), first.to_string()).unwrap();
    succeeded(&output(&mut against(&emulator, &["apply", &text("plan.json"), "--yes"])));
    for owner in owners.iter().take(3) {
        let sql = format!(
            "SELECT r.id FROM registrations r JOIN applications a ON a.id = r.application_id \
             WHERE r.status = 'approved' AND a.owner_id = '{owner}'"
        );
        assert!(ids(&emulator, &sql).is_empty(), "{owner}");
    }
    export(&emulator, "v2", &at("after.json"));
    let second = plan(&["revoke-stale", &text("after.json"), "--now", "2026-11-24T10:00:00Z"]);
    assert_eq!(changes(&second), 0, "{second:#}");
}
