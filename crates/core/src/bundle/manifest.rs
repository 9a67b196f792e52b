//! The manifest: the list of a bundle's chunks, whose digest names the contents.

use sha2::{Digest as _, Sha256};

use super::error::{BundleError, BundlePart};
use super::format::{
    CHUNK_BITS_MAX, CHUNK_BYTES_MAX, FORMAT_VERSION, GLOBAL_BYTES_MAX, MANIFEST_ENTRY, MANIFEST_HEADER,
    MANIFEST_MAGIC, SIGNATURE_MAGIC,
};
use super::signature::{Signatures, SigningKey};
use super::statement::{Purpose, Statement, StatementError};
use super::timestamp::BundleTimestamp;
use super::wire::{Reader, count, position, wide};
use crate::Timestamp;

/// Length and SHA-256 of one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChunkDigest {
    /// Length in bytes.
    pub length: u32,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

impl ChunkDigest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { length: count(bytes.len()), sha256: Sha256::digest(bytes).into() }
    }
}

/// The list of a bundle's chunks, and who signed it. The same contents have the same list, byte for byte; what is
/// signed names a time, and is no part of the contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    bits: u8,
    global: ChunkDigest,
    chunks: Vec<ChunkDigest>,
    content_digest: [u8; 32],
    signed: Option<Statement>,
}

impl Manifest {
    /// The manifest of these chunks, of which there are 2^`bits`.
    pub(super) fn new(bits: u8, global: ChunkDigest, chunks: Vec<ChunkDigest>) -> Self {
        let mut manifest = Self { bits, global, chunks, content_digest: [0; 32], signed: None };
        manifest.content_digest = Sha256::digest(manifest.list_bytes()).into();
        manifest
    }

    /// Reads a manifest and its signature block, as they stand alone where chunks are fetched one by one.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly a manifest of a known version and a signature block. Its signatures are not
    /// verified; [`Trust`](super::Trust) does that.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        match Self::split(bytes)? {
            (manifest, []) => Ok(manifest),
            (_, rest) => Err(BundleError::Trailing { count: wide(rest.len()) }),
        }
    }

    /// Reads a manifest and its signature block, and gives what follows.
    pub(super) fn split(bytes: &[u8]) -> Result<(Self, &[u8]), BundleError> {
        // A file cut within its first word is cut short; any other first word is another file.
        let known = bytes.iter().zip(&MANIFEST_MAGIC).all(|(found, expected)| found == expected);
        if !known {
            return Err(BundleError::NotABundle);
        }
        let mut reader = Reader::new(bytes);
        reader.array::<8>()?;
        let found = reader.u16()?;
        if found != FORMAT_VERSION {
            return Err(BundleError::Version { found });
        }
        let bits = read_bits(&mut reader)?;
        // The length of the list is checked before memory is taken for it.
        let list = reader.take(list_length(bits))?;
        let (global, chunks) = read_list(list)?;
        let content_digest = Sha256::digest(reader.taken(bytes)).into();
        let signed = read_signatures(&mut reader)?;
        Ok((Self { bits, global, chunks, content_digest, signed }, reader.rest()))
    }

    /// The list followed by the signature block.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.list_bytes();
        bytes.extend_from_slice(&SIGNATURE_MAGIC);
        match &self.signed {
            None => bytes.extend_from_slice(&0_u16.to_le_bytes()),
            Some(statement) => {
                bytes.extend_from_slice(&statement.signatures.count().to_le_bytes());
                statement.write_fields(&mut bytes);
                statement.signatures.write_entries(&mut bytes);
            }
        }
        bytes
    }

    /// The manifest with this key's signature on it, as what `timestamp` says of its contents. Signatures that
    /// say the same stay, others are dropped.
    ///
    /// # Errors
    ///
    /// If the timestamp is of other contents.
    pub fn signed(mut self, timestamp: &BundleTimestamp, key: &SigningKey) -> Result<Self, BundleError> {
        if timestamp.content_digest() != self.content_digest() {
            return Err(malformed("what shall be signed is about other contents"));
        }
        let mut statement = Statement { signatures: Signatures::NONE, ..timestamp.statement().clone() };
        if let Some(before) = self.signed.take()
            && before.message(Purpose::Bundle) == statement.message(Purpose::Bundle)
        {
            statement.signatures = before.signatures;
        }
        statement.sign(Purpose::Bundle, key);
        self.signed = Some(statement);
        Ok(self)
    }

    /// Whether anybody signed it. Who, and whether rightly, [`Trust`](super::Trust) says.
    pub const fn is_signed(&self) -> bool {
        self.signed.is_some()
    }

    /// The public keys it says it is signed by.
    pub fn signers(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.signed.iter().flat_map(|statement| statement.signatures.keys())
    }

    /// The serial that was signed with it.
    pub fn signed_serial(&self) -> Option<u64> {
        self.signed.as_ref().map(|statement| statement.serial)
    }

    /// When what was signed was current.
    pub fn signed_as_of(&self) -> Option<Timestamp> {
        self.signed.as_ref().map(Statement::as_of)
    }

    pub(super) const fn statement(&self) -> Option<&Statement> {
        self.signed.as_ref()
    }

    /// The HTTP entity tag of contents with this digest: its hexadecimal digits between quotation marks.
    /// Relays answer with it, gateways ask by it.
    ///
    /// ```
    /// use gatepass::bundle::Manifest;
    /// assert_eq!(Manifest::entity_tag(&[0x0a; 32]), format!("\"{}\"", "0a".repeat(32)));
    /// ```
    pub fn entity_tag(content_digest: &[u8; 32]) -> String {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        let digits = content_digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        std::iter::once('"').chain(digits).chain(['"']).collect()
    }

    /// The SHA-256 of the manifest without its signature block: the name of the contents, used as `ETag`.
    pub const fn content_digest(&self) -> &[u8; 32] {
        &self.content_digest
    }

    /// By how many bits of their hash entries are divided into chunks.
    pub const fn chunk_bits(&self) -> u8 {
        self.bits
    }

    /// The number of chunks without the global one: 2 to the power of [`Manifest::chunk_bits`].
    pub const fn chunk_count(&self) -> u32 {
        1 << self.bits
    }

    /// Length and digest of the global chunk.
    pub const fn global(&self) -> ChunkDigest {
        self.global
    }

    /// Lengths and digests of the chunks by index, without the global one.
    pub fn chunks(&self) -> &[ChunkDigest] {
        &self.chunks
    }

    /// Bytes of the bundle as a single file.
    pub fn file_bytes(&self) -> u64 {
        let block = |statement: &Statement| statement.fields_length() + statement.signatures.length() - 2;
        let block = SIGNATURE_MAGIC.len() + 2 + self.signed.as_ref().map_or(0, block);
        let head = wide(MANIFEST_HEADER + block).saturating_add(list_length(self.bits));
        let lengths = self.chunks.iter().map(|chunk| u64::from(chunk.length));
        lengths.fold(head.saturating_add(u64::from(self.global.length)), u64::saturating_add)
    }

    /// The entry of a part.
    pub(super) fn entry(&self, part: BundlePart) -> Result<ChunkDigest, BundleError> {
        match part {
            BundlePart::Chunk(index) => self
                .chunks
                .get(position(index))
                .copied()
                .ok_or(BundleError::NoSuchChunk { index, count: self.chunk_count() }),
            BundlePart::Global | BundlePart::Manifest => Ok(self.global),
        }
    }

    /// Checks length and digest of a chunk's bytes.
    pub(super) fn check(&self, part: BundlePart, bytes: &[u8]) -> Result<(), BundleError> {
        let entry = self.entry(part)?;
        let (expected, found) = (u64::from(entry.length), wide(bytes.len()));
        if found != expected {
            return Err(BundleError::Length { part, expected, found });
        }
        if Sha256::digest(bytes).as_slice() != entry.sha256 {
            return Err(BundleError::Digest { part });
        }
        Ok(())
    }

    /// The manifest without its signature block: what the content digest is of.
    fn list_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MANIFEST_HEADER + MANIFEST_ENTRY * (self.chunks.len() + 1));
        bytes.extend_from_slice(&MANIFEST_MAGIC);
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&[self.bits, 0]);
        bytes.extend_from_slice(&(1 + self.chunk_count()).to_le_bytes());
        for entry in std::iter::once(&self.global).chain(&self.chunks) {
            bytes.extend_from_slice(&entry.length.to_le_bytes());
            bytes.extend_from_slice(&entry.sha256);
        }
        bytes
    }
}

