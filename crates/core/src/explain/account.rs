//! The account of a decision, as one person would give it to another: what is known, what of it blocks, what to do.

use serde::Serialize;

use super::message::{MessageNames, denial};
use crate::plain::Shown;
use crate::report::{Names, Steps};
use crate::snapshot::{ApplicationOwner, Joined, Question};
use crate::{
    Action, Decision, DeveloperStatus, MembershipFact, OwnerFact, Policy, Rbac, Reason, RegistrationFact,
    RoleFact, Snapshot, decide,
};

/// What a fact does to the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearing {
    /// It is as it should be.
    Good,
    /// It stands in the way.
    Blocks,
    /// It would stand in the way, but the policy does not ask for it.
    NotAsked,
}

/// Something that is known, and what it does to the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownFact {
    /// What it is about: `resource`, `application`, `owner`, `registration`, `role` and the like.
    pub about: &'static str,
    /// What is known: lower case, no full stop, names in backticks.
    pub known: String,
    /// What it does to the answer.
    pub bearing: Bearing,
    /// The reason it stands for, where it does not hold.
    pub reason: Option<Reason>,
}

/// A decision as a person would explain it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Account {
    /// The decision.
    pub decision: Decision,
    /// What is known, in the order of the table.
    pub facts: Vec<KnownFact>,
    /// What to change, one sentence a fix; `None` if no listed change helps.
    pub steps: Option<Vec<String>>,
}

impl Snapshot {
    /// Decides, and gives an account of it.
    ///
    /// ```
    /// # let file = include_bytes!("../../testdata/small.json");
    /// use gatepass::{Bearing, Policy, Question, ReadOptions, Snapshot};
    /// let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
    /// let application = "a0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let resource = "e0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let account = portal.account(&Question::consume(application, resource, Policy::Strict));
    /// let blocks = account.facts.iter().filter(|fact| fact.bearing == Bearing::Blocks);
    /// assert_eq!(blocks.map(|fact| fact.about).collect::<Vec<_>>(), ["registration", "role"]);
    /// assert_eq!(account.steps.unwrap()[0], "approve the registration of `App 1` for `Orders v1`");
    /// ```
    pub fn account(&self, question: &Question) -> Account {
        let joined = self.join(question);
        let decision = self.decide(question);
        let names = Names::new(self, false);
        let steps = Steps { snapshot: self, names: &names };
        let steps = decision.fixes.as_ref().map(|fixes| fixes.iter().map(|fix| steps.step(fix)).collect());
        Account { facts: facts(self, question, &joined), decision, steps }
    }
}

/// What the question is about, in the order of the table.
const ABOUT: [&str; 7] =
    ["portal", "resource", "application", "owner", "auth strategy", "registration", "role"];

/// Which of them a reason is about.
const fn about(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::PortalPublic => "portal",
        Reason::ResourceUnknown
        | Reason::ResourceUnrecognized
        | Reason::ResourceUnpublished
        | Reason::RegistrationDisabled => "resource",
        Reason::ApplicationUnknown
        | Reason::ApplicationPending
        | Reason::ApplicationRejected
        | Reason::ApplicationRevoked
        | Reason::ApplicationUnrecognized => "application",
        Reason::OwnerUnknown
        | Reason::DeveloperPending
        | Reason::DeveloperRejected
        | Reason::DeveloperRevoked
        | Reason::DeveloperUnrecognized
        | Reason::NotTeamMember => "owner",
        Reason::StrategyMismatch => "auth strategy",
        Reason::RegistrationMissing
        | Reason::RegistrationPending
        | Reason::RegistrationRejected
        | Reason::RegistrationRevoked
        | Reason::RegistrationUnrecognized
        | Reason::RegistrationExists => "registration",
        Reason::RoleMissing | Reason::RoleViewerOnly => "role",
        Reason::BundleStale
        | Reason::CredentialMissing
        | Reason::CredentialAmbiguous
        | Reason::CredentialUnknown
        | Reason::CredentialUnrecognized
        | Reason::CredentialRevoked
        | Reason::CredentialExpired => return None,
    })
}

fn facts(snapshot: &Snapshot, question: &Question, joined: &Joined) -> Vec<KnownFact> {
    let blockers = decide(&joined.facts, question.action, question.policy).blockers();
    // What the strictest policy would say besides is known too, only not asked.
    let all = decide(&joined.facts, question.action, Policy::Strict).blockers();
    let names = MessageNames::new(snapshot, question, joined);
    let mut facts = Vec::new();
    for subject in ABOUT {
        let failing: Vec<Reason> = all.iter().filter(|reason| about(*reason) == Some(subject)).collect();
        let good =
            || KnownFact { about: subject, known: String::new(), bearing: Bearing::Good, reason: None };
        if failing.is_empty() {
            facts.extend(
                holds(snapshot, question, joined, subject).map(|known| KnownFact { known, ..good() }),
            );
        }
        facts.extend(failing.into_iter().map(|reason| KnownFact {
            known: denial(reason, &names) + &detail(snapshot, joined, reason),
            bearing: if blockers.contains(reason) { Bearing::Blocks } else { Bearing::NotAsked },
            reason: Some(reason),
            ..good()
        }));
    }
    facts
}

