//! What the targets share: the sample portal, its bundle, and small helpers.

#![allow(clippy::unwrap_used, reason = "a broken sample ends every run at once")]

use std::sync::LazyLock;

use gatepass::bundle::{CredentialContents, CredentialHolder, CredentialState, PortalContents, build};
use gatepass::{ApplicationId, CredentialKey, Policy, ReadOptions, ResourceId, Snapshot};
use serde_json::Value;

/// A time at which the sample portal is fresh, in milliseconds since 1970.
pub const NOW: i64 = 1_795_341_600_000;

/// The file of the sample portal.
pub const FILE: &[u8] = include_bytes!("../../vectors/snapshots/gateway.json");

/// The key that opens the sample portal's first application.
pub const KEY: &[u8] = b"open-sesame";

/// The sample portal.
pub static PORTAL: LazyLock<Snapshot> =
    LazyLock::new(|| Snapshot::read(FILE, ReadOptions::default()).unwrap().snapshot);

/// The ids of its applications.
pub static APPLICATIONS: LazyLock<Vec<ApplicationId>> = LazyLock::new(|| ids("applications"));

/// The ids of its resources.
pub static RESOURCES: LazyLock<Vec<ResourceId>> = LazyLock::new(|| ids("product_versions"));

/// What its bundle has in it, with [`KEY`] for the first application.
pub static CONTENTS: LazyLock<PortalContents> = LazyLock::new(|| {
    let mut contents = PORTAL.contents().unwrap();
    let holder = CredentialHolder::One {
        application: *APPLICATIONS.first().unwrap(),
        state: CredentialState::Active,
        expires_at: None,
    };
    contents.credentials.push(CredentialContents { key: CredentialKey::api_key(KEY), holder });
    contents
});

/// Its bundle.
pub static BUNDLE: LazyLock<Vec<u8>> =
    LazyLock::new(|| build(Policy::Strict, std::slice::from_ref(&CONTENTS)).unwrap().to_bytes());

fn ids<T: std::str::FromStr>(list: &str) -> Vec<T> {
    let file: Value = serde_json::from_slice(FILE).unwrap();
    let items = file.get(list).and_then(Value::as_array).unwrap();
    items.iter().filter_map(|item| item.get("id")?.as_str()?.parse().ok()).collect()
}

/// The text, if it is one.
pub fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// The value of a JSON text.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Whether two values are the same, but for the last bits of numbers that are no integers. `serde_json` rounds up to three
/// times while it reads one; its feature `float_roundtrip` does not, and is larger than what is left of the filter's budget.
pub fn same_but_for_rounding(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let bits = |number: &serde_json::Number| number.as_f64().unwrap_or_default().to_bits();
            bits(one).abs_diff(bits(other)) <= 4
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same_but_for_rounding(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| same_but_for_rounding(one, other)))
        }
        _ => one == other,
    }
}
