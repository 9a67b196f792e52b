//! What to do about a denial, and who must.

use crate::report::words;
use crate::{Action, OwnerFact, Reason, RegistrationFact, decide};

use super::PortalView;

words! {
    /// What to do next.
    NextStep {
        /// Sign in.
        SignIn = "sign_in",
        /// Create an application, or choose one.
        CreateApplication = "create_application",
        /// Register the application.
        Register = "register",
        /// Choose an application with the auth strategy of the API.
        UseOtherApplication = "use_other_application",
        /// Call the API: the application is registered.
        CallTheApi = "call_the_api",
        /// Wait until somebody approves.
        WaitForApproval = "wait_for_approval",
        /// Ask for a team that may call the API.
        AskForAccess = "ask_for_access",
        /// Ask that the API be opened for registration.
        AskToOpenRegistration = "ask_to_open_registration",
        /// Ask that the API be published.
        AskToPublish = "ask_to_publish",
        /// Ask why it was rejected or revoked, and that it be approved.
        AskForReview = "ask_for_review",
        /// Ask what is wrong: the data is not as it should be.
        ReportProblem = "report_problem",
    }
}

words! {
    /// Who must act.
    Who {
        /// The developer, who can do it at once.
        Developer = "developer",
        /// An admin of the portal, whom the developer can ask.
        Admin = "admin",
    }
}

impl NextStep {
    /// Who must act.
    pub const fn who(self) -> Who {
        match self {
            Self::SignIn
            | Self::CreateApplication
            | Self::Register
            | Self::UseOtherApplication
            | Self::CallTheApi => Who::Developer,
            Self::WaitForApproval
            | Self::AskForAccess
            | Self::AskToOpenRegistration
            | Self::AskToPublish
            | Self::AskForReview
            | Self::ReportProblem => Who::Admin,
        }
    }

    /// One English sentence for the developer: lower case, no full stop.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignIn => "sign in",
            Self::CreateApplication => "create an application, or choose one",
            Self::Register => "register the application",
            Self::UseOtherApplication => "choose an application that uses the auth strategy of the API",
            Self::CallTheApi => "call the API with the credentials of the application",
            Self::WaitForApproval => "wait until an admin of the portal approves it",
            Self::AskForAccess => "ask an admin of the portal for a team that may call the API",
            Self::AskToOpenRegistration => "ask an admin of the portal to open the API for registration",
            Self::AskToPublish => "ask an admin of the portal to publish the API",
            Self::AskForReview => "ask an admin of the portal for the reason, and to approve it",
            Self::ReportProblem => "ask an admin of the portal to look into it",
        }
    }
}

impl PortalView {
    /// What to do about a reason; `None` if nobody can do anything.
    pub(super) fn next_step(&self, action: Action, reason: Reason) -> Option<NextStep> {
        Some(match reason {
            // A public portal has nobody who could be given anything.
            Reason::PortalPublic => return None,
            Reason::OwnerUnknown | Reason::NotTeamMember if self.facts.owner == OwnerFact::Unknown => {
                NextStep::SignIn
            }
            Reason::ApplicationUnknown if self.signed_in => NextStep::CreateApplication,
            Reason::ApplicationUnknown => NextStep::SignIn,
            Reason::ApplicationPending | Reason::DeveloperPending | Reason::RegistrationPending => {
                NextStep::WaitForApproval
            }
            Reason::ApplicationRejected
            | Reason::ApplicationRevoked
            | Reason::DeveloperRejected
            | Reason::DeveloperRevoked
            | Reason::RegistrationRejected
            | Reason::RegistrationRevoked => NextStep::AskForReview,
            Reason::ResourceUnpublished => NextStep::AskToPublish,
            Reason::RegistrationDisabled => NextStep::AskToOpenRegistration,
            Reason::StrategyMismatch => NextStep::UseOtherApplication,
            Reason::RoleMissing | Reason::RoleViewerOnly => NextStep::AskForAccess,
            Reason::RegistrationMissing => return Some(self.before_registering(action)),
            Reason::RegistrationExists => self.with_registration(),
            Reason::BundleStale
            | Reason::ResourceUnknown
            | Reason::ResourceUnrecognized
            | Reason::CredentialMissing
            | Reason::CredentialAmbiguous
            | Reason::CredentialUnknown
            | Reason::CredentialUnrecognized
            | Reason::CredentialRevoked
            | Reason::CredentialExpired
            | Reason::ApplicationUnrecognized
            | Reason::OwnerUnknown
            | Reason::DeveloperUnrecognized
            | Reason::NotTeamMember
            | Reason::RegistrationUnrecognized => NextStep::ReportProblem,
        })
    }

    /// Registering comes first, unless that is denied too: then whatever that needs.
    fn before_registering(&self, action: Action) -> NextStep {
        let register = decide(&self.facts, Action::Register, crate::Policy::Strict).reason();
        match register {
            Some(reason) if action != Action::Register && reason != Reason::RegistrationMissing => {
                self.next_step(Action::Register, reason).unwrap_or(NextStep::ReportProblem)
            }
            _ => NextStep::Register,
        }
    }

    /// The application has a registration already: what to do depends on how it stands.
    const fn with_registration(&self) -> NextStep {
        match self.facts.registration {
            RegistrationFact::Approved => NextStep::CallTheApi,
            RegistrationFact::Pending => NextStep::WaitForApproval,
            RegistrationFact::Rejected | RegistrationFact::Revoked => NextStep::AskForReview,
            RegistrationFact::Missing | RegistrationFact::Unrecognized => NextStep::ReportProblem,
        }
    }
}
