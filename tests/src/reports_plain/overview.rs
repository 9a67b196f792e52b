//! The reports about access that is left over, about what waits, about teams, and about everybody.

use std::collections::BTreeSet;

use gatepass::{
    Action, ApplicationFact, DeveloperStatus, OwnerFact, Policy, RegistrationFact, RoleFact, decide,
};
use serde_json::Value;

use super::{Key, Plain, key, text};

impl<'j> Plain<'j> {
    /// `stale_access`, but for credentials: (kind, reason, application, resource).
    pub fn stale_access(self) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        for resource in self.resources() {
            let resource_id = text(&resource["id"]);
            for application in self.items("applications") {
                let id = text(&application["id"]);
                let facts = self.pair(id, resource_id);
                let strict = decide(&facts, Action::Consume, Policy::Strict);
                if decide(&facts, Action::Consume, Policy::Konnect).is_allow()
                    && let Some(reason) = strict.reason()
                {
                    rows.insert(key(&["registration", reason.code(), id, resource_id]));
                }
            }
            if self.is_published(resource) && (!self.has_strategy(resource) || !self.has_service(resource)) {
                rows.insert(key(&["resource_open", "-", "-", resource_id]));
            }
        }
        rows
    }

    fn publications(self, resource: &Value) -> Vec<&'j Value> {
        let all = self.file["publications"].as_array().into_iter().flatten();
        let here = &self.file["portal"]["id"];
        all.filter(|found| found["api_id"] == resource["id"] && found["portal_id"] == *here).collect()
    }

    fn has_strategy(self, resource: &Value) -> bool {
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().map(|id| text(id).to_owned()).collect()
        };
        if resource.get("product_id").is_some() {
            return !texts(&resource["auth_strategy_ids"]).is_empty();
        }
        let lists = self.publications(resource).into_iter().map(|found| texts(&found["auth_strategy_ids"]));
        let common = lists.reduce(|one, other| one.into_iter().filter(|id| other.contains(id)).collect());
        !common.unwrap_or_default().is_empty()
    }

    fn has_service(self, resource: &Value) -> bool {
        let mut implementations = self.file["implementations"].as_array().into_iter().flatten();
        resource["gateway_service"].is_object()
            || implementations.any(|found| found["api_id"] == resource["id"] && found["service"].is_object())
    }

    /// `pending_approvals`: (kind, id).
    pub fn pending_approvals(self) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        for (kind, list) in
            [("developer", "developers"), ("application", "applications"), ("registration", "registrations")]
        {
            for item in self.items(list) {
                let id = text(&item["id"]);
                let pending = match kind {
                    "application" => {
                        let any = "00000000-0000-4000-8000-ffffffffffff";
                        self.pair(id, any).application == ApplicationFact::Pending
                    }
                    _ => self.word(&item["status"]) == RegistrationFact::Pending,
                };
                if pending {
                    rows.insert(key(&[kind, id]));
                }
            }
        }
        rows
    }

    /// `team_readiness`: (cause, team, approved members).
    pub fn team_readiness(self) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        for team in self.items("teams") {
            let id = text(&team["id"]);
            let best = self.resources().into_iter().filter(|resource| self.is_published(resource));
            let best = best.map(|resource| self.role(&[id], resource)).max().unwrap_or(RoleFact::None);
            let developers = self.items("developers");
            let ids = developers.iter().map(|developer| text(&developer["id"]));
            let approved =
                ids.filter(|one| self.teams_of(one).contains(&id) && self.is_approved(one)).count();
            let cause = match (best, approved) {
                (RoleFact::None, _) => "no_viewer",
                (RoleFact::Viewer, _) => "no_consumer",
                (RoleFact::Consumer, 0) => "no_approved_member",
                (RoleFact::Consumer, _) => continue,
            };
            rows.insert(key(&[cause, id, &approved.to_string()]));
        }
        rows
    }

    /// `developers`: (id, status, approved, pending, rejected, revoked, unrecognized registrations).
    pub fn developers(self) -> BTreeSet<Key> {
        let rows = self.items("developers").into_iter().map(|developer| {
            let id = text(&developer["id"]);
            let status = match self.status(id) {
                OwnerFact::Developer(DeveloperStatus::Approved) => "approved",
                OwnerFact::Developer(DeveloperStatus::Pending) => "pending",
                OwnerFact::Developer(DeveloperStatus::Rejected) => "rejected",
                OwnerFact::Developer(DeveloperStatus::Revoked) => "revoked",
                _ => "unrecognized",
            };
            let own: Vec<&str> = self.owned(id).iter().map(|application| text(&application["id"])).collect();
            let mut row = key(&[id, status]);
            for wanted in [
                RegistrationFact::Approved,
                RegistrationFact::Pending,
                RegistrationFact::Rejected,
                RegistrationFact::Revoked,
                RegistrationFact::Unrecognized,
            ] {
                let counted = self.items("registrations").into_iter().filter(|registration| {
                    own.contains(&text(&registration["application"]["id"]))
                        && self.word(&registration["status"]) == wanted
                });
                row.push(counted.count().to_string());
            }
            row
        });
        rows.collect()
    }

    /// `funnel`: the counts, `-` where there is no such step.
    pub fn funnel(self) -> Vec<String> {
        let mut counts = [0usize; 7];
        for developer in self.items("developers") {
            let id = text(&developer["id"]);
            let own = self.owned(id);
            let registered =
                own.iter().map(|application| self.registered(text(&application["id"]))).collect::<Vec<_>>();
            let teams = self.teams_of(id);
            let steps = [
                true,
                self.is_approved(id),
                !self.rbac() || !teams.is_empty(),
                !self.rbac() || self.consumes_something(&teams),
                !own.is_empty(),
                registered.iter().any(|statuses| !statuses.is_empty()),
                registered.iter().any(|statuses| statuses.contains(&RegistrationFact::Approved)),
            ];
            for step in 0..7 {
                counts[step] += usize::from(steps[..=step].iter().all(|taken| *taken));
            }
        }
        let shown = counts.iter().enumerate().map(|(step, count)| {
            if (step == 2 || step == 3) && !self.rbac() { "-".to_owned() } else { count.to_string() }
        });
        shown.collect()
    }

    /// `access_matrix`: (team, resource, role).
    pub fn access_matrix(self) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        for team in self.items("teams") {
            for resource in self.resources() {
                let role = match self.role(&[text(&team["id"])], resource) {
                    RoleFact::None => "none",
                    RoleFact::Viewer => "viewer",
                    RoleFact::Consumer => "consumer",
                };
                rows.insert(key(&[text(&team["id"]), text(&resource["id"]), role]));
            }
        }
        rows
    }
}
