//! Dividing credentials and applications into chunks, and writing them.

use crate::arrange::Arrange as _;
use crate::{CredentialKind, OwnerFact, Timestamp};

use super::super::code::{Holding, WireCode as _};
use super::super::contents::{ApplicationContents, CredentialHolder, CredentialState, Owner, PortalContents};
use super::super::format::{
    APPLICATIONS_PER_BUCKET, CHUNK_BITS_MAX, CHUNK_HEADER, CHUNK_MAGIC, CODE_BITS, CREDENTIAL_ENTRY,
    CREDENTIALS_PER_BUCKET, NO_EXPIRY, RECORD_FIXED, WIDE_COUNT,
};
use super::super::key::{bucket, chunk_index, credential_hash, truncated};
use super::super::wire::{count, wide};
use super::credential::Credential;
use super::keys::Keys;
use super::problem::BuildProblem;

/// One credential as it is written.
struct CredentialRow {
    first: u128,
    kind: CredentialKind,
    holding: Holding,
    reference: u64,
    /// Milliseconds since 1970; only where it can decide, which is while the credential is active.
    expires_at: Option<i64>,
}

/// One application as it is written.
struct ApplicationRow<'a> {
    reference: u64,
    role_set_key: u32,
    contents: &'a ApplicationContents,
}

/// Everything that goes into chunks, in the order of the hashes.
pub(super) struct Rows<'a> {
    credentials: Vec<CredentialRow>,
    applications: Vec<ApplicationRow<'a>>,
    keys: &'a Keys,
}

/// Contents divided into 2^`bits` chunks.
pub(super) struct Division {
    pub(super) bits: u8,
    pub(super) chunks: Vec<Vec<u8>>,
}

impl<'a> Rows<'a> {
    /// The rows of these portals, which are sorted by id; the credentials are sorted as they are written.
    pub(super) fn new(portals: &[&'a PortalContents], credentials: &[Credential], keys: &'a Keys) -> Self {
        let credentials = credentials.iter().map(|credential| credential_row(credential, keys)).collect();
        let mut applications: Vec<ApplicationRow<'a>> = Vec::new();
        for (ordinal, portal) in portals.iter().enumerate() {
            applications.extend(portal.applications.iter().filter_map(|contents| {
                let role_set_key = keys.role_set(ordinal, contents.role_set)?;
                Some(ApplicationRow { reference: keys.application(&contents.id), role_set_key, contents })
            }));
        }
        applications.arrange_by_key(|row| row.reference);
        Self { credentials, applications, keys }
    }

    /// Divides the rows into the fewest chunks of which none is longer than `limit` bytes.
    pub(super) fn divide(&self, limit: usize) -> Result<Division, BuildProblem> {
        let mut longest = 0;
        for bits in 0..=CHUNK_BITS_MAX {
            longest = self.parts(bits).map(|part| part.length()).max().unwrap_or(0);
            if longest <= wide(limit) {
                let chunks = self.parts(bits).map(|part| part.write(self.keys, bits)).collect();
                return Ok(Division { bits, chunks });
            }
        }
        Err(BuildProblem::ChunkTooLarge { bytes: longest, limit: wide(limit) })
    }

    fn parts(&self, bits: u8) -> impl Iterator<Item = Part<'_>> {
        let (mut credentials, mut applications) = (self.credentials.as_slice(), self.applications.as_slice());
        (0..1_u32 << bits).map(move |index| Part {
            credentials: take_front(&mut credentials, |row| {
                chunk_index(credential_hash(row.first), bits) == index
            }),
            applications: take_front(&mut applications, |row| chunk_index(row.reference, bits) == index),
        })
    }
}

/// Takes the rows at the front that belong to a part.
fn take_front<'r, T>(rows: &mut &'r [T], belongs: impl Fn(&T) -> bool) -> &'r [T] {
    let (front, rest) = rows.split_at_checked(rows.partition_point(belongs)).unwrap_or_default();
    *rows = rest;
    front
}

fn credential_row(credential: &Credential, keys: &Keys) -> CredentialRow {
    let (holding, reference, expires_at) = match credential.holder {
        CredentialHolder::Several => (Holding::Several, 0, None),
        CredentialHolder::One { application, state, expires_at } => {
            let active = state == CredentialState::Active;
            let expires_at = expires_at.filter(|_| active).map(Timestamp::millis);
            (Holding::One(state), keys.application(&application), expires_at)
        }
    };
    CredentialRow {
        first: truncated(&credential.key),
        kind: credential.key.kind(),
        holding,
        reference,
        expires_at,
    }
}

/// The rows of one chunk.
struct Part<'r> {
    credentials: &'r [CredentialRow],
    applications: &'r [ApplicationRow<'r>],
}

