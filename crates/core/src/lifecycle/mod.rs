//! What a status means, which status may follow which, and what deleting does, in each generation of Kong's portal.
//!
//! The generations do not agree, so the answers depend on a [`Profile`](crate::plan::Profile). Everything here is a table and total.
//!
//! ```
//! use gatepass::lifecycle::{self, Status, Subject};
//! use gatepass::plan::Profile;
//!
//! let again = |profile| lifecycle::transition(profile, Subject::Developer, Some(Status::Rejected), Status::Approved);
//! assert!(again(Profile::KonnectApi).is_ok());
//! let refused = again(Profile::Konnect2022).unwrap_err();
//! assert_eq!(refused.code(), "rejected_is_final");
//! assert_eq!(
//!     refused.to_string(),
//!     "a rejected developer stays rejected; delete the developer, and the same e-mail address can sign up again"
//! );
//! assert!(!lifecycle::meaning(Profile::KonnectApi, Status::Rejected).may_log_in);
//! ```
//!
//! # Sources
//!
//! | profile | pages |
//! |---|---|
//! | `konnect-api` | Portal Management 2.0 to 3.9: `update-developer`, `update-application-registration`, `delete-*` |
//! | `konnect-2022` | docs.konghq.com, Konnect Dev Portal: "Manage Developer Access", "Manage Application Registration Requests" |
//! | `gateway-2.8` | docs.konghq.com, Kong Gateway 2.8: "Managing Developers", "Manage Application Registrations" |
//! | `dev-portal` | developer.konghq.com, Dev Portal: "Access and approvals", "Developer self-service", "Security settings" |

mod invite;
mod meaning;
mod plan;
mod settings;
mod transition;

pub use invite::{Invitation, MAX_LINK, RegistrationUrl, RegistrationUrlError, invite};
pub use meaning::{
    Calls, Deletion, Meaning, deletion, meaning, meaning_of_application, meaning_of_registration,
};
pub use plan::{StatusError, StatusRequest, Target, plan_status, usual_profile};
pub(crate) use plan::{forbidden, notes_of_approvals};
pub use settings::GatewaySettings;
pub use transition::{Forbidden, Move, transition};

use crate::report::words;
use crate::{ApplicationFact, DeveloperStatus, RegistrationFact};

words! {
    /// The statuses that Kong's portals know.
    Status {
        /// Asked, and nobody has looked at it. Gateway 2.8 says `requested`.
        Pending = "pending",
        /// Let in.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Let in once, and no longer.
        Revoked = "revoked",
    }
}

words! {
    /// What has a status.
    Subject {
        /// Somebody who signed up.
        Developer = "developer",
        /// An application: in the new Dev Portal only.
        Application = "application",
        /// An application's registration for a resource.
        Registration = "registration",
    }
}

impl Status {
    /// The status of a developer; `None` if it is not one that is known.
    pub const fn of_developer(status: DeveloperStatus) -> Option<Self> {
        match status {
            DeveloperStatus::Pending => Some(Self::Pending),
            DeveloperStatus::Approved => Some(Self::Approved),
            DeveloperStatus::Rejected => Some(Self::Rejected),
            DeveloperStatus::Revoked => Some(Self::Revoked),
            DeveloperStatus::Unrecognized => None,
        }
    }

    /// The status of an application; `None` if it is not one that is known.
    pub const fn of_application(status: ApplicationFact) -> Option<Self> {
        match status {
            ApplicationFact::Pending => Some(Self::Pending),
            ApplicationFact::Approved => Some(Self::Approved),
            ApplicationFact::Rejected => Some(Self::Rejected),
            ApplicationFact::Revoked => Some(Self::Revoked),
            ApplicationFact::Unknown | ApplicationFact::Unrecognized => None,
        }
    }

    /// The status of a registration; `None` if there is none, or not one that is known.
    pub const fn of_registration(status: RegistrationFact) -> Option<Self> {
        match status {
            RegistrationFact::Pending => Some(Self::Pending),
            RegistrationFact::Approved => Some(Self::Approved),
            RegistrationFact::Rejected => Some(Self::Rejected),
            RegistrationFact::Revoked => Some(Self::Revoked),
            RegistrationFact::Missing | RegistrationFact::Unrecognized => None,
        }
    }
}
