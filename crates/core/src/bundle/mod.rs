//! The bundle: what a gateway needs and no more, in bytes that are their own index.

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
#[cfg(test)]
mod tests;
mod timestamp;
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
pub use timestamp::{BundleTimestamp, BundleTimestampError};
