//! One chunk: the credentials and applications whose hashes begin alike, in bytes that are their own index.

mod record;
mod verify;

use std::fmt;

use crate::{ApplicationId, CredentialKey, Timestamp};

use super::code::{Holding, WireCode as _};
use super::error::{BundleError, BundlePart};
use super::format::{
    APPLICATIONS_PER_BUCKET, CHUNK_HEADER, CHUNK_MAGIC, CREDENTIAL_ENTRY, CREDENTIALS_PER_BUCKET, NO_EXPIRY,
};
use super::key::{application_ref, bucket, credential_hash, truncated};
use super::manifest::{ChunkDigest, Manifest};
use super::wire::{Reader, array_at, position, u16_pair_at, u32_at, u32_pair_at, u64_at, wide};

pub(super) use record::Record;

/// A verified chunk. Its bytes are held once, and nothing else is held per record.
pub struct Chunk {
    bytes: Box<[u8]>,
    layout: Layout,
    index: u32,
    bits: u8,
    digest: ChunkDigest,
    counts: ChunkCounts,
}

/// How much is in a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChunkCounts {
    /// Applications.
    pub applications: u64,
    /// Registrations of these applications.
    pub registrations: u64,
    /// Credentials by kind, in the order of [`crate::CredentialKind::ALL`].
    pub credentials: [u64; 3],
}

impl Chunk {
    /// Verifies the bytes of the chunk with this index: length and digest first, then everything that
    /// look-ups rely on. Needs no other chunk, so that chunks can be fetched and verified one by one.
    ///
    /// # Errors
    ///
    /// If the manifest has no such chunk, names other bytes, or the bytes keep a promise of the format not.
    pub fn verify(index: u32, bytes: Vec<u8>, manifest: &Manifest) -> Result<Self, BundleError> {
        let part = BundlePart::Chunk(index);
        manifest.check(part, &bytes)?;
        let digest = manifest.entry(part)?;
        let bits = manifest.chunk_bits();
        let malformed = |what| BundleError::Malformed { part, what };
        let layout = Layout::read(&bytes).map_err(malformed)?;
        let mut chunk = Self {
            bytes: bytes.into_boxed_slice(),
            layout,
            index,
            bits,
            digest,
            counts: ChunkCounts::default(),
        };
        chunk.counts = chunk.verify_entries().map_err(malformed)?;
        Ok(chunk)
    }

    /// The chunk's index, counted from 0 without the global chunk.
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// The chunk's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How much is in the chunk.
    pub const fn counts(&self) -> ChunkCounts {
        self.counts
    }

    pub(super) const fn digest(&self) -> ChunkDigest {
        self.digest
    }

    pub(super) const fn bits(&self) -> u8 {
        self.bits
    }

    pub(super) const fn salt(&self) -> u32 {
        self.layout.salt
    }

    /// The entry of a credential.
    #[inline]
    pub(super) fn credential(&self, key: &CredentialKey) -> Option<Entry> {
        let (first, kind) = (key.digest().first_chunk::<16>()?, key.kind().number()?);
        let hash = credential_hash(truncated(key));
        let mut rest = self.credential_bucket(bucket(hash, self.bits, self.layout.credential_buckets))?;
        if rest.len() > LONG_BUCKET {
            rest = narrow(rest, truncated(key));
        }
        while let Some((entry, following)) = rest.split_first_chunk::<CREDENTIAL_ENTRY>() {
            if entry.first_chunk() == Some(first) {
                let entry = Entry::read(entry)?;
                if entry.kind == kind {
                    return Some(entry);
                }
            }
            rest = following;
        }
        None
    }

    /// The record of the application with this ref.
    #[inline]
    pub(super) fn application(&self, reference: u64) -> Option<Record<'_>> {
        let place = bucket(reference, self.bits, self.layout.application_buckets);
        let mut rest = self.application_bucket(place)?;
        while let Some((record, following)) = Record::split(rest) {
            if application_ref(self.layout.salt, &record.id()) == reference {
                return Some(record);
            }
            rest = following;
        }
        None
    }

    /// The record of the application with exactly this id, whose ref is `reference`.
    pub(super) fn application_by_id(&self, id: &ApplicationId, reference: u64) -> Option<Record<'_>> {
        self.application(reference).filter(|record| record.id() == *id)
    }

    /// Whether the credential of an entry is expired at `now`. An index that leads nowhere is.
    #[inline]
    pub(super) fn is_expired(&self, entry: Entry, now: Timestamp) -> bool {
        if entry.expiry == NO_EXPIRY {
            return false;
        }
        let expiries = self.bytes.get(self.layout.expiries_at..self.layout.records_dir_at);
        let at = position(entry.expiry).saturating_mul(8);
        let expires_at =
            expiries.and_then(|expiries| array_at(expiries, at)).map(|at| i64::from_le_bytes(*at));
        expires_at.is_none_or(|expires_at| now.millis() >= expires_at)
    }

    /// The bytes of the entries of a bucket. Without buckets there are no entries, whatever is read.
    #[inline]
    fn credential_bucket(&self, place: u32) -> Option<&[u8]> {
        let at = CHUNK_HEADER.wrapping_add(position(place).wrapping_mul(2));
        let (start, end) = u16_pair_at(&self.bytes, at)?;
        let entry = |place: u16| self.layout.entries_at.wrapping_add(usize::from(place) * CREDENTIAL_ENTRY);
        self.bytes.get(entry(start)..entry(end))
    }

    /// The bytes of the records of a bucket. Without buckets there are no records, whatever is read.
    #[inline]
    fn application_bucket(&self, place: u32) -> Option<&[u8]> {
        let at = self.layout.records_dir_at.wrapping_add(position(place).wrapping_mul(4));
        let (start, end) = u32_pair_at(&self.bytes, at)?;
        let record = |start: u32| self.layout.records_at.wrapping_add(position(start));
        self.bytes.get(record(start)..record(end))
    }
}

