//! The design's §5 once more, slowly and plainly: each report's rows by walking the JSON, reduced to what identifies
//! a row and why it is there. Facts of single pairs come from [`Naive`]; everything else is said anew.

mod overview;

use std::collections::{BTreeMap, BTreeSet};

use gatepass::{
    Action, DeveloperStatus, Facts, OwnerFact, Policy, Question, RegistrationFact, ResourceFact, RoleFact,
    Timestamp,
};
use serde_json::Value;

use crate::naive::Naive;

/// What identifies a row and why it is there: texts in a fixed order, `-` for null.
pub type Key = Vec<String>;

/// A portal's JSON, a time, and how old an application must be.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'j> {
    /// The snapshot file.
    pub file: &'j Value,
    /// The time the report is about.
    pub now: Timestamp,
    /// In milliseconds.
    pub older_than: i64,
}

const REGIONS: [&str; 6] = ["us", "eu", "au", "me", "in", "sg"];

fn key(parts: &[&str]) -> Key {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// What roles on a resource name.
fn entity(resource: &Value) -> &str {
    resource["product_id"].as_str().unwrap_or(text(&resource["id"]))
}

impl<'j> Plain<'j> {
    /// The items of a list, each id once.
    fn items(self, list: &str) -> Vec<&'j Value> {
        let mut seen = BTreeSet::new();
        let all = self.file[list].as_array().into_iter().flatten();
        all.filter(|item| seen.insert(text(&item["id"]))).collect()
    }

    fn facts(self, question: &Question) -> Facts {
        Naive(self.file).facts(question)
    }

    fn pair(self, application: &str, resource: &str) -> Facts {
        let (application, resource) = (application.parse().expect("an id"), resource.parse().expect("an id"));
        self.facts(&Question::consume(application, resource, Policy::Strict))
    }

    fn rbac(self) -> bool {
        self.file["portal"]["rbac_enabled"] != false
    }

    fn resources(self) -> Vec<&'j Value> {
        ["product_versions", "apis", "api_packages"].iter().flat_map(|list| self.items(list)).collect()
    }

    fn state(self, resource: &Value) -> Facts {
        let id = text(&resource["id"]).parse().expect("an id");
        self.facts(&Question::view(None, id))
    }

    fn is_published(self, resource: &Value) -> bool {
        self.state(resource).resource == ResourceFact::Published
    }

    fn region(self) -> Option<&'j str> {
        self.file["region"].as_str().filter(|region| REGIONS.contains(region))
    }

    /// A team's assignments: those that mean something, as (role, entity, region).
    fn known_roles(self, team: &str) -> Vec<(RoleFact, &'j str, &'j str)> {
        let assigned = self.file["team_roles"][team].as_array().into_iter().flatten();
        let known = assigned.filter_map(|assigned| {
            let role = match assigned["role_name"].as_str()? {
                "API Consumer" => RoleFact::Consumer,
                "API Viewer" => RoleFact::Viewer,
                _ => return None,
            };
            let (entity, region) = (assigned["entity_id"].as_str()?, assigned["entity_region"].as_str()?);
            let everything = entity != "*" || assigned["entity_type_name"] == "Services";
            (everything && (region == "*" || REGIONS.contains(&region))).then_some((role, entity, region))
        });
        known.collect()
    }

    fn holds(self, region: &str) -> bool {
        region == "*" || self.region() == Some(region)
    }

    /// The best role of these teams on a resource.
    fn role(self, teams: &[&str], resource: &'j Value) -> RoleFact {
        let named = entity(resource);
        let roles = teams.iter().flat_map(|team| self.known_roles(team));
        let here = roles.filter(|(_, on, region)| self.holds(region) && (*on == named || *on == "*"));
        here.map(|(role, ..)| role).max().unwrap_or(RoleFact::None)
    }

    fn consumes_something(self, teams: &[&str]) -> bool {
        let mut resources = self.resources().into_iter();
        resources
            .any(|resource| self.is_published(resource) && self.role(teams, resource) == RoleFact::Consumer)
    }

    fn teams_of(self, developer: &str) -> Vec<&'j str> {
        let is_member = |team: &&str| {
            let members = self.file["team_developers"][*team].as_array().into_iter().flatten();
            members.map(|member| member.get("id").unwrap_or(member)).any(|member| *member == developer)
        };
        self.items("teams").iter().map(|team| text(&team["id"])).filter(is_member).collect()
    }

    fn status(self, developer: &str) -> OwnerFact {
        let developer = developer.parse().ok();
        let question = Question { action: Action::LogIn, developer, resource: None, ..blank() };
        self.facts(&question).owner
    }

    fn is_approved(self, developer: &str) -> bool {
        self.status(developer) == OwnerFact::Developer(DeveloperStatus::Approved)
    }

    /// Who owns an application: a developer or a team, by id.
    fn owner(self, application: &'j Value) -> Option<(&'static str, &'j str)> {
        let any = "00000000-0000-4000-8000-ffffffffffff";
        let facts = self.pair(text(&application["id"]), any);
        let developer = || application["developer"].get("id").unwrap_or(&application["developer"]);
        match facts.owner {
            OwnerFact::Unknown => None,
            OwnerFact::Team => Some(("team", text(&application["owner"]["id"]))),
            OwnerFact::Developer(_) if application["owner"].is_object() => {
                Some(("developer", text(&application["owner"]["id"])))
            }
            OwnerFact::Developer(_) => Some(("developer", text(developer()))),
        }
    }

    fn teams_behind(self, owner: (&str, &'j str)) -> Vec<&'j str> {
        if owner.0 == "team" { vec![owner.1] } else { self.teams_of(owner.1) }
    }

    fn owned(self, developer: &str) -> Vec<&'j Value> {
        let all = self.items("applications").into_iter();
        all.filter(|application| self.owner(application) == Some(("developer", developer))).collect()
    }

    /// The word of a status, as the API has it.
    fn word(self, status: &Value) -> RegistrationFact {
        let old = self.file["api"] == "gateway-2.8";
        let number = status.as_f64().filter(|_| old);
        match (status.as_str(), number) {
            (Some("approved"), _) | (_, Some(0.0)) => RegistrationFact::Approved,
            (Some("pending"), _) | (_, Some(1.0)) => RegistrationFact::Pending,
            (Some("requested"), _) if old => RegistrationFact::Pending,
            (Some("rejected"), _) | (_, Some(2.0)) => RegistrationFact::Rejected,
            (Some("revoked"), _) | (_, Some(3.0)) => RegistrationFact::Revoked,
            _ => RegistrationFact::Unrecognized,
        }
    }

    /// The statuses of an application's registrations; of several for one resource the most restrictive.
    fn registered(self, application: &str) -> Vec<RegistrationFact> {
        let rank = |status| match status {
            RegistrationFact::Approved => 0,
            RegistrationFact::Pending => 1,
            RegistrationFact::Rejected => 2,
            RegistrationFact::Revoked => 3,
            _ => 4,
        };
        let mut worst: BTreeMap<&str, RegistrationFact> = BTreeMap::new();
        for registration in self.items("registrations") {
            if registration["application"]["id"] == application {
                let resource = registration.get("api").unwrap_or(&registration["product_version"]);
                let status = self.word(&registration["status"]);
                let known = worst.entry(text(&resource["id"])).or_insert(status);
                if rank(*known) < rank(status) {
                    *known = status;
                }
            }
        }
        worst.into_values().collect()
    }

    fn has_approved(self, application: &Value) -> bool {
        self.registered(text(&application["id"])).contains(&RegistrationFact::Approved)
    }

    fn cause(self, teams: &[&'j str]) -> &'static str {
        let published = |named: &str| {
            let mut resources = self.resources().into_iter();
            resources.any(|resource| entity(resource) == named && self.is_published(resource))
        };
        let roles: Vec<_> = teams.iter().flat_map(|team| self.known_roles(team)).collect();
        let assigned = |team: &&str| self.file["team_roles"][*team].as_array().map_or(0, Vec::len);
        if teams.is_empty() {
            return "no_team";
        }
        if teams.iter().map(assigned).sum::<usize>() == 0 {
            return "team_without_roles";
        }
        let mut resources = self.resources().into_iter();
        if resources
            .any(|resource| self.is_published(resource) && self.role(teams, resource) != RoleFact::None)
        {
            return "viewer_only";
        }
        if roles
            .iter()
            .any(|(_, entity, region)| !self.holds(region) && (*entity == "*" || published(entity)))
        {
            return "other_region";
        }
        let mut resources = self.resources().into_iter();
        if resources.any(|resource| self.role(teams, resource) != RoleFact::None) {
            return "no_published_resource";
        }
        "no_matching_role"
    }

    /// Report 1: (cause, developer, team).
    pub fn needs_consume_permission(self, include_without_application: bool) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        if !self.rbac() {
            return rows;
        }
        for developer in self.items("developers") {
            let id = text(&developer["id"]);
            let own = self.owned(id);
            let open = own.iter().any(|application| !self.has_approved(application));
            let wanted = open || (own.is_empty() && include_without_application);
            let teams = self.teams_of(id);
            if wanted && self.is_approved(id) && !self.consumes_something(&teams) {
                rows.insert(key(&[self.cause(&teams), id, "-"]));
            }
        }
        for application in self.items("applications") {
            if let Some(("team", team)) = self.owner(application)
                && !self.has_approved(application)
                && !self.consumes_something(&[team])
            {
                rows.insert(key(&[self.cause(&[team]), "-", team]));
            }
        }
        rows
    }

    /// Report 2: (stage, application, developer, team).
    pub fn blocked_developers(self) -> BTreeSet<Key> {
        let mut rows = BTreeSet::new();
        for application in self.items("applications") {
            let Some(owner) = self.owner(application) else { continue };
            let id = text(&application["id"]);
            let teams = self.teams_behind(owner);
            let statuses = self.registered(id);
            let created = application["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            let old = created.is_none_or(|at| at.millis() <= self.now.millis() - self.older_than);
            let blocked = (owner.0 == "team" || self.is_approved(owner.1))
                && (!self.rbac() || self.consumes_something(&teams))
                && old
                && !statuses.contains(&RegistrationFact::Approved);
            if !blocked {
                continue;
            }
            let open = self.resources().into_iter().any(|resource| {
                self.is_published(resource)
                    && self.state(resource).registration_enabled
                    && (!self.rbac() || self.role(&teams, resource) == RoleFact::Consumer)
            });
            let stage = if statuses.contains(&RegistrationFact::Pending) {
                "waiting_for_approval"
            } else if !statuses.is_empty() {
                "rejected_or_revoked"
            } else if !open {
                "nothing_to_register_for"
            } else {
                "never_registered"
            };
            let (developer, team) = if owner.0 == "team" { ("-", owner.1) } else { (owner.1, "-") };
            rows.insert(key(&[stage, id, developer, team]));
        }
        rows
    }
}

const fn blank() -> Question {
    Question {
        action: Action::LogIn,
        policy: Policy::Strict,
        application: None,
        developer: None,
        resource: None,
    }
}
