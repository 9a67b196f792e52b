//! A plan that brings one subject to a status, or the reason why there is none.

use super::{Forbidden, GatewaySettings, Move, Status, Subject, meaning::Calls, transition};
use crate::plan::{self, Plan, Profile};
use crate::{
    Api, ApplicationId, ApplicationOwner, Change, Developer, DeveloperId, Rbac, Registration, RegistrationId,
    Snapshot,
};

/// What is to be brought to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A developer.
    Developer(DeveloperId),
    /// An application.
    Application(ApplicationId),
    /// A registration.
    Registration(RegistrationId),
}

/// What is wanted of [`plan_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRequest {
    /// What is to be changed.
    pub target: Target,
    /// To which status.
    pub to: Status,
    /// By which rules.
    pub profile: Profile,
    /// Leave the registrations of a developer who is rejected or revoked as they are.
    pub keep_registrations: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Nothing in the snapshot has that id.
    #[error("the snapshot has no {subject} `{id}`")]
    Unknown {
        /// What was looked for.
        subject: Subject,
        /// Its id.
        id: String,
    },
    /// The profile does not let the status follow.
    #[error("{subject} `{name}` cannot become {to} by profile `{profile}`: {source}")]
    Forbidden {
        /// What it is.
        subject: Subject,
        /// Its name, or its id.
        name: String,
        /// The status wanted.
        to: Status,
        /// The rules.
        profile: Profile,
        /// The reason.
        source: Forbidden,
    },
    /// No change of a plan makes anything wait.
    #[error("a plan approves, rejects or revokes; nothing in it makes a {0} wait again")]
    Pending(Subject),
}

impl StatusError {
    /// A stable code in `snake_case`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "subject_unknown",
            Self::Forbidden { source, .. } => source.code(),
            Self::Pending(_) => "only_new_requests_wait",
        }
    }
}

/// The profile that fits the API a snapshot was read from.
pub const fn usual_profile(api: Api) -> Profile {
    match api {
        Api::V2 | Api::V3 => Profile::KonnectApi,
        Api::Gateway28 => Profile::Gateway28,
    }
}

/// Plans the change of one status. Rejecting or revoking a developer includes their registrations, which would go on
/// working, unless they are to be kept. `file` is what the snapshot was read from.
///
/// # Errors
///
/// [`StatusError`] if there is no such subject, or if the profile forbids the change.
pub fn plan_status(snapshot: &Snapshot, file: &[u8], request: StatusRequest) -> Result<Plan, StatusError> {
    let mut planner = Planner { snapshot, request, changes: Vec::new(), notes: Vec::new() };
    let developer_id = match request.target {
        Target::Developer(id) => planner.developer(id).map(|()| Some(id)),
        Target::Application(id) => planner.application(id).map(|()| None),
        Target::Registration(id) => planner.registration(id).map(|()| None),
    }?;
    let mut plan = Plan::new(snapshot, file);
    plan.profile = request.profile;
    if planner.changes.is_empty() {
        planner.notes.push(format!("nothing is to be changed: the status is {} already", request.to));
    } else {
        if snapshot.api() == Api::Gateway28 {
            planner.notes.push(BY_HAND.into());
        }
        plan.subjects.push(plan::Subject::from_snapshot(snapshot, developer_id, planner.changes));
    }
    plan.notes = planner.notes;
    Ok(plan)
}

struct Planner<'s> {
    snapshot: &'s Snapshot,
    request: StatusRequest,
    changes: Vec<Change>,
    notes: Vec<String>,
}

