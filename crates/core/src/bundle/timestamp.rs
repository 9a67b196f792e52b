//! The bundle timestamp: which contents are current, and since when. It renews a bundle's freshness without
//! sending the bundle again (the timestamp role of The Update Framework).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Policy, PortalId, Region, Timestamp};

use super::signature::{Signatures, SigningKey};
use super::statement::{Purpose, Statement, StatementError};
use super::wire::{Reader, Short, wide};

/// States that a bundle's contents were current at a point in time.
///
/// ```
/// use gatepass::bundle::BundleTimestamp;
/// use gatepass::{Policy, PortalId, Region, Timestamp};
/// let portals = [(PortalId::from_bytes([1; 16]), Region::Eu)];
/// let as_of = Timestamp::from_millis(1_699_985_217_000);
/// let stamp = BundleTimestamp::new("edge", portals, Policy::Strict, as_of, [7; 32]).unwrap();
/// assert_eq!(stamp.serial(), 1_699_985_217_000);
/// assert_eq!(BundleTimestamp::from_header(&stamp.to_header()).unwrap(), stamp);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleTimestamp(Statement);

/// Why bytes, a header or fields are no bundle timestamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleTimestampError {
    /// The first bytes are those of something else, or of another version.
    #[error("not a bundle timestamp: it does not begin with `gatepass-timestamp/1`")]
    NotATimestamp,
    /// Bytes are missing at the end.
    #[error("bundle timestamp is cut short: at least {needed} bytes are needed, and there are {found}")]
    CutShort {
        /// Bytes needed, as far as was read.
        needed: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Something follows the end.
    #[error("{count} bytes follow the end of the bundle timestamp")]
    Trailing {
        /// How many bytes.
        count: u64,
    },
    /// The header is not base64url without padding.
    #[error("the header is not base64url without padding")]
    Header,
    /// A field has a wrong length or an impossible value.
    #[error("bundle timestamp is malformed: {what}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
}

impl From<Short> for BundleTimestampError {
    fn from(short: Short) -> Self {
        Self::CutShort { needed: short.needed, found: short.found }
    }
}

impl From<StatementError> for BundleTimestampError {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Short(short) => short.into(),
            StatementError::Malformed(what) => Self::Malformed { what },
        }
    }
}

impl BundleTimestamp {
    /// States that the contents with this digest, for gateways of `audience` (at most 255 bytes), were
    /// current at `as_of`: when the first request of the crawl was sent. The portals may come in any order.
    ///
    /// # Errors
    ///
    /// If the audience is too long, a portal is given twice, there is none or more than 4095, or `as_of` is
    /// before 1970.
    pub fn new(
        audience: impl Into<String>,
        portals: impl IntoIterator<Item = (PortalId, Region)>,
        policy: Policy,
        as_of: Timestamp,
        content_digest: [u8; 32],
    ) -> Result<Self, BundleTimestampError> {
        let portals = portals.into_iter().collect();
        Ok(Self(Statement::new(audience.into(), portals, policy, as_of, content_digest)?))
    }

    /// The timestamp with this key's signature added, or made anew.
    #[must_use]
    pub fn signed(mut self, key: &SigningKey) -> Self {
        self.0.sign(Purpose::Timestamp, key);
        self
    }

    /// Whether anybody signed it. Who, and whether rightly, [`Trust`](super::Trust) says.
    pub fn is_signed(&self) -> bool {
        !self.0.signatures.is_empty()
    }

    /// The public keys it says it is signed by.
    pub fn signers(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.0.signatures.keys()
    }

    /// Whom the bundle is for.
    pub fn audience(&self) -> &str {
        &self.0.audience
    }

    /// The portals in the order of their ids, with their regions.
    pub fn portals(&self) -> &[(PortalId, Region)] {
        &self.0.portals
    }

    /// The policy the bundle was built for.
    pub const fn policy(&self) -> Policy {
        self.0.policy
    }

    /// The number by which timestamps are ordered: [`BundleTimestamp::as_of`] in milliseconds since 1970.
    pub const fn serial(&self) -> u64 {
        self.0.serial
    }

    /// When the contents were current.
    pub fn as_of(&self) -> Timestamp {
        self.0.as_of()
    }

    /// The content digest of the bundle.
    pub const fn content_digest(&self) -> &[u8; 32] {
        &self.0.content_digest
    }

    pub(super) const fn statement(&self) -> &Statement {
        &self.0
    }

    /// The timestamp's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.0.message(Purpose::Timestamp);
        self.0.signatures.write(&mut bytes);
        bytes
    }

    /// Reads a timestamp's bytes. Its signatures are not verified.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly what [`BundleTimestamp::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, BundleTimestampError> {
        let magic = Purpose::Timestamp.magic();
        if bytes.iter().zip(magic).any(|(found, expected)| found != expected) {
            return Err(BundleTimestampError::NotATimestamp);
        }
        let mut reader = Reader::new(bytes);
        reader.take(wide(magic.len()))?;
        let mut statement = Statement::read_fields(&mut reader)?;
        let count = reader.u16()?;
        statement.signatures = Signatures::read(&mut reader, count).map_err(StatementError::from)?;
        if !reader.rest().is_empty() {
            return Err(BundleTimestampError::Trailing { count: wide(reader.rest().len()) });
        }
        Ok(Self(statement))
    }

    /// The timestamp as a header's value: base64url without padding.
    pub fn to_header(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.encode())
    }

    /// Reads a header's value.
    ///
    /// # Errors
    ///
    /// If the value is not exactly what [`BundleTimestamp::to_header`] writes.
    pub fn from_header(value: &str) -> Result<Self, BundleTimestampError> {
        Self::decode(&URL_SAFE_NO_PAD.decode(value).map_err(|_| BundleTimestampError::Header)?)
    }
}
