//! `gatepass plan` as its users see it: the plan is data, its words are for people, and mistakes come all at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn gatepass(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatepass"))
        .args(arguments)
        .env_remove("GATEPASS_OUTPUT")
        .env_remove("KONNECT_TOKEN")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/admin-scripts").join(name);
    path.to_str().unwrap().to_owned()
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_example_plans_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, rules) = (example("snapshot.json"), example("rules.yaml"));
    let to_stdout = gatepass(&["plan", "approvals", &snapshot, "--rules", &rules]);
    assert_eq!(to_stdout.status.code(), Some(0), "{}", text(&to_stdout.stderr));
    let plan: Value = serde_json::from_slice(&to_stdout.stdout).unwrap();
    assert_eq!(plan["format"], "gatepass.plan/1");
    assert_eq!(plan["api"], "v2");
    let changes = |subject: usize| -> Vec<&str> {
        let list = plan["subjects"][subject]["changes"].as_array().unwrap();
        list.iter().map(|change| change["change"].as_str().unwrap()).collect()
    };
    assert_eq!(changes(0), ["add_to_team"]);
    assert_eq!(changes(1), ["add_to_team", "approve_developer"]);
    assert_eq!(changes(2), ["add_to_team", "approve_developer"]);
    assert_eq!(plan["subjects"][3]["held"]["code"], "domain_unknown");

    let said = text(&to_stdout.stderr);
    for words in [
        "paula@arsenal.com",
        "trusted: arsenal.com",
        "add to team `Arsenal`, then",
        "no rule is about the domain `aol.com`",
        "5 changes for 3 subjects, 1 held (1 domain_unknown); portal `Football`",
        "`gatepass apply plan.json --yes`",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    // The same to a file; and who is held is a finding.
    let file = folder.path().join("plan.json");
    let name = file.to_str().unwrap();
    let arguments = ["plan", "approvals", &snapshot, "--rules", &rules, "-o", name];
    let to_file = gatepass(&[&arguments[..], &["--fail-on-findings"]].concat());
    assert_eq!(to_file.status.code(), Some(2));
    assert!(to_file.stdout.is_empty());
    assert_eq!(std::fs::read(&file).unwrap(), to_stdout.stdout);

    // What apply makes of it, without asking anybody.
    let applied = gatepass(&["apply", name, "--output", "json"]);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied.stderr));
    let applied: Value = serde_json::from_slice(&applied.stdout).unwrap();
    assert_eq!(applied["changes"].as_array().unwrap().len(), 5);
    assert!(applied["changes"][0]["request"].as_str().unwrap().starts_with("POST /v2/portals/"));
}

