//! The numbers of the format; `docs/BUNDLE.md` has the byte tables.

/// The version of the format that is written and read.
pub const FORMAT_VERSION: u16 = 1;

/// Largest chunk, in bytes.
pub const CHUNK_BYTES_MAX: u32 = 256 * 1024;

/// Largest global chunk, in bytes.
pub const GLOBAL_BYTES_MAX: u32 = 8 * 1024 * 1024;

/// Most hash bits by which a bundle is divided into chunks.
pub const CHUNK_BITS_MAX: u8 = 16;

pub(super) const MANIFEST_MAGIC: [u8; 8] = *b"GPBUNDLE";
pub(super) const SIGNATURE_MAGIC: [u8; 8] = *b"GPSIGNAT";
/// The last byte is the version: a chunk fetched alone says what it is.
pub(super) const GLOBAL_MAGIC: [u8; 4] = *b"GPG\x01";
pub(super) const CHUNK_MAGIC: [u8; 4] = *b"GPC\x01";

/// Length of the manifest before its chunk list, and of one entry of the list.
pub(super) const MANIFEST_HEADER: usize = 16;
pub(super) const MANIFEST_ENTRY: usize = 36;

pub(super) const GLOBAL_HEADER: usize = 32;
pub(super) const PORTAL_ROW: usize = 22;
pub(super) const RESOURCE_ROW: usize = 21;
pub(super) const ROLE_SET_ROW: usize = 10;
pub(super) const ROUTE_ROW: usize = 22;

pub(super) const CHUNK_HEADER: usize = 24;
pub(super) const CREDENTIAL_ENTRY: usize = 28;
pub(super) const RECORD_FIXED: usize = 38;

/// Entries a bucket holds on average: about four cache lines each.
pub(super) const CREDENTIALS_PER_BUCKET: u32 = 8;
pub(super) const APPLICATIONS_PER_BUCKET: u32 = 4;
pub(super) const ROLE_SETS_PER_BUCKET: u32 = 4;

/// The registration count that says "a u16 follows".
pub(super) const WIDE_COUNT: u8 = 255;

/// The expiry index of a credential that never expires.
pub(super) const NO_EXPIRY: u32 = 0x00FF_FFFF;

/// Resource keys have this many bits; the 3 bits below hold a role or a registration status.
pub(super) const CODE_BITS: u32 = 3;
pub(super) const CODE_MASK: u32 = 0b111;
