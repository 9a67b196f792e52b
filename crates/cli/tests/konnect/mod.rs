//! The real binary against the emulator.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::process::{Child, Command, Output, Stdio};

use gatepass_emulator::{Api, Data, Emulator, Errors, Faults, Options, Running, Seed, Throttle};
use serde_json::Value;

pub const TOKEN: &str = "kpat_emulator";

#[expect(clippy::disallowed_methods, reason = "tests measure how long things take")]
pub fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// The name of the emulator's portal, and its id.
pub fn portal(emulator: &Running) -> (String, String) {
    let id = emulator.portal_id().unwrap();
    let sql = "SELECT body ->> 'name' FROM portals ORDER BY seq LIMIT 1";
    (emulator.database().text(sql, &[]).unwrap(), id)
}

pub fn region(emulator: &Running) -> String {
    emulator.database().text("SELECT region FROM portals ORDER BY seq LIMIT 1", &[]).unwrap()
}

pub fn emulator(seed: Seed) -> Running {
    Emulator::start(&Options { data: Data::Generated(seed), ..Options::default() }).unwrap()
}

pub fn small(api: Api) -> Running {
    emulator(Seed::small(api))
}

/// One request in ten fails: half with an error, a broken connection or half a body, half throttled.
pub fn rough() -> Faults {
    Faults {
        seed: 7,
        errors: Errors { rate: 0.03, ..Errors::default() },
        throttle: Throttle { rate: 0.05, next: 0, retry_after: 0 },
        drop: 0.01,
        truncate: 0.01,
        ..Faults::default()
    }
}

/// A command whose environment is this test's alone.
pub fn command(token: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepass"));
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name);
    }
    command.env("KONNECT_TOKEN", token);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The command against an emulator, with short waits.
pub fn against(emulator: &Running, verb: &[&str]) -> Command {
    let mut command = command(emulator.token());
    command.args(verb).args(["--base-url", emulator.base_url(), "--region", &region(emulator)]);
    command.args(["--http-retry-initial-interval", "2ms", "--http-retry-max-interval", "20ms"]);
    command
}

pub fn output(command: &mut Command) -> Output {
    command.spawn().unwrap().wait_with_output().unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Whether a command ended well; shows what it said if not.
pub fn succeeded(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}{}", stderr(output), stdout(output));
}

/// Ended with 1 and one line, without the token anywhere; the line.
pub fn one_line(output: &Output, token: &str) -> String {
    let all = format!("{}{}", stdout(output), stderr(output));
    assert_eq!(output.status.code(), Some(1), "{all}");
    assert!(!all.contains(token), "the token is shown: {all}");
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 1, "{all}");
    assert!(lines[0].starts_with("error: "), "{all}");
    lines[0].to_owned()
}

pub fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The rows of a query, each as its columns' texts, in the order of the texts.
pub fn rows(emulator: &Running, sql: &str) -> Vec<Vec<String>> {
    let rows = emulator.database().query(sql, &[]).unwrap();
    // Columns come sorted by name, because they are members of an object.
    let mut rows: Vec<Vec<String>> = rows.iter().map(|row| row.values().map(text).collect()).collect();
    rows.sort();
    rows
}

/// The objects of a list, each as the texts at some pointers.
pub fn objects(list: &Value, pointers: &[&str]) -> Vec<Vec<String>> {
    let objects = list.as_array().unwrap().iter();
    let at = |object: &Value, pointer: &str| object.pointer(pointer).map(text).unwrap_or_default();
    let mut rows: Vec<Vec<String>> =
        objects.map(|object| pointers.iter().map(|pointer| at(object, pointer)).collect()).collect();
    rows.sort();
    rows
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(flag) => u8::from(*flag).to_string(),
        other => other.to_string(),
    }
}

/// A process that is ended with the test, whatever its end.
pub struct Kept(pub Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
