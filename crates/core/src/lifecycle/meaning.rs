//! What a status means, and what deleting does.

use super::{Status, Subject};
use crate::plan::Profile;
use crate::report::words;

words! {
    /// What becomes of calls with the credentials there are.
    Calls {
        /// They are let through, where a registration allows it.
        Allowed = "allowed",
        /// They are let through until each registration is revoked or deleted.
        UntilRegistrationsEnd = "until_registrations_end",
        /// They are refused.
        Refused = "refused",
        /// The pages do not say; take it that they are let through.
        NotSaid = "not_said",
    }
}

/// What a developer's status means to the developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Whether the developer can log in, see more than what is public, and make applications, credentials and
    /// registrations.
    pub may_log_in: bool,
    /// Whether, with RBAC on, a team is needed besides to see APIs and to register.
    pub needs_team: bool,
    /// What becomes of calls with the credentials made before.
    pub calls: Calls,
    /// Whether the same e-mail address can sign up again while this developer is there.
    pub may_sign_up_again: bool,
}

/// What a developer's status means.
///
/// Sources: the description of `DeveloperStatus` and of `update-developer` (API), "Manage Developer Access" (2022),
/// "Managing Developers" (2.8), "Access and approvals" (new). Where the new Dev Portal's pages do not know a status
/// that its API has, what the API says is meant.
pub const fn meaning(profile: Profile, status: Status) -> Meaning {
    let calls = match (profile, status) {
        (_, Status::Approved) => Calls::Allowed,
        (Profile::KonnectApi | Profile::DevPortal, _) => Calls::UntilRegistrationsEnd,
        // Who was never approved has made none.
        (Profile::Konnect2022 | Profile::Gateway28, Status::Pending | Status::Rejected) => Calls::Refused,
        (Profile::Konnect2022 | Profile::Gateway28, Status::Revoked) => Calls::NotSaid,
    };
    Meaning {
        may_log_in: matches!(status, Status::Approved),
        // Teams came with the API; Gateway 2.8 has roles instead.
        needs_team: matches!(profile, Profile::KonnectApi | Profile::DevPortal),
        calls,
        // "Developer with the given email already exists" (API); "a different email address" (2022).
        may_sign_up_again: false,
    }
}

/// What a registration's status means to calls: only an approved one lets them through, everywhere.
///
/// Source: the description of `update-application-registration`.
pub const fn meaning_of_registration(status: Status) -> Calls {
    match status {
        Status::Approved => Calls::Allowed,
        Status::Pending | Status::Rejected | Status::Revoked => Calls::Refused,
    }
}

/// Whether an application with this status can be given credentials. Only the new Dev Portal asks: elsewhere
/// applications need no approval.
///
/// Source: "Access and approvals".
pub const fn meaning_of_application(profile: Profile, status: Status) -> bool {
    match profile {
        Profile::Konnect2022 | Profile::Gateway28 => true,
        Profile::KonnectApi | Profile::DevPortal => matches!(status, Status::Approved),
    }
}

/// What deleting does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// What goes with it.
    pub removes: &'static [&'static str],
    /// Whether calls with what is removed are refused from then on.
    pub ends_calls: bool,
    /// How its developer can come back.
    pub afterwards: &'static str,
}

/// What deleting does.
///
/// Sources: `delete-developer`, `delete-application`, `delete-application-registration` (API), "Delete a developer"
/// (2022), "Managing Developers" (2.8).
pub const fn deletion(profile: Profile, subject: Subject) -> Deletion {
    match subject {
        Subject::Developer => Deletion {
            removes: &["applications", "credentials", "registrations", "memberships"],
            ends_calls: true,
            afterwards: match profile {
                Profile::KonnectApi | Profile::DevPortal => {
                    "the same e-mail address can sign up again, and must be approved again"
                }
                Profile::Konnect2022 | Profile::Gateway28 => {
                    "the same e-mail address can sign up again, and asks for access again"
                }
            },
        },
        Subject::Application => Deletion {
            removes: &["credentials", "registrations"],
            ends_calls: true,
            afterwards: "the developer can make another application",
        },
        Subject::Registration => Deletion {
            removes: &[],
            ends_calls: true,
            afterwards: "the application can register again, as long as roles allow it",
        },
    }
}
