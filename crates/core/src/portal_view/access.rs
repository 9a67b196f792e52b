//! The answer: view, register and call, each with its reason and what to do.

use crate::MessageParams;
use serde::Serialize;

use super::{NextStep, PortalView, Who};
use crate::explain::sentence;
use crate::report::words;
use crate::{Action, Blockers, Policy, Rbac, Reason, RegistrationOutcome, Warning, decide};

words! {
    /// Something the answer takes for granted.
    PortalAssumption {
        /// What the developer may do is not known, so nothing is granted by a role.
        ActionsUnknown = "actions_unknown",
    }
}

/// What a developer may do with a resource. Every member is always present on the wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PortalAccess {
    /// May they see it?
    pub view: PortalVerdict,
    /// May they register the application for it?
    pub register: PortalVerdict,
    /// May the application call it?
    pub call: PortalVerdict,
    /// What was taken for granted.
    pub assumptions: Vec<PortalAssumption>,
}

/// May they, and if not: why, and what next. Every member is always present on the wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PortalVerdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The first reason of a denial: a stable code.
    pub code: Option<Reason>,
    /// All reasons of a denial, in listing order.
    pub blockers: Vec<Reason>,
    /// One English sentence: lower case, no full stop, names in backticks.
    pub message: String,
    /// The names in the message, for translations.
    pub params: MessageParams,
    /// What to do about a denial; null if nobody can do anything, or if nothing is denied.
    pub next_step: Option<SuggestedStep>,
    /// What to know about something allowed.
    pub warnings: Vec<Warning>,
    /// For an allowed `register`: what happens to the registration, if the resource says so.
    pub registration_outcome: Option<RegistrationOutcome>,
}

/// What to do about a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestedStep {
    /// What: a stable code.
    pub code: NextStep,
    /// Who must act.
    pub who: Who,
    /// One English sentence for the developer: lower case, no full stop.
    pub message: &'static str,
}

impl PortalView {
    /// Decides what the developer may do.
    pub fn access(&self) -> PortalAccess {
        PortalAccess {
            view: self.verdict(Action::View),
            register: self.verdict(Action::Register),
            call: self.verdict(Action::Consume),
            assumptions: if self.actions_known || self.facts.rbac == Rbac::Off {
                Vec::new()
            } else {
                vec![PortalAssumption::ActionsUnknown]
            },
        }
    }

    fn verdict(&self, action: Action) -> PortalVerdict {
        let outcome = decide(&self.facts, action, Policy::Strict);
        let reason = outcome.reason();
        let allowed = outcome.is_allow();
        let (message, params) = sentence(action, reason, self.signed_in, &self.names);
        let next_step = reason.and_then(|reason| self.next_step(action, reason)).map(|code| SuggestedStep {
            code,
            who: code.who(),
            message: code.message(),
        });
        PortalVerdict {
            allowed,
            code: reason,
            blockers: Blockers::iter(outcome.blockers()).collect(),
            message,
            params,
            next_step,
            warnings: if allowed && self.facts.deprecated {
                vec![Warning::ResourceDeprecated]
            } else {
                Vec::new()
            },
            registration_outcome: self.outcome.filter(|_| allowed && action == Action::Register),
        }
    }
}
