//! Keys are rotated without an outage: `gatepass key new` adds a second one, both work, the first expires, and is gone.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use xtask::chain::{Konnect, Relay};
use xtask::gateway::{INTERVAL_MS, example};

use super::super::environment;
use super::Sample;
use super::{ask, eventually, reason};

const APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";

fn key_new(file: &Path) -> String {
    let mut command = Command::new(environment::parts().programs.gatepass);
    let output =
        command.args(["key", "new", "--application", APPLICATION, "--keys"]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn credentials(file: &PathBuf) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn write(file: &PathBuf, credentials: &[Value]) {
    // Whole or not at all, as an operator's editor does: the relay reads it with every poll.
    let new = file.with_extension("edited");
    std::fs::write(&new, Value::from(credentials.to_vec()).to_string()).unwrap();
    std::fs::rename(new, file).unwrap();
}

#[test]
fn keys_overlap_expire_and_go() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rotation.json");
    // The sample's own keys, so that it starts; in another process the file may be there already.
    std::fs::copy(example().join("keys.json"), &file).unwrap();
    let first = key_new(&file);
    let parts = environment::parts();
    let konnect = Konnect::start(&parts.programs, &example().join("snapshot.json")).unwrap();
    let relay = Relay::start(&parts.programs, &konnect, &file, INTERVAL_MS, &[]).unwrap();
    let gateway = Sample::start("envoy.yaml", "rotation", relay.port, |config| config);
    let status = |key: &str| {
        let answer = ask(gateway.port, "GET", "/orders/v1/items", &[("apikey", key)]);
        (answer.status, reason(&answer))
    };
    let (allowed, denied) = ((200, String::new()), |reason: &str| (401, reason.to_owned()));
    assert_eq!(status(&first), allowed);

    let second = key_new(&file);
    assert_ne!(first, second);
    eventually("the second key works", || status(&second) == allowed);
    assert_eq!(status(&first), allowed, "both are good");

    let mut all = credentials(&file);
    let position = all.len() - 2;
    all[position]["expires_at"] = json!("2026-01-01T00:00:00Z");
    write(&file, &all);
    eventually("the first key expires", || status(&first) == denied("credential_expired"));
    assert_eq!(status(&second), allowed);

    all.remove(position);
    write(&file, &all);
    eventually("the first key is gone", || status(&first) == denied("credential_unknown"));
    assert_eq!(status(&second), allowed);
    let log = gateway.envoy.log().unwrap();
    for key in [&first, &second] {
        assert!(!log.contains(key.as_str()) && !relay.said().contains(key.as_str()), "a key is shown");
    }
}
