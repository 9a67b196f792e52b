//! `gatepass plan status` and `plan invite` as their users see them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::process::{Command, Output};

use serde_json::{Value, json};

const DEVELOPER: &str = "d0000000-0000-4000-8000-000000000001";
const REGISTRATION: &str = "90000000-0000-4000-8000-000000000001";
const APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";

fn gatepass(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatepass")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn snapshot(folder: &tempfile::TempDir, status: &str, registration: &str) -> String {
    let small = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/testdata/small.json")).unwrap();
    let mut file: Value = serde_json::from_slice(&small).unwrap();
    file["developers"][0]["status"] = json!(status);
    file["registrations"][0]["status"] = json!(registration);
    let path = folder.path().join("snapshot.json");
    std::fs::write(&path, file.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn changes(output: &Output) -> Vec<String> {
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let subjects = plan["subjects"].as_array().unwrap().iter();
    subjects
        .flat_map(|subject| subject["changes"].as_array().unwrap())
        .map(|change| change["change"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_revoked_developer_loses_the_registrations_unless_they_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot(&folder, "approved", "approved");
    let plan = ["plan", "status", &snapshot, "--developer", DEVELOPER, "--to", "revoked"];
    let output = gatepass(&plan);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(changes(&output), ["revoke_developer", "revoke_registration"]);
    let output = gatepass(&[&plan[..], &["--keep-registrations"]].concat());
    assert_eq!(changes(&output), ["revoke_developer"]);
    assert!(
        text(&output.stderr)
            .contains("note: calls go on: approved registrations of `jane@example.com` are kept (1)"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_forbidden_transition_is_refused_with_1_and_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot(&folder, "rejected", "pending");
    let plan = ["plan", "status", &snapshot, "--developer", DEVELOPER, "--to", "approved"];
    assert_eq!(changes(&gatepass(&plan)), ["approve_developer"]);
    let output = gatepass(&[&plan[..], &["--profile", "konnect-2022"]].concat());
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert_eq!(
        text(&output.stderr),
        "error: developer `jane@example.com` cannot become approved by profile `konnect-2022`: a rejected developer \
         stays rejected; delete the developer, and the same e-mail address can sign up again\n"
    );
}

#[test]
fn registrations_and_applications_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot(&folder, "approved", "pending");
    let output = gatepass(&["plan", "status", &snapshot, "--registration", REGISTRATION, "--to", "approved"]);
    assert_eq!(changes(&output), ["approve_registration"]);
    let output = gatepass(&["plan", "status", &snapshot, "--application", APPLICATION, "--to", "approved"]);
    assert_eq!(changes(&output), Vec::<String>::new());
    assert!(text(&output.stderr).contains("the status is approved already"), "{}", text(&output.stderr));
    for odd in [
        &["plan", "status", &snapshot, "--to", "approved"][..],
        &[
            "plan",
            "status",
            &snapshot,
            "--developer",
            DEVELOPER,
            "--registration",
            REGISTRATION,
            "--to",
            "approved",
        ],
        &["plan", "status", &snapshot, "--developer", DEVELOPER, "--to", "Approved"],
        &["plan", "status", &snapshot, "--developer", REGISTRATION, "--to", "approved"],
    ] {
        assert_eq!(gatepass(odd).status.code(), Some(1), "{odd:?}");
    }
}

#[test]
fn an_invitation_is_a_plan_and_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("partners.txt");
    std::fs::write(&list, "# partners\nbob@arsenal.com, jane@example.com\nnobody\n").unwrap();
    let list = list.to_str().unwrap();
    let output = gatepass(&[
        "plan",
        "invite",
        "--email-file",
        list,
        "--registration-url",
        "https://p.example/register",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["format"], "gatepass.plan/1");
    assert_eq!(plan["invitation"]["bcc"], json!(["bob@arsenal.com", "jane@example.com"]));
    assert!(text(&output.stderr).starts_with("held: `nobody`: the address has no `@` [email_without_at]\n"));
    assert!(
        text(&output.stderr).contains("\nnext: open mailto:?bcc=bob@arsenal.com,jane@example.com&subject=")
    );

    let snapshot = snapshot(&folder, "pending", "pending");
    let output = gatepass(&["plan", "invite", &snapshot, "--email-file", list, "--fail-on-findings"]);
    assert_eq!(output.status.code(), Some(2));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["invitation"]["bcc"], json!(["bob@arsenal.com"]));
    assert!(text(&output.stderr).contains("signed up already, and is pending [signed_up]"));
}
