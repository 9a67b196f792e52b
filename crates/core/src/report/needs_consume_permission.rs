//! Report 1: whose application cannot get anywhere, because no team gives API Consumer on anything published.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::access::Roles;
use super::context::Context;
use super::names::{ApplicationName, ResourceName, TeamName};
use super::remedy::Remedies;
use super::words::words;
use crate::snapshot::ApplicationOwner;
use crate::{DeveloperId, DeveloperStatus, Fix, RegistrationFact, TeamId};

words! {
    /// Why an owner has API Consumer on nothing published: the first that fits.
    PermissionCause {
        /// The developer is in no team.
        NoTeam = "no_team",
        /// No team has any role assignment.
        TeamWithoutRoles = "team_without_roles",
        /// The best role on something published is API Viewer.
        ViewerOnly = "viewer_only",
        /// There is a role on something published, or on everything, in another region.
        OtherRegion = "other_region",
        /// There is a role in the region, on something that is not published.
        NoPublishedResource = "no_published_resource",
        /// The roles are on nothing in this portal, or are no known ones.
        NoMatchingRole = "no_matching_role",
    }
}

/// A row of `needs_consume_permission`: a developer, or a team that owns applications itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissingPermission<'s> {
    /// Why.
    pub cause: PermissionCause,
    /// Who; null for a team.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'s, str>>,
    /// The developer's e-mail address.
    pub email: Option<Cow<'s, str>>,
    /// The team that owns the applications; null for a developer.
    pub team_id: Option<TeamId>,
    /// The owning team's name.
    pub team_name: Option<Cow<'s, str>>,
    /// The teams whose roles count.
    pub teams: Vec<TeamName<'s>>,
    /// Their applications without an approved registration.
    pub applications: Vec<ApplicationName<'s>>,
    /// What the fixes give API Consumer on.
    pub resource: Option<ResourceName<'s>>,
    /// A smallest set of changes that gives API Consumer on a published resource; null if none can.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<MissingPermission<'s>> {
    if !context.access.rbac() {
        return Vec::new();
    }
    let mut found: Vec<(Order, ApplicationOwner, Vec<u32>)> = Vec::new();
    let mut find = |owner: ApplicationOwner, open: Vec<u32>| {
        let roles = context.access.roles_behind(owner);
        if !roles.has(Roles::CONSUMER) {
            found.push((order(context, owner, cause(context, owner, roles)), owner, open));
        }
    };
    let is_open = |application: &&u32| !context.access.registered(**application).approved;
    for (developer, position) in context.developers() {
        if developer.status != DeveloperStatus::Approved {
            continue;
        }
        let own = context.snapshot.applications_of(position);
        let open: Vec<u32> = own.iter().filter(is_open).copied().collect();
        if !open.is_empty() || (own.is_empty() && context.parameters.include_without_application) {
            find(ApplicationOwner::Developer(position), open);
        }
    }
    for (team, open) in open_applications_of_teams(context) {
        find(ApplicationOwner::Team(team), open);
    }
    // Sorted before they are rows: rows are large.
    found.arrange_by_key(|(order, ..)| *order);
    let mut remedies = Remedies::new(context.snapshot, &context.access);
    let rows =
        found.iter().map(|((cause, ..), owner, open)| missing(context, &mut remedies, *owner, open, *cause));
    rows.collect()
}

type Order = (PermissionCause, Option<DeveloperId>, Option<TeamId>);

fn order(context: &Context<'_, '_>, owner: ApplicationOwner, cause: PermissionCause) -> Order {
    match owner {
        ApplicationOwner::Unknown => (cause, None, None),
        ApplicationOwner::Developer(at) => {
            (cause, context.snapshot.developer_at(at).map(|found| found.id), None)
        }
        ApplicationOwner::Team(at) => (cause, None, context.snapshot.team_at(at).map(|found| found.id)),
    }
}

/// The applications without an approved registration that teams own, by team.
fn open_applications_of_teams(context: &Context<'_, '_>) -> Vec<(u32, Vec<u32>)> {
    let mut teams: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut owned: Vec<(u32, u32)> = context
        .applications()
        .filter_map(|(application, position)| match application.owner {
            ApplicationOwner::Team(team) => Some((team, position)),
            _ => None,
        })
        .filter(|(_, position)| !context.access.registered(*position).approved)
        .collect();
    owned.arrange();
    for (team, application) in owned {
        match teams.last_mut().filter(|(last, _)| *last == team) {
            Some((_, applications)) => applications.push(application),
            None => teams.push((team, vec![application])),
        }
    }
    teams
}

fn cause(context: &Context<'_, '_>, owner: ApplicationOwner, roles: Roles) -> PermissionCause {
    if context.snapshot.teams_behind(owner).as_slice().is_empty() {
        PermissionCause::NoTeam
    } else if !roles.has(Roles::ASSIGNED) {
        PermissionCause::TeamWithoutRoles
    } else if roles.has(Roles::VIEWER) {
        PermissionCause::ViewerOnly
    } else if roles.has(Roles::ELSEWHERE) {
        PermissionCause::OtherRegion
    } else if roles.has(Roles::HERE) {
        PermissionCause::NoPublishedResource
    } else {
        PermissionCause::NoMatchingRole
    }
}

fn missing<'s>(
    context: &Context<'s, '_>,
    remedies: &mut Remedies<'_, 's>,
    owner: ApplicationOwner,
    open: &[u32],
    cause: PermissionCause,
) -> MissingPermission<'s> {
    let names = &context.names;
    let waiting = |status| matches!(status, RegistrationFact::Pending);
    let asked_for: Vec<u32> =
        open.iter().flat_map(|application| remedies.registered_for(*application, waiting)).collect();
    let remedy = remedies.consume_somewhere(owner, asked_for.into_iter());
    let (developer, team) = match owner {
        ApplicationOwner::Developer(developer) => (Some(developer), None),
        ApplicationOwner::Team(team) => (None, names.team(team)),
        ApplicationOwner::Unknown => (None, None),
    };
    MissingPermission {
        cause,
        developer_id: developer.and_then(|at| context.snapshot.developer_at(at)).map(|found| found.id),
        developer_name: developer.map(|at| names.developer(at)),
        email: developer.map(|at| names.email(at)),
        team_id: team.as_ref().map(|team| team.team_id),
        team_name: team.map(|team| team.team_name),
        teams: names.teams(context.snapshot.teams_behind(owner).as_slice()),
        applications: names.applications(open),
        resource: remedy.resource.and_then(|resource| names.resource(resource)),
        fixes: remedy.fixes,
    }
}
