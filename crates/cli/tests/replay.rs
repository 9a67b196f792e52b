//! `gatepass replay` as its users see it: the log as Envoy writes it, the drift as an operator reads it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::{Command, Output};

use gatepass::{DecisionLine, LoggedDecision, Policy};
use serde_json::Value;

const STOREFRONT: &str = "a0000000-0000-4000-8000-000000000001";
const LOYALTY: &str = "a0000000-0000-4000-8000-000000000002";
const ORDERS: &str = "e0000000-0000-4000-8000-000000000001";

fn replay(log: &str, more: &[&str]) -> Output {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gateway-envoy/snapshot.json");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("envoy.log");
    std::fs::write(&path, log).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepass"));
    command.arg("replay").arg(path).arg(sample).args(more).env_remove("GATEPASS_OUTPUT").output().unwrap()
}

fn line(decision: LoggedDecision, application: &str, reason: Option<&str>, at: i64) -> String {
    let line = DecisionLine {
        at: Some(gatepass::Timestamp::from_millis(at)),
        reason: reason.map(str::to_owned),
        policy: Some(Policy::Strict),
        application_id: Some(application.parse().unwrap()),
        resource_id: Some(ORDERS.parse().unwrap()),
        resource_ids: vec![ORDERS.parse().unwrap()],
        ..DecisionLine::new(decision)
    };
    format!(
        "[2026-11-22 10:00:00.000][17][info][wasm] [source/extensions/common/wasm/context.cc:1204] wasm log: {line}\n"
    )
}

fn log() -> String {
    let noise = "[2026-11-22 09:00:00.000][1][warning][main] something else\n";
    [
        noise.to_owned(),
        // Storefront may call Orders; Loyalty's registration waits.
        line(LoggedDecision::Allow, STOREFRONT, None, 1000),
        line(LoggedDecision::Allow, LOYALTY, None, 2000),
        line(LoggedDecision::Allow, LOYALTY, None, 5000),
        line(LoggedDecision::Deny, STOREFRONT, Some("registration_missing"), 3000),
        line(LoggedDecision::WouldDeny, LOYALTY, Some("developer_pending"), 3000),
        line(LoggedDecision::Deny, LOYALTY, Some("registration_pending"), 3000),
        line(LoggedDecision::Deny, STOREFRONT, Some("credential_expired"), 3000),
        line(LoggedDecision::Deny, STOREFRONT, Some("path_ambiguous"), 3000),
        noise.to_owned(),
    ]
    .concat()
}

#[test]
fn drift_is_summed_up_by_application_and_resource() {
    let output = replay(&log(), &["--output", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["format"], "gatepass.replay/1");
    let counts = &document["counts"];
    assert_eq!(
        ["now_denied", "now_allowed", "reason_changed", "same", "not_asked"]
            .map(|name| counts[name].as_u64().unwrap()),
        [2, 1, 1, 2, 2]
    );
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["drift"], "now_denied");
    assert_eq!((&rows[0]["requests"], &rows[0]["application_name"]), (&2.into(), &"Loyalty".into()));
    assert_eq!(rows[0]["reason_now"], "registration_pending");
    assert_eq!(rows[0]["first_at"], "1970-01-01T00:00:02Z");
    assert_eq!(rows[0]["last_at"], "1970-01-01T00:00:05Z");
    assert_eq!((&rows[1]["drift"], &rows[1]["reason_now"]), (&"now_allowed".into(), &Value::Null));
    assert_eq!(
        (&rows[2]["reason_logged"], &rows[2]["reason_now"]),
        (&"developer_pending".into(), &"registration_pending".into())
    );
}

#[test]
fn drift_is_a_finding_and_agreement_is_none() {
    assert_eq!(replay(&log(), &["--fail-on-findings"]).status.code(), Some(2));
    let same = line(LoggedDecision::Allow, STOREFRONT, None, 1000);
    assert_eq!(replay(&same, &["--fail-on-findings"]).status.code(), Some(0));
    for form in ["table", "jsonl", "csv", "markdown", "html"] {
        let output = replay(&log(), &["--output", form]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("Loyalty") && text.contains("complete"), "{form}: {text}");
    }
}

#[test]
fn a_log_without_decisions_and_a_broken_line_are_errors() {
    let output = replay("nothing\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds no `gatepass.decision/1`"));
    let broken = log() + "x {\"format\":\"gatepass.decision/2\"}\n";
    let output = replay(&broken, &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 11 of `") && told.contains("1 of 9 decision lines cannot be read"), "{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Loyalty"), "the others are answered");
}