impl Planner<'_> {
    fn developer(&mut self, id: DeveloperId) -> Result<(), StatusError> {
        let unknown = || StatusError::Unknown { subject: Subject::Developer, id: id.to_string() };
        let position = self.snapshot.developer_position(id).ok_or_else(unknown)?;
        let developer = self.snapshot.developer_at(position).ok_or_else(unknown)?;
        let from = Status::of_developer(developer.status);
        let moved = self.moved(Subject::Developer, &developer.email, from)?;
        if moved == Move::Change {
            self.changes.push(match self.request.to {
                Status::Approved => Change::ApproveDeveloper { developer_id: id },
                Status::Rejected => Change::RejectDeveloper { developer_id: id },
                Status::Revoked => Change::RevokeDeveloper { developer_id: id },
                Status::Pending => return Err(StatusError::Pending(Subject::Developer)),
            });
        }
        match self.request.to {
            Status::Approved if moved == Move::Change => self.note_approval(position),
            Status::Rejected | Status::Revoked => self.end_access(position, developer),
            _ => {}
        }
        Ok(())
    }

    fn note_approval(&mut self, developer: u32) {
        if let Some(settings) = self.snapshot.portal().gateway {
            self.notes.push(mail_of_approval(settings).into());
        }
        let teamless = self.snapshot.teams_of(developer).is_empty();
        let needs_team = super::meaning(self.request.profile, Status::Approved).needs_team;
        if teamless && needs_team && self.snapshot.portal().rbac == Rbac::On {
            self.notes.push(
                "the developer is in no team: with RBAC on they can log in, but see and register for nothing"
                    .into(),
            );
        }
    }

    /// Ends the developer's registrations, or says that they go on.
    fn end_access(&mut self, position: u32, developer: &Developer) {
        let snapshot = self.snapshot;
        let own = |registration: &&Registration| {
            snapshot
                .application_at(registration.application)
                .is_some_and(|application| application.owner == ApplicationOwner::Developer(position))
        };
        let mut kept = 0_usize;
        for registration in snapshot.registrations().iter().filter(own) {
            let status = Status::of_registration(registration.status);
            if matches!(status, Some(Status::Rejected | Status::Revoked)) {
                continue;
            }
            if self.request.keep_registrations {
                kept = kept.saturating_add(usize::from(status == Some(Status::Approved)));
                continue;
            }
            match self.ending(registration.id, status) {
                Some(change) => self.changes.push(change),
                None => self.notes.push(format!(
                    "registration `{}` has a status that is not known: end it in Kong's user interface",
                    registration.id
                )),
            }
        }
        let calls = super::meaning(self.request.profile, self.request.to).calls;
        if kept > 0 && matches!(calls, Calls::UntilRegistrationsEnd | Calls::NotSaid) {
            self.notes.push(format!(
                "calls go on: approved registrations of `{}` are kept ({kept})",
                developer.email
            ));
        }
        self.note_team_applications(position);
    }

    /// What ends a registration by the profile's rules.
    fn ending(&self, registration_id: RegistrationId, status: Option<Status>) -> Option<Change> {
        let may = |to| transition(self.request.profile, Subject::Registration, status, to).is_ok();
        if may(Status::Revoked) {
            Some(Change::RevokeRegistration { registration_id })
        } else if may(Status::Rejected) {
            Some(Change::RejectRegistration { registration_id })
        } else {
            None
        }
    }

    fn note_team_applications(&mut self, position: u32) {
        let teams = self.snapshot.teams_of(position);
        let shared = |owner| matches!(owner, ApplicationOwner::Team(team) if teams.contains(&team));
        let shared =
            self.snapshot.applications().iter().filter(|application| shared(application.owner)).count();
        if shared > 0 {
            self.notes.push(format!(
                "applications of this developer's teams go on working ({shared}): renew their credentials, which the developer may know"
            ));
        }
    }

    fn application(&mut self, id: ApplicationId) -> Result<(), StatusError> {
        let unknown = || StatusError::Unknown { subject: Subject::Application, id: id.to_string() };
        let position = self.snapshot.application_position(id).ok_or_else(unknown)?;
        let application = self.snapshot.application_at(position).ok_or_else(unknown)?;
        let from = Status::of_application(application.status);
        if self.moved(Subject::Application, &application.name, from)? == Move::Change {
            self.changes.push(match self.request.to {
                Status::Approved => Change::ApproveApplication { application_id: id },
                Status::Rejected => Change::RejectApplication { application_id: id },
                Status::Revoked => Change::RevokeApplication { application_id: id },
                Status::Pending => return Err(StatusError::Pending(Subject::Application)),
            });
            self.notes
                .push("no API changes an application's own status: do it in Konnect's user interface".into());
        }
        Ok(())
    }

    fn registration(&mut self, id: RegistrationId) -> Result<(), StatusError> {
        let unknown = || StatusError::Unknown { subject: Subject::Registration, id: id.to_string() };
        let position = self.snapshot.registration_position(id).ok_or_else(unknown)?;
        let registration = self.snapshot.registration_at(position).ok_or_else(unknown)?;
        let from = Status::of_registration(registration.status);
        if self.moved(Subject::Registration, &id.to_string(), from)? == Move::Change {
            self.changes.push(match self.request.to {
                Status::Approved => Change::ApproveRegistration { registration_id: id },
                Status::Rejected => Change::RejectRegistration { registration_id: id },
                Status::Revoked => Change::RevokeRegistration { registration_id: id },
                Status::Pending => return Err(StatusError::Pending(Subject::Registration)),
            });
        }
        Ok(())
    }

    fn moved(&self, subject: Subject, name: &str, from: Option<Status>) -> Result<Move, StatusError> {
        let StatusRequest { to, profile, .. } = self.request;
        transition(profile, subject, from, to).map_err(|source| StatusError::Forbidden {
            subject,
            name: crate::plain::Shown(name).to_string(),
            to,
            profile,
            source,
        })
    }
}

/// What whoever carries out a plan with these changes should know of Gateway 2.8's mails, and of how it is carried out.
pub(crate) fn notes_of_approvals(snapshot: &Snapshot, changes: &[Change]) -> Vec<String> {
    let approves = changes.iter().any(|change| matches!(change, Change::ApproveDeveloper { .. }));
    match snapshot.portal().gateway {
        Some(settings) if approves => vec![mail_of_approval(settings).to_owned(), BY_HAND.to_owned()],
        Some(_) if !changes.is_empty() => vec![BY_HAND.to_owned()],
        _ => Vec::new(),
    }
}

/// Why a change of status that a plan file holds is forbidden by the file's own profile, given the status it saw.
pub(crate) fn forbidden(profile: Profile, change: &Change, seen: Option<&str>) -> Option<Forbidden> {
    let (subject, to) = match change {
        Change::ApproveDeveloper { .. } => (Subject::Developer, Status::Approved),
        Change::RejectDeveloper { .. } => (Subject::Developer, Status::Rejected),
        Change::RevokeDeveloper { .. } => (Subject::Developer, Status::Revoked),
        Change::ApproveRegistration { .. } => (Subject::Registration, Status::Approved),
        Change::RejectRegistration { .. } => (Subject::Registration, Status::Rejected),
        Change::RevokeRegistration { .. } => (Subject::Registration, Status::Revoked),
        _ => return None,
    };
    // A status that is not said, or not known, is compared when the plan is carried out.
    let from = seen?.parse::<Status>().ok()?;
    transition(profile, subject, Some(from), to).err()
}

const BY_HAND: &str = "`gatepass apply` speaks with Konnect only: carry this out in Kong Manager";

/// Whether Gateway 2.8 tells a developer of an approval.
const fn mail_of_approval(settings: GatewaySettings) -> &'static str {
    if settings.approved_email {
        "Kong mails the developer that they are approved (`portal_approved_email` is on)"
    } else {
        "Kong mails nobody (`portal_approved_email` is off): write to the developer"
    }
}
