//! `gatepass report` as its users see it: every form says how complete the snapshot is, and hostile text is harmless.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::{Command, Output};

const NOW: &str = "2026-11-24T10:00:00Z";

fn gatepass(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatepass"))
        .args(arguments)
        .env_remove("GATEPASS_OUTPUT")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gateway-envoy/snapshot.json");
    path.to_str().unwrap().to_owned()
}

fn written(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("snapshot.json");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const FORMS: [&str; 6] = ["table", "json", "jsonl", "csv", "markdown", "html"];

#[test]
fn a_partial_snapshot_says_so_in_every_form_with_and_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(sample()).unwrap()).unwrap();
    file["collected"]["developers"]["total"] = serde_json::json!(9);
    let path = written(&folder, &file.to_string());
    assert_eq!(
        gatepass(&["report", "funnel", &path]).status.code(),
        Some(1),
        "refused without --allow-partial"
    );
    for name in ["blocked_developers", "needs_consume_permission"] {
        for form in FORMS {
            let output =
                gatepass(&["report", name, &path, "--now", NOW, "--allow-partial", "--output", form]);
            assert_eq!(output.status.code(), Some(0));
            assert!(
                stdout(&output).to_lowercase().contains("partial"),
                "{name} as {form}: {}",
                stdout(&output)
            );
        }
    }
}

#[test]
fn the_same_snapshot_and_time_give_the_same_bytes() {
    for form in FORMS {
        let arguments = ["report", "stale_access", &sample(), "--now", NOW, "--output", form];
        assert_eq!(gatepass(&arguments).stdout, gatepass(&arguments).stdout, "{form}");
    }
    let page = ["report", "all", &sample(), "--now", NOW];
    assert_eq!(gatepass(&page).stdout, gatepass(&page).stdout);
}

#[test]
fn findings_end_with_2_if_asked_for() {
    let arguments = |name, fail: bool| {
        let sample = sample();
        let mut arguments = vec!["report", name, &sample, "--now", NOW];
        arguments.extend(fail.then_some("--fail-on-findings"));
        gatepass(&arguments).status.code()
    };
    assert_eq!(arguments("blocked_developers", false), Some(0));
    assert_eq!(arguments("blocked_developers", true), Some(2));
    assert_eq!(arguments("needs_consume_permission", true), Some(0));
    assert_eq!(arguments("all", true), Some(2));
}

#[test]
fn bad_usage_ends_with_1_and_says_what_there_is() {
    for (arguments, said) in [
        (vec!["report", "blocked", &sample()], "there are: needs_consume_permission, blocked_developers"),
        (vec!["report", "funnel", &sample(), "--older-than", "2 days"], "is not a span of time like `48h`"),
        (vec!["report", "funnel", &sample(), "--now", "yesterday"], "is not an RFC 3339 date and time"),
        (vec!["report", "funnel", &sample(), "--team", "Nobody"], "the portal has no team `Nobody`"),
        (vec!["report", "all", &sample(), "--output", "csv"], "name one report"),
    ] {
        let output = gatepass(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn what_people_typed_is_harmless_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "<script>alert(1)</script>",
        "=HYPERLINK(\\\"http://evil.test\\\")",
        "\\u001b[31mred\\u202e|",
        "\\\"><img src=x onerror=alert(1)>",
    ];
    let text = std::fs::read_to_string(sample()).unwrap();
    let text = text.replace("Ada Stern", names[0]).replace("Cy Laurent", names[1]);
    let text = text
        .replace("\"Loyalty\"", &format!("\"{}\"", names[2]))
        .replace("\"Coupons\"", &format!("\"{}\"", names[3]));
    let path = written(&folder, &text.replace("ada@shop.example", "ada@shop.example?bcc=all@evil.test"));
    for name in ["all", "blocked_developers", "developers", "pending_approvals"] {
        let page = stdout(&gatepass(&["report", name, &path, "--now", NOW, "--output", "html"]));
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{name}");
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'), "{name}");
        assert!(!page.contains("mailto:ada@shop.example?bcc"), "{name}");
    }
    let csv = stdout(&gatepass(&["report", "developers", &path, "--now", NOW, "--output", "csv"]));
    assert!(csv.contains("\"'=HYPERLINK") && !csv.contains(",=HYPERLINK"), "{csv}");
    for form in ["table", "markdown", "csv"] {
        let text =
            stdout(&gatepass(&["report", "blocked_developers", &path, "--now", NOW, "--output", form]));
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{form}");
    }
}

#[test]
fn a_redacted_page_names_nobody_and_keeps_domains() {
    let page = stdout(&gatepass(&["report", "all", &sample(), "--now", NOW, "--redact"]));
    for name in ["Ada", "Stern", "ada@", "Ben Okafor", "Storefront", "Loyalty", "mailto:"] {
        assert!(!page.contains(name), "{name}");
    }
    assert!(
        page.contains("Developer 1") && page.contains("developer-1@shop.example") && page.contains("Retail")
    );
}

#[test]
fn a_page_stands_alone_and_says_what_it_is_made_of() {
    let page = stdout(&gatepass(&["report", "all", &sample(), "--now", NOW]));
    for part in [
        "<svg",
        "2026-11-22T10:00:00Z",
        "Snapshot SHA-256",
        "complete",
        env!("CARGO_PKG_VERSION"),
        "mailto:ada@shop.example",
        "scope=\"col\"",
        "<caption>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    assert!(
        links
            .into_iter()
            .all(|link| link.starts_with(['#']) || link.starts_with("mailto:") || link == "data:,")
    );
    assert!(!page.contains("src=\"") && !page.contains("url("), "nothing is fetched");
}

#[test]
fn json_lines_begin_with_what_they_are_about() {
    let text =
        stdout(&gatepass(&["report", "blocked_developers", &sample(), "--now", NOW, "--output", "jsonl"]));
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["format"], "gatepass.report/1");
    assert_eq!(lines[0]["row_count"], lines.len() - 1);
    assert_eq!(lines[1]["stage"], "waiting_for_approval");
}

#[test]
fn a_contact_log_is_read_and_a_bad_line_named() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let line = "{\"developer_id\": \"d0000000-0000-4000-8000-000000000001\", \"at\": \"2026-11-23T10:00:00Z\", \"channel\": \"mail\"}\n";
    std::fs::write(&log, line).unwrap();
    let run = |log: &Path| {
        gatepass(&[
            "report",
            "follow_ups",
            &sample(),
            "--now",
            NOW,
            "--output",
            "json",
            "--contact-log",
            log.to_str().unwrap(),
        ])
    };
    let document: serde_json::Value = serde_json::from_str(&stdout(&run(&log))).unwrap();
    assert_eq!(document["rows"], serde_json::json!([]));
    std::fs::write(&log, format!("{line}\n{{\"at\": 1}}\n")).unwrap();
    let text = String::from_utf8(run(&log).stderr).unwrap();
    assert!(text.contains("line 3 of `"), "{text}");
}
