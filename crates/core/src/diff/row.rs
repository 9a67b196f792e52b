//! A pair that differs, with names.

use serde::Serialize;

use super::Side;
use super::axis::Item;
use super::verdicts::{Difference, Verdicts};
use crate::snapshot::ApplicationOwner;
use crate::{ApplicationId, DeveloperId, Reason, ResourceId, Snapshot, TeamId};

/// A pair of an application and a resource whose decision differs. Names and owner are as they are after, or, of
/// what is gone, as they were. Every member is always present on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiffRow<'s> {
    /// How it differs.
    pub change: Difference,
    /// Why it was denied; null if it was allowed.
    pub reason_before: Option<Reason>,
    /// Why it is denied; null if it is allowed.
    pub reason_after: Option<Reason>,
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub application_name: &'s str,
    /// The developer who owns it.
    pub developer_id: Option<DeveloperId>,
    /// Their name.
    pub developer_name: Option<&'s str>,
    /// The team that owns it.
    pub team_id: Option<TeamId>,
    /// Its name.
    pub team_name: Option<&'s str>,
    /// The resource.
    pub resource_id: ResourceId,
    /// Its name.
    pub resource_name: &'s str,
}

/// The row of a pair; `None` if it does not differ.
pub(super) fn row<'s>(
    before: Side<'s>,
    after: Side<'s>,
    application: &Item<ApplicationId>,
    resource: &Item<ResourceId>,
    verdicts: Verdicts,
) -> Option<DiffRow<'s>> {
    let (snapshot, position) = newest(before, after, application)?;
    let owned = snapshot.application_at(position)?;
    let (developer, team) = match owned.owner {
        ApplicationOwner::Unknown => (None, None),
        ApplicationOwner::Developer(at) => (snapshot.developer_at(at), None),
        ApplicationOwner::Team(at) => (None, snapshot.team_at(at)),
    };
    let (snapshot, position) = newest(before, after, resource)?;
    Some(DiffRow {
        change: verdicts.difference()?,
        reason_before: verdicts.before,
        reason_after: verdicts.after,
        application_id: application.id,
        application_name: &owned.name,
        developer_id: developer.map(|developer| developer.id),
        developer_name: developer.map(|developer| &*developer.name),
        team_id: team.map(|team| team.id),
        team_name: team.map(|team| &*team.name),
        resource_id: resource.id,
        resource_name: &snapshot.resource_at(position)?.name,
    })
}

/// Where an application or a resource is: after, or, if it is gone, before.
fn newest<'s, Id>(before: Side<'s>, after: Side<'s>, item: &Item<Id>) -> Option<(&'s Snapshot, u32)> {
    let after = item.after().map(|at| (after.snapshot, at));
    after.or_else(|| item.before().map(|at| (before.snapshot, at)))
}
