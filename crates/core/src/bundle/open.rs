//! Putting verified chunks together, and the single file.

use std::sync::Arc;

use crate::{Policy, PortalId, Rbac, Region};

use super::chunk::{Chunk, ChunkCounts};
use super::error::{BundleError, BundlePart};
use super::global::GlobalChunk;
use super::manifest::Manifest;
use super::wire::{Reader, array_at, wide};

/// A verified bundle, ready for look-ups. Chunks are shared: two generations hold what they have in common
/// once.
#[derive(Debug)]
pub struct Bundle {
    manifest: Manifest,
    global: Arc<GlobalChunk>,
    chunks: Vec<Arc<Chunk>>,
    generation: u64,
}

/// One portal of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalSummary {
    /// The portal.
    pub id: PortalId,
    /// Where it is.
    pub region: Region,
    /// Whether roles decide.
    pub rbac: Rbac,
    /// Number of its resources.
    pub resources: u64,
}

/// How much is in a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BundleCounts {
    /// Applications.
    pub applications: u64,
    /// Registrations of these applications.
    pub registrations: u64,
    /// Credentials by kind, in the order of [`crate::CredentialKind::ALL`].
    pub credentials: [u64; 3],
    /// Distinct sets of teams.
    pub role_sets: u64,
    /// Chunks without the global one.
    pub chunks: u64,
    /// Bytes of the single file.
    pub bytes: u64,
}

impl Bundle {
    /// Verifies and opens a bundle that is a single file; copies each chunk once.
    ///
    /// # Errors
    ///
    /// If a byte is missing, too many, or not what the manifest names; if the version is another; if there is
    /// no memory for the copy. Signatures are not verified; [`Trust`](super::Trust) does that.
    pub fn open(bytes: &[u8]) -> Result<Self, BundleError> {
        let (manifest, rest) = Manifest::split(bytes)?;
        let expected = manifest.file_bytes();
        if wide(bytes.len()) < expected {
            return Err(BundleError::CutShort { needed: expected, found: wide(bytes.len()) });
        }
        let mut reader = Reader::new(rest);
        let global = GlobalChunk::verify(copy(reader.take(manifest.global().length.into())?)?, &manifest)?;
        let mut chunks = Vec::new();
        reserve(&mut chunks, manifest.chunks().len())?;
        for (index, entry) in (0_u32..).zip(manifest.chunks()) {
            let chunk = Chunk::verify(index, copy(reader.take(entry.length.into())?)?, &manifest)?;
            chunks.push(Arc::new(chunk));
        }
        if !reader.rest().is_empty() {
            return Err(BundleError::Trailing { count: wide(reader.rest().len()) });
        }
        Self::assemble(manifest, Arc::new(global), chunks)
    }

    /// Puts verified chunks together, in the order of their indices. A chunk that did not change may come
    /// from the generation before.
    ///
    /// # Errors
    ///
    /// If a chunk is missing, too many, in another's place, or of another bundle.
    pub fn assemble(
        manifest: Manifest,
        global: Arc<GlobalChunk>,
        chunks: Vec<Arc<Chunk>>,
    ) -> Result<Self, BundleError> {
        if global.digest() != manifest.global() {
            return Err(BundleError::Foreign { part: BundlePart::Global });
        }
        if chunks.len() != manifest.chunks().len() {
            let (expected, found) = (wide(manifest.chunks().len()), wide(chunks.len()));
            return Err(BundleError::ChunkCount { expected, found });
        }
        for ((index, chunk), entry) in (0_u32..).zip(&chunks).zip(manifest.chunks()) {
            // Refs depend on the salt: a chunk of another salt would be searched in the wrong order.
            let own = chunk.index() == index
                && chunk.bits() == manifest.chunk_bits()
                && chunk.digest() == *entry
                && chunk.salt() == global.salt();
            if !own {
                return Err(BundleError::Foreign { part: BundlePart::Chunk(index) });
            }
        }
        let generation = array_at(manifest.content_digest(), 0).map_or(0, |first| u64::from_le_bytes(*first));
        Ok(Self { manifest, global, chunks, generation })
    }

    /// The policy the bundle was built for.
    pub fn policy(&self) -> Policy {
        self.global.policy()
    }

    /// The SHA-256 of the manifest: the name of the contents.
    pub const fn content_digest(&self) -> &[u8; 32] {
        self.manifest.content_digest()
    }

    /// The manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The global chunk.
    pub const fn global(&self) -> &Arc<GlobalChunk> {
        &self.global
    }

    /// The chunks by index, without the global one.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// The portals in the order of their ids.
    pub fn portals(&self) -> impl Iterator<Item = PortalSummary> + '_ {
        (0..=u16::MAX).map_while(|ordinal| {
            let portal = self.global.portal(ordinal)?;
            let resources = wide(self.global.resources_of(ordinal).len());
            Some(PortalSummary { id: portal.id, region: portal.region, rbac: portal.rbac, resources })
        })
    }

    /// How much is in the bundle.
    pub fn counts(&self) -> BundleCounts {
        let start = BundleCounts {
            role_sets: self.global.role_set_count(),
            chunks: wide(self.chunks.len()),
            bytes: self.manifest.file_bytes(),
            ..BundleCounts::default()
        };
        self.chunks.iter().fold(start, |sum, chunk| {
            let ChunkCounts { applications, registrations, credentials } = chunk.counts();
            let mut sum = BundleCounts {
                applications: sum.applications.saturating_add(applications),
                registrations: sum.registrations.saturating_add(registrations),
                ..sum
            };
            for (total, more) in sum.credentials.iter_mut().zip(credentials) {
                *total = total.saturating_add(more);
            }
            sum
        })
    }

    /// What a handle must name to be this bundle's.
    #[inline]
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }
}

/// A copy in memory that was asked for: a bundle comes from outside, and so does its length.
fn copy(bytes: &[u8]) -> Result<Vec<u8>, BundleError> {
    let mut copied = Vec::new();
    reserve(&mut copied, bytes.len())?;
    copied.extend_from_slice(bytes);
    Ok(copied)
}

fn reserve<T>(items: &mut Vec<T>, count: usize) -> Result<(), BundleError> {
    let bytes = || wide(count).saturating_mul(wide(size_of::<T>()));
    items.try_reserve_exact(count).map_err(|_| BundleError::Memory { bytes: bytes() })
}
