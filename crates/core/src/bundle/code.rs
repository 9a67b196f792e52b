//! The numbers that stand for words. A number is never used again for another word.

use crate::{ApplicationFact, CredentialKind, DeveloperStatus, OwnerFact, Policy, Rbac, Region};
use crate::{RegistrationFact, ResourceFact, RoleFact};

use super::contents::CredentialState;

/// A value that is one number in a bundle.
pub(super) trait WireCode: Copy + PartialEq + 'static {
    /// The values; the position is the number. Values that are expressed by absence are not listed.
    const CODES: &'static [Self];

    /// The number; `None` for a value that is expressed by absence.
    fn number(self) -> Option<u8> {
        Self::CODES.iter().position(|value| *value == self).and_then(|number| u8::try_from(number).ok())
    }

    /// The value with this number.
    #[inline]
    fn from_number(number: u8) -> Option<Self> {
        Self::CODES.get(usize::from(number)).copied()
    }
}

impl WireCode for Policy {
    const CODES: &'static [Self] = &[Self::Strict, Self::Konnect];
}

impl WireCode for Rbac {
    const CODES: &'static [Self] = &[Self::Off, Self::On];
}

impl WireCode for Region {
    const CODES: &'static [Self] = &[Self::Au, Self::Eu, Self::In, Self::Me, Self::Sg, Self::Us];
}

impl WireCode for ResourceFact {
    const CODES: &'static [Self] = &[Self::Unrecognized, Self::Unpublished, Self::Published];
}

impl WireCode for RoleFact {
    const CODES: &'static [Self] = &[Self::Viewer, Self::Consumer];
}

impl WireCode for ApplicationFact {
    const CODES: &'static [Self] =
        &[Self::Unrecognized, Self::Pending, Self::Rejected, Self::Revoked, Self::Approved];
}

impl WireCode for RegistrationFact {
    const CODES: &'static [Self] =
        &[Self::Unrecognized, Self::Pending, Self::Rejected, Self::Revoked, Self::Approved];
}

impl WireCode for OwnerFact {
    const CODES: &'static [Self] = &[
        Self::Unknown,
        Self::Team,
        Self::Developer(DeveloperStatus::Unrecognized),
        Self::Developer(DeveloperStatus::Pending),
        Self::Developer(DeveloperStatus::Rejected),
        Self::Developer(DeveloperStatus::Revoked),
        Self::Developer(DeveloperStatus::Approved),
    ];
}

impl WireCode for CredentialKind {
    const CODES: &'static [Self] = &[Self::ApiKey, Self::ClientId, Self::CustomId];
}

/// Whose a credential is and in what state: one number for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holding {
    /// Several applications'.
    Several,
    /// One application's.
    One(CredentialState),
}

impl WireCode for Holding {
    const CODES: &'static [Self] = &[
        Self::Several,
        Self::One(CredentialState::Active),
        Self::One(CredentialState::Expired),
        Self::One(CredentialState::Revoked),
        Self::One(CredentialState::Unrecognized),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn travels<T: WireCode + std::fmt::Debug>(values: &[T], absent: usize, bits: u32) {
        assert_eq!(T::CODES.len() + absent, values.len());
        assert!(T::CODES.len() <= 1 << bits);
        let numbers: Vec<u8> = values.iter().filter_map(|value| value.number()).collect();
        assert_eq!(numbers.len(), T::CODES.len());
        for value in values {
            if let Some(number) = value.number() {
                assert_eq!(T::from_number(number), Some(*value));
            }
        }
        assert_eq!(T::from_number(u8::try_from(T::CODES.len()).unwrap()), None);
    }

    #[test]
    fn every_value_travels_or_is_absent() {
        travels(Policy::ALL, 0, 8);
        travels(Rbac::ALL, 0, 8);
        travels(Region::ALL, 0, 8);
        travels(CredentialKind::ALL, 0, 2);
        travels(ResourceFact::ALL, 1, 2);
        travels(RoleFact::ALL, 1, 3);
        travels(ApplicationFact::ALL, 1, 3);
        travels(RegistrationFact::ALL, 1, 3);
        travels(OwnerFact::ALL, 0, 3);
    }
}
