//! The design's §2–§4 read once more, slowly and plainly: facts by walking the JSON for every question. No index,
//! no positions, nothing shared with the real reader but the names of the facts.

use gatepass::{
    Action, ApplicationFact, CredentialFact, CredentialKey, DeveloperStatus, Facts, Freshness,
    MembershipFact, OwnerFact, PortalFact, Question, Rbac, RegistrationFact, ResourceFact, ResourceId,
    RoleFact, StrategyFact, Timestamp, Visibility,
};
use serde_json::Value;

/// A portal as its JSON.
#[derive(Clone, Copy, Debug)]
pub struct Naive<'j>(pub &'j Value);

/// The four words, and everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Approved,
    Pending,
    Rejected,
    Revoked,
    Unrecognized,
}

/// How many facts of a resource are said, whichever API says them.
struct Described {
    state: ResourceFact,
    deprecated: bool,
    registration_enabled: bool,
    visibility: Visibility,
    entity: String,
    strategies: Vec<String>,
}

const REGIONS: [&str; 6] = ["us", "eu", "au", "me", "in", "sg"];

impl<'j> Naive<'j> {
    fn items(self, name: &str) -> impl Iterator<Item = &'j Value> {
        self.0[name].as_array().into_iter().flatten()
    }

    fn by_id(self, list: &str, id: &str) -> Option<&'j Value> {
        self.items(list).find(|item| item["id"] == id)
    }

    fn is_v3(self) -> bool {
        self.0["api"] == "v3"
    }

    /// "`requested` and 0–3 are statuses only where `api` is `gateway-2.8`" (0.33-x: approved, requested,
    /// rejected, revoked).
    fn word(self, value: Option<&Value>) -> Word {
        let old = self.0["api"] == "gateway-2.8";
        let Some(value) = value else { return Word::Unrecognized };
        if let Some(number) = value.as_f64().filter(|_| old) {
            let words =
                [(0.0, Word::Approved), (1.0, Word::Pending), (2.0, Word::Rejected), (3.0, Word::Revoked)];
            let same = words.iter().find(|(known, _)| (known - number).abs() < f64::EPSILON);
            return same.map_or(Word::Unrecognized, |(_, word)| *word);
        }
        match value.as_str() {
            Some("approved") => Word::Approved,
            Some("pending") => Word::Pending,
            Some("requested") if old => Word::Pending,
            Some("rejected") => Word::Rejected,
            Some("revoked") => Word::Revoked,
            _ => Word::Unrecognized,
        }
    }

    fn rbac(self) -> Rbac {
        if self.0["portal"]["rbac_enabled"] == false { Rbac::Off } else { Rbac::On }
    }

    /// Whether there are developers: v2 unless it is public, v3 if authentication is on. What is unrecognized
    /// does not grant, so it is public as far as developers go, and private as far as everybody goes.
    fn access(self) -> PortalFact {
        let portal = &self.0["portal"];
        let authenticated = if self.is_v3() {
            portal["authentication_enabled"] == true
        } else {
            portal.get("is_public").is_none_or(|public| *public == false)
        };
        if authenticated { PortalFact::Authenticated } else { PortalFact::Public }
    }

    fn described(self, resource: &str) -> Option<Described> {
        if let Some(version) = self.by_id("product_versions", resource) {
            let public = self.0["portal"]["is_public"] == true;
            return Some(Described {
                state: match version.get("publish_status").map(Value::as_str) {
                    None | Some(Some("unpublished")) => ResourceFact::Unpublished,
                    Some(Some("published")) => ResourceFact::Published,
                    Some(_) => ResourceFact::Unrecognized,
                },
                deprecated: version["deprecated"] == true,
                registration_enabled: version["application_registration_enabled"] == true,
                visibility: if public { Visibility::Public } else { Visibility::Private },
                entity: text(&version["product_id"]),
                strategies: texts(&version["auth_strategy_ids"]),
            });
        }
        let api = self.by_id("apis", resource).or_else(|| self.by_id("api_packages", resource))?;
        let here = &self.0["portal"]["id"];
        let publications: Vec<&Value> = self
            .items("publications")
            .filter(|found| found["api_id"] == resource && found["portal_id"] == *here)
            .collect();
        let public =
            !publications.is_empty() && publications.iter().all(|found| found["visibility"] == "public");
        // Two publications that differ: the narrower of both.
        let of_all = publications.iter().map(|found| texts(&found["auth_strategy_ids"]));
        let strategies =
            of_all.reduce(|one, other| one.into_iter().filter(|id| other.contains(id)).collect());
        let strategies = strategies.unwrap_or_default();
        Some(Described {
            state: if publications.is_empty() { ResourceFact::Unpublished } else { ResourceFact::Published },
            deprecated: api["deprecated"] == true,
            registration_enabled: self.access() == PortalFact::Authenticated && !strategies.is_empty(),
            visibility: if public { Visibility::Public } else { Visibility::Private },
            entity: resource.to_owned(),
            strategies,
        })
    }

    /// Whether a developer is in a team.
    fn is_member(self, team: &str, developer: &str) -> bool {
        let members = self.0["team_developers"][team].as_array().into_iter().flatten();
        members.map(|member| member.get("id").unwrap_or(member)).any(|member| *member == developer)
    }

    fn teams_of(self, developer: &str) -> Vec<&'j str> {
        let teams = self.items("teams").filter_map(|team| team["id"].as_str());
        teams.filter(|team| self.is_member(team, developer)).collect()
    }

    /// The best role these teams have on an entity.
    fn role(self, teams: &[&str], entity: &str) -> RoleFact {
        let region = self.0["region"].as_str().filter(|region| REGIONS.contains(region));
        let assigned =
            teams.iter().flat_map(|team| self.0["team_roles"][*team].as_array().into_iter().flatten());
        let matching = assigned.filter(|role| {
            let on_it = role["entity_id"] == entity;
            let on_everything = role["entity_id"] == "*" && role["entity_type_name"] == "Services";
            let here =
                role["entity_region"] == "*" || region.is_some_and(|region| role["entity_region"] == region);
            here && (on_it || on_everything)
        });
        let roles = matching.map(|role| match role["role_name"].as_str() {
            Some("API Consumer") => RoleFact::Consumer,
            Some("API Viewer") => RoleFact::Viewer,
            _ => RoleFact::None,
        });
        roles.max().unwrap_or(RoleFact::None)
    }

    fn developer(self, id: &str) -> OwnerFact {
        self.by_id("developers", id).map_or(OwnerFact::Unknown, |developer| {
            OwnerFact::Developer(match self.word(developer.get("status")) {
                Word::Approved => DeveloperStatus::Approved,
                Word::Pending => DeveloperStatus::Pending,
                Word::Rejected => DeveloperStatus::Rejected,
                Word::Revoked => DeveloperStatus::Revoked,
                Word::Unrecognized => DeveloperStatus::Unrecognized,
            })
        })
    }

    /// The owner's kind and id; nothing unless what is named is exact, one, and there.
    fn owner(self, application: &'j Value) -> Option<(&'static str, String)> {
        let by_developer = given(&application["developer"])
            .map(|developer| ("developer", text(developer.get("id").unwrap_or(developer))));
        let by_owner = given(&application["owner"]).map(|owner| match owner["type"].as_str() {
            Some("developer") => ("developer", text(&owner["id"])),
            Some("team") => ("team", text(&owner["id"])),
            _ => ("nobody", String::new()),
        });
        let owner = match (by_owner, by_developer) {
            (Some(one), Some(other)) if one != other => return None,
            (one, other) => one.or(other)?,
        };
        let known = match owner.0 {
            "developer" => self.by_id("developers", &owner.1).is_some(),
            "team" => self.by_id("teams", &owner.1).is_some(),
            _ => false,
        };
        known.then_some(owner)
    }

    /// Of several registrations of the pair the most restrictive.
    fn registration(self, application: &str, resource: &str) -> RegistrationFact {
        let of_pair = self.items("registrations").filter(|registration| {
            let of = given(&registration["product_version"]).unwrap_or(&registration["api"]);
            registration["application"]["id"] == application && of["id"] == resource
        });
        let statuses = of_pair.map(|registration| match self.word(registration.get("status")) {
            Word::Approved => (1, RegistrationFact::Approved),
            Word::Pending => (2, RegistrationFact::Pending),
            Word::Rejected => (3, RegistrationFact::Rejected),
            Word::Revoked => (4, RegistrationFact::Revoked),
            Word::Unrecognized => (5, RegistrationFact::Unrecognized),
        });
        statuses.max_by_key(|(severity, _)| *severity).map_or(RegistrationFact::Missing, |(_, fact)| fact)
    }

    /// The facts of a question.
    pub fn facts(self, question: &Question) -> Facts {
        let resource = question.resource.map(|id| id.to_string()).unwrap_or_default();
        let asker = question.developer.map(|id| id.to_string());
        match question.action {
            Action::Consume | Action::Register | Action::CreateCredential => {
                let application = question.application.map(|id| id.to_string()).unwrap_or_default();
                let mut facts = self.of_pair(&application, &resource);
                if let Some(asker) = asker.filter(|_| question.action != Action::Consume) {
                    self.asked_by(&mut facts, &application, &asker);
                }
                facts
            }
            Action::View | Action::LogIn | Action::CreateApplication => {
                let mut facts = self.of_resource(&resource);
                if let Some(asker) = asker {
                    facts.owner = self.developer(&asker);
                    let described = self.described(&resource);
                    facts.role = described.map_or(RoleFact::None, |described| {
                        self.role(&self.teams_of(&asker), &described.entity)
                    });
                }
                facts
            }
        }
    }

    fn of_resource(self, resource: &str) -> Facts {
        let described = self.described(resource);
        let described = described.as_ref();
        Facts {
            freshness: Freshness::Fresh,
            rbac: self.rbac(),
            portal: self.access(),
            resource: described.map_or(ResourceFact::Unknown, |found| found.state),
            deprecated: described.is_some_and(|found| found.deprecated),
            registration_enabled: described.is_some_and(|found| found.registration_enabled),
            visibility: described.map_or(Visibility::Private, |found| found.visibility),
            ..Facts::UNKNOWN
        }
    }

    fn of_pair(self, id: &str, resource: &str) -> Facts {
        let mut facts = self.of_resource(resource);
        facts.credential = CredentialFact::NotNeeded;
        let Some(application) = self.by_id("applications", id) else { return facts };
        facts.application = match application.get("status").map(|status| self.word(Some(status))) {
            None | Some(Word::Approved) => ApplicationFact::Approved,
            Some(Word::Pending) => ApplicationFact::Pending,
            Some(Word::Rejected) => ApplicationFact::Rejected,
            Some(Word::Revoked) => ApplicationFact::Revoked,
            Some(Word::Unrecognized) => ApplicationFact::Unrecognized,
        };
        let owner = self.owner(application);
        let teams = match &owner {
            Some(("developer", developer)) => {
                facts.owner = self.developer(developer);
                self.teams_of(developer)
            }
            Some((_, team)) => {
                facts.owner = OwnerFact::Team;
                vec![team.as_str()]
            }
            None => Vec::new(),
        };
        if let Some(described) = self.described(resource) {
            facts.registration = self.registration(id, resource);
            facts.role = self.role(&teams, &described.entity);
            facts.strategy = match given(&application["auth_strategy"]).map(|strategy| text(&strategy["id"]))
            {
                Some(own) if described.strategies.contains(&own) => StrategyFact::Same,
                Some(_) if !described.strategies.is_empty() => StrategyFact::Different,
                _ => StrategyFact::Unknown,
            };
        }
        facts
    }

    /// "For a team-owned application a developer is required and must be an approved member"; for a developer's
    /// nobody else is the owner.
    fn asked_by(self, facts: &mut Facts, application: &str, asker: &str) {
        let Some(application) = self.by_id("applications", application) else { return };
        match self.owner(application) {
            Some(("team", team)) => {
                let approved = self.developer(asker) == OwnerFact::Developer(DeveloperStatus::Approved);
                if approved && self.is_member(&team, asker) {
                    facts.membership = MembershipFact::ApprovedMember;
                }
            }
            Some((_, owner)) if owner != asker => facts.owner = OwnerFact::Unknown,
            _ => {}
        }
    }

    /// The facts of a caller who shows a credential.
    pub fn facts_of_credential(self, key: &CredentialKey, resource: ResourceId, now: Timestamp) -> Facts {
        let (credential, application) = self.holder(key, now);
        let facts = self.of_pair(&application.unwrap_or_default(), &resource.to_string());
        Facts { credential, ..facts }
    }

    fn holder(self, key: &CredentialKey, now: Timestamp) -> (CredentialFact, Option<String>) {
        let same: Vec<&Value> =
            self.items("credentials").filter(|found| crate::questions::key(found) == Some(*key)).collect();
        let mut applications: Vec<String> = same.iter().map(|found| text(&found["application_id"])).collect();
        // A consumer that a registration names stands for that registration's application.
        let consumers = self.items("registrations").filter(|registration| {
            let custom_id = registration["consumer"]["custom_id"].as_str().filter(|id| !id.is_empty());
            custom_id.is_some_and(|id| CredentialKey::custom_id(id.as_bytes()) == *key)
        });
        applications.extend(consumers.map(|registration| text(&registration["application"]["id"])));
        applications.sort();
        applications.dedup();
        match &applications[..] {
            [] => return (CredentialFact::Unknown, None),
            [_] => {}
            _ => return (CredentialFact::Ambiguous, None),
        }
        let worst = same.iter().map(|found| match found.get("status").map(Value::as_str) {
            None if self.is_v3() => (0, CredentialFact::Valid),
            Some(Some("active")) => (0, CredentialFact::Valid),
            Some(Some("expired")) => (1, CredentialFact::Expired),
            Some(Some("revoked")) => (2, CredentialFact::Revoked),
            _ => (3, CredentialFact::Unrecognized),
        });
        let worst =
            worst.max_by_key(|(severity, _)| *severity).map_or(CredentialFact::Valid, |(_, fact)| fact);
        let over = same.iter().any(|found| {
            given(&found["expires_at"]).is_some_and(|expiry| {
                expiry
                    .as_str()
                    .and_then(|text| text.parse::<Timestamp>().ok())
                    .is_none_or(|expiry| now >= expiry)
            })
        });
        match worst {
            CredentialFact::Unrecognized => (worst, None),
            CredentialFact::Valid if over => (CredentialFact::Expired, applications.pop()),
            _ => (worst, applications.pop()),
        }
    }
}

fn given(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}
