//! The record of one application.

use crate::{ApplicationFact, ApplicationId, DeveloperId, OwnerFact, RegistrationFact, TeamId};

use super::super::code::WireCode as _;
use super::super::contents::Owner;
use super::super::format::{CODE_BITS, CODE_MASK, RECORD_FIXED, WIDE_COUNT};
use super::super::wire::{array_at, u32_at};

/// Registrations up to which a walk is faster than a binary search.
const WALKED: usize = 16;

/// The record of one application, where it stands in its chunk.
#[derive(Clone, Copy)]
pub(in crate::bundle) struct Record<'b> {
    fixed: &'b [u8; RECORD_FIXED],
    registrations: &'b [[u8; 4]],
}

impl<'b> Record<'b> {
    /// Takes the record at the front of `bytes`, and gives what follows.
    #[inline]
    pub(super) fn split(bytes: &'b [u8]) -> Option<(Self, &'b [u8])> {
        let (fixed, rest) = bytes.split_first_chunk::<RECORD_FIXED>()?;
        let [.., count] = fixed;
        let (count, rest) = if *count == WIDE_COUNT {
            let (count, rest) = rest.split_first_chunk()?;
            (u16::from_le_bytes(*count), rest)
        } else {
            (u16::from(*count), rest)
        };
        let (registrations, rest) = rest.split_at_checked(usize::from(count) * 4)?;
        Some((Self { fixed, registrations: registrations.as_chunks().0 }, rest))
    }

    #[inline]
    pub(in crate::bundle) fn id(&self) -> ApplicationId {
        ApplicationId::from_bytes(self.sixteen(0))
    }

    /// The application's status; unknown for a number that stands for nothing.
    #[inline]
    pub(in crate::bundle) fn status(&self) -> ApplicationFact {
        ApplicationFact::from_number(self.codes() & 0b111).unwrap_or(ApplicationFact::Unknown)
    }

    /// Kind and status of the owner; unknown for a number that stands for nothing.
    #[inline]
    pub(in crate::bundle) fn owner_fact(&self) -> OwnerFact {
        OwnerFact::from_number(self.codes() >> 3).unwrap_or(OwnerFact::Unknown)
    }

    pub(in crate::bundle) fn owner(&self) -> Owner {
        match self.owner_fact() {
            OwnerFact::Unknown => Owner::Unknown,
            OwnerFact::Developer(status) => {
                Owner::Developer(DeveloperId::from_bytes(self.sixteen(16)), status)
            }
            OwnerFact::Team => Owner::Team(TeamId::from_bytes(self.sixteen(16))),
        }
    }

    #[inline]
    pub(in crate::bundle) fn role_set_key(&self) -> u32 {
        u32_at(self.fixed, 32).unwrap_or(0)
    }

    /// The registration for the resource with this key.
    #[inline]
    pub(in crate::bundle) fn registration(&self, resource_key: u32) -> RegistrationFact {
        let key = |word: &[u8; 4]| u32::from_le_bytes(*word) >> CODE_BITS;
        let word = if self.registrations.len() <= WALKED {
            self.registrations.iter().find(|word| key(word) == resource_key)
        } else {
            let place = self.registrations.binary_search_by_key(&resource_key, key).ok();
            place.and_then(|place| self.registrations.get(place))
        };
        word.and_then(|word| status(*word)).unwrap_or(RegistrationFact::Missing)
    }

    pub(super) fn registrations(&self) -> &'b [[u8; 4]] {
        self.registrations
    }

    /// Checks the parts that do not depend on where the record stands.
    pub(super) fn verify(&self) -> Result<(), &'static str> {
        if ApplicationFact::from_number(self.codes() & 0b111).is_none() {
            return Err("an application's status is not a known number");
        }
        let Some(owner) = OwnerFact::from_number(self.codes() >> 3) else {
            return Err("an owner's status is not a known number");
        };
        if owner == OwnerFact::Unknown && self.sixteen(16) != [0; 16] {
            return Err("an unknown owner has an id");
        }
        let [.., count] = self.fixed;
        if *count == WIDE_COUNT && self.registrations.len() < usize::from(WIDE_COUNT) {
            return Err("a number of registrations is not written in its shortest form");
        }
        let mut last = None;
        for word in self.registrations {
            let key = u32::from_le_bytes(*word) >> CODE_BITS;
            if last.is_some_and(|last| last >= key) {
                return Err("registrations are not in strictly ascending order");
            }
            if status(*word).is_none() {
                return Err("a registration's status is not a known number");
            }
            last = Some(key);
        }
        Ok(())
    }

    fn codes(&self) -> u8 {
        let [.., codes, _] = self.fixed;
        *codes
    }

    /// The 16 bytes at `at`, which is a constant within the record.
    #[inline]
    fn sixteen(&self, at: usize) -> [u8; 16] {
        array_at(self.fixed, at).copied().unwrap_or_default()
    }
}

#[inline]
fn status(word: [u8; 4]) -> Option<RegistrationFact> {
    u8::try_from(u32::from_le_bytes(word) & CODE_MASK).ok().and_then(RegistrationFact::from_number)
}
