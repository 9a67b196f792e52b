//! The decision as every surface shows it.

use serde::Serialize;

use super::params::MessageParams;
use super::{fixes, message};
use crate::snapshot::{Change, Completeness, Executable, Question};
use crate::{
    Action, ApplicationId, Blockers, DeveloperId, Outcome, Policy, Rbac, Reason, RegistrationId, ResourceId,
    Snapshot, TeamId, Timestamp, decide,
};

/// Allow or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing stands in the way.
    Allow,
    /// Something does.
    Deny,
}

/// Something to know about an allowed question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The resource is deprecated.
    ResourceDeprecated,
}

/// Something a decision takes for granted that Konnect does not document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// A role on entity `*` counts for every entity of type `Services`.
    EntityWildcard,
}

/// What happens to a registration that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegistrationOutcome {
    /// It is approved at once.
    Approved,
    /// It waits for an admin.
    Pending,
}

/// A change that is part of a remedy, and who can make it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// Who can make it.
    pub executable: Executable,
}

/// A decision and its explanation. Every field is always present on the wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// Allow or deny.
    pub decision: Verdict,
    /// The first reason of a denial.
    pub reason: Option<Reason>,
    /// The status with which a gateway answers a denial.
    pub http_status: Option<u16>,
    /// All reasons of a denial that can be known, in listing order.
    pub blockers: Vec<Reason>,
    /// One English sentence: lower case, no full stop, names in backticks.
    pub message: String,
    /// The names in the message, for translations.
    pub params: MessageParams,
    /// A smallest set of changes after which the same question is allowed; `None` if no listed change helps.
    pub fixes: Option<Vec<Fix>>,
    /// What to know about an allowed question.
    pub warnings: Vec<Warning>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// How much of the portal the snapshot is known to hold.
    pub completeness: Completeness,
    /// When the crawl that wrote the snapshot began.
    pub as_of: Timestamp,
    /// For an allowed `register`: what happens to the registration.
    pub registration_outcome: Option<RegistrationOutcome>,
    /// What was asked.
    pub action: Action,
    /// Under which policy.
    pub policy: Policy,
    /// The application that was asked about.
    pub application_id: Option<ApplicationId>,
    /// Who asks, or the developer who owns the application.
    pub developer_id: Option<DeveloperId>,
    /// The team that owns the application.
    pub team_id: Option<TeamId>,
    /// The registration that counted.
    pub registration_id: Option<RegistrationId>,
    /// The resource that was asked about.
    pub resource_id: Option<ResourceId>,
}

impl Snapshot {
    /// Decides without explaining: no allocation.
    pub fn outcome(&self, question: &Question) -> Outcome {
        decide(&self.facts(question), question.action, question.policy)
    }

    /// Decides and explains.
    ///
    /// ```
    /// # let file = include_bytes!("../../testdata/small.json");
    /// use gatepass::{Policy, Question, ReadOptions, Snapshot};
    /// let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
    /// let application = "a0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let resource = "e0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let decision = portal.decide(&Question::consume(application, resource, Policy::Strict));
    /// assert_eq!(decision.reason.unwrap().code(), "registration_pending");
    /// assert_eq!(decision.message, "registration of application `App 1` for `Orders v1` is waiting for approval");
    /// ```
    pub fn decide(&self, question: &Question) -> Decision {
        let joined = self.join(question);
        let outcome = decide(&joined.facts, question.action, question.policy);
        let reason = outcome.reason();
        let (message, params) = message::message(self, question, &joined, reason);
        let allowed = outcome.is_allow();
        let role_counts = match question.action {
            Action::Consume => question.policy == Policy::Strict,
            Action::Register | Action::View => true,
            Action::LogIn | Action::CreateApplication | Action::CreateCredential => false,
        };
        let wildcard = role_counts && joined.by_wildcard && joined.facts.rbac == Rbac::On;
        let about_resource = matches!(question.action, Action::Consume | Action::Register | Action::View);
        Decision {
            decision: if allowed { Verdict::Allow } else { Verdict::Deny },
            reason,
            http_status: reason.map(Reason::http_status),
            blockers: Blockers::iter(outcome.blockers()).collect(),
            message,
            params,
            fixes: fixes::fixes(self, question, &joined),
            warnings: if allowed && about_resource && joined.facts.deprecated {
                vec![Warning::ResourceDeprecated]
            } else {
                Vec::new()
            },
            assumptions: if wildcard { vec![Assumption::EntityWildcard] } else { Vec::new() },
            completeness: self.completeness(),
            as_of: self.as_of(),
            registration_outcome: (allowed && question.action == Action::Register)
                .then(|| self.registration_outcome(joined.resource)),
            action: question.action,
            policy: question.policy,
            application_id: question.application,
            developer_id: joined
                .developer
                .and_then(|at| self.developer_at(at))
                .map(|developer| developer.id)
                .or(question.developer),
            team_id: joined.team.and_then(|at| self.team_at(at)).map(|team| team.id),
            registration_id: joined
                .registration
                .and_then(|at| self.registration_at(at))
                .map(|registration| registration.id),
            resource_id: question.resource,
        }
    }

    /// Portal-level approval cannot be overridden; the resource's own adds to it.
    ///
    /// Source: API Builder v3, `AutoApproveRegistrations`; Portal Management v2, `auto_approve_registration`.
    fn registration_outcome(&self, resource: Option<u32>) -> RegistrationOutcome {
        let by_resource =
            resource.and_then(|at| self.resource_at(at)).is_some_and(|resource| resource.auto_approve);
        if by_resource || self.portal().auto_approve_applications {
            RegistrationOutcome::Approved
        } else {
            RegistrationOutcome::Pending
        }
    }
}
