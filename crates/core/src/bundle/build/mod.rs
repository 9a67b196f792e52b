//! Building: from the contents of portals to bytes. The same contents give the same bytes, whatever order
//! they come in.

mod check;
mod chunk;
mod credential;
mod global;
mod keys;
mod problem;

use crate::Policy;
use crate::arrange::Arrange as _;

use super::contents::PortalContents;
use super::format::CHUNK_BYTES_MAX;
use super::manifest::{ChunkDigest, Manifest};
use super::wire::position;

pub use problem::{BuildError, BuildProblem};

/// A bundle that was built: its parts, as they are published one by one or as a single file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The list of the parts.
    pub manifest: Manifest,
    /// The global chunk.
    pub global: Vec<u8>,
    /// The chunks by index.
    pub chunks: Vec<Vec<u8>>,
}

impl Built {
    /// The bundle as a single file, as [`Bundle::open`](super::Bundle::open) reads it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.manifest.to_bytes();
        let chunks = self.chunks.iter().map(Vec::len).sum::<usize>();
        bytes.reserve_exact(self.global.len().saturating_add(chunks));
        bytes.extend_from_slice(&self.global);
        for chunk in &self.chunks {
            bytes.extend_from_slice(chunk);
        }
        bytes
    }

    /// The SHA-256 of the manifest: the name of the contents.
    pub const fn content_digest(&self) -> &[u8; 32] {
        self.manifest.content_digest()
    }
}

/// Builds the bundle of these portals for gateways that decide by `policy`.
///
/// A credential that two portals know belongs to several applications, and proves nothing.
///
/// # Errors
///
/// If the contents contradict themselves or do not fit the format: every problem is listed, up to
/// [`BuildError::LISTED_MAX`].
///
/// ```
/// use gatepass::bundle::{Bundle, PortalContents, build};
/// use gatepass::{Policy, PortalId, Rbac, Region};
/// let portal = PortalContents {
///     id: PortalId::from_bytes([1; 16]),
///     region: Region::Eu,
///     rbac: Rbac::On,
///     resources: vec![],
///     role_sets: vec![],
///     applications: vec![],
///     credentials: vec![],
///     routes: vec![],
/// };
/// let built = build(Policy::Strict, &[portal]).unwrap();
/// let bundle = Bundle::open(&built.to_bytes()).unwrap();
/// assert_eq!(bundle.content_digest(), built.content_digest());
/// ```
pub fn build(policy: Policy, portals: &[PortalContents]) -> Result<Built, BuildError> {
    build_within(policy, portals, position(CHUNK_BYTES_MAX))
}

/// [`build`] with another limit for the length of a chunk, so that small contents have many chunks in tests.
pub(super) fn build_within(
    policy: Policy,
    portals: &[PortalContents],
    chunk_bytes_max: usize,
) -> Result<Built, BuildError> {
    let mut sorted: Vec<&PortalContents> = portals.iter().collect();
    sorted.arrange_by_key(|portal| portal.id);
    check::contents(&sorted)?;
    let credentials = credential::merge(&sorted)?;
    let keys = keys::Keys::choose(&sorted, &credentials)?;
    let global = global::encode(policy, &sorted, &keys)?;
    let layout = chunk::Rows::new(&sorted, &credentials, &keys).divide(chunk_bytes_max)?;
    let digests = layout.chunks.iter().map(|chunk| ChunkDigest::of(chunk)).collect();
    let manifest = Manifest::new(layout.bits, ChunkDigest::of(&global), digests);
    Ok(Built { manifest, global, chunks: layout.chunks })
}
