//! A question to AuthZEN: the path's end is the first line, its body the rest. Whoever it permits the rule permits too.
#![no_main]

#[path = "../../../../crates/cli/src/relay/authzen.rs"]
mod authzen;

use std::sync::LazyLock;

use authzen::Decisions;
use gatepass::bundle::Bundle;
use gatepass::{ApplicationId, Freshness, ResourceId, Timestamp, decide};
use gatepass_fuzz::{APPLICATIONS, BUNDLE, text};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::Value;

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
    let asked = || serde_json::from_str::<Question>(body).expect("what is permitted was asked for");
    if answer.get("decision") == Some(&Value::Bool(true)) {
        let question = asked();
        assert!(may(&question, question.subject.id.as_deref(), freshness), "{answer}");
    }
    for found in answer.get("results").and_then(Value::as_array).into_iter().flatten() {
        assert!(may(&asked(), found.get("id").and_then(Value::as_str), freshness), "{found}");
    }
});

/// A question as the door reads it: to serde, what has names may also be a list in the order of the names.
#[derive(Deserialize)]
struct Question {
    subject: Subject,
    action: Action,
    resource: Resource,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(rename = "type")]
    _kind: String,
    id: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "type")]
    _kind: String,
    id: String,
}

/// What the rule says of this application and the question's action and resource.
fn may(question: &Question, application: Option<&str>, freshness: Freshness) -> bool {
    let Some(application) = application else { return false };
    let resource = &question.resource.id;
    let (Ok(application), Ok(resource)) =
        (application.parse::<ApplicationId>(), resource.parse::<ResourceId>())
    else {
        return false;
    };
    let bundle = &DECISIONS.bundle;
    let facts =
        bundle.facts(&bundle.caller_by_application_id(&application), bundle.resource(&resource), freshness);
    question.action.name == "consume"
        && decide(&facts, gatepass::Action::Consume, bundle.policy()).reason().is_none()
}
