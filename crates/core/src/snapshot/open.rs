//! Resources that nothing protects at the gateway.

use super::Snapshot;
use super::model::Resource;
use crate::ResourceFact;
use crate::problem::{Place, Problem, Problems, Severity};

/// Why Konnect itself enforces nothing on a published resource, if it does not: without an auth strategy
/// "the API will not require application authentication", and without an implementation no gateway is told.
///
/// Source: API Builder v3 `auth_strategy_ids`; Kong, "Application overview".
pub(crate) fn open_because(resource: &Resource) -> Option<&'static str> {
    if resource.state != ResourceFact::Published {
        return None;
    }
    match (resource.strategies.is_empty(), resource.services.is_empty()) {
        (false, false) => None,
        (true, false) => Some("it has no auth strategy"),
        (false, true) => Some("no gateway service implements it"),
        (true, true) => Some("it has no auth strategy, and no gateway service implements it"),
    }
}

/// Notes every published resource that Konnect itself leaves open.
pub(super) fn report_open(snapshot: &Snapshot, problems: &mut Problems) {
    let root = Place::Root;
    let list = root.member("resources");
    for resource in snapshot.resources() {
        if let Some(why) = open_because(resource) {
            let id = resource.id.to_string();
            problems.push(Problem {
                severity: Severity::Warning,
                code: "resource_open",
                path: list.member(&id).to_string(),
                message: format!("Konnect enforces nothing on `{}`: {why}", resource.name),
                remedy: "set an auth strategy and link a gateway service, or enforce it with the Gatepass filter",
            });
        }
    }
}
