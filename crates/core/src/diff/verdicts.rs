//! What both sides decide of a pair, and the pairs that are decided by themselves.

use super::Side;
use super::axis::Axis;
use crate::arrange::Arrange as _;
use crate::report::words;
use crate::{ApplicationId, Reason, ResourceId};

words! {
    /// How a decision differs.
    Difference {
        /// Denied before, allowed after.
        Gained = "gained",
        /// Allowed before, denied after.
        Lost = "lost",
        /// Denied before and after, for another first reason.
        ReasonChanged = "reason_changed",
    }
}

/// The reasons before and after; `None` is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Verdicts {
    pub(super) before: Option<Reason>,
    pub(super) after: Option<Reason>,
}

impl Verdicts {
    /// How they differ; `None` if they do not.
    pub(super) fn difference(self) -> Option<Difference> {
        match (self.before, self.after) {
            (Some(_), None) => Some(Difference::Gained),
            (None, Some(_)) => Some(Difference::Lost),
            (before, after) => (before != after).then_some(Difference::ReasonChanged),
        }
    }
}

/// A pair with a registration on either side, by the places of its application and resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exception {
    pub(super) application: u32,
    pub(super) resource: u32,
    pub(super) verdicts: Verdicts,
}

/// Every pair with a registration on either side, decided as it is.
pub(super) fn exceptions(
    before: Side<'_>,
    after: Side<'_>,
    applications: &Axis<ApplicationId>,
    resources: &Axis<ResourceId>,
) -> Vec<Exception> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for side in [before.snapshot, after.snapshot] {
        pairs.extend(side.counted_registrations().filter_map(|pair| {
            let application = applications.place(side.application_at(pair.application)?.id)?;
            Some((application, resources.place(side.resource_at(pair.resource)?.id)?))
        }));
    }
    pairs.arrange();
    pairs.dedup();
    let exception = |(application, resource)| {
        let (one, other) = (applications.get(application)?, resources.get(resource)?);
        let verdicts = Verdicts {
            before: before.decided(one.before(), other.before()),
            after: after.decided(one.after(), other.after()),
        };
        Some(Exception { application, resource, verdicts })
    };
    pairs.into_iter().filter_map(exception).collect()
}

/// Those of one application, by resource.
pub(super) fn of_application(exceptions: &[Exception], application: u32) -> &[Exception] {
    let first = exceptions.partition_point(|exception| exception.application < application);
    let rest = exceptions.get(first..).unwrap_or_default();
    let length = rest.partition_point(|exception| exception.application == application);
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::{
        Action, ApplicationFact, CredentialFact, DeveloperStatus, Facts, Freshness, OwnerFact, Policy, Rbac,
        RegistrationFact, ResourceFact, RoleFact, decide,
    };

    #[test]
    fn without_a_registration_the_reason_does_not_depend_on_roles() {
        let statuses = DeveloperStatus::ALL.iter().map(|status| OwnerFact::Developer(*status));
        let owners: Vec<OwnerFact> = statuses.chain([OwnerFact::Unknown, OwnerFact::Team]).collect();
        for &application in ApplicationFact::ALL {
            for &resource in ResourceFact::ALL {
                for &owner in &owners {
                    for &policy in Policy::ALL {
                        let reasons = Rbac::ALL.iter().flat_map(|rbac| {
                            RoleFact::ALL.iter().map(move |role| {
                                let facts = Facts {
                                    freshness: Freshness::Fresh,
                                    credential: CredentialFact::NotNeeded,
                                    registration: RegistrationFact::Missing,
                                    application,
                                    resource,
                                    owner,
                                    rbac: *rbac,
                                    role: *role,
                                    ..Facts::UNKNOWN
                                };
                                decide(&facts, Action::Consume, policy).reason()
                            })
                        });
                        let reasons: Vec<_> = reasons.collect();
                        assert!(reasons[0].is_some() && reasons.iter().all(|reason| *reason == reasons[0]));
                    }
                }
            }
        }
    }
}
