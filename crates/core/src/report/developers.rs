//! Everybody who signed up, with what they have.

use crate::arrange::Arrange as _;
use std::borrow::Cow;
use std::cmp::Ordering;

use serde::Serialize;

use super::context::Context;
use super::names::{ApplicationName, TeamName};
use super::parameters::{Sort, SortKey};
use super::status_word;
use crate::snapshot::Developer;
use crate::{Change, DeveloperId, DeveloperStatus, Fix, Reason, RegistrationFact, Timestamp};

/// Registrations by status: all of them, counted one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegistrationCounts {
    /// Approved.
    pub approved: usize,
    /// Waiting for approval.
    pub pending: usize,
    /// Rejected.
    pub rejected: usize,
    /// Revoked.
    pub revoked: usize,
    /// With a status nobody knows.
    pub unrecognized: usize,
}

impl RegistrationCounts {
    const fn count(&mut self, status: RegistrationFact) {
        let counter = match status {
            RegistrationFact::Approved => &mut self.approved,
            RegistrationFact::Pending => &mut self.pending,
            RegistrationFact::Rejected => &mut self.rejected,
            RegistrationFact::Revoked => &mut self.revoked,
            RegistrationFact::Unrecognized | RegistrationFact::Missing => &mut self.unrecognized,
        };
        *counter = counter.saturating_add(1);
    }
}

/// A row of `developers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeveloperRow<'s> {
    /// Why they cannot log in; null if they can.
    pub cause: Option<Reason>,
    /// Who.
    pub developer_id: DeveloperId,
    /// The name, as typed at sign-up.
    pub developer_name: Cow<'s, str>,
    /// The e-mail address, as typed at sign-up.
    pub email: Cow<'s, str>,
    /// The status, as Konnect's word; `unrecognized` if it is none.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::StatusWord"))]
    pub status: &'static str,
    /// When they signed up.
    pub created_at: Option<Timestamp>,
    /// When the developer last changed.
    pub updated_at: Option<Timestamp>,
    /// The teams they are in.
    pub teams: Vec<TeamName<'s>>,
    /// The applications they own; not those of their teams.
    pub applications: Vec<ApplicationName<'s>>,
    /// The registrations of those applications.
    pub registrations: RegistrationCounts,
    /// What lets them log in; `[]` if they can.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<DeveloperRow<'s>> {
    let snapshot = context.snapshot;
    let mut counts = vec![RegistrationCounts::default(); snapshot.applications().len()];
    for registration in snapshot.registrations() {
        if let Some(counts) = counts.get_mut(registration.application as usize) {
            counts.count(registration.status);
        }
    }
    let parameters = context.parameters;
    let search = parameters.search.as_deref().map(str::to_lowercase);
    let found = |developer: &Developer| search.as_ref().is_none_or(|text| matches(developer, text));
    let wanted = |developer: &Developer| parameters.status.is_none_or(|status| status == developer.status);
    let mut rows: Vec<DeveloperRow<'s>> = context
        .developers()
        .filter(|(developer, _)| wanted(developer) && found(developer))
        .map(|(developer, position)| row(context, &counts, developer, position))
        .collect();
    rows.arrange_by(|one, other| order(parameters.sort, one, other));
    rows
}

/// Whether a lower-case text occurs in what identifies a developer.
fn matches(developer: &Developer, text: &str) -> bool {
    developer.name.to_lowercase().contains(text)
        || developer.email.to_lowercase().contains(text)
        || developer.id.to_string().contains(text)
}

/// Sorted by what the row shows, so that a redacted report does not give away the order of names.
fn order(sort: Option<Sort>, one: &DeveloperRow<'_>, other: &DeveloperRow<'_>) -> Ordering {
    let by_id = one.developer_id.cmp(&other.developer_id);
    let Some(sort) = sort else { return by_id };
    let by_key = match sort.key {
        SortKey::CreatedAt => one.created_at.cmp(&other.created_at),
        SortKey::UpdatedAt => one.updated_at.cmp(&other.updated_at),
        SortKey::Email => one.email.cmp(&other.email),
        SortKey::Name => one.developer_name.cmp(&other.developer_name),
        SortKey::Status => one.status.cmp(other.status),
    };
    if sort.descending { by_key.reverse() } else { by_key }.then(by_id)
}

fn row<'s>(
    context: &Context<'s, '_>,
    counts: &[RegistrationCounts],
    developer: &Developer,
    position: u32,
) -> DeveloperRow<'s> {
    let names = &context.names;
    let own = context.snapshot.applications_of(position);
    let mut registrations = RegistrationCounts::default();
    for counts in own.iter().filter_map(|application| counts.get(*application as usize)) {
        registrations.approved = registrations.approved.saturating_add(counts.approved);
        registrations.pending = registrations.pending.saturating_add(counts.pending);
        registrations.rejected = registrations.rejected.saturating_add(counts.rejected);
        registrations.revoked = registrations.revoked.saturating_add(counts.revoked);
        registrations.unrecognized = registrations.unrecognized.saturating_add(counts.unrecognized);
    }
    let cause = match developer.status {
        DeveloperStatus::Approved => None,
        DeveloperStatus::Pending => Some(Reason::DeveloperPending),
        DeveloperStatus::Rejected => Some(Reason::DeveloperRejected),
        DeveloperStatus::Revoked => Some(Reason::DeveloperRevoked),
        DeveloperStatus::Unrecognized => Some(Reason::DeveloperUnrecognized),
    };
    let approve = cause.map(|_| context.fix(Change::ApproveDeveloper { developer_id: developer.id }));
    DeveloperRow {
        cause,
        developer_id: developer.id,
        developer_name: names.developer(position),
        email: names.email(position),
        status: status_word(developer.status),
        created_at: developer.created_at,
        updated_at: developer.updated_at,
        teams: names.teams(context.snapshot.teams_of(position)),
        applications: names.applications(own),
        registrations,
        fixes: Some(approve.into_iter().collect()),
    }
}
