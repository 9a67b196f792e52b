//! The snapshot as an information point: from a question to the facts of the rule.

use super::Snapshot;
use super::model::{ApplicationOwner, Resource};
use super::question::Question;
use crate::bundle::CredentialState;
use crate::{
    Action, ApplicationFact, CredentialFact, CredentialKey, DeveloperId, DeveloperStatus, Facts, Freshness,
    MembershipFact, OwnerFact, RegistrationFact, ResourceFact, ResourceId, StrategyFact, StrategyId,
    Timestamp,
};

/// The facts of a question and the objects they came from, by position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joined {
    pub(crate) facts: Facts,
    pub(crate) application: Option<u32>,
    pub(crate) resource: Option<u32>,
    /// Who asks, where a person does; otherwise the owner.
    pub(crate) developer: Option<u32>,
    pub(crate) team: Option<u32>,
    pub(crate) registration: Option<u32>,
    /// Whether the role comes only from an assignment on every entity.
    pub(crate) by_wildcard: bool,
}

impl Snapshot {
    /// The facts of a question. A snapshot is always fresh: somebody chose to ask this one.
    pub fn facts(&self, question: &Question) -> Facts {
        self.join(question).facts
    }

    /// The facts of a caller who shows `key` and wants to call `resource` at `now`.
    pub fn facts_of_credential(&self, key: &CredentialKey, resource: ResourceId, now: Timestamp) -> Facts {
        let (credential, application) = self.holder(key, now);
        let mut joined = self.join_consume(application, self.resources.get(resource));
        joined.facts.credential = credential;
        joined.facts
    }

    /// Whose credential it is, and how good.
    fn holder(&self, key: &CredentialKey, now: Timestamp) -> (CredentialFact, Option<u32>) {
        let credentials = self.credentials();
        let first = credentials.partition_point(|credential| credential.key < *key);
        let mut found = credentials.iter().skip(first).take_while(|credential| credential.key == *key);
        let Some(credential) = found.next() else { return (CredentialFact::Unknown, None) };
        if found.any(|other| other.application != credential.application) {
            return (CredentialFact::Ambiguous, None);
        }
        if credential.application.is_none() {
            return (CredentialFact::Unknown, None);
        }
        let expired = credential.expires_at.is_some_and(|expiry| now >= expiry);
        match credential.state {
            // What is not understood identifies nobody.
            CredentialState::Unrecognized => (CredentialFact::Unrecognized, None),
            CredentialState::Revoked => (CredentialFact::Revoked, credential.application),
            CredentialState::Expired => (CredentialFact::Expired, credential.application),
            CredentialState::Active if expired => (CredentialFact::Expired, credential.application),
            CredentialState::Active => (CredentialFact::Valid, credential.application),
        }
    }

    pub(crate) fn join(&self, question: &Question) -> Joined {
        let application = question.application.and_then(|id| self.applications.get(id));
        let resource = question.resource.and_then(|id| self.resources.get(id));
        match question.action {
            Action::Consume => self.join_consume(application, resource),
            Action::Register | Action::CreateCredential => {
                let joined = self.join_consume(application, resource);
                self.asked_by(joined, question.developer)
            }
            Action::View | Action::LogIn | Action::CreateApplication => {
                self.join_person(question.developer, resource)
            }
        }
    }

