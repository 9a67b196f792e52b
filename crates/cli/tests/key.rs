//! `gatepass key new`: what is printed, what is kept, and what never is.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

const APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";

fn key_new(file: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepass"));
    command.args(["key", "new", "--application", APPLICATION, "--keys"]).arg(file).args(more);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn credentials(file: &Path) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_key_is_printed_once_and_only_its_digest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("digests.json");
    let first = key_new(&file, &[]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let key = text(&first.stdout).strip_suffix('\n').unwrap();
    assert!(key.starts_with("gpk_") && key.len() == 42 && !key.contains(char::is_whitespace), "{key}");
    assert!(!text(&first.stderr).contains(key));
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(!kept.contains(key));
    let digest: String =
        Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let expected = serde_json::json!([{
        "application_id": APPLICATION, "kind": "api_key", "sha256": digest, "expires_at": null, "status": "active"
    }]);
    assert_eq!(Value::from(credentials(&file)), expected);

    let second = key_new(&file, &["--expires-at", "2027-01-01T00:00:00Z", "--prefix", "shop"]);
    assert!(text(&second.stdout).starts_with("shop_"), "{}", text(&second.stderr));
    let both = credentials(&file);
    assert_eq!(
        (both.len(), &both[0], &both[1]["expires_at"]),
        (2, &expected[0], &"2027-01-01T00:00:00Z".into())
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_others_wrote_into_the_file_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("digests.json");
    let odd = r#"{"application_id":"x",  "kind" : "api_key", "note": 1.50}"#;
    std::fs::write(&file, format!("{{\"credentials\": [{odd}]}}")).unwrap();
    assert!(key_new(&file, &[]).status.success());
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.starts_with(&format!("[\n{odd},\n{{\"application_id\"")), "{kept}");
}

#[test]
fn a_file_that_is_none_is_left_alone_and_no_key_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("digests.json");
    std::fs::write(&file, "[{]").unwrap();
    let output = key_new(&file, &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(text(&output.stderr).contains("is no JSON array of credentials"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[{]");

    let lock = folder.path().join("digests.json.new");
    std::fs::write(&file, "[]").unwrap();
    std::fs::write(&lock, "").unwrap();
    let output = key_new(&file, &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(
        text(&output.stderr).contains("another `gatepass key new` is at work"),
        "{}",
        text(&output.stderr)
    );
    std::fs::remove_file(&lock).unwrap();
    assert!(key_new(&file, &[]).status.success());

    for wrong in [["--prefix", "Gpk"], ["--prefix", "g"], ["--prefix", "a_b"], ["--expires-at", "tomorrow"]] {
        let output = key_new(&file, &wrong);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""), "{wrong:?}");
    }
    assert_eq!(credentials(&file).len(), 1);
}
