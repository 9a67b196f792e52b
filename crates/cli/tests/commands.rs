//! The commands as their users see them: exit codes, and what goes to which stream.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn gatepass(arguments: &[&str]) -> Output {
    gatepass_with(arguments, "")
}

fn gatepass_with(arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatepass"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gateway-envoy/snapshot.json");
    path.to_str().unwrap().to_owned()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let shown = path.to_str().unwrap().to_owned();
    (path, shown)
}

const STOREFRONT: &str = "a0000000-0000-4000-8000-000000000001";
const LOYALTY: &str = "a0000000-0000-4000-8000-000000000002";
const ORDERS: &str = "e0000000-0000-4000-8000-000000000001";

#[test]
fn check_lists_every_problem_on_standard_error_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let broken = r#"{"format": "gatepass.snapshot/1", "exported_at": "yesterday", "api": "v4", "region": 3,
        "portal": {"id": "1", "rbac_enabled": "yes"}, "surplus": 1, "teams": {}}"#;
    let (_, path) = file(&folder, "broken.json", broken);
    let output = gatepass(&["check", &path]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let places =
        ["/surplus", "/exported_at", "/api", "/region", "/portal/id", "/portal/rbac_enabled", "/teams"];
    for place in places {
        assert!(stderr(&output).contains(&format!("error at {place}: ")), "{place} in {}", stderr(&output));
    }
    assert!(stderr(&output).ends_with("has 7 errors\n"), "{}", stderr(&output));

    let output = gatepass(&["check", &path, "--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(document["problems"].as_array().unwrap().len(), 7);
    assert_eq!(document["total"], 7);
    assert_eq!(document["problems"][0]["path"], "/surplus");
}

#[test]
fn check_of_a_good_snapshot_ends_with_0_or_with_2_if_findings_count() {
    let output = gatepass(&["check", &sample()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("8 developers, 4 teams, 19 applications"), "{}", stdout(&output));
    assert_eq!(gatepass(&["check", &sample(), "--fail-on-findings"]).status.code(), Some(2));
}

#[test]
fn decide_explains() {
    let output = gatepass(&["decide", &sample(), "--application", LOYALTY, "--resource", ORDERS]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.starts_with(
        "deny: registration of application `Loyalty` for `Orders v1` is waiting for approval\n"
    ));
    assert!(text.contains("\n  ok      owner         developer `Ada Stern` is approved\n"), "{text}");
    assert!(text.contains("\n  ok      role          API Consumer through team `Retail`\n"), "{text}");
    assert!(text.contains("\n  BLOCKS  registration  registration of application `Loyalty`"), "{text}");
    assert!(text.contains("  [registration_pending]\n"), "{text}");
    assert!(
        text.contains("\n  1. approve the registration of `Loyalty` for `Orders v1`\n     registration_id 9"),
        "{text}"
    );

    let denied = ["decide", &sample(), "--application", LOYALTY, "--resource", ORDERS, "--fail-on-findings"];
    assert_eq!(gatepass(&denied).status.code(), Some(2));
    let allowed =
        ["decide", &sample(), "--application", STOREFRONT, "--resource", ORDERS, "--fail-on-findings"];
    assert_eq!(gatepass(&allowed).status.code(), Some(0));
}

#[test]
fn a_batch_answers_in_order_and_a_bad_line_in_its_place() {
    let lines = format!(
        "{{\"application_id\": \"{STOREFRONT}\", \"resource_id\": \"{ORDERS}\"}}\n{{\"application_id\": 7}}\n\
         {{\"application_id\": \"{LOYALTY}\", \"resource_id\": \"{ORDERS}\", \"policy\": \"konnect\"}}\n"
    );
    let output = gatepass_with(&["decide", &sample(), "--requests", "-", "--output", "jsonl"], &lines);
    assert_eq!(output.status.code(), Some(1));
    let answers: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["decision"], "allow");
    assert_eq!(answers[1]["error"]["code"], "wrong_type");
    assert_eq!(answers[1]["error"]["path"], "/application_id");
    assert_eq!(answers[2]["reason"], "registration_pending");
}

#[test]
fn bad_usage_ends_with_1() {
    assert_eq!(gatepass(&["decide"]).status.code(), Some(1));
    assert_eq!(gatepass(&["explode"]).status.code(), Some(1));
    assert_eq!(gatepass(&["--help"]).status.code(), Some(0));
    let output = gatepass(&["decide", &sample(), "--application", STOREFRONT]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("`consume` needs `--resource ID`"), "{}", stderr(&output));
    let output = gatepass(&["check", "no-such-file.json"]);
    assert!(stderr(&output).starts_with("error: cannot read `no-such-file.json`: "), "{}", stderr(&output));
}

#[test]
fn bundles_are_built_alike_inspected_and_refused_when_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.gpb");
    let shown = path.to_str().unwrap();
    assert_eq!(gatepass(&["bundle", "build", &sample(), "-o", shown]).status.code(), Some(0));
    let first = std::fs::read(&path).unwrap();
    assert_eq!(gatepass(&["bundle", "build", &sample(), "-o", shown]).status.code(), Some(0));
    assert_eq!(std::fs::read(&path).unwrap(), first);

    let output = gatepass(&["bundle", "inspect", shown, "--output", "json"]);
    let document: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(document["applications"], 19);
    assert_eq!(document["as_of"], "2026-11-22T10:00:00Z");

    std::fs::write(&path, &first[..first.len() - 1]).unwrap();
    let output = gatepass(&["bundle", "inspect", shown]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cut short"), "{}", stderr(&output));
}

#[test]
fn a_bundle_is_readable_by_its_owner_only() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.gpb");
        gatepass(&["bundle", "build", &sample(), "-o", path.to_str().unwrap()]);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