    /// What is known of an application and a resource.
    pub(crate) fn join_consume(&self, application: Option<u32>, resource: Option<u32>) -> Joined {
        let mut joined = self.join_resource(resource);
        joined.facts.credential = CredentialFact::NotNeeded;
        let Some((position, found)) = application.and_then(|at| Some((at, self.application_at(at)?))) else {
            return joined;
        };
        joined.application = Some(position);
        joined.facts.application = found.status;
        joined.facts.owner = self.owner_fact(found.owner);
        match found.owner {
            ApplicationOwner::Unknown => {}
            ApplicationOwner::Developer(developer) => joined.developer = Some(developer),
            ApplicationOwner::Team(team) => joined.team = Some(team),
        }
        if let Some((at, resource)) = resource.and_then(|at| Some((at, self.resource_at(at)?))) {
            joined.registration = self.registration_of(position, at);
            let registration = joined.registration.and_then(|at| self.registration_at(at));
            joined.facts.registration = registration.map_or(RegistrationFact::Missing, |found| found.status);
            let granted = self.role_of_teams(self.teams_behind(found.owner).as_slice(), resource);
            joined.facts.role = granted.role;
            joined.by_wildcard = granted.by_wildcard;
            joined.facts.strategy = strategy(found.strategy, resource);
        }
        joined
    }

    /// The developer who asks on behalf of an application; without one, its owner.
    pub(crate) fn asked_by(&self, mut joined: Joined, developer: Option<DeveloperId>) -> Joined {
        let Some(id) = developer else { return joined };
        let asker = self.developers.get(id);
        match (joined.facts.owner, asker) {
            (OwnerFact::Team, Some(asker)) => {
                let approved =
                    self.developer_at(asker).is_some_and(|asker| asker.status == DeveloperStatus::Approved);
                let member =
                    joined.team.is_some_and(|team| self.teams_of(asker).binary_search(&team).is_ok());
                if approved && member {
                    joined.facts.membership = MembershipFact::ApprovedMember;
                }
                joined.developer = Some(asker);
            }
            // Nobody but its owner acts for a developer's application.
            (OwnerFact::Developer(_), asker) if asker != joined.developer => {
                joined.facts.owner = OwnerFact::Unknown;
                joined.developer = asker;
            }
            _ => {}
        }
        joined
    }

    /// What is known of a person and, for `view`, a resource.
    fn join_person(&self, developer: Option<DeveloperId>, resource: Option<u32>) -> Joined {
        let mut joined = self.join_resource(resource);
        let Some(position) = developer.and_then(|id| self.developers.get(id)) else { return joined };
        joined.developer = Some(position);
        joined.facts.owner = self.owner_fact(ApplicationOwner::Developer(position));
        if let Some(resource) = resource.and_then(|at| self.resource_at(at)) {
            let granted = self.role_of_teams(self.teams_of(position), resource);
            joined.facts.role = granted.role;
            joined.by_wildcard = granted.by_wildcard;
        }
        joined
    }

    fn join_resource(&self, resource: Option<u32>) -> Joined {
        let portal = self.portal();
        let mut facts =
            Facts { freshness: Freshness::Fresh, rbac: portal.rbac, portal: portal.access, ..Facts::UNKNOWN };
        if let Some(resource) = resource.and_then(|at| self.resource_at(at)) {
            facts.resource = resource.state;
            facts.deprecated = resource.deprecated;
            facts.registration_enabled = resource.registration_enabled;
            facts.visibility = resource.visibility;
        } else {
            facts.resource = ResourceFact::Unknown;
        }
        facts.application = ApplicationFact::Unknown;
        Joined {
            facts,
            application: None,
            resource,
            developer: None,
            team: None,
            registration: None,
            by_wildcard: false,
        }
    }

    fn owner_fact(&self, owner: ApplicationOwner) -> OwnerFact {
        match owner {
            ApplicationOwner::Developer(developer) => self
                .developer_at(developer)
                .map_or(OwnerFact::Unknown, |developer| OwnerFact::Developer(developer.status)),
            ApplicationOwner::Team(_) => OwnerFact::Team,
            ApplicationOwner::Unknown => OwnerFact::Unknown,
        }
    }
}

pub(crate) fn strategy(of_application: Option<StrategyId>, resource: &Resource) -> StrategyFact {
    match of_application {
        Some(strategy) if resource.strategies.contains(&strategy) => StrategyFact::Same,
        Some(_) if !resource.strategies.is_empty() => StrategyFact::Different,
        _ => StrategyFact::Unknown,
    }
}