const fn malformed(what: &'static str) -> BundleError {
    BundleError::Malformed { part: BundlePart::Manifest, what }
}

/// Bytes of the chunk list of a bundle of 2^`bits` chunks and the global one.
const fn list_length(bits: u8) -> u64 {
    (1 + (1 << bits)) * MANIFEST_ENTRY as u64
}

fn read_bits(reader: &mut Reader<'_>) -> Result<u8, BundleError> {
    let bits = reader.u8()?;
    if bits > CHUNK_BITS_MAX {
        return Err(malformed("more than 16 bits divide the chunks"));
    }
    if reader.u8()? != 0 {
        return Err(malformed("a reserved byte is not 0"));
    }
    if reader.u32()? != 1 + (1 << bits) {
        return Err(malformed("the number of chunks is not that of its bits"));
    }
    Ok(bits)
}

fn read_list(list: &[u8]) -> Result<(ChunkDigest, Vec<ChunkDigest>), BundleError> {
    let (entries, _) = list.as_chunks::<MANIFEST_ENTRY>();
    let Some((global, entries)) = entries.split_first() else {
        return Err(malformed("there is no global chunk"));
    };
    let mut chunks = Vec::new();
    chunks.try_reserve_exact(entries.len()).map_err(|_| BundleError::Memory { bytes: wide(list.len()) })?;
    for entry in entries {
        chunks.push(read_entry(entry, CHUNK_BYTES_MAX)?);
    }
    Ok((read_entry(global, GLOBAL_BYTES_MAX)?, chunks))
}

fn read_entry(entry: &[u8; MANIFEST_ENTRY], length_max: u32) -> Result<ChunkDigest, BundleError> {
    let mut reader = Reader::new(entry);
    let (length, sha256) = (reader.u32()?, reader.array()?);
    if length > length_max {
        return Err(malformed("a chunk is longer than allowed"));
    }
    Ok(ChunkDigest { length, sha256 })
}

/// The signature block: without signatures nothing follows their number.
fn read_signatures(reader: &mut Reader<'_>) -> Result<Option<Statement>, BundleError> {
    if reader.array()? != SIGNATURE_MAGIC {
        return Err(malformed("no signature block follows"));
    }
    let count = reader.u16()?;
    if count == 0 {
        return Ok(None);
    }
    let read = |reader: &mut Reader<'_>| -> Result<Statement, StatementError> {
        let mut statement = Statement::read_fields(reader)?;
        statement.signatures = Signatures::read(reader, count)?;
        Ok(statement)
    };
    read(reader).map(Some).map_err(|error| match error {
        StatementError::Short(short) => short.into(),
        StatementError::Malformed(what) => malformed(what),
    })
}
