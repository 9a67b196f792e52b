//! Report 2: applications whose owner could call something, and that still have no approved registration.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::access::Roles;
use super::context::Context;
use super::names::{ResourceName, TeamName};
use super::registration_word;
use super::remedy::{Remedies, Remedy, fits};
use super::words::words;
use crate::snapshot::{Application, ApplicationOwner, RegisteredResource};
use crate::{
    Action, ApplicationId, DeveloperId, Fix, RegistrationFact, RegistrationId, ResourceId, TeamId, Timestamp,
};

words! {
    /// How far the application got: the first that fits.
    Stage {
        /// A registration waits for approval.
        WaitingForApproval = "waiting_for_approval",
        /// It has registrations; none is approved, and none waits.
        RejectedOrRevoked = "rejected_or_revoked",
        /// Nothing published that its owner may call is open for registration.
        NothingToRegisterFor = "nothing_to_register_for",
        /// It could register, and never has.
        NeverRegistered = "never_registered",
    }
}

/// A registration in a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegistrationOf<'s> {
    /// The id.
    pub registration_id: RegistrationId,
    /// The status, as Konnect's word; `unrecognized` if it is none.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::StatusWord"))]
    pub status: &'static str,
    /// What it is for.
    pub resource_id: ResourceId,
    /// Its name; null for a resource that is elsewhere.
    pub resource_name: Option<Cow<'s, str>>,
}

/// A row of `blocked_developers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockedApplication<'s> {
    /// How far it got.
    pub stage: Stage,
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub application_name: Cow<'s, str>,
    /// When it was created; null if nothing says so.
    pub created_at: Option<Timestamp>,
    /// Whole hours since then.
    pub age_hours: Option<i64>,
    /// Who owns it; null for a team.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'s, str>>,
    /// The developer's e-mail address.
    pub email: Option<Cow<'s, str>>,
    /// The team that owns it; null for a developer.
    pub team_id: Option<TeamId>,
    /// The owning team's name.
    pub team_name: Option<Cow<'s, str>>,
    /// The teams whose roles count.
    pub teams: Vec<TeamName<'s>>,
    /// All its registrations.
    pub registrations: Vec<RegistrationOf<'s>>,
    /// What the fixes allow: `consume`, or `register` where nothing is open for registration.
    pub action: Action,
    /// With what they allow it.
    pub resource: Option<ResourceName<'s>>,
    /// The fixes of the decision on this action, application and resource.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<BlockedApplication<'s>> {
    let remedies = Remedies::new(context.snapshot, &context.access);
    let by_application = registrations(context);
    // Sorted before they are rows: rows are large.
    let mut blocked = blocked(context);
    blocked.arrange_by_key(|(application, ..)| (application.created_at, application.id));
    let rows = blocked.into_iter().map(|(application, position, stage)| {
        let (action, remedy) = remedy(context, &remedies, application, position, stage);
        let first = by_application.partition_point(|(known, _)| *known < position);
        let own = by_application.iter().skip(first).take_while(|(known, _)| *known == position);
        let registrations = own.filter_map(|(_, at)| registration(context, *at)).collect();
        row(context, application, position, (stage, action, remedy), registrations)
    });
    rows.collect()
}

/// The applications that are blocked, by position, and how far each got.
fn blocked<'s>(context: &Context<'s, '_>) -> Vec<(&'s Application, u32, Stage)> {
    let open_without_roles =
        context.access.first_consumed(&[], |resource| resource.registration_enabled).is_some();
    let mut blocked = Vec::new();
    for (application, position) in context.applications() {
        let registered = context.access.registered(position);
        if registered.approved || !context.is_approved(application.owner) {
            continue;
        }
        let roles = context.access.roles_behind(application.owner);
        let may_consume = !context.access.rbac() || roles.has(Roles::CONSUMER);
        // What has no date is shown rather than passed over.
        let old = application.created_at.is_none_or(|created_at| {
            context.parameters.older_than.has_passed(created_at, context.parameters.now)
        });
        if !may_consume || !old {
            continue;
        }
        let open = if context.access.rbac() { roles.has(Roles::REGISTRABLE) } else { open_without_roles };
        let stage = if registered.pending {
            Stage::WaitingForApproval
        } else if registered.any {
            Stage::RejectedOrRevoked
        } else if !open {
            Stage::NothingToRegisterFor
        } else {
            Stage::NeverRegistered
        };
        blocked.push((application, position, stage));
    }
    blocked
}

