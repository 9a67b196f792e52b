//! How much differs: in all, by reason, by team and by resource; counted by class and corrected pair by pair.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use serde::Serialize;

use super::Diff;
use super::verdicts::{self, Difference, Verdicts};
use crate::snapshot::ApplicationOwner;
use crate::{Reason, ResourceId, Snapshot, TeamId};

/// How many pairs of an application and a resource differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DiffCounts"))]
pub struct Counts {
    /// Denied before, allowed after.
    pub gained: u64,
    /// Allowed before, denied after.
    pub lost: u64,
    /// Denied before and after, for another first reason.
    pub reason_changed: u64,
}

impl Counts {
    /// Whether nothing differs.
    pub const fn is_empty(self) -> bool {
        self.gained == 0 && self.lost == 0 && self.reason_changed == 0
    }

    /// How many pairs differ in this way.
    pub const fn of(self, difference: Difference) -> u64 {
        match difference {
            Difference::Gained => self.gained,
            Difference::Lost => self.lost,
            Difference::ReasonChanged => self.reason_changed,
        }
    }

    fn member(&mut self, verdicts: Verdicts) -> Option<&mut u64> {
        Some(match verdicts.difference()? {
            Difference::Gained => &mut self.gained,
            Difference::Lost => &mut self.lost,
            Difference::ReasonChanged => &mut self.reason_changed,
        })
    }

    fn add(&mut self, verdicts: Verdicts, pairs: u64) {
        if let Some(count) = self.member(verdicts) {
            *count = count.saturating_add(pairs);
        }
    }

    /// One pair of a class is decided by itself: it does not count with its class.
    fn correct(&mut self, class: Verdicts, own: Verdicts) {
        if let Some(count) = self.member(class) {
            *count = count.saturating_sub(1);
        }
        self.add(own, 1);
    }

    fn plus(self, other: Self) -> Self {
        Self {
            gained: self.gained.saturating_add(other.gained),
            lost: self.lost.saturating_add(other.lost),
            reason_changed: self.reason_changed.saturating_add(other.reason_changed),
        }
    }

    /// Largest first: what is lost, then what is gained.
    const fn order(self) -> std::cmp::Reverse<(u64, u64, u64)> {
        std::cmp::Reverse((self.lost, self.gained, self.reason_changed))
    }
}

/// How many pairs went from one reason to another; null is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReasonCounts {
    /// How they differ.
    pub change: Difference,
    /// Why they were denied; null if they were allowed.
    pub reason_before: Option<Reason>,
    /// Why they are denied; null if they are allowed.
    pub reason_after: Option<Reason>,
    /// How many.
    pub pairs: u64,
}

/// How many pairs of a team's applications differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamCounts<'s> {
    /// The team; null for applications that no team is behind.
    pub team_id: Option<TeamId>,
    /// Its name.
    pub team_name: Option<&'s str>,
    /// How many.
    #[serde(flatten)]
    pub counts: Counts,
}

/// How many pairs of a resource differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceCounts<'s> {
    /// The resource.
    pub resource_id: ResourceId,
    /// Its name.
    pub resource_name: &'s str,
    /// How many.
    #[serde(flatten)]
    pub counts: Counts,
}

/// All counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals<'s> {
    pub(super) all: Counts,
    pub(super) by_reason: Vec<ReasonCounts>,
    pub(super) by_team: Vec<TeamCounts<'s>>,
    pub(super) by_resource: Vec<ResourceCounts<'s>>,
}

impl<'s> Totals<'s> {
    pub(super) fn new(diff: &Diff<'s>) -> Self {
        let by_resource = by_resource(diff);
        let all = by_resource.iter().fold(Counts::default(), |sum, resource| sum.plus(resource.counts));
        Self { all, by_reason: by_reason(diff), by_team: by_team(diff), by_resource }
    }
}

impl Diff<'_> {
    /// What the classes of an exception would have been decided.
    fn class_of(&self, exception: &verdicts::Exception) -> Option<Verdicts> {
        let application = self.applications.get(exception.application)?;
        let resource = self.resources.get(exception.resource)?;
        self.unregistered.get(application.class)?.get(resource.class).copied()
    }
}

