//! Why bytes are refused as a bundle.

use std::fmt;

use super::format::FORMAT_VERSION;
use super::wire::Short;

/// A part of a bundle, as errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BundlePart {
    /// The manifest, with the signature block.
    Manifest,
    /// The global chunk.
    Global,
    /// The chunk with this index, counted from 0 without the global chunk.
    Chunk(u32),
}

impl fmt::Display for BundlePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest => f.write_str("the manifest"),
            Self::Global => f.write_str("the global chunk"),
            Self::Chunk(index) => write!(f, "chunk {index}"),
        }
    }
}

/// Why bytes are refused as a bundle or as a part of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The first bytes are those of something else.
    #[error("not a bundle: it does not begin with `GPBUNDLE`")]
    NotABundle,
    /// Written in another version of the format.
    #[error("bundle format {found} is not supported (this version reads {FORMAT_VERSION})")]
    Version {
        /// The version the bundle names.
        found: u16,
    },
    /// Bytes are missing at the end.
    #[error("bundle is cut short: at least {needed} bytes are needed, and there are {found}")]
    CutShort {
        /// Bytes needed, as far as was read.
        needed: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Something follows the last chunk, or the signature block of a manifest on its own.
    #[error("{count} bytes follow the end of the bundle")]
    Trailing {
        /// How many bytes.
        count: u64,
    },
    /// A chunk is not as long as the manifest says.
    #[error("{part} has {found} bytes, and the manifest names {expected}")]
    Length {
        /// Which chunk.
        part: BundlePart,
        /// Bytes the manifest names.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A chunk's SHA-256 is not the manifest's.
    #[error("{part} is not the one the manifest names: its SHA-256 differs")]
    Digest {
        /// Which chunk.
        part: BundlePart,
    },
    /// Bytes with the right digest that keep no promise of the format.
    #[error("{part} is malformed: {what}")]
    Malformed {
        /// Which part.
        part: BundlePart,
        /// The promise that is not kept.
        what: &'static str,
    },
    /// The manifest names no chunk of this index.
    #[error("there is no chunk {index}: the manifest names {count}")]
    NoSuchChunk {
        /// The index asked for.
        index: u32,
        /// Chunks there are, without the global one.
        count: u32,
    },
    /// The number of verified chunks is not the manifest's.
    #[error("{found} chunks were given, and the manifest names {expected}")]
    ChunkCount {
        /// Chunks the manifest names, without the global one.
        expected: u64,
        /// Chunks given.
        found: u64,
    },
    /// A verified chunk that is not this manifest's, or stands in the wrong place.
    #[error("{part} was verified for another bundle or another place")]
    Foreign {
        /// Where it was given.
        part: BundlePart,
    },
    /// There is no memory for a chunk.
    #[error("{bytes} bytes of memory are not to be had")]
    Memory {
        /// Bytes asked for.
        bytes: u64,
    },
}

impl From<Short> for BundleError {
    fn from(short: Short) -> Self {
        Self::CutShort { needed: short.needed, found: short.found }
    }
}
