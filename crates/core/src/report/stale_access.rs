//! What Konnect lets through and the rule does not: the access that outlived its grounds.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::context::Context;
use super::words::words;
use crate::bundle::CredentialState;
use crate::explain::{denial, fixes};
use crate::snapshot::{ApplicationOwner, open_because};
use crate::{
    Action, ApplicationId, Change, CredentialKind, DeveloperId, DeveloperStatus, Fix, Policy, Question,
    Reason, RegistrationFact, RegistrationId, ResourceId, TeamId, Timestamp, decide,
};

words! {
    /// How access is stale.
    StaleKind {
        /// An approved registration that Konnect honours and the rule does not.
        Registration = "registration",
        /// A team's credential that a member whose access was revoked can still know.
        TeamCredential = "team_credential",
        /// A resource at which Konnect checks nothing.
        ResourceOpen = "resource_open",
    }
}

/// A row of `stale_access`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaleAccess<'s> {
    /// How.
    pub kind: StaleKind,
    /// For a registration: the reason of the strict decision.
    pub reason: Option<Reason>,
    /// For a registration: all its blockers.
    pub blockers: Vec<Reason>,
    /// In words: what is the matter, lower case, no full stop.
    pub detail: String,
    /// The registration; of several for one pair the first by id.
    pub registration_id: Option<RegistrationId>,
    /// The application.
    pub application_id: Option<ApplicationId>,
    /// Its name.
    pub application_name: Option<Cow<'s, str>>,
    /// Who owns the application, or, for a team's credential, who was revoked.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'s, str>>,
    /// The developer's e-mail address.
    pub email: Option<Cow<'s, str>>,
    /// The team that owns the application.
    pub team_id: Option<TeamId>,
    /// The owning team's name.
    pub team_name: Option<Cow<'s, str>>,
    /// The resource.
    pub resource_id: Option<ResourceId>,
    /// Its name.
    pub resource_name: Option<Cow<'s, str>>,
    /// For a team's credential: when the member last changed, which a revocation does.
    pub since: Option<Timestamp>,
    /// What ends the access; null if no listed change does.
    pub fixes: Option<Vec<Fix>>,
    /// For a registration: what makes the access good instead, as the strict decision says.
    pub restore: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<StaleAccess<'s>> {
    let mut rows = Vec::new();
    registrations(context, &mut rows);
    team_credentials(context, &mut rows);
    resources(context, &mut rows);
    rows.arrange_by_key(order);
    rows
}

type Order = (StaleKind, Option<Reason>, Option<ApplicationId>, Option<ResourceId>, Option<DeveloperId>);

fn order(row: &StaleAccess<'_>) -> Order {
    (row.kind, row.reason, row.application_id, row.resource_id, row.developer_id)
}

fn empty<'s>(kind: StaleKind, detail: String) -> StaleAccess<'s> {
    StaleAccess {
        kind,
        reason: None,
        blockers: Vec::new(),
        detail,
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
        since: None,
        fixes: None,
        restore: None,
    }
}

/// Pairs that policy `konnect` allows and `strict` denies.
fn registrations<'s>(context: &Context<'s, '_>, rows: &mut Vec<StaleAccess<'s>>) {
    let snapshot = context.snapshot;
    for pair in snapshot.counted_registrations() {
        let Some(application) = snapshot.application_at(pair.application) else { continue };
        let Some(resource) = snapshot.resource_at(pair.resource) else { continue };
        let Some(counting) = snapshot.registration_at(pair.registration) else { continue };
        if counting.status != RegistrationFact::Approved || !context.includes_owner(application.owner) {
            continue;
        }
        let joined = snapshot.join_consume(Some(pair.application), Some(pair.resource));
        let strict = decide(&joined.facts, Action::Consume, Policy::Strict);
        let konnect = decide(&joined.facts, Action::Consume, Policy::Konnect);
        if !konnect.is_allow() || strict.is_allow() {
            continue;
        }
        // Each registration of the pair that is approved would count if the others went.
        let approved = snapshot
            .registrations_of(pair.application, pair.resource)
            .filter_map(|at| snapshot.registration_at(at))
            .filter(|registration| registration.status == RegistrationFact::Approved);
        let mut approved: Vec<RegistrationId> = approved.map(|found| found.id).collect();
        approved.arrange();
        let question = Question::consume(application.id, resource.id, Policy::Strict);
        let names = context.names.in_sentences(&joined);
        let detail = strict.reason().map(|reason| denial(reason, &names)).unwrap_or_default();
        let mut row = empty(StaleKind::Registration, detail);
        row.reason = strict.reason();
        row.blockers = strict.blockers().iter().collect();
        row.registration_id = approved.first().copied();
        row.resource_id = Some(resource.id);
        row.resource_name = Some((&*resource.name).into());
        let revoke = approved.iter().map(|id| Change::RevokeRegistration { registration_id: *id });
        row.fixes = Some(revoke.map(|change| context.fix(change)).collect());
        row.restore = fixes(snapshot, &question, &joined);
        name_owner(context, &mut row, pair.application);
        rows.push(row);
    }
}

