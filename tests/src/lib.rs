//! What the conformance tests share: generated portals with every oddity the design names, all questions one can
//! ask of them, and a slow, plain reading of a portal's JSON to compare the real one with.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test's library: a broken expectation is a failed test"
)]

mod access;
pub mod documents;
pub mod naive;
pub mod portal;
pub mod questions;
mod random;
pub mod reports_plain;
pub mod repository;
mod things;

use gatepass::{ReadOptions, Severity, Snapshot, Timestamp};
pub use portal::{EXPIRIES, Shape, portal, shapes};
pub use random::Random;
use serde_json::Value;

/// The snapshot of a file that must be readable.
pub fn read(file: &Value) -> Snapshot {
    let text = file.to_string();
    match Snapshot::read(text.as_bytes(), ReadOptions::default()) {
        Ok(reading) => {
            assert!(!reading.problems.has_errors(), "read in spite of errors");
            reading.snapshot
        }
        Err(error) => {
            let errors = error.problems().iter().filter(|problem| problem.severity == Severity::Error);
            panic!("{error}: {:#?}\n{text}", errors.collect::<Vec<_>>())
        }
    }
}

/// A moment before, at and after every expiry, and both ends of time.
pub fn times() -> Vec<Timestamp> {
    let expiries = EXPIRIES.iter().map(|text| text.parse::<Timestamp>().expect("a time").millis());
    let around = expiries.flat_map(|at| [at - 1, at, at + 1]);
    around.chain([i64::MIN, 0, i64::MAX]).map(Timestamp::from_millis).collect()
}

/// Puts every list of a value, at every depth, into another order.
pub fn shuffle_lists(value: &mut Value, random: &mut Random) {
    match value {
        Value::Array(items) => {
            random.shuffle(items);
            for item in items {
                shuffle_lists(item, random);
            }
        }
        Value::Object(members) => {
            for member in members.values_mut() {
                shuffle_lists(member, random);
            }
        }
        _ => {}
    }
}

/// The seeds of a generated test: `usual` of them, or as many times more as `GATEPASS_CASES_FACTOR` says
/// (`cargo xtask soak` sets it).
pub fn cases(usual: u64) -> std::ops::Range<u64> {
    let factor = std::env::var("GATEPASS_CASES_FACTOR").ok().and_then(|factor| factor.parse().ok());
    0..usual.saturating_mul(factor.unwrap_or(1))
}
