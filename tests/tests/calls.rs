//! The vectors that every host runs (`tests/vectors/calls`): the same calls give the same bytes in Rust, node,
//! Chromium, CPython and Pyodide.
//!
//! Each is `{"name", "snapshot", "calls": [{"method", "body", "answer" or "error"}]}`; body, answer and error are
//! the texts that cross. `GATEPASS_WRITE_VECTORS=1 cargo test --test calls` writes the answers anew.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its own functions too"
)]

use std::path::{Path, PathBuf};

use gatepass_wasm::surface::{Answer, call, close, open};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Vector {
    name: String,
    snapshot: Option<String>,
    calls: Vec<Call>,
}

#[derive(Deserialize, Serialize)]
struct Call {
    method: String,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn run(vector: &mut Vector, write: bool) {
    let handle = vector.snapshot.as_ref().map_or(0, |file| {
        let bytes = std::fs::read(vectors().join("snapshots").join(file)).unwrap();
        let Ok(Answer::Text(opened)) = open(b"{}", &bytes) else { panic!("`{file}` is not a snapshot") };
        let opened: serde_json::Value = serde_json::from_str(&opened).unwrap();
        u32::try_from(opened["handle"].as_u64().unwrap()).unwrap()
    });
    for asked in &mut vector.calls {
        let (answer, error) = match call(handle, &asked.method, asked.body.as_bytes()) {
            Ok(Answer::Text(text)) => (Some(text), None),
            Ok(Answer::Bytes(_)) => panic!("`{}` answers in bytes; vectors hold texts", asked.method),
            Err(refusal) => (None, Some(refusal.to_json())),
        };
        if write {
            (asked.answer, asked.error) = (answer, error);
        } else {
            assert_eq!(
                (&answer, &error),
                (&asked.answer, &asked.error),
                "{}: {} {}",
                vector.name,
                asked.method,
                asked.body
            );
        }
    }
    assert_eq!(close(handle), handle != 0);
}

#[test]
fn calls_answer_as_written() {
    let write = std::env::var_os("GATEPASS_WRITE_VECTORS").is_some();
    let mut seen = 0;
    for entry in std::fs::read_dir(vectors().join("calls")).unwrap() {
        let path = entry.unwrap().path();
        let mut vector: Vector = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        run(&mut vector, write);
        if write {
            std::fs::write(&path, serde_json::to_string_pretty(&vector).unwrap() + "\n").unwrap();
        }
        seen += 1;
    }
    assert!(seen >= 5, "the vectors are gone");
}
