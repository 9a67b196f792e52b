//! Plans: what to change, made from a portal.

use gatepass::Snapshot;
use gatepass::approvals::{self, Rules, RulesError};
use gatepass::plan::Plan;
use serde_json::Value;

use super::handles::OpenPortal;
use super::open::hexadecimal;
use crate::surface::body::Body;
use crate::surface::{Answer, Refusal, json};

/// `{rules, snapshot_sha256}`: a plan of approvals. The digest may be left out if the portal was opened with it.
pub(super) fn plan_approvals(portal: &OpenPortal, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let rules =
        body.read_member("rules", "an object", |value| matches!(value, Value::Object(_)).then_some(value));
    if rules.is_none() {
        body.missing("rules");
    }
    let digest = body.text("snapshot_sha256");
    body.finish()?;
    let rules = rules.unwrap_or_default().to_string();
    let reading = Rules::read_for(rules.as_bytes(), &portal.snapshot).map_err(|error| refused(&error))?;
    let plan = approvals::plan(&portal.snapshot, &[], &reading.rules).map_err(|error| refused(&error))?;
    json(&stamped(plan, portal, digest))
}

/// The plan, with the digest of the file that the portal was opened from.
fn stamped(mut plan: Plan, portal: &OpenPortal, digest: Option<String>) -> Plan {
    plan.snapshot_sha256 = digest.or_else(|| portal.digest.map(|digest| hexadecimal(&digest)));
    plan
}

/// `{rules}`: everything that is wrong with rules, for this portal; `[]` if they can be used.
pub(super) fn check_rules(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let rules = body.take("rules").unwrap_or_default().to_string();
    body.finish()?;
    match Rules::read_for(rules.as_bytes(), snapshot) {
        Ok(reading) => json(&reading.problems),
        Err(error) => json(error.problems()),
    }
}

fn refused(error: &RulesError) -> Refusal {
    Refusal::of("rules_refused", error.to_string(), error.problems().clone())
}
