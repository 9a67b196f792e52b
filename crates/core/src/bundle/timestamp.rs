//! The bundle timestamp: which contents are current, and since when. It renews a bundle's freshness without
//! sending the bundle again (the timestamp role of The Update Framework).

use crate::arrange::Arrange as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Policy, PortalId, Region, Timestamp};

use super::code::WireCode as _;
use super::wire::{Reader, Short, wide};

/// The first bytes; the 0 ends them so that no version's are the beginning of another's.
const MAGIC: &[u8] = b"gatepass-timestamp/1\0";

/// Longest audience, in bytes.
const AUDIENCE_MAX: usize = 255;

/// Most portals: the lengths of their ids fit the u16 before the field.
const PORTALS_MAX: usize = 4095;

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
pub struct BundleTimestamp {
    audience: String,
    portals: Vec<(PortalId, Region)>,
    policy: Policy,
    serial: u64,
    content_digest: [u8; 32],
}

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
    /// The timestamp is signed.
    #[error("signatures are not supported by this version")]
    Signatures,
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

const fn malformed(what: &'static str) -> BundleTimestampError {
    BundleTimestampError::Malformed { what }
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
        let serial = u64::try_from(as_of.millis()).map_err(|_| malformed("`as_of` is before 1970"))?;
        let mut portals: Vec<(PortalId, Region)> = portals.into_iter().collect();
        portals.arrange();
        let stamp = Self { audience: audience.into(), portals, policy, serial, content_digest };
        stamp.check()?;
        Ok(stamp)
    }

    /// Whom the bundle is for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The portals in the order of their ids, with their regions.
    pub fn portals(&self) -> &[(PortalId, Region)] {
        &self.portals
    }

    /// The policy the bundle was built for.
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// The number by which timestamps are ordered: [`BundleTimestamp::as_of`] in milliseconds since 1970.
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// When the contents were current.
    pub fn as_of(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.serial).unwrap_or(i64::MAX))
    }

    /// The content digest of the bundle.
    pub const fn content_digest(&self) -> &[u8; 32] {
        &self.content_digest
    }

    /// The timestamp's bytes, without signatures.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let ids: Vec<u8> = self.portals.iter().flat_map(|(id, _)| *id.as_bytes()).collect();
        let regions: Vec<u8> = self.portals.iter().filter_map(|(_, region)| region.number()).collect();
        let policy: Vec<u8> = self.policy.number().into_iter().collect();
        let (serial, as_of) = (self.serial.to_le_bytes(), self.as_of().millis().to_le_bytes());
        for field in
            [self.audience.as_bytes(), &ids, &regions, &policy, &serial, &as_of, &self.content_digest]
        {
            // The limits on audience and portals keep every length within a u16.
            bytes.extend_from_slice(&u16::try_from(field.len()).unwrap_or(u16::MAX).to_le_bytes());
            bytes.extend_from_slice(field);
        }
        bytes.extend_from_slice(&0_u16.to_le_bytes());
        bytes
    }

    /// Reads a timestamp's bytes.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly what [`BundleTimestamp::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, BundleTimestampError> {
        if bytes.iter().zip(MAGIC).any(|(found, expected)| found != expected) {
            return Err(BundleTimestampError::NotATimestamp);
        }
        let mut reader = Reader::new(bytes);
        reader.take(wide(MAGIC.len()))?;
        let audience =
            std::str::from_utf8(field(&mut reader)?).map_err(|_| malformed("the audience is not UTF-8"))?;
        let portals = read_portals(field(&mut reader)?, field(&mut reader)?)?;
        let [policy] = fixed(&mut reader)?;
        let policy = Policy::from_number(policy).ok_or(malformed("the policy is not a known number"))?;
        let serial = u64::from_le_bytes(fixed(&mut reader)?);
        let as_of = i64::from_le_bytes(fixed(&mut reader)?);
        if u64::try_from(as_of) != Ok(serial) {
            return Err(malformed("the serial is not `as_of` in milliseconds"));
        }
        let content_digest = fixed(&mut reader)?;
        if reader.u16()? != 0 {
            return Err(BundleTimestampError::Signatures);
        }
        if !reader.rest().is_empty() {
            return Err(BundleTimestampError::Trailing { count: wide(reader.rest().len()) });
        }
        let stamp = Self { audience: audience.to_owned(), portals, policy, serial, content_digest };
        stamp.check()?;
        Ok(stamp)
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

    /// What holds of every timestamp, made or read.
    fn check(&self) -> Result<(), BundleTimestampError> {
        if self.audience.len() > AUDIENCE_MAX {
            return Err(malformed("the audience is longer than 255 bytes"));
        }
        if self.portals.is_empty() || self.portals.len() > PORTALS_MAX {
            return Err(malformed("the number of portals is not between 1 and 4095"));
        }
        if !self.portals.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(malformed("portals are not in strictly ascending order"));
        }
        Ok(())
    }
}

/// A field: its length as u16, then its bytes.
fn field<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], BundleTimestampError> {
    let length = reader.u16()?;
    Ok(reader.take(length.into())?)
}

/// A field of known length.
fn fixed<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], BundleTimestampError> {
    field(reader)?.try_into().map_err(|_| malformed("a field has another length"))
}

fn read_portals(ids: &[u8], regions: &[u8]) -> Result<Vec<(PortalId, Region)>, BundleTimestampError> {
    let (chunks, rest) = ids.as_chunks::<16>();
    if !rest.is_empty() || chunks.len() != regions.len() {
        return Err(malformed("portal ids and regions have other lengths"));
    }
    let mut portals = Vec::new();
    for (id, region) in chunks.iter().zip(regions) {
        let region = Region::from_number(*region).ok_or(malformed("a region is not a known number"))?;
        portals.push((PortalId::from_bytes(*id), region));
    }
    Ok(portals)
}
