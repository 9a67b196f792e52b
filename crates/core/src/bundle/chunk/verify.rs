//! What is checked of a chunk before any look-up: directories, order, places and every number.

use crate::CredentialKind;

use super::super::code::{Holding, WireCode as _};
use super::super::contents::CredentialState;
use super::super::format::{CHUNK_HEADER, CREDENTIAL_ENTRY, NO_EXPIRY};
use super::super::key::{application_ref, bucket, chunk_index, credential_hash};
use super::super::wire::{u16_at, u32_at, wide};
use super::{Chunk, ChunkCounts, Entry, Record, entry_key};

type Check<T> = Result<T, &'static str>;

impl Chunk {
    /// Checks every section and counts what is in it.
    pub(super) fn verify_entries(&self) -> Check<ChunkCounts> {
        let mut counts = ChunkCounts::default();
        let expiries = self.verify_expiries()?;
        self.verify_credentials(expiries, &mut counts)?;
        self.verify_applications(&mut counts)?;
        Ok(counts)
    }

    /// Checks the order of the expiry table and gives its length.
    fn verify_expiries(&self) -> Check<u64> {
        let table = self.bytes.get(self.layout.expiries_at..self.layout.records_dir_at).unwrap_or_default();
        let (times, _) = table.as_chunks::<8>();
        if !times.is_sorted_by(|a, b| i64::from_le_bytes(*a) < i64::from_le_bytes(*b)) {
            return Err("expiry times are not in strictly ascending order");
        }
        Ok(wide(times.len()))
    }

    fn verify_credentials(&self, expiries: u64, counts: &mut ChunkCounts) -> Check<()> {
        let directory = || "the credential directory is not in order";
        let start = |place: u32| u16_at(&self.bytes, directory_at(CHUNK_HEADER, place, 2));
        if start(0) != Some(0)
            || start(self.layout.credential_buckets).map(u32::from) != Some(self.layout.credentials)
        {
            return Err(directory());
        }
        let mut last = None;
        for place in 0..self.layout.credential_buckets {
            // A range whose end lies before its start gives none.
            for bytes in self.credential_bucket(place).ok_or_else(directory)?.as_chunks().0 {
                let entry = self.verify_credential(bytes, place, expiries)?;
                let order = (entry_key(bytes), entry.kind);
                if last.is_some_and(|last| last >= order) {
                    return Err("credentials are not in strictly ascending order");
                }
                last = Some(order);
                if let Some(count) = counts.credentials.get_mut(usize::from(entry.kind)) {
                    *count += 1;
                }
            }
        }
        Ok(())
    }

    fn verify_credential(&self, bytes: &[u8; CREDENTIAL_ENTRY], place: u32, expiries: u64) -> Check<Entry> {
        let hash = credential_hash(entry_key(bytes));
        if chunk_index(hash, self.bits) != self.index {
            return Err("a credential belongs to another chunk");
        }
        if bucket(hash, self.bits, self.layout.credential_buckets) != place {
            return Err("a credential belongs to another bucket");
        }
        let entry = Entry::read(bytes).ok_or("a credential is cut short")?;
        if CredentialKind::from_number(entry.kind).is_none() {
            return Err("a credential's kind is not a known number");
        }
        let holding = entry.holding().ok_or("a credential's state is not a known number")?;
        if holding == Holding::Several && entry.reference != 0 {
            return Err("a credential of several applications names one");
        }
        if entry.expiry != NO_EXPIRY {
            if holding != Holding::One(CredentialState::Active) {
                return Err("a credential that is over has an expiry");
            }
            if u64::from(entry.expiry) >= expiries {
                return Err("an expiry index is out of range");
            }
        }
        Ok(entry)
    }

    fn verify_applications(&self, counts: &mut ChunkCounts) -> Check<()> {
        let directory = || "the application directory is not in order";
        let start = |place: u32| u32_at(&self.bytes, directory_at(self.layout.records_dir_at, place, 4));
        let record_bytes = wide(self.bytes.len().saturating_sub(self.layout.records_at));
        if start(0) != Some(0) || start(self.layout.application_buckets).map(u64::from) != Some(record_bytes)
        {
            return Err(directory());
        }
        let mut last = None;
        for place in 0..self.layout.application_buckets {
            let mut rest = self.application_bucket(place).ok_or_else(directory)?;
            while !rest.is_empty() {
                let (record, following) = Record::split(rest).ok_or("an application is cut short")?;
                let reference = self.verify_application(&record, place)?;
                if last.is_some_and(|last| last >= reference) {
                    return Err("applications are not in strictly ascending order");
                }
                last = Some(reference);
                counts.applications += 1;
                counts.registrations += wide(record.registrations().len());
                rest = following;
            }
        }
        if counts.applications != u64::from(self.layout.applications) {
            return Err("the number of applications is not the header's");
        }
        Ok(())
    }

    /// Checks a record and its place, and gives its ref.
    fn verify_application(&self, record: &Record<'_>, place: u32) -> Check<u64> {
        let reference = application_ref(self.layout.salt, &record.id());
        if chunk_index(reference, self.bits) != self.index {
            return Err("an application belongs to another chunk");
        }
        if bucket(reference, self.bits, self.layout.application_buckets) != place {
            return Err("an application belongs to another bucket");
        }
        record.verify()?;
        Ok(reference)
    }
}

/// Where the directory entry of a bucket stands.
fn directory_at(at: usize, place: u32, width: usize) -> usize {
    at.saturating_add(super::position(place).saturating_mul(width))
}
