//! A question to AuthZEN: the path's end is the first line, its body the rest. Whoever it permits the rule permits too.
#![no_main]

#[path = "../../../../crates/cli/src/relay/authzen.rs"]
mod authzen;

use std::sync::LazyLock;

use authzen::Decisions;
use gatepass::bundle::Bundle;
use gatepass::{Action, ApplicationId, Freshness, ResourceId, Timestamp, decide};
use gatepass_fuzz::{APPLICATIONS, BUNDLE, text};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

static DECISIONS: LazyLock<Decisions> = LazyLock::new(|| Decisions {
    bundle: Bundle::open(&BUNDLE).expect("the sample's bundle is whole"),
    applications: {
        let mut applications = APPLICATIONS.clone();
        applications.sort_unstable();
        applications
    },
    as_of: Timestamp::from_millis(gatepass_fuzz::NOW),
});

fuzz_target!(|bytes: &[u8]| {
    let Some((path, body)) = text(bytes).and_then(|text| text.split_once('\n')) else { return };
    let freshness = if path.starts_with('~') { Freshness::Stale } else { Freshness::Fresh };
    let path = path.trim_start_matches('~');
    let Some((status, answer)) = DECISIONS.answer(path, body.as_bytes(), freshness) else { return };
    assert!([200, 400, 503].contains(&status.as_u16()), "{status}");
    let asked = || serde_json::from_str::<Value>(body).expect("an answer was given to JSON");
    if answer.get("decision") == Some(&Value::Bool(true)) {
        assert!(may(&asked(), None, freshness), "{answer}");
    }
    if status == 200 {
        for found in answer.get("results").and_then(Value::as_array).into_iter().flatten() {
            assert!(may(&asked(), found.get("id"), freshness), "{found}");
        }
    }
});

/// What the rule says of the question, or of this application in place of its subject.
fn may(question: &Value, application: Option<&Value>, freshness: Freshness) -> bool {
    let asked = |of: &str| question.get(of).and_then(|of| of.get("id"));
    let application = application.or(asked("subject")).and_then(Value::as_str);
    let (Some(application), Some(resource)) = (application, asked("resource").and_then(Value::as_str)) else {
        return false;
    };
    let (Ok(application), Ok(resource)) =
        (application.parse::<ApplicationId>(), resource.parse::<ResourceId>())
    else {
        return false;
    };
    let bundle = &DECISIONS.bundle;
    let facts =
        bundle.facts(&bundle.caller_by_application_id(&application), bundle.resource(&resource), freshness);
    question.pointer("/action/name") == Some(&json!("consume"))
        && decide(&facts, Action::Consume, bundle.policy()).reason().is_none()
}
