//! Who and what waits for an admin, oldest first.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::context::Context;
use super::words::words;
use crate::snapshot::{ApplicationOwner, RegisteredResource};
use crate::{
    Action, ApplicationFact, ApplicationId, Change, DeveloperId, DeveloperStatus, Fix, Policy, Reason,
    RegistrationFact, RegistrationId, ResourceId, TeamId, Timestamp, decide,
};

words! {
    /// What waits.
    PendingKind {
        /// Somebody who signed up.
        Developer = "developer",
        /// An application, where applications themselves need approval.
        Application = "application",
        /// A registration.
        Registration = "registration",
    }
}

/// A row of `pending_approvals`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PendingApproval<'s> {
    /// What waits.
    pub kind: PendingKind,
    /// Since when; null if nothing says so.
    pub created_at: Option<Timestamp>,
    /// Whole hours since then.
    pub age_hours: Option<i64>,
    /// The registration, if it is one.
    pub registration_id: Option<RegistrationId>,
    /// The application that waits, or whose registration does.
    pub application_id: Option<ApplicationId>,
    /// Its name.
    pub application_name: Option<Cow<'s, str>>,
    /// The developer who waits, or who owns what waits.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'s, str>>,
    /// The developer's e-mail address.
    pub email: Option<Cow<'s, str>>,
    /// The team that owns the application.
    pub team_id: Option<TeamId>,
    /// The owning team's name.
    pub team_name: Option<Cow<'s, str>>,
    /// What the registration is for.
    pub resource_id: Option<ResourceId>,
    /// Its name; null for a resource that is elsewhere.
    pub resource_name: Option<Cow<'s, str>>,
    /// For a registration: what would still deny the application's calls after it is approved.
    pub blockers: Vec<Reason>,
    /// The approval.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<PendingApproval<'s>> {
    let mut rows = Vec::new();
    for (developer, position) in context.developers() {
        if developer.status == DeveloperStatus::Pending {
            let approve = Change::ApproveDeveloper { developer_id: developer.id };
            let mut row = waiting(context, PendingKind::Developer, developer.created_at, approve);
            name_developer(context, &mut row, position);
            rows.push(row);
        }
    }
    for (application, position) in context.applications() {
        if application.status == ApplicationFact::Pending {
            let approve = Change::ApproveApplication { application_id: application.id };
            let mut row = waiting(context, PendingKind::Application, application.created_at, approve);
            name_application(context, &mut row, position);
            rows.push(row);
        }
    }
    for registration in context.snapshot.registrations() {
        let owner = context.snapshot.application_at(registration.application).map(|found| found.owner);
        let included = owner.is_some_and(|owner| context.includes_owner(owner));
        if registration.status == RegistrationFact::Pending && included {
            let approve = Change::ApproveRegistration { registration_id: registration.id };
            let mut row = waiting(context, PendingKind::Registration, registration.created_at, approve);
            row.registration_id = Some(registration.id);
            name_application(context, &mut row, registration.application);
            name_resource(context, &mut row, registration.application, registration.resource);
            rows.push(row);
        }
    }
    // What has no date may be the oldest of all: it comes first, not last.
    rows.arrange_by_key(|row| {
        (row.created_at, row.kind, row.registration_id, row.application_id, row.developer_id)
    });
    rows
}

fn waiting<'s>(
    context: &Context<'s, '_>,
    kind: PendingKind,
    created_at: Option<Timestamp>,
    approve: Change,
) -> PendingApproval<'s> {
    PendingApproval {
        kind,
        created_at,
        age_hours: context.age_hours(created_at),
        registration_id: None,
        application_id: None,
        application_name: None,
        developer_id: None,
        developer_name: None,
        email: None,
        team_id: None,
        team_name: None,
        resource_id: None,
        resource_name: None,
        blockers: Vec::new(),
        fixes: Some(vec![context.fix(approve)]),
    }
}

fn name_developer<'s>(context: &Context<'s, '_>, row: &mut PendingApproval<'s>, developer: u32) {
    row.developer_id = context.snapshot.developer_at(developer).map(|found| found.id);
    row.developer_name = Some(context.names.developer(developer));
    row.email = Some(context.names.email(developer));
}

fn name_application<'s>(context: &Context<'s, '_>, row: &mut PendingApproval<'s>, application: u32) {
    let Some(found) = context.snapshot.application_at(application) else { return };
    row.application_id = Some(found.id);
    row.application_name = Some(context.names.application(application));
    match found.owner {
        ApplicationOwner::Developer(developer) => name_developer(context, row, developer),
        ApplicationOwner::Team(team) => {
            let team = context.names.team(team);
            row.team_id = team.as_ref().map(|team| team.team_id);
            row.team_name = team.map(|team| team.team_name);
        }
        ApplicationOwner::Unknown => {}
    }
}

fn name_resource<'s>(
    context: &Context<'s, '_>,
    row: &mut PendingApproval<'s>,
    application: u32,
    resource: RegisteredResource,
) {
    let here = match resource {
        RegisteredResource::Elsewhere(id) => {
            row.resource_id = Some(id);
            return;
        }
        RegisteredResource::Here(here) => here,
    };
    let named = context.names.resource(here);
    row.resource_id = named.as_ref().map(|resource| resource.resource_id);
    row.resource_name = named.map(|resource| resource.resource_name);
    let mut facts = context.snapshot.join_consume(Some(application), Some(here)).facts;
    // Another registration of the same pair can be more restrictive, and then still denies.
    if facts.registration == RegistrationFact::Pending {
        facts.registration = RegistrationFact::Approved;
    }
    row.blockers = decide(&facts, Action::Consume, Policy::Strict).blockers().iter().collect();
}
