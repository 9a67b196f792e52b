//! `gatepass check --type` as its users see it.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn check(arguments: &[&str], body: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatepass"))
        .arg("check")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A usage error ends the program before it reads.
    let written = child.stdin.take().unwrap().write_all(body.as_bytes());
    let closed = written.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
    assert!(closed || written.is_ok(), "{written:?}");
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_good_body_says_what_it_fits() {
    let output = check(&["--type", "team", "-"], r#"{"name": "Arsenal"}"#);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        "fits what an admin sends with create-portal-team (portal-management-v3.yaml); no problems\n"
    );
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_bad_body_lists_everything_and_ends_with_1() {
    let body = r#"{"name": "App", "owner": {"type": "club"}, "labels": {"kic": "x"}}"#;
    let output = check(&["--type", "application", "-"], body);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert_eq!(
        text(&output.stderr),
        "error at /owner/type: there is `club`, and should be `developer` or `team` [word_unknown]; write what the API's documentation asks for\n\
         error at /owner/id: `id` is missing [member_missing]; add it\n\
         error at /labels/kic: the key `kic` starts with `kic`, which is Kong's own [label_key_reserved]; choose another key\n\
         compared with what an admin sends with create-application (portal-management-v3.yaml)\n\
         error: `-` has 3 errors\n"
    );
    let output = check(&["--type", "application", "-", "--output", "json"], body);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["problems"].as_array().unwrap().len(), 3);
    assert_eq!(document["problems"][1]["path"], "/owner/id");
    assert_eq!(document["total"], 3);
}

#[test]
fn warnings_end_with_0_or_with_2_if_findings_count() {
    let body = r#"{"role_name": "Consumer", "entity_id": "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11", "entity_type_name": "Services", "entity_region": "eu"}"#;
    let output = check(&["--type", "role_assignment", "-"], body);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).ends_with("; 1 warning\n"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).starts_with("warning at /role_name: "), "{}", text(&output.stderr));
    let output = check(&["--type", "role_assignment", "-", "--fail-on-findings"], body);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_help_lists_the_types_and_bad_usage_ends_with_1() {
    let help = check(&["--help"], "");
    for line in ["- sign_up:", "- role_assignment:", "- registration_status:"] {
        assert!(text(&help.stdout).contains(line), "{line} in {}", text(&help.stdout));
    }
    for odd in
        [&["--type", "thing", "-"][..], &["--api", "v2", "-"], &["--type", "team", "--by", "nobody", "-"]]
    {
        assert_eq!(check(odd, "{}").status.code(), Some(1), "{odd:?}");
    }
    let none = check(&["--type", "developer", "--by", "developer", "-"], "{}");
    assert!(
        text(&none.stderr).contains("`developer` is nothing that a developer sends"),
        "{}",
        text(&none.stderr)
    );
}
