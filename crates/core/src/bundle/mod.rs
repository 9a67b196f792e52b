//! The bundle: what a gateway needs and no more, in bytes that are their own index.
//!
//! # Parts
//!
//! A single file is: manifest ‖ signature block ‖ global chunk ‖ chunk 0 ‖ … ‖ chunk 2^k − 1, with nothing
//! after it. Every integer is little-endian. `docs/BUNDLE.md` has the byte tables.
//!
//! - The [`Manifest`] lists length and SHA-256 of every chunk. Its own SHA-256 is the **content digest**, the
//!   name of the contents. Neither serial nor time is in it: the same contents have the same bytes.
//! - The signature block holds, if the bundle is signed, what was signed (for whom, of which portals, since
//!   when) and who signed it; [`Trust`] verifies that.
//! - The [`GlobalChunk`] (≤ 8 MiB) holds policy, portals, resources, role sets and route keys.
//! - A [`Chunk`] (≤ 256 KiB) holds the credentials and applications whose hash begins with the k bits of its
//!   index. k is the smallest under which every chunk fits, at most 16.
//!
//! A [`BundleTimestamp`] travels beside it and says since when the contents are current.
//!
//! # Keys
//!
//! Parts name each other by keys, never by position, so that a changed application changes its own chunks
//! only, and a changed role the global chunk only:
//!
//! - resource key: the first 29 bits of SHA-256(salt ‖ resource id);
//! - role-set key: the first 32 bits of SHA-256(salt ‖ portal id ‖ sorted team ids);
//! - application ref: 64 bits mixed from salt and application id by multiplications, because it is computed
//!   per look-up;
//! - credential key: the first 128 bits of the digest of a [`CredentialKey`](crate::CredentialKey), with its
//!   kind. It is a hash already and is not hashed again.
//!
//! The salt is the smallest of 0 to 63 under which no two resources, role sets or applications have the same
//! key; it is in the global chunk and in every chunk.
//!
//! # Verification
//!
//! [`Chunk::verify`] and [`GlobalChunk::verify`] check one part alone, so that a gateway can fetch what it
//! lacks part by part: length and digest first, then all that look-ups rely on (ranges, directories, strict
//! order, places by hash, references within the part, every number). [`Bundle::assemble`] puts verified parts
//! together, and [`Bundle::open`] does all of it on a single file. Bytes that pass cannot make a look-up
//! panic, and a reference to another part that leads nowhere makes it deny.

mod build;
mod chunk;
mod code;
mod contents;
mod error;
mod format;
mod global;
mod key;
mod lookup;
mod manifest;
mod open;
mod signature;
mod statement;
#[cfg(test)]
mod tests;
mod timestamp;
mod trust;
mod wire;

pub use build::{BuildError, BuildProblem, Built, build};
pub use chunk::{Chunk, ChunkCounts};
pub use contents::{
    ApplicationContents, CredentialContents, CredentialHolder, CredentialState, Owner, PortalContents,
    ResourceContents, RoleSetContents,
};
pub use error::{BundleError, BundlePart};
pub use format::{CHUNK_BITS_MAX, CHUNK_BYTES_MAX, FORMAT_VERSION, GLOBAL_BYTES_MAX};
pub use global::GlobalChunk;
pub use lookup::{Caller, ResourceHandle};
pub use manifest::{ChunkDigest, Manifest};
pub use open::{Bundle, BundleCounts, PortalSummary};
pub use signature::{KeyError, PublicKey, SignatureError, SigningKey};
pub use timestamp::{BundleTimestamp, BundleTimestampError};
pub use trust::{Trust, TrustError};
