//! The keys by which parts of a bundle name each other, and the places those keys lead to.

use sha2::{Digest as _, Sha256};

use crate::{ApplicationId, CredentialKey, PortalId, ResourceId, TeamId};

use super::format::CODE_BITS;
use super::wire::array_at;

/// The key of a resource: the first 29 bits of SHA-256(salt ‖ id).
pub(super) fn resource_key(salt: u32, id: &ResourceId) -> u32 {
    let mut hash = Sha256::new();
    hash.update(salt.to_le_bytes());
    hash.update(id.as_bytes());
    first_word(&hash.finalize()) >> CODE_BITS
}

/// The key of a set of teams in a portal: the first 32 bits of SHA-256(salt ‖ portal ‖ teams). The teams
/// are sorted and each stands once.
pub(super) fn role_set_key(salt: u32, portal: &PortalId, teams: &[TeamId]) -> u32 {
    let mut hash = Sha256::new();
    hash.update(salt.to_le_bytes());
    hash.update(portal.as_bytes());
    for team in teams {
        hash.update(team.as_bytes());
    }
    first_word(&hash.finalize())
}

fn first_word(hash: &[u8]) -> u32 {
    array_at(hash, 0).map_or(0, |word| u32::from_be_bytes(*word))
}

/// What credentials name an application by. Spreads ids that differ in a few bits only, such as
/// sequential ones; it is mixed per look-up, where a cryptographic hash would be the dearest step.
#[inline]
pub(super) fn application_ref(salt: u32, id: &ApplicationId) -> u64 {
    let (high, low) = id.uuid().as_u64_pair();
    // The salt is mixed in before the halves meet: two ids that meet under one salt part under the next.
    let salted = high ^ u64::from(salt).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let half = salted.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    let mut mixed = (half ^ (half >> 32)).wrapping_add(low).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    mixed ^ (mixed >> 33)
}

/// The first 128 bits of a credential key's digest; compares as the bytes do.
#[inline]
pub(super) fn truncated(key: &CredentialKey) -> u128 {
    array_at(key.digest(), 0).map_or(0, |first| u128::from_be_bytes(*first))
}

/// The 64 bits that place a credential: the first of its digest. It is a hash already.
#[inline]
pub(super) fn credential_hash(truncated: u128) -> u64 {
    // The shift leaves 64 bits.
    u64::try_from(truncated >> 64).unwrap_or(0)
}

/// The index of the chunk, of 2^`bits`, to which a hash belongs: its first `bits` bits.
#[inline]
pub(super) fn chunk_index(hash: u64, bits: u8) -> u32 {
    // In two steps: without bits the shift is by 64.
    u32::try_from((hash >> 1).wrapping_shr(63_u32.wrapping_sub(u32::from(bits)))).unwrap_or(0)
}

/// The bucket, of `buckets`, to which a hash belongs within its chunk. Grows with the hash, so that
/// entries in the order of their hashes are in the order of their buckets.
#[inline]
pub(super) fn bucket(hash: u64, bits: u8, buckets: u32) -> u32 {
    scale(hash.wrapping_shl(u32::from(bits)) >> 32, buckets)
}

/// The bucket, of `buckets`, to which a role-set key belongs.
#[inline]
pub(super) fn role_set_bucket(key: u32, buckets: u32) -> u32 {
    scale(u64::from(key), buckets)
}

/// `fraction` / 2^32 of `buckets`; both factors have 32 bits, so nothing overflows.
#[inline]
fn scale(fraction: u64, buckets: u32) -> u32 {
    u32::try_from(fraction.wrapping_mul(u64::from(buckets)) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn uuid(number: u128) -> ApplicationId {
        ApplicationId::from_bytes((0x0000_0000_0000_4000_8000_0000_0000_0000_u128 | number).to_be_bytes())
    }

    #[test]
    fn sequential_ids_fill_chunks_and_buckets_evenly() {
        // Counters in the last group, in the first, and one bit at a time.
        let families: [Vec<ApplicationId>; 3] = [
            (1..=40_960).map(uuid).collect(),
            (1..=40_960).map(|number| uuid(number << 96)).collect(),
            (0..40_960).map(|number| uuid(((number / 512) << 64) | (number % 512) << 39)).collect(),
        ];
        for family in families {
            let mut chunks = vec![0_u32; 1024];
            let mut buckets = vec![0_u32; 1024];
            for id in &family {
                let hash = application_ref(0, id);
                chunks[chunk_index(hash, 10) as usize] += 1;
                buckets[bucket(hash, 10, 1024) as usize] += 1;
            }
            // 40 on average; a random spread is within 6 deviations of it.
            for load in chunks.iter().chain(&buckets) {
                assert!((3..=90).contains(load), "{load}");
            }
        }
    }

    /// By another program, from what docs/BUNDLE.md says: whoever builds and whoever reads a bundle may be of two versions.
    #[test]
    fn keys_are_what_the_format_says() {
        let first: ApplicationId = "a0000000-0000-4000-8000-000000000001".parse().unwrap();
        let second: ApplicationId = "6f1d2c3b-4a59-4876-9e0f-1a2b3c4d5e6f".parse().unwrap();
        assert_eq!(application_ref(0, &first), 0x2d96_449b_4484_455e);
        assert_eq!(application_ref(0, &second), 0x4c49_5994_8df3_988d);
        assert_eq!(application_ref(7, &second), 0x3bf3_a6a3_f247_b679);
        assert_eq!(application_ref(u32::MAX, &first), 0x59cd_a242_e199_0306);
        let resource = "e0000000-0000-4000-8000-000000000001".parse().unwrap();
        assert_eq!(resource_key(5, &resource), 0x189c_8b2d);
        let teams: Vec<TeamId> =
            ["c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"]
                .map(|id| id.parse().unwrap())
                .to_vec();
        let portal = "10000000-0000-4000-8000-000000000001".parse().unwrap();
        assert_eq!(role_set_key(5, &portal, &teams), 0x9540_e3e1);
        assert_eq!([0, 1, u32::MAX].map(|key| role_set_bucket(key, 12)), [0, 0, 11]);
        assert_eq!(role_set_bucket(1 << 31, 12), 6);
    }

    #[test]
    fn refs_are_distinct_and_depend_on_the_salt() {
        let refs: BTreeSet<u64> = (0..20_000).map(|number| application_ref(0, &uuid(number))).collect();
        assert_eq!(refs.len(), 20_000);
        assert_ne!(application_ref(0, &uuid(1)), application_ref(1, &uuid(1)));
    }

    #[test]
    fn chunks_and_buckets_follow_the_order_of_hashes() {
        assert_eq!(chunk_index(u64::MAX, 0), 0);
        assert_eq!(chunk_index(u64::MAX, 16), 0xFFFF);
        assert_eq!(bucket(u64::MAX, 0, 7), 6);
        assert_eq!(bucket(0, 0, 7), 0);
        assert_eq!(bucket(u64::MAX, 3, 0), 0);
        let mut last = (0, 0);
        for step in 0..1000_u64 {
            let hash = step.wrapping_mul(u64::MAX / 1000);
            let place = (chunk_index(hash, 3), bucket(hash, 3, 13));
            assert!(place >= last);
            last = place;
        }
    }
}