/// What holds of a subject; `None` if nothing is known of it, or it does not matter.
fn holds(snapshot: &Snapshot, question: &Question, joined: &Joined, subject: &str) -> Option<String> {
    let action = question.action;
    let names = MessageNames::new(snapshot, question, joined);
    let name = |name: &str| format!("`{}`", Shown(name));
    Some(match subject {
        "resource" => {
            joined.resource?;
            let deprecated = if joined.facts.deprecated { ", but deprecated" } else { "" };
            format!("{} is published{deprecated}", name(&names.resource))
        }
        "application" => {
            joined.application?;
            format!("application {} is approved", name(&names.application))
        }
        "owner" => match (joined.facts.owner, joined.facts.membership) {
            (OwnerFact::Developer(DeveloperStatus::Approved), _) => {
                format!("developer {} is approved", name(&names.developer))
            }
            (OwnerFact::Team, MembershipFact::ApprovedMember) => {
                format!(
                    "developer {} is an approved member of team {}",
                    name(&names.developer),
                    name(&names.team)
                )
            }
            (OwnerFact::Team, _) => format!("team {} owns it", name(&names.team)),
            _ => return None,
        },
        "registration"
            if action == Action::Consume && joined.facts.registration == RegistrationFact::Approved =>
        {
            format!("the registration is approved{}", since(snapshot, joined))
        }
        "registration" if action == Action::Register && joined.application.is_some() => {
            format!(
                "application {} has no registration for {} yet",
                name(&names.application),
                name(&names.resource)
            )
        }
        "role"
            if matches!(action, Action::Consume | Action::Register | Action::View)
                && joined.resource.is_some() =>
        {
            match (joined.facts.rbac, joined.facts.role) {
                (Rbac::Off, _) => "roles do not count: RBAC is off in this portal".to_owned(),
                (Rbac::On, RoleFact::Consumer) => format!("API Consumer{}", through(snapshot, joined)),
                (Rbac::On, RoleFact::Viewer) => format!("API Viewer{}", through(snapshot, joined)),
                (Rbac::On, RoleFact::None) => return None,
            }
        }
        _ => return None,
    })
}

/// What else somebody would want to know about a reason.
fn detail(snapshot: &Snapshot, joined: &Joined, reason: Reason) -> String {
    match about(reason) {
        Some("registration") => since(snapshot, joined),
        Some("role") => {
            let teams = team_names(snapshot, joined, |_| true);
            if teams.is_empty() {
                "; the owner is in no team".to_owned()
            } else {
                format!("; teams: {teams}")
            }
        }
        _ => String::new(),
    }
}

/// Since when the registration is there.
fn since(snapshot: &Snapshot, joined: &Joined) -> String {
    let registration = joined.registration.and_then(|at| snapshot.registration_at(at));
    let created = registration.and_then(|registration| registration.created_at);
    created.map(|created| format!(", made at {created}")).unwrap_or_default()
}

/// Through which teams the role comes.
fn through(snapshot: &Snapshot, joined: &Joined) -> String {
    let resource = joined.resource.and_then(|at| snapshot.resource_at(at));
    let gives = |team: u32| {
        resource.is_some_and(|resource| snapshot.team_role(team, resource).role == joined.facts.role)
    };
    let teams = team_names(snapshot, joined, gives);
    let everywhere = if joined.by_wildcard { ", by a role on every entity" } else { "" };
    if teams.is_empty() { everywhere.to_owned() } else { format!(" through team {teams}{everywhere}") }
}

fn team_names(snapshot: &Snapshot, joined: &Joined, wanted: impl Fn(u32) -> bool) -> String {
    let owner = match (joined.team, joined.developer) {
        (Some(team), _) => ApplicationOwner::Team(team),
        (None, Some(developer)) => ApplicationOwner::Developer(developer),
        (None, None) => ApplicationOwner::Unknown,
    };
    let teams = snapshot.teams_behind(owner);
    let teams = teams.as_slice().iter().filter(|team| wanted(**team));
    let names =
        teams.filter_map(|team| snapshot.team_at(*team)).map(|team| format!("`{}`", Shown(&team.name)));
    names.collect::<Vec<_>>().join(", ")
}