fn row<'s>(
    context: &Context<'s, '_>,
    application: &'s Application,
    position: u32,
    (stage, action, remedy): (Stage, Action, Remedy),
    registrations: Vec<RegistrationOf<'s>>,
) -> BlockedApplication<'s> {
    let names = &context.names;
    let (developer, team) = match application.owner {
        ApplicationOwner::Developer(developer) => (Some(developer), None),
        ApplicationOwner::Team(team) => (None, names.team(team)),
        ApplicationOwner::Unknown => (None, None),
    };
    BlockedApplication {
        stage,
        application_id: application.id,
        application_name: names.application(position),
        created_at: application.created_at,
        age_hours: context.age_hours(application.created_at),
        developer_id: developer.and_then(|at| context.snapshot.developer_at(at)).map(|found| found.id),
        developer_name: developer.map(|at| names.developer(at)),
        email: developer.map(|at| names.email(at)),
        team_id: team.as_ref().map(|team| team.team_id),
        team_name: team.map(|team| team.team_name),
        teams: names.teams(context.snapshot.teams_behind(application.owner).as_slice()),
        registrations,
        action,
        resource: remedy.resource.and_then(|resource| names.resource(resource)),
        fixes: remedy.fixes,
    }
}

/// What would get the application on: approval of what waits; or the fewest changes to what was refused or to
/// something its owner may call already; or a registration for the latter.
fn remedy(
    context: &Context<'_, '_>,
    remedies: &Remedies<'_, '_>,
    application: &Application,
    position: u32,
    stage: Stage,
) -> (Action, Remedy) {
    if stage == Stage::NothingToRegisterFor {
        return (Action::Register, remedies.register(position, application.owner));
    }
    let waits = |status| matches!(status, RegistrationFact::Pending);
    let wanted = |status| stage != Stage::WaitingForApproval || waits(status);
    let known = if stage == Stage::NeverRegistered {
        Remedy::default()
    } else {
        remedies.call_one_of(position, remedies.registered_for(position, wanted))
    };
    if known.fixes.as_ref().is_some_and(|fixes| stage == Stage::WaitingForApproval || fixes.len() == 1) {
        return (Action::Consume, known);
    }
    let teams = context.snapshot.teams_behind(application.owner);
    let fitting = context.access.first_consumed(teams.as_slice(), |resource| {
        resource.registration_enabled && fits(application.strategy, resource)
    });
    let any = || context.access.first_consumed(teams.as_slice(), |_| true);
    let new = remedies.call_one_of(position, fitting.or_else(any).into_iter());
    let fewer = match (&known.fixes, &new.fixes) {
        (Some(known), Some(new)) => new.len() < known.len(),
        (known, _) => known.is_none(),
    };
    (Action::Consume, if fewer { new } else { known })
}

/// The registrations by application, each in order of id.
fn registrations(context: &Context<'_, '_>) -> Vec<(u32, u32)> {
    let all = context.snapshot.registrations();
    let mut sorted: Vec<(u32, RegistrationId, u32)> =
        all.iter().zip(0u32..).map(|(found, position)| (found.application, found.id, position)).collect();
    sorted.arrange();
    sorted.into_iter().map(|(application, _, position)| (application, position)).collect()
}

fn registration<'s>(context: &Context<'s, '_>, position: u32) -> Option<RegistrationOf<'s>> {
    let registration = context.snapshot.registration_at(position)?;
    let (resource_id, resource_name) = match registration.resource {
        RegisteredResource::Here(at) => {
            let resource = context.snapshot.resource_at(at)?;
            (resource.id, Some((&*resource.name).into()))
        }
        RegisteredResource::Elsewhere(id) => (id, None),
    };
    Some(RegistrationOf {
        registration_id: registration.id,
        status: registration_word(registration.status),
        resource_id,
        resource_name,
    })
}