#[test]
fn toml_and_json_say_the_same_as_yaml() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "emails_verified_by = 'portal'\nrequire_ready_team = 'view'\ninclude_approved = true\n\
        blocked_domains = ['mailinator.com']\n[[trusted]]\ndomain = 'arsenal.com'\nteam = 'Arsenal'\n\
        [[trusted]]\ndomain = 'intermilan.com'\ninclude_subdomains = true\nteam = 'Inter Milan'\n";
    let json = json!({"emails_verified_by": "portal", "require_ready_team": "view", "include_approved": true,
        "trusted": [{"domain": "arsenal.com", "team": "Arsenal"},
                    {"domain": "intermilan.com", "include_subdomains": true, "team": "Inter Milan"}]});
    let snapshot = example("snapshot.json");
    let plan = |rules: &str| {
        let output = gatepass(&["plan", "approvals", &snapshot, "--rules", rules]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let yaml = plan(&example("rules.yaml"));
    assert_eq!(plan(&written(&folder, "rules.toml", toml)), yaml);
    assert_eq!(plan(&written(&folder, "rules.json", &json.to_string())), yaml);
}

#[test]
fn every_mistake_of_the_rules_is_listed_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "trusted:\n  - {domain: arsenal.com, team: Raiders}\n  - {domain: Arsenal.com, team: Arsenal}\nfallback: Public\n";
    let rules = written(&folder, "rules.yaml", rules);
    let plan = folder.path().join("plan.json");
    let output = gatepass(&[
        "plan",
        "approvals",
        &example("snapshot.json"),
        "--rules",
        &rules,
        "-o",
        plan.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for words in [
        "error at /trusted/0/team: the portal has no team `Raiders` [team_unknown]",
        "error at /trusted/1/domain: `arsenal.com` is trusted already, by `/trusted/0` [domain_repeated]",
        "error at /fallback: `fallback` is not a member of the rules [key_unknown]",
        "error: `",
        "has 3 errors",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    assert!(!plan.exists());
    let broken = written(&folder, "broken.yaml", "trusted: [\n");
    let output = gatepass(&["plan", "approvals", &example("snapshot.json"), "--rules", &broken]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
}

#[test]
fn what_people_typed_cannot_move_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let mut file: Value = serde_json::from_slice(&std::fs::read(example("snapshot.json")).unwrap()).unwrap();
    file["developers"][0]["full_name"] = json!("\u{1b}[2J\u{202e}Paula");
    file["developers"][2]["email"] = json!("mark@\u{1b}]0;aol.com\u{7}");
    let snapshot = written(&folder, "snapshot.json", &file.to_string());
    let output = gatepass(&["plan", "approvals", &snapshot, "--rules", &example("rules.yaml")]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said}");
    assert!(said.contains("[control_character]"));
}

#[test]
fn revoke_stale_cures_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let mut file: Value = serde_json::from_slice(&std::fs::read(example("snapshot.json")).unwrap()).unwrap();
    // Bruno is registered, and revoked afterwards.
    file["developers"][4]["status"] = json!("revoked");
    let registration = "90000000-0000-4000-8000-000000000001";
    file["registrations"] = json!([{"id": registration, "status": "approved",
        "application": file["applications"][0], "product_version": {"id": file["product_versions"][0]["id"]}}]);
    file["collected"]["registrations"] = json!({"total": 1, "items": 1});
    let snapshot = written(&folder, "snapshot.json", &file.to_string());
    let report = gatepass(&["report", "stale_access", &snapshot, "--fail-on-findings"]);
    assert_eq!(report.status.code(), Some(2));
    let output = gatepass(&["plan", "revoke-stale", &snapshot]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let subjects = plan["subjects"].as_array().unwrap();
    assert_eq!(subjects.len(), 1);
    assert_eq!(subjects[0]["rule"], "stale_access: developer_revoked");
    assert_eq!(
        subjects[0]["changes"],
        json!([{"change": "revoke_registration", "registration_id": registration, "seen": "approved",
                "application_id": file["applications"][0]["id"]}])
    );
    assert!(text(&output.stderr).contains("revoke the registration of `Ticket Office` for `Matches v1`"));
}

#[test]
fn follow_ups_know_owners_and_cadence_from_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    let mut file: Value = serde_json::from_slice(&std::fs::read(example("snapshot.json")).unwrap()).unwrap();
    let bruno = file["developers"][4]["id"].as_str().unwrap().to_owned();
    let follow_ups = |snapshot: &str, more: &[&str]| -> Value {
        let mut arguments = vec!["report", "follow_ups", snapshot, "--output", "json", "--rules"];
        let rules = example("rules.yaml");
        arguments.extend([&*rules, "--now", "2023-11-27T12:00:00Z"]);
        arguments.extend(more);
        let output = gatepass(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    // Arsenal is written to once in seven days at most.
    let snapshot = example("snapshot.json");
    let rows = |report: &Value| report["rows"].as_array().unwrap().len();
    for (at, due) in [("2023-11-20T12:00:00Z", 1), ("2023-11-20T12:00:01Z", 0)] {
        let log = json!({"developer_id": bruno, "at": at, "channel": "mail"}).to_string();
        let log = written(&folder, "contacts.jsonl", &log);
        let report = follow_ups(&snapshot, &["--contact-log", &log]);
        assert_eq!(rows(&report), due, "{at}");
        assert_eq!(report["parameters"]["cadence"], json!({"Arsenal": "168h"}));
    }
    // What the command line says counts.
    let log = json!({"developer_id": bruno, "at": "2023-11-26T11:00:00Z", "channel": "mail"}).to_string();
    let log = written(&folder, "contacts.jsonl", &log);
    let report = follow_ups(&snapshot, &["--contact-log", &log, "--cadence", "Arsenal=1d"]);
    assert_eq!(rows(&report), 1);

    file["registrations"] = json!([{"id": "90000000-0000-4000-8000-000000000001", "status": "pending",
        "created_at": "2023-11-22T00:00:00Z", "application": file["applications"][0],
        "product_version": {"id": file["product_versions"][0]["id"]}}]);
    file["collected"]["registrations"] = json!({"total": 1, "items": 1});
    let waiting = written(&folder, "snapshot.json", &file.to_string());
    let report = follow_ups(&waiting, &["--audience", "owners"]);
    assert_eq!(rows(&report), 1);
    assert_eq!(report["rows"][0]["email"], "matches-owner@example.com");
    assert!(report["rows"][0]["mailto"].as_str().unwrap().starts_with("mailto:matches-owner@example.com?"));
}