fn by_reason(diff: &Diff<'_>) -> Vec<ReasonCounts> {
    let mut pairs: OrderedMap<Verdicts, u64> = OrderedMap::new();
    for (row, applications) in diff.unregistered.iter().zip(diff.applications.sizes()) {
        for (verdicts, resources) in row.iter().zip(diff.resources.sizes()) {
            let more = applications.saturating_mul(resources);
            pairs.update(*verdicts, |count: &mut u64| *count = count.saturating_add(more));
        }
    }
    for exception in &diff.exceptions {
        if let Some(count) = diff.class_of(exception).and_then(|class| pairs.get_mut(&class)) {
            *count = count.saturating_sub(1);
        }
        pairs.update(exception.verdicts, |count: &mut u64| *count = count.saturating_add(1));
    }
    let counted = pairs.into_iter().filter(|(_, pairs)| *pairs > 0).filter_map(|(verdicts, pairs)| {
        let (reason_before, reason_after) = (verdicts.before, verdicts.after);
        Some(ReasonCounts { change: verdicts.difference()?, reason_before, reason_after, pairs })
    });
    let mut counted: Vec<ReasonCounts> = counted.collect();
    // Stable: of equally many the order of the reasons counts.
    let urgency = |change| match change {
        Difference::Lost => 0,
        Difference::Gained => 1,
        Difference::ReasonChanged => 2,
    };
    counted.arrange_by_key(|counts| (urgency(counts.change), std::cmp::Reverse(counts.pairs)));
    counted
}

fn by_resource<'s>(diff: &Diff<'s>) -> Vec<ResourceCounts<'s>> {
    let of_class: Vec<Counts> = (0..diff.resources.sizes().count())
        .map(|class| {
            let mut counts = Counts::default();
            for (row, applications) in diff.unregistered.iter().zip(diff.applications.sizes()) {
                row.get(class).into_iter().for_each(|verdicts| counts.add(*verdicts, applications));
            }
            counts
        })
        .collect();
    let items = diff.resources.items();
    let mut counts: Vec<Counts> =
        items.iter().map(|resource| of_class.get(resource.class).copied().unwrap_or_default()).collect();
    for exception in &diff.exceptions {
        let class = diff.class_of(exception);
        if let Some((counts, class)) = counts.get_mut(exception.resource as usize).zip(class) {
            counts.correct(class, exception.verdicts);
        }
    }
    let found = items.iter().zip(counts).filter(|(_, counts)| !counts.is_empty());
    let found = found.filter_map(|(resource, counts)| {
        let after = resource.after().and_then(|at| diff.after.snapshot.resource_at(at));
        let before = || resource.before().and_then(|at| diff.before.snapshot.resource_at(at));
        let resource_name = &*after.or_else(before)?.name;
        Some(ResourceCounts { resource_id: resource.id, resource_name, counts })
    });
    let mut found: Vec<ResourceCounts<'s>> = found.collect();
    found.arrange_by_key(|resource| resource.counts.order());
    found
}

fn by_team<'s>(diff: &Diff<'s>) -> Vec<TeamCounts<'s>> {
    let of_class: Vec<Counts> = diff
        .unregistered
        .iter()
        .map(|row| {
            let mut counts = Counts::default();
            row.iter().zip(diff.resources.sizes()).for_each(|(verdicts, pairs)| counts.add(*verdicts, pairs));
            counts
        })
        .collect();
    let mut teams: OrderedMap<Option<TeamId>, (Option<&'s str>, Counts)> = OrderedMap::new();
    for (application, at) in diff.applications.items().iter().zip(0u32..) {
        let mut counts = of_class.get(application.class).copied().unwrap_or_default();
        for exception in verdicts::of_application(&diff.exceptions, at) {
            if let Some(class) = diff.class_of(exception) {
                counts.correct(class, exception.verdicts);
            }
        }
        if counts.is_empty() {
            continue;
        }
        let mut behind = teams_behind(diff.after.snapshot, application.after());
        behind.extend(teams_behind(diff.before.snapshot, application.before()));
        // Names as they are after: those come first, and the sort is stable.
        behind.arrange_by_key(|(id, _)| *id);
        behind.dedup_by_key(|(id, _)| *id);
        let nobody = behind.is_empty().then_some((None, None));
        let behind = behind.into_iter().map(|(id, name)| (Some(id), Some(name))).chain(nobody);
        for (id, name) in behind {
            teams.update_or(id, || (name, Counts::default()), |(_, sum)| *sum = sum.plus(counts));
        }
    }
    let mut teams: Vec<TeamCounts<'s>> = teams
        .into_iter()
        .map(|(team_id, (team_name, counts))| TeamCounts { team_id, team_name, counts })
        .collect();
    teams.arrange_by_key(|team| team.counts.order());
    teams
}

fn teams_behind(snapshot: &Snapshot, application: Option<u32>) -> Vec<(TeamId, &str)> {
    let owner = application.and_then(|at| snapshot.application_at(at));
    let owner = owner.map_or(ApplicationOwner::Unknown, |application| application.owner);
    let teams = snapshot.teams_behind(owner);
    let teams = teams.as_slice().iter().filter_map(|team| snapshot.team_at(*team));
    teams.map(|team| (team.id, &*team.name)).collect()
}
