//! The stable codes: why a question was denied.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

macro_rules! reasons {
    ($($(#[$doc:meta])+ $name:ident = $code:literal, $status:literal;)+) => {
        /// Why something was denied. Declared in the order in which blockers are listed: the first that
        /// fails is the `reason` of a denial.
        ///
        /// The list is complete on purpose: code that handles every reason breaks visibly when one is added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Reason { $($(#[$doc])+ $name),+ }

        impl Reason {
            /// Every reason, in listing order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, in `snake_case`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status with which a gateway answers.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }
        }
    };
}

reasons! {
    /// The data is older than its max age.
    BundleStale = "bundle_stale", 503;
    /// The route maps to no resource of the portal.
    ResourceUnknown = "resource_unknown", 403;
    /// The resource's publish status is not a known word.
    ResourceUnrecognized = "resource_unrecognized", 403;
    /// The portal is public: it has no developers and no applications.
    PortalPublic = "portal_public", 403;
    /// No credential was shown.
    CredentialMissing = "credential_missing", 401;
    /// More than one credential was shown, or one that belongs to several applications.
    CredentialAmbiguous = "credential_ambiguous", 401;
    /// The credential belongs to no application.
    CredentialUnknown = "credential_unknown", 401;
    /// The credential's status is not a known word.
    CredentialUnrecognized = "credential_unrecognized", 401;
    /// The credential was revoked.
    CredentialRevoked = "credential_revoked", 401;
    /// The credential has expired.
    CredentialExpired = "credential_expired", 401;
    /// There is no such application.
    ApplicationUnknown = "application_unknown", 403;
    /// The application waits for approval.
    ApplicationPending = "application_pending", 403;
    /// The application was rejected.
    ApplicationRejected = "application_rejected", 403;
    /// The application was revoked.
    ApplicationRevoked = "application_revoked", 403;
    /// The application's status is not a known word.
    ApplicationUnrecognized = "application_unrecognized", 403;
    /// The application's owner, or the developer who asks, is not known.
    OwnerUnknown = "owner_unknown", 403;
    /// The developer waits for approval.
    DeveloperPending = "developer_pending", 403;
    /// The developer was rejected.
    DeveloperRejected = "developer_rejected", 403;
    /// The developer was revoked.
    DeveloperRevoked = "developer_revoked", 403;
    /// The developer's status is not a known word.
    DeveloperUnrecognized = "developer_unrecognized", 403;
    /// The developer who asks is not an approved member of the team that owns the application.
    NotTeamMember = "not_team_member", 403;
    /// The resource is not published in the portal.
    ResourceUnpublished = "resource_unpublished", 403;
    /// Applications cannot register for the resource.
    RegistrationDisabled = "registration_disabled", 403;
    /// The application uses another auth strategy than the resource.
    StrategyMismatch = "strategy_mismatch", 403;
    /// The application has no registration for the resource.
    RegistrationMissing = "registration_missing", 403;
    /// The registration waits for approval.
    RegistrationPending = "registration_pending", 403;
    /// The registration was rejected.
    RegistrationRejected = "registration_rejected", 403;
    /// The registration was revoked.
    RegistrationRevoked = "registration_revoked", 403;
    /// The registration's status is not a known word.
    RegistrationUnrecognized = "registration_unrecognized", 403;
    /// No team gives the owner a role on the resource.
    RoleMissing = "role_missing", 403;
    /// The owner's teams give API Viewer where API Consumer is needed.
    RoleViewerOnly = "role_viewer_only", 403;
    /// The application already has a registration for the resource.
    RegistrationExists = "registration_exists", 409;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(code: &str) -> Result<Self, UnknownReason> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code).ok_or(UnknownReason)
    }
}

/// A text that is no reason's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reason code")]
pub struct UnknownReason;

/// Reasons in listing order; made by [`Blockers::iter`](crate::Blockers::iter).
#[derive(Clone, Debug)]
pub struct ReasonIter {
    pub(super) bits: u64,
}

impl Iterator for ReasonIter {
    type Item = Reason;

    fn next(&mut self) -> Option<Reason> {
        let reason = Reason::ALL.get(self.bits.trailing_zeros() as usize).copied()?;
        self.bits &= self.bits.wrapping_sub(1);
        Some(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        assert!(Reason::ALL.len() < 64, "blockers are bits of a u64");
        for (position, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, position);
            assert_eq!(reason.code().parse::<Reason>().unwrap(), *reason);
        }
        assert_eq!("allowed".parse::<Reason>(), Err(UnknownReason));
    }
}