fn name_owner<'s>(context: &Context<'s, '_>, row: &mut StaleAccess<'s>, application: u32) {
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

fn name_developer<'s>(context: &Context<'s, '_>, row: &mut StaleAccess<'s>, developer: u32) {
    row.developer_id = context.snapshot.developer_at(developer).map(|found| found.id);
    row.developer_name = Some(context.names.developer(developer));
    row.email = Some(context.names.email(developer));
}

/// Credentials of a team's application that are not known to be younger than a member's revocation: the member
/// may have copied them. A `custom_id` is no secret, so nobody can have copied it.
fn team_credentials<'s>(context: &Context<'s, '_>, rows: &mut Vec<StaleAccess<'s>>) {
    let snapshot = context.snapshot;
    let mut usable: Vec<(u32, Option<Timestamp>)> = snapshot
        .credentials()
        .iter()
        .filter(|credential| credential.key.kind() != CredentialKind::CustomId)
        .filter(|credential| credential.state == CredentialState::Active)
        .filter(|credential| credential.expires_at.is_none_or(|expiry| context.parameters.now < expiry))
        .filter_map(|credential| Some((credential.application?, credential.created_at)))
        .collect();
    usable.arrange();
    for (application, position) in context.applications() {
        let ApplicationOwner::Team(team) = application.owner else { continue };
        let first = usable.partition_point(|(known, _)| *known < position);
        let own = || usable.iter().skip(first).take_while(|(known, _)| *known == position);
        let members = snapshot.team_at(team).map_or(&[][..], |team| &team.members);
        for member in members {
            let Some(developer) = snapshot.developer_at(*member) else { continue };
            if developer.status != DeveloperStatus::Revoked {
                continue;
            }
            let revoked_at = developer.updated_at;
            let younger = |made: &Option<Timestamp>| {
                made.is_some_and(|made| revoked_at.is_some_and(|revoked_at| made > revoked_at))
            };
            let known = own().filter(|(_, made)| !younger(made)).count();
            if known == 0 {
                continue;
            }
            let credentials = if known == 1 { "credential" } else { "credentials" };
            let detail = format!(
                "{known} {credentials} of application `{}` may be known to `{}`, who was revoked",
                context.names.application(position),
                context.names.developer(*member),
            );
            let mut row = empty(StaleKind::TeamCredential, detail);
            name_owner(context, &mut row, position);
            name_developer(context, &mut row, *member);
            row.since = revoked_at;
            let renew = Change::RenewCredential { application_id: application.id };
            row.fixes = Some(vec![context.fix(renew)]);
            rows.push(row);
        }
    }
}

/// Published resources at which Konnect checks nothing. They belong to no team.
fn resources<'s>(context: &Context<'s, '_>, rows: &mut Vec<StaleAccess<'s>>) {
    for resource in context.snapshot.resources() {
        if let Some(why) = open_because(resource) {
            let mut row = empty(
                StaleKind::ResourceOpen,
                format!("Konnect enforces nothing on `{}`: {why}", resource.name),
            );
            row.resource_id = Some(resource.id);
            row.resource_name = Some((&*resource.name).into());
            rows.push(row);
        }
    }
}
