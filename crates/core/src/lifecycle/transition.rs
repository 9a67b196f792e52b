//! Which status may follow which.

use super::{Status, Subject};
use crate::plan::Profile;
use crate::report::words;

words! {
    /// What a change of status is.
    Move {
        /// There is nothing to do.
        Stay = "stay",
        /// The status changes.
        Change = "change",
    }
}

/// Why a status cannot follow another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Konnect Cloud 2022: "This action cannot be undone."
    #[error("{}", rejected_is_final(*.0))]
    RejectedIsFinal(Subject),
    /// Only what was approved can be revoked; what waits is rejected.
    #[error("a {0} that was never approved is rejected, not revoked")]
    NeverApproved(Subject),
    /// Only what waits can be rejected.
    #[error("a {0} that was approved is revoked, not rejected: only what waits can be rejected")]
    WasApproved(Subject),
    /// Nothing leads back to waiting.
    #[error("nothing makes a {0} wait again: only a new request waits")]
    OnlyNewRequestsWait(Subject),
    /// The new Dev Portal knows waiting and approved only.
    #[error(
        "the new Dev Portal approves a {0} or leaves it waiting, and has no status `{1}`; delete it there, or use profile `konnect-api`"
    )]
    NoSuchStatus(Subject, Status),
    /// Only the new Dev Portal approves applications.
    #[error("an application has no status of its own here; change its registrations, or its developer")]
    ApplicationHasNone,
    /// Where a status leads cannot be said if it is not known.
    #[error("the {0} has a status that is not known; look at it in Kong's user interface")]
    Unrecognized(Subject),
}

const fn rejected_is_final(subject: Subject) -> &'static str {
    match subject {
        Subject::Developer => {
            "a rejected developer stays rejected; delete the developer, and the same e-mail address can sign up again"
        }
        Subject::Application => {
            "a rejected application stays rejected; delete it, and its developer can make another"
        }
        Subject::Registration => {
            "a rejected registration stays rejected; delete it, and the application can register again"
        }
    }
}

impl Forbidden {
    /// A stable code in `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RejectedIsFinal(_) => "rejected_is_final",
            Self::NeverApproved(_) => "never_approved",
            Self::WasApproved(_) => "was_approved",
            Self::OnlyNewRequestsWait(_) => "only_new_requests_wait",
            Self::NoSuchStatus(..) => "no_such_status",
            Self::ApplicationHasNone => "application_has_no_status",
            Self::Unrecognized(_) => "status_unrecognized",
        }
    }
}

/// Whether `to` may follow `from`, where `None` is a status that is not known.
///
/// # Errors
///
/// [`Forbidden`] with the reason.
pub const fn transition(
    profile: Profile,
    subject: Subject,
    from: Option<Status>,
    to: Status,
) -> Result<Move, Forbidden> {
    if let (Subject::Application, Profile::Konnect2022 | Profile::Gateway28) = (subject, profile) {
        return Err(Forbidden::ApplicationHasNone);
    }
    // The new Dev Portal's pages say nothing of registrations, so that its API's rule holds.
    let any =
        matches!((profile, subject), (Profile::KonnectApi, _) | (Profile::DevPortal, Subject::Registration));
    let from = match from {
        Some(from) => from,
        // The API takes any of the four words whatever was there.
        None if any => return Ok(Move::Change),
        None => return Err(Forbidden::Unrecognized(subject)),
    };
    if from as u8 == to as u8 {
        return Ok(Move::Stay);
    }
    match profile {
        _ if any => Ok(Move::Change),
        Profile::KonnectApi => Ok(Move::Change),
        Profile::Konnect2022 => match from {
            Status::Rejected => Err(Forbidden::RejectedIsFinal(subject)),
            _ => by_pages(subject, from, to),
        },
        Profile::Gateway28 => by_pages(subject, from, to),
        Profile::DevPortal => match to {
            Status::Approved => Ok(Move::Change),
            Status::Pending => Err(Forbidden::OnlyNewRequestsWait(subject)),
            Status::Rejected | Status::Revoked => Err(Forbidden::NoSuchStatus(subject, to)),
        },
    }
}

/// What the pages offer: what waits is approved or rejected, what is approved is revoked, what is rejected or revoked
/// is approved.
const fn by_pages(subject: Subject, from: Status, to: Status) -> Result<Move, Forbidden> {
    match (from, to) {
        (_, Status::Approved) | (Status::Pending, Status::Rejected) | (Status::Approved, Status::Revoked) => {
            Ok(Move::Change)
        }
        (Status::Pending | Status::Rejected, Status::Revoked) => Err(Forbidden::NeverApproved(subject)),
        (_, Status::Pending) => Err(Forbidden::OnlyNewRequestsWait(subject)),
        (_, _) => Err(Forbidden::WasApproved(subject)),
    }
}
