//! Plans: what to change, made from a portal.

use gatepass::approvals::{self, Rules, RulesError};
use gatepass::lifecycle::{self, Status, StatusRequest, Target, usual_profile};
use gatepass::plan::{Plan, Profile};
use gatepass::report::Parameters;
use gatepass::{Snapshot, Timestamp};
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

/// `{developer_id, application_id, registration_id, to, profile, keep_registrations, snapshot_sha256}`, one of the ids:
/// a plan that brings one subject to a status. The profile is that of the snapshot's API if it is left out.
pub(super) fn plan_status(portal: &OpenPortal, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let targets = [
        body.parsed("developer_id").map(Target::Developer),
        body.parsed("application_id").map(Target::Application),
        body.parsed("registration_id").map(Target::Registration),
    ];
    let to: Option<Status> = body.required("to");
    let profile: Option<Profile> = body.parsed("profile");
    let keep_registrations = body.flag("keep_registrations");
    let digest = body.text("snapshot_sha256");
    let mut targets = targets.into_iter().flatten();
    let target = targets.next();
    if target.is_none() || targets.next().is_some() {
        let message = "name one of `developer_id`, `application_id` and `registration_id`";
        body.problem("value_missing", String::new(), message.to_owned());
    }
    body.finish()?;
    let (Some(target), Some(to)) = (target, to) else {
        // Whatever is missing was told above.
        return Err(Refusal::new("body_invalid", "", "the subject or `to` is missing"));
    };
    let profile = profile.unwrap_or_else(|| usual_profile(portal.snapshot.api()));
    let request = StatusRequest { target, to, profile, keep_registrations };
    let plan = lifecycle::plan_status(&portal.snapshot, &[], request)
        .map_err(|error| Refusal::new(error.code(), "", error.to_string()))?;
    json(&stamped(plan, portal, digest))
}

/// `{now, team, snapshot_sha256}`: a plan that revokes what the report `stale_access` lists.
pub(super) fn plan_revoke_stale(portal: &OpenPortal, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let now: Option<Timestamp> = body.required("now");
    let teams = super::report::teams(&mut body);
    let digest = body.text("snapshot_sha256");
    body.finish()?;
    let now = now.ok_or_else(|| Refusal::new("value_missing", "/now", "`now` is missing"))?;
    let parameters = Parameters { teams, ..Parameters::at(now) };
    let plan = Plan::revoke_stale(&portal.snapshot, &[], &parameters)
        .map_err(|error| super::report::refused(&error))?;
    json(&stamped(plan, portal, digest))
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
