//! The differences on the wire: `gatepass.diff/1`.

use serde::{Serialize, Serializer};

use super::counts::{Counts, ReasonCounts, ResourceCounts, TeamCounts};
use super::verdicts::Difference;
use super::{DIFF_FORMAT, Diff, Side};
use crate::{Assumption, Completeness, Policy, PortalId, Rbac, Timestamp};

/// What one side was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DiffSide"))]
pub struct SideSummary {
    /// The portal.
    pub portal_id: PortalId,
    /// When the crawl that wrote the snapshot began.
    pub as_of: Timestamp,
    /// Under which policy it is decided.
    pub policy: Policy,
    /// Whether roles are consulted.
    pub rbac_enabled: bool,
    /// How much of the portal the snapshot is known to hold.
    pub completeness: Completeness,
}

impl Side<'_> {
    fn summary(&self) -> SideSummary {
        SideSummary {
            portal_id: self.snapshot.portal().id,
            as_of: self.snapshot.as_of(),
            policy: self.policy,
            rbac_enabled: self.snapshot.portal().rbac == Rbac::On,
            completeness: self.snapshot.completeness(),
        }
    }

    /// Whether a role on every entity could have decided something.
    fn takes_wildcards(&self) -> bool {
        let roles = self.snapshot.portal().rbac == Rbac::On && self.policy == Policy::Strict;
        let mut assigned = self.snapshot.teams().iter().flat_map(|team| &team.roles);
        roles && assigned.any(|role| role.entity.is_none())
    }
}

/// The whole as one JSON document. Its rows are made while it is written. Every member is always present.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PortalDiff"))]
pub struct Document<'d, 's> {
    /// [`DIFF_FORMAT`].
    pub format: &'static str,
    /// What was compared.
    pub before: SideSummary,
    /// With what.
    pub after: SideSummary,
    /// The worse of both sides.
    pub completeness: Completeness,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// How many applications were compared, on either side.
    pub applications: usize,
    /// How many resources were compared, on either side.
    pub resources: usize,
    /// How many pairs differ.
    pub counts: Counts,
    /// By the reasons before and after.
    pub by_reason: &'d [ReasonCounts],
    /// By the teams behind the application.
    pub by_team: &'d [TeamCounts<'s>],
    /// By resource.
    pub by_resource: &'d [ResourceCounts<'s>],
    /// The rows of these differences.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<super::DiffRow<'static>>"))]
    rows: RowsOf<'d, 's>,
}

#[derive(Clone, Debug)]
struct RowsOf<'d, 's> {
    diff: &'d Diff<'s>,
    only: &'d [Difference],
}

impl Serialize for RowsOf<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.diff.rows().filter(|row| self.only.contains(&row.change)))
    }
}

impl<'s> Diff<'s> {
    /// The whole as one JSON document; of the rows only those of these differences.
    pub fn document<'d>(&'d self, only: &'d [Difference]) -> Document<'d, 's> {
        let (before, after) = (self.before.summary(), self.after.summary());
        let (applications, resources) = self.compared();
        let wildcard = self.before.takes_wildcards() || self.after.takes_wildcards();
        Document {
            format: DIFF_FORMAT,
            before,
            after,
            completeness: before.completeness.max(after.completeness),
            assumptions: wildcard.then_some(Assumption::EntityWildcard).into_iter().collect(),
            applications,
            resources,
            counts: self.counts(),
            by_reason: self.by_reason(),
            by_team: self.by_team(),
            by_resource: self.by_resource(),
            rows: RowsOf { diff: self, only },
        }
    }
}
