//! Teams that are no use to their members yet.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::access::Roles;
use super::context::Context;
use super::names::ResourceName;
use super::remedy::{Remedies, Remedy};
use super::words::words;
use crate::snapshot::{ApplicationOwner, Team};
use crate::{Change, DeveloperStatus, Fix, TeamId};

words! {
    /// What a team lacks: the first that fits.
    ReadinessCause {
        /// Its roles show nothing that is published.
        NoViewer = "no_viewer",
        /// Its roles show something published, and let nobody call anything.
        NoConsumer = "no_consumer",
        /// Nobody in it is approved.
        NoApprovedMember = "no_approved_member",
    }
}

/// A row of `team_readiness`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamReadiness<'s> {
    /// What it lacks first.
    pub cause: ReadinessCause,
    /// Everything it lacks.
    pub causes: Vec<ReadinessCause>,
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub team_name: Cow<'s, str>,
    /// How many are in it.
    pub members: usize,
    /// How many of them are approved.
    pub approved_members: usize,
    /// How many role assignments it has, those that mean nothing included.
    pub role_assignments: usize,
    /// The identity provider's groups that are mapped to it.
    pub groups: Vec<Cow<'s, str>>,
    /// What the fixes give API Consumer on.
    pub resource: Option<ResourceName<'s>>,
    /// What cures the first cause; null if no listed change does.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<TeamReadiness<'s>> {
    let mut remedies = Remedies::new(context.snapshot, &context.access);
    let mut rows = Vec::new();
    for (team, position) in context.snapshot.teams().iter().zip(0u32..) {
        if !context.includes_team(position) {
            continue;
        }
        let roles = context.access.roles_of(&[position]);
        let approved_members = with_status(context, team, DeveloperStatus::Approved).count();
        let causes: Vec<ReadinessCause> = [
            (!roles.has(Roles::VIEWER), ReadinessCause::NoViewer),
            (!roles.has(Roles::CONSUMER), ReadinessCause::NoConsumer),
            (approved_members == 0, ReadinessCause::NoApprovedMember),
        ]
        .into_iter()
        .filter_map(|(lacks, cause)| lacks.then_some(cause))
        .collect();
        let Some(cause) = causes.first().copied() else { continue };
        let remedy = match cause {
            ReadinessCause::NoApprovedMember => approve_member(context, team),
            ReadinessCause::NoViewer | ReadinessCause::NoConsumer => {
                remedies.consume_somewhere(ApplicationOwner::Team(position), std::iter::empty())
            }
        };
        rows.push(TeamReadiness {
            cause,
            causes,
            team_id: team.id,
            team_name: (&*team.name).into(),
            members: team.members.len(),
            approved_members,
            role_assignments: team.assignments,
            groups: groups(team),
            resource: remedy.resource.and_then(|resource| context.names.resource(resource)),
            fixes: remedy.fixes,
        });
    }
    rows.arrange_by_key(|row| (row.cause, row.team_id));
    rows
}

fn groups(team: &Team) -> Vec<Cow<'_, str>> {
    let mut groups: Vec<Cow<'_, str>> = team.groups.iter().map(|group| (&**group).into()).collect();
    groups.arrange();
    groups
}

fn with_status<'s>(
    context: &Context<'s, '_>,
    team: &'s Team,
    status: DeveloperStatus,
) -> impl Iterator<Item = &'s crate::Developer> {
    let snapshot = context.snapshot;
    let members = team.members.iter().filter_map(|member| snapshot.developer_at(*member));
    members.filter(move |member| member.status == status)
}

/// Approves the member who has waited longest, if anybody waits.
fn approve_member(context: &Context<'_, '_>, team: &Team) -> Remedy {
    let waiting = with_status(context, team, DeveloperStatus::Pending);
    let first = waiting.min_by_key(|member| (member.created_at, member.id));
    let change = first.map(|member| Change::ApproveDeveloper { developer_id: member.id });
    Remedy { resource: None, fixes: change.map(|change| vec![context.fix(change)]) }
}