impl fmt::Debug for Chunk {
    /// Shows no entry: a digest of a weak key betrays the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("index", &self.index)
            .field("bytes", &self.bytes.len())
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// One credential as it stands in a chunk.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) reference: u64,
    pub(super) kind: u8,
    holding: u8,
    expiry: u32,
}

impl Entry {
    #[inline]
    fn read(entry: &[u8; CREDENTIAL_ENTRY]) -> Option<Self> {
        // Flags and expiry index share the last word, which is little-endian.
        let last = u32_at(entry, 24)?;
        let [flags, ..] = last.to_le_bytes();
        Some(Self {
            reference: u64_at(entry, 16)?,
            kind: flags & 0b11,
            holding: flags >> 2,
            expiry: last >> 8,
        })
    }

    /// Whose the credential is; `None` for a number that stands for nothing.
    #[inline]
    pub(super) fn holding(&self) -> Option<Holding> {
        Holding::from_number(self.holding)
    }
}

/// The first 128 bits of the digest, as [`truncated`] gives them.
#[inline]
fn entry_key(entry: &[u8; CREDENTIAL_ENTRY]) -> u128 {
    array_at(entry, 0).map_or(0, |first| u128::from_be_bytes(*first))
}

/// Bytes of a bucket beyond which it is searched, not walked.
const LONG_BUCKET: usize = 64 * CREDENTIAL_ENTRY;

/// Skips entries before the one looked for where a bucket is long, as it may be if somebody chose keys to
/// make it so: a look-up then takes a few steps more, not thousands.
#[cold]
fn narrow(bucket: &[u8], first: u128) -> &[u8] {
    let (entries, _) = bucket.as_chunks::<CREDENTIAL_ENTRY>();
    let before = entries.partition_point(|entry| entry_key(entry) < first);
    entries.get(before..).unwrap_or_default().as_flattened()
}

/// Where the sections of a chunk begin, as its header implies.
#[derive(Clone, Copy)]
struct Layout {
    salt: u32,
    credentials: u32,
    applications: u32,
    credential_buckets: u32,
    application_buckets: u32,
    entries_at: usize,
    expiries_at: usize,
    records_dir_at: usize,
    records_at: usize,
}

impl Layout {
    /// Reads the header and checks that its sections fill the bytes exactly.
    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let header = "the header is cut short";
        let mut reader = Reader::new(bytes);
        if reader.array().map_err(|_| header)? != CHUNK_MAGIC {
            return Err("it does not begin with `GPC` and version 1");
        }
        let salt = reader.u32().map_err(|_| header)?;
        let [credentials, expiries, applications, record_bytes] = {
            let mut counts = [0; 4];
            for slot in &mut counts {
                *slot = reader.u32().map_err(|_| header)?;
            }
            counts
        };
        let credential_buckets = credentials.div_ceil(CREDENTIALS_PER_BUCKET);
        let application_buckets = applications.div_ceil(APPLICATIONS_PER_BUCKET);
        // Each term is below 2^38: no sum of them overflows.
        let entries_at = wide(CHUNK_HEADER) + (u64::from(credential_buckets) + 1) * 2;
        let expiries_at = entries_at + u64::from(credentials) * wide(CREDENTIAL_ENTRY);
        let records_dir_at = expiries_at + u64::from(expiries) * 8;
        let records_at = records_dir_at + (u64::from(application_buckets) + 1) * 4;
        if records_at + u64::from(record_bytes) != wide(bytes.len()) {
            return Err("its sections do not fill it");
        }
        let place = |at: u64| usize::try_from(at).map_err(|_| "a section lies beyond memory");
        Ok(Self {
            salt,
            credentials,
            applications,
            credential_buckets,
            application_buckets,
            entries_at: place(entries_at)?,
            expiries_at: place(expiries_at)?,
            records_dir_at: place(records_dir_at)?,
            records_at: place(records_at)?,
        })
    }
}
