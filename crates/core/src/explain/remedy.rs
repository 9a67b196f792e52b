//! What an admin does about each reason, in a sentence: for the reference, where no portal is at hand whose names and
//! ids a decision's `fixes` could carry.

use crate::Reason;

impl Reason {
    /// What cures the reason, and where: lower case, no full stop. With a portal at hand,
    /// [`Decision::fixes`](crate::Decision) names the very objects.
    ///
    /// ```
    /// use gatepass::Reason;
    /// assert_eq!(Reason::RoleViewerOnly.remedy(), "assign API Consumer on the API to one of the owner's teams");
    /// ```
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::BundleStale => {
                "look at the relay's `/healthz` and at the gateway's `gatepass_fetch_failures`; requests pass again with the next good bundle"
            }
            Self::ResourceUnknown => {
                "map the route to a resource in the filter's configuration, or publish the API in this portal"
            }
            Self::ResourceUnrecognized => {
                "run `gatepass check`: the publish status is missing or not a word that this version knows"
            }
            Self::PortalPublic => {
                "make the portal private if developers shall sign up; nothing can be registered in a public one"
            }
            Self::CredentialMissing => {
                "send the credential where the filter's `credentials` look for it; an empty one counts as none"
            }
            Self::CredentialAmbiguous => {
                "send one credential, once; `gatepass check` lists keys that several applications have"
            }
            Self::CredentialUnknown => {
                "add the key's digest to the operator's file, or create the key in the portal whose bundle the gateway has"
            }
            Self::CredentialUnrecognized => {
                "run `gatepass check`: the credential's status is not a word that this version knows"
            }
            Self::CredentialRevoked | Self::CredentialExpired => {
                "create a new credential in the portal, and use that one"
            }
            Self::ApplicationUnknown => "check the id; the application was deleted, or is another portal's",
            Self::ApplicationPending | Self::ApplicationRejected | Self::ApplicationRevoked => {
                "approve the application in Konnect's user interface: no API does it"
            }
            Self::ApplicationUnrecognized | Self::DeveloperUnrecognized | Self::RegistrationUnrecognized => {
                "run `gatepass check`: the status is not a word that this version knows; set it again in Konnect"
            }
            Self::OwnerUnknown => {
                "run `gatepass check`: the owner is not in the snapshot, or is neither a developer nor a team"
            }
            Self::DeveloperPending | Self::DeveloperRejected | Self::DeveloperRevoked => {
                "approve the developer, if they shall have access: `gatepass plan status --developer ID --to approved`"
            }
            Self::NotTeamMember => "add the developer to the team that owns the application",
            Self::ResourceUnpublished => "publish the API in the portal",
            Self::RegistrationDisabled => {
                "enable application registration for the API; in v3 give its publication an auth strategy"
            }
            Self::StrategyMismatch => "create an application with the auth strategy of the API",
            Self::RegistrationMissing => {
                "the developer registers the application for the API; in v3 an admin can do it for them"
            }
            Self::RegistrationPending => "approve the registration",
            Self::RegistrationRejected | Self::RegistrationRevoked => {
                "approve the registration, or delete it so that the developer can ask again"
            }
            Self::RoleMissing => {
                "add the owner to a team with API Consumer on the API, or assign that role to one of their teams"
            }
            Self::RoleViewerOnly => "assign API Consumer on the API to one of the owner's teams",
            Self::RegistrationExists => {
                "nothing needs to be registered; delete the registration first if it was rejected or revoked"
            }
        }
    }
}
