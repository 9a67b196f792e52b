//! How many developers got how far, each step among those of the step before.

use serde::Serialize;

use super::access::Roles;
use super::context::Context;
use super::words::words;
use crate::DeveloperStatus;

words! {
    /// A step on the way to a working application.
    FunnelStep {
        /// Signed up.
        SignedUp = "signed_up",
        /// Approved.
        Approved = "approved",
        /// In a team.
        InTeam = "in_team",
        /// With API Consumer on a published resource.
        MayConsume = "may_consume",
        /// Owning an application.
        HasApplication = "has_application",
        /// Owning one with a registration.
        Registered = "registered",
        /// Owning one with an approved registration.
        ApprovedRegistration = "approved_registration",
    }
}

/// A row of `funnel`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FunnelRow {
    /// The step.
    pub step: FunnelStep,
    /// How many developers took it and all before; null where the portal has no such step.
    pub developers: Option<usize>,
    /// How many took the step before, but not this one.
    pub lost: Option<usize>,
    /// Their part of those who signed up, from 0 to 1.
    pub of_first: Option<f64>,
    /// Their part of those who took the step before, from 0 to 1.
    pub of_previous: Option<f64>,
}

pub(super) fn rows(context: &Context<'_, '_>) -> Vec<FunnelRow> {
    let mut counts = [0usize; 7];
    let rbac = context.access.rbac();
    for (developer, position) in context.developers() {
        let teams = context.snapshot.teams_of(position);
        let own = || context.snapshot.applications_of(position).iter();
        let steps = [
            true,
            developer.status == DeveloperStatus::Approved,
            !rbac || !teams.is_empty(),
            !rbac || context.access.roles_of(teams).has(Roles::CONSUMER),
            own().next().is_some(),
            own().any(|application| context.access.registered(*application).any),
            own().any(|application| context.access.registered(*application).approved),
        ];
        let taken = steps.iter().take_while(|taken| **taken);
        counts.iter_mut().zip(taken).for_each(|(count, _)| *count = count.saturating_add(1));
    }
    let [first, ..] = counts;
    let mut previous: Option<usize> = None;
    let steps = FunnelStep::ALL.iter().zip(counts);
    let rows = steps.map(|(step, count)| {
        if !rbac && matches!(step, FunnelStep::InTeam | FunnelStep::MayConsume) {
            return FunnelRow {
                step: *step,
                developers: None,
                lost: None,
                of_first: None,
                of_previous: None,
            };
        }
        let before = previous.replace(count);
        FunnelRow {
            step: *step,
            developers: Some(count),
            lost: before.map(|before| before.saturating_sub(count)),
            of_first: part(count, first),
            of_previous: before.and_then(|before| part(count, before)),
        }
    });
    rows.collect()
}

/// A part of a whole, rounded to four digits; nothing is no part of nothing.
fn part(count: usize, whole: usize) -> Option<f64> {
    let half = whole.checked_div(2)?;
    let ten_thousandths = count.checked_mul(10_000)?.checked_add(half)?.checked_div(whole)?;
    #[expect(clippy::cast_precision_loss, reason = "at most 10000")]
    Some(ten_thousandths as f64 / 10_000.0)
}
