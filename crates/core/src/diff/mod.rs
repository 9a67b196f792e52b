//! What a change does to everybody's access: every application and resource whose `consume` decision differs
//! between two portals, two policies, or before and after a plan.
//!
//! A portal of 10,000 applications and 5,000 resources has 50 million pairs, so pairs are not decided one by one.
//! Without a registration the reason of a denial never depends on roles (line 7 of the table comes before line 8),
//! so such pairs are decided once for each class of applications and resources; only pairs with a registration are
//! decided by themselves. Rows are made while they are read.
//!
//! ```
//! # let file = include_bytes!("../../testdata/small.json");
//! use gatepass::diff::{Diff, Side};
//! use gatepass::{Policy, ReadOptions, Snapshot};
//! let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
//! let question = |policy| Side { snapshot: &portal, policy };
//! let diff = Diff::new(question(Policy::Konnect), question(Policy::Strict));
//! assert_eq!(diff.counts().gained, 0);
//! let same = Diff::new(question(Policy::Strict), question(Policy::Strict));
//! assert!(same.counts().is_empty() && same.rows().next().is_none());
//! ```

mod axis;
mod counts;
mod document;
mod row;
mod verdicts;

pub use counts::{Counts, ReasonCounts, ResourceCounts, TeamCounts};
pub use document::{Document, SideSummary};
pub use row::DiffRow;
pub use verdicts::Difference;

use crate::arrange::Arrange as _;
use crate::{Action, Facts, Reason};
use crate::{ApplicationId, Policy, RegistrationFact, ResourceId, RoleFact, Snapshot, StrategyFact, decide};
use axis::{Axis, Item};
use counts::Totals;
use verdicts::{Exception, Verdicts};

/// The format of differences.
pub const DIFF_FORMAT: &str = "gatepass.diff/1";

/// One of the two things that are compared: a portal, decided under a policy.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// The portal.
    pub snapshot: &'s Snapshot,
    /// Which lines of the table count.
    pub policy: Policy,
}

impl Side<'_> {
    fn reason(&self, facts: &Facts) -> Option<Reason> {
        decide(facts, Action::Consume, self.policy).reason()
    }

    /// The reason for a pair as it is.
    fn decided(&self, application: Option<u32>, resource: Option<u32>) -> Option<Reason> {
        self.reason(&self.snapshot.join_consume(application, resource).facts)
    }

    /// The reason for a pair of these classes that has no registration.
    fn unregistered(&self, application: Option<u32>, resource: Option<u32>) -> Option<Reason> {
        let facts = self.snapshot.join_consume(application, resource).facts;
        self.reason(&Facts {
            registration: RegistrationFact::Missing,
            role: RoleFact::None,
            strategy: StrategyFact::Unknown,
            ..facts
        })
    }
}

/// The differences between two sides.
#[derive(Clone, Debug)]
pub struct Diff<'s> {
    before: Side<'s>,
    after: Side<'s>,
    applications: Axis<ApplicationId>,
    resources: Axis<ResourceId>,
    /// By class of applications, then class of resources: what is decided without a registration.
    unregistered: Vec<Vec<Verdicts>>,
    /// The pairs with a registration on either side, by application and resource.
    exceptions: Vec<Exception>,
    totals: Totals<'s>,
}

impl<'s> Diff<'s> {
    /// Compares two sides. Every application and every resource of either is compared; what a side does not have
    /// is unknown there.
    pub fn new(before: Side<'s>, after: Side<'s>) -> Self {
        let sides = [before.snapshot, after.snapshot];
        let applications = Axis::new(
            sides.map(|side| side.applications().iter().map(|application| application.id).collect()),
            |id| sides.map(|side| side.application_position(id)),
            |at| both(sides, at, |side, position| side.join_consume(position, None).facts),
        );
        let resources = Axis::new(
            sides.map(|side| side.resources().iter().map(|resource| resource.id).collect()),
            |id| sides.map(|side| side.resource_position(id)),
            |at| both(sides, at, |side, position| side.join_consume(None, position).facts),
        );
        let of_classes = |application: &Item<ApplicationId>, resource: &Item<ResourceId>| Verdicts {
            before: before.unregistered(application.before(), resource.before()),
            after: after.unregistered(application.after(), resource.after()),
        };
        let unregistered = applications
            .classes()
            .map(|application| {
                resources.classes().map(|resource| of_classes(application, resource)).collect()
            })
            .collect();
        let mut diff = Self {
            before,
            after,
            exceptions: verdicts::exceptions(before, after, &applications, &resources),
            applications,
            resources,
            unregistered,
            totals: Totals::default(),
        };
        diff.totals = Totals::new(&diff);
        diff
    }

    /// How many pairs differ, and how.
    pub const fn counts(&self) -> Counts {
        self.totals.all
    }

    /// How many pairs differ by the reasons before and after: what is lost first, of that what is most.
    pub fn by_reason(&self) -> &[ReasonCounts] {
        &self.totals.by_reason
    }

    /// How many pairs differ by the teams behind the application, on either side: those that lose most first.
    ///
    /// A developer's applications count for each of the developer's teams, and for no team (`team_id` null) if
    /// there is none.
    pub fn by_team(&self) -> &[TeamCounts<'s>] {
        &self.totals.by_team
    }

    /// How many pairs differ by resource: those that are lost most first.
    pub fn by_resource(&self) -> &[ResourceCounts<'s>] {
        &self.totals.by_resource
    }

    /// How many applications and resources were compared: each with each.
    pub fn compared(&self) -> (usize, usize) {
        (self.applications.items().len(), self.resources.items().len())
    }

    /// The pairs that differ, by application id and resource id, made one by one.
    pub fn rows(&self) -> impl Iterator<Item = DiffRow<'s>> {
        self.applications.items().iter().zip(0u32..).flat_map(|(application, at)| {
            let changed = self.changed(application, at).into_iter();
            changed.filter_map(|(resource, verdicts)| {
                row::row(self.before, self.after, application, self.resources.get(resource)?, verdicts)
            })
        })
    }

    /// The resources at which an application's decision differs, by their place.
    fn changed(&self, application: &Item<ApplicationId>, at: u32) -> Vec<(u32, Verdicts)> {
        let own = verdicts::of_application(&self.exceptions, at);
        let classes = self.unregistered.get(application.class).map_or(&[][..], Vec::as_slice);
        let mut changed: Vec<(u32, Verdicts)> = own
            .iter()
            .filter(|exception| exception.verdicts.difference().is_some())
            .map(|exception| (exception.resource, exception.verdicts))
            .collect();
        if classes.iter().any(|verdicts| verdicts.difference().is_some()) {
            let registered = |resource| own.binary_search_by_key(&resource, |own| own.resource).is_ok();
            let others = self.resources.items().iter().zip(0u32..).filter_map(|(resource, place)| {
                let verdicts = classes.get(resource.class)?;
                (verdicts.difference().is_some() && !registered(place)).then_some((place, *verdicts))
            });
            changed.extend(others);
            changed.arrange_by_key(|(resource, _)| *resource);
        }
        changed
    }
}

fn both<T>(sides: [&Snapshot; 2], at: [Option<u32>; 2], of: fn(&Snapshot, Option<u32>) -> T) -> [T; 2] {
    let ([before, after], [one, other]) = (sides, at);
    [of(before, one), of(after, other)]
}
