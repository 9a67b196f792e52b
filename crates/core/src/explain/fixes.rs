//! The smallest set of changes that turns a denial into an allowance.
//!
//! Every blocker needs a change of its own, so the set is built by curing the first blocker, asking the rule
//! again, and so on. It is minimal: each change cures a line that fails by itself. The property tests prove
//! both by applying the changes, and every proper subset of them, to the snapshot.

use super::decision::Fix;
use super::role_fix;
use crate::arrange::Arrange as _;
use crate::snapshot::{Change, Joined, Question, TeamAssignment};
use crate::{
    Action, ApplicationFact, CredentialFact, DeveloperStatus, MembershipFact, OwnerFact, Reason,
    RegistrationFact, ResourceFact, RoleFact, Snapshot, decide,
};

/// The changes for a question, `[]` if it is allowed, `None` if no listed change helps.
pub(crate) fn fixes(snapshot: &Snapshot, question: &Question, joined: &Joined) -> Option<Vec<Fix>> {
    let mut cured = *joined;
    let mut changes = Vec::new();
    while let Some(reason) = decide(&cured.facts, question.action, question.policy).reason() {
        changes.append(&mut cure(snapshot, question, &mut cured, reason)?);
    }
    let api = snapshot.api();
    Some(changes.into_iter().map(|change| Fix { executable: change.executable(api), change }).collect())
}

/// The changes that cure one reason, with the facts as they are afterwards.
fn cure(
    snapshot: &Snapshot,
    question: &Question,
    joined: &mut Joined,
    reason: Reason,
) -> Option<Vec<Change>> {
    match reason {
        Reason::ResourceUnrecognized | Reason::ResourceUnpublished => {
            joined.facts.resource = ResourceFact::Published;
            Some(vec![Change::PublishResource { resource_id: question.resource? }])
        }
        Reason::CredentialExpired | Reason::CredentialRevoked => {
            joined.facts.credential = CredentialFact::Valid;
            Some(vec![Change::RenewCredential { application_id: question.application? }])
        }
        Reason::ApplicationPending
        | Reason::ApplicationRejected
        | Reason::ApplicationRevoked
        | Reason::ApplicationUnrecognized => {
            joined.facts.application = ApplicationFact::Approved;
            Some(vec![Change::ApproveApplication { application_id: question.application? }])
        }
        Reason::DeveloperPending
        | Reason::DeveloperRejected
        | Reason::DeveloperRevoked
        | Reason::DeveloperUnrecognized => {
            joined.facts.owner = OwnerFact::Developer(DeveloperStatus::Approved);
            let developer = snapshot.developer_at(joined.developer?)?;
            Some(vec![Change::ApproveDeveloper { developer_id: developer.id }])
        }
        Reason::NotTeamMember => {
            joined.facts.membership = MembershipFact::ApprovedMember;
            make_approved_member(snapshot, joined)
        }
        Reason::RegistrationDisabled => {
            joined.facts.registration_enabled = true;
            Some(vec![Change::EnableRegistration { resource_id: question.resource? }])
        }
        Reason::RegistrationMissing => {
            joined.facts.registration = RegistrationFact::Approved;
            let (application_id, resource_id) =
                (snapshot.application_at(joined.application?)?.id, question.resource?);
            Some(vec![Change::CreateRegistration { application_id, resource_id }])
        }
        Reason::RegistrationPending
        | Reason::RegistrationRejected
        | Reason::RegistrationRevoked
        | Reason::RegistrationUnrecognized => {
            joined.facts.registration = RegistrationFact::Approved;
            approve_registrations(snapshot, joined)
        }
        Reason::RegistrationExists => {
            joined.facts.registration = RegistrationFact::Missing;
            delete_registrations(snapshot, joined)
        }
        Reason::RoleMissing | Reason::RoleViewerOnly => {
            let needed = if question.action == Action::View { RoleFact::Viewer } else { RoleFact::Consumer };
            joined.facts.role = needed;
            role_fix::grant(snapshot, joined, needed)
        }
        // Nothing on the list makes something known that is not, or a public portal private.
        Reason::BundleStale
        | Reason::ResourceUnknown
        | Reason::PortalPublic
        | Reason::CredentialMissing
        | Reason::CredentialAmbiguous
        | Reason::CredentialUnknown
        | Reason::CredentialUnrecognized
        | Reason::ApplicationUnknown
        | Reason::OwnerUnknown
        | Reason::StrategyMismatch => None,
    }
}

fn make_approved_member(snapshot: &Snapshot, joined: &Joined) -> Option<Vec<Change>> {
    let (position, team) = (joined.developer?, joined.team?);
    let developer = snapshot.developer_at(position)?;
    let mut changes = Vec::new();
    if developer.status != DeveloperStatus::Approved {
        changes.push(Change::ApproveDeveloper { developer_id: developer.id });
    }
    if snapshot.teams_of(position).binary_search(&team).is_err() {
        changes.push(join_team(snapshot, team, position)?);
    }
    Some(changes)
}

/// Puts a developer into a team, by whoever decides that in this portal.
pub(super) fn join_team(snapshot: &Snapshot, team: u32, developer: u32) -> Option<Change> {
    let (team_id, developer_id) = (snapshot.team_at(team)?.id, snapshot.developer_at(developer)?.id);
    Some(match snapshot.portal().team_assignment {
        TeamAssignment::Konnect => Change::AddToTeam { team_id, developer_id },
        TeamAssignment::IdentityProvider => Change::MapGroup { team_id, developer_id },
    })
}

/// Of several registrations of one pair the most restrictive counts, so all must be approved.
fn approve_registrations(snapshot: &Snapshot, joined: &Joined) -> Option<Vec<Change>> {
    let all = snapshot.registrations_of(joined.application?, joined.resource?);
    let open = all
        .filter_map(|at| snapshot.registration_at(at))
        .filter(|found| found.status != RegistrationFact::Approved);
    // By id, not by place: the same portal gives the same fixes however its lists are ordered.
    let mut open: Vec<_> = open.map(|found| found.id).collect();
    open.arrange();
    let approve = open.into_iter().map(|registration_id| Change::ApproveRegistration { registration_id });
    Some(approve.collect())
}

/// Only what does not and will not give access is deleted; an approved or pending registration stays.
fn delete_registrations(snapshot: &Snapshot, joined: &Joined) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    for position in snapshot.registrations_of(joined.application?, joined.resource?) {
        let registration = snapshot.registration_at(position)?;
        if matches!(registration.status, RegistrationFact::Approved | RegistrationFact::Pending) {
            return None;
        }
        changes.push(Change::DeleteRegistration { registration_id: registration.id });
    }
    Some(changes)
}