impl Part<'_> {
    /// The distinct expiries, sorted.
    fn expiries(&self) -> Vec<i64> {
        let mut expiries: Vec<i64> = self.credentials.iter().filter_map(|row| row.expires_at).collect();
        expiries.arrange();
        expiries.dedup();
        expiries
    }

    fn credential_buckets(&self) -> u32 {
        count(self.credentials.len()).div_ceil(CREDENTIALS_PER_BUCKET)
    }

    fn application_buckets(&self) -> u32 {
        count(self.applications.len()).div_ceil(APPLICATIONS_PER_BUCKET)
    }

    fn record_bytes(&self) -> u64 {
        self.applications.iter().fold(0, |sum, row| sum.saturating_add(record_length(row.contents)))
    }

    /// Bytes of the chunk.
    fn length(&self) -> u64 {
        let directories =
            (u64::from(self.credential_buckets()) + 1) * 2 + (u64::from(self.application_buckets()) + 1) * 4;
        let entries = wide(self.credentials.len()).saturating_mul(wide(CREDENTIAL_ENTRY));
        let expiries = wide(self.expiries().len()).saturating_mul(8);
        let fixed = wide(CHUNK_HEADER).saturating_add(directories);
        fixed.saturating_add(entries).saturating_add(expiries).saturating_add(self.record_bytes())
    }

    fn write(&self, keys: &Keys, bits: u8) -> Vec<u8> {
        let expiries = self.expiries();
        let mut bytes = Vec::with_capacity(usize::try_from(self.length()).unwrap_or(0));
        bytes.extend_from_slice(&CHUNK_MAGIC);
        bytes.extend_from_slice(&keys.salt.to_le_bytes());
        for rows in [self.credentials.len(), expiries.len(), self.applications.len()] {
            bytes.extend_from_slice(&count(rows).to_le_bytes());
        }
        bytes.extend_from_slice(&u32::try_from(self.record_bytes()).unwrap_or(u32::MAX).to_le_bytes());
        self.write_credentials(&mut bytes, &expiries, bits);
        for expires_at in &expiries {
            bytes.extend_from_slice(&expires_at.to_le_bytes());
        }
        self.write_applications(&mut bytes, keys, bits);
        bytes
    }

    fn write_credentials(&self, bytes: &mut Vec<u8>, expiries: &[i64], bits: u8) {
        let buckets = self.credential_buckets();
        for place in 0..=buckets {
            let before = |row: &CredentialRow| bucket(credential_hash(row.first), bits, buckets) < place;
            // A chunk's limit holds fewer entries than a u16 counts.
            let start = u16::try_from(self.credentials.partition_point(before)).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&start.to_le_bytes());
        }
        for row in self.credentials {
            let expiry = row.expires_at.and_then(|expires_at| expiries.binary_search(&expires_at).ok());
            let flags = row.kind.number().unwrap_or(0) | row.holding.number().unwrap_or(0) << 2;
            bytes.extend_from_slice(&row.first.to_be_bytes());
            bytes.extend_from_slice(&row.reference.to_le_bytes());
            let last = expiry.map_or(NO_EXPIRY, count) << 8 | u32::from(flags);
            bytes.extend_from_slice(&last.to_le_bytes());
        }
    }

    fn write_applications(&self, bytes: &mut Vec<u8>, keys: &Keys, bits: u8) {
        let buckets = self.application_buckets();
        let (mut place, mut start) = (0, 0_u64);
        for row in self.applications {
            let own = bucket(row.reference, bits, buckets);
            while place <= own {
                bytes.extend_from_slice(&u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
                place += 1;
            }
            start = start.saturating_add(record_length(row.contents));
        }
        while place <= buckets {
            bytes.extend_from_slice(&u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
            place += 1;
        }
        for row in self.applications {
            write_record(row, keys, bytes);
        }
    }
}

fn record_length(contents: &ApplicationContents) -> u64 {
    let registrations = contents.registrations.len();
    let count = if registrations < usize::from(WIDE_COUNT) { 0 } else { 2 };
    wide(RECORD_FIXED) + count + wide(registrations).saturating_mul(4)
}

fn write_record(row: &ApplicationRow<'_>, keys: &Keys, bytes: &mut Vec<u8>) {
    let contents = row.contents;
    let (owner_id, owner) = match contents.owner {
        Owner::Unknown => ([0; 16], OwnerFact::Unknown),
        Owner::Developer(id, status) => (*id.as_bytes(), OwnerFact::Developer(status)),
        Owner::Team(id) => (*id.as_bytes(), OwnerFact::Team),
    };
    bytes.extend_from_slice(contents.id.as_bytes());
    bytes.extend_from_slice(&owner_id);
    bytes.extend_from_slice(&row.role_set_key.to_le_bytes());
    bytes.push(contents.status.number().unwrap_or(0) | owner.number().unwrap_or(0) << 3);
    let words = contents.registrations.iter().filter_map(|(resource, status)| {
        Some(keys.resource(resource)? << CODE_BITS | u32::from(status.number()?))
    });
    let mut words: Vec<u32> = words.collect();
    words.arrange();
    // 255 and more are counted in the u16 that follows.
    bytes.push(u8::try_from(words.len()).unwrap_or(WIDE_COUNT));
    if words.len() >= usize::from(WIDE_COUNT) {
        bytes.extend_from_slice(&u16::try_from(words.len()).unwrap_or(u16::MAX).to_le_bytes());
    }
    for word in words {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
}
