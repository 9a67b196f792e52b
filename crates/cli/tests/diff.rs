//! `gatepass diff` as its users see it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const FORMS: [&str; 6] = ["table", "json", "jsonl", "csv", "markdown", "html"];

fn gatepass(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatepass"))
        .args(arguments)
        .env_remove("GATEPASS_OUTPUT")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gateway-envoy/snapshot.json");
    path.to_str().unwrap().to_owned()
}

/// The sample, changed and written elsewhere.
fn changed(folder: &tempfile::TempDir, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut file: Value = serde_json::from_slice(&std::fs::read(sample()).unwrap()).unwrap();
    change(&mut file);
    let path = folder.path().join(name);
    std::fs::write(&path, file.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_revoked_developer_loses_what_they_had_and_the_pipeline_fails() {
    let folder = tempfile::tempdir().unwrap();
    // Ada Stern owns Storefront, which is registered for two versions of Orders.
    let after = changed(&folder, "after.json", |file| file["developers"][0]["status"] = json!("revoked"));
    let document: Value =
        serde_json::from_str(&stdout(&gatepass(&["diff", &sample(), &after, "--output", "json"]))).unwrap();
    assert_eq!(document["format"], "gatepass.diff/1");
    let lost: Vec<&Value> =
        document["rows"].as_array().unwrap().iter().filter(|row| row["change"] == "lost").collect();
    assert_eq!(document["counts"]["lost"], lost.len());
    assert!(!lost.is_empty() && lost.iter().all(|row| row["developer_name"] == "Ada Stern"));
    assert!(
        lost.iter().all(|row| row["reason_after"] == "developer_revoked" && row["reason_before"].is_null())
    );
    assert_eq!(document["counts"]["gained"], 0);
    assert_eq!(document["by_team"][0]["team_name"], "Retail");

    let ends = |more: &[&str]| {
        let sample = sample();
        let mut arguments = vec!["diff", &sample, &after, "--fail-on-findings"];
        arguments.extend(more);
        gatepass(&arguments).status.code()
    };
    assert_eq!(ends(&[]), Some(2));
    assert_eq!(ends(&["--only", "lost"]), Some(2));
    assert_eq!(ends(&["--only", "gained"]), Some(0));
    assert_eq!(gatepass(&["diff", &sample(), &sample(), "--fail-on-findings"]).status.code(), Some(0));
}

#[test]
fn a_plan_is_tried_without_touching_the_held() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.json");
    let portal = "b0000000-0000-4000-8000-000000000001";
    let cy = "d0000000-0000-4000-8000-000000000003";
    let ada = "d0000000-0000-4000-8000-000000000001";
    let subject = |id: &str, change: &str, held: Value| json!({"developer_id": id, "rule": "r", "held": held, "changes": [{"change": change, "developer_id": id}]});
    let held = json!({"code": "domain_blocked", "message": "held"});
    let write = |portal: &str, second: Value| {
        let subjects = json!([subject(cy, "approve_developer", Value::Null), second]);
        let file = json!({"format": "gatepass.plan/1", "portal_id": portal, "subjects": subjects});
        std::fs::write(&plan, file.to_string()).unwrap();
        gatepass(&["diff", &sample(), "--plan", plan.to_str().unwrap(), "--output", "jsonl"])
    };
    let output = write(portal, subject(ada, "revoke_developer", held));
    assert!(stderr(&output).contains("holds 1 subjects"), "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["row_count"], lines.len() - 1);
    assert_eq!(lines[0]["counts"]["lost"], 0);
    assert!(lines.len() > 1 && lines[1..].iter().all(|row| row["developer_id"] == cy));

    let nobody = "d0000000-0000-4000-8000-00000000ffff";
    let unknown = write(portal, subject(nobody, "approve_developer", Value::Null));
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains(&format!("the snapshot has no developer `{nobody}`; plan again")));
    let elsewhere = write(cy, subject(ada, "approve_developer", Value::Null));
    assert!(stderr(&elsewhere).contains(&format!("is a plan for portal `{cy}`")), "{}", stderr(&elsewhere));
}

#[test]
fn a_partial_snapshot_says_so_in_every_form_with_and_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let partial =
        changed(&folder, "partial.json", |file| file["collected"]["developers"]["total"] = json!(9));
    assert_eq!(
        gatepass(&["diff", &sample(), &partial]).status.code(),
        Some(1),
        "refused without --allow-partial"
    );
    for form in FORMS {
        for more in [["--policy", "strict"], ["--rbac", "off"]] {
            let text = stdout(&gatepass(&[
                "diff",
                &sample(),
                &partial,
                "--allow-partial",
                "--output",
                form,
                more[0],
                more[1],
            ]));
            assert!(text.to_lowercase().contains("partial"), "{form}: {text}");
        }
    }
}

#[test]
fn policies_are_compared_and_the_same_bytes_come_out() {
    for form in FORMS {
        let arguments = ["diff", &sample(), "--policy", "konnect..strict", "--output", form];
        assert_eq!(stdout(&gatepass(&arguments)), stdout(&gatepass(&arguments)), "{form}");
    }
    let csv = stdout(&gatepass(&["diff", &sample(), "--policy", "konnect..strict", "--output", "csv"]));
    assert!(csv.starts_with("change,reason_before,reason_after,application_name,"), "{csv}");
    assert!(csv.contains("lost,allowed,developer_revoked,Legacy,Ben Okafor,"), "{csv}");
    assert!(!csv.contains("gained,"), "strict allows nothing that konnect denies");
}

#[test]
fn what_people_typed_is_harmless_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = changed(&folder, "hostile.json", |file| {
        file["applications"][0]["name"] = json!("=HYPERLINK(\"http://evil.test\")");
        file["developers"][0]["full_name"] = json!("<img src=x onerror=alert(1)>\u{1b}[31m\u{202e}|");
    });
    for form in FORMS {
        let text = stdout(&gatepass(&[
            "diff",
            &hostile,
            "--rbac",
            "off",
            "--policy",
            "strict..konnect",
            "--output",
            form,
        ]));
        if form != "json" && form != "jsonl" {
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{form}");
        }
        assert!(form != "html" || !text.contains("<img"), "{text}");
        assert!(form != "csv" || !text.contains(",=HYPERLINK"), "{text}");
    }
}

#[test]
fn bad_usage_ends_with_1_and_says_what_there_is() {
    for (arguments, said) in [
        (vec!["diff", &sample()], "there is nothing to compare with; give a second snapshot, --plan, --rbac"),
        (vec!["diff", &sample(), "--rbac", "maybe"], "there are: on, off"),
        (vec!["diff", &sample(), "--policy", "lax..strict"], "`lax` is not a policy"),
        (vec!["diff", &sample(), "--rbac", "off", "--only", "won"], "`won` is none of `gained`"),
    ] {
        let output = gatepass(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}
