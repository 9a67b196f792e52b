//! What is signed about contents: for whom, of which portals, since when.

use crate::arrange::Arrange as _;
use crate::{Policy, PortalId, Region, Timestamp};

use super::code::WireCode as _;
use super::signature::{PublicKey, SignatureError, Signatures, SignaturesError, SigningKey};
use super::wire::{Reader, Short, count16};

/// Longest audience, in bytes.
const AUDIENCE_MAX: usize = 255;

/// Most portals: the lengths of their ids fit the u16 before the field.
const PORTALS_MAX: usize = 4095;

/// What a statement is for. The first bytes of what is signed; the 0 ends them, so that no version's are the
/// beginning of another's and nothing signed for one purpose passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// These contents are ours.
    Bundle,
    /// These contents are current.
    Timestamp,
}

impl Purpose {
    pub(super) const fn magic(self) -> &'static [u8] {
        match self {
            Self::Bundle => b"gatepass-bundle/1\0",
            Self::Timestamp => b"gatepass-timestamp/1\0",
        }
    }
}

/// A statement about contents, with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) audience: String,
    pub(super) portals: Vec<(PortalId, Region)>,
    pub(super) policy: Policy,
    pub(super) serial: u64,
    pub(super) content_digest: [u8; 32],
    pub(super) signatures: Signatures,
}

/// Why bytes or fields are no statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatementError {
    Short(Short),
    Malformed(&'static str),
}

impl From<Short> for StatementError {
    fn from(short: Short) -> Self {
        Self::Short(short)
    }
}

impl From<SignaturesError> for StatementError {
    fn from(error: SignaturesError) -> Self {
        match error {
            SignaturesError::Short(short) => Self::Short(short),
            SignaturesError::Malformed(what) => Self::Malformed(what),
        }
    }
}

const fn malformed(what: &'static str) -> StatementError {
    StatementError::Malformed(what)
}

impl Statement {
    pub(super) fn new(
        audience: String,
        mut portals: Vec<(PortalId, Region)>,
        policy: Policy,
        as_of: Timestamp,
        content_digest: [u8; 32],
    ) -> Result<Self, StatementError> {
        let serial = u64::try_from(as_of.millis()).map_err(|_| malformed("`as_of` is before 1970"))?;
        portals.arrange();
        let signatures = Signatures::NONE;
        let statement = Self { audience, portals, policy, serial, content_digest, signatures };
        statement.check()?;
        Ok(statement)
    }

    pub(super) fn as_of(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.serial).unwrap_or(i64::MAX))
    }

    pub(super) fn sign(&mut self, purpose: Purpose, key: &SigningKey) {
        let message = self.message(purpose);
        self.signatures.sign(&message, key);
    }

    pub(super) fn verify(&self, purpose: Purpose, keys: &[PublicKey]) -> Result<(), SignatureError> {
        self.signatures.verify(&self.message(purpose), keys)
    }

    /// What is signed: the purpose, then the fields.
    pub(super) fn message(&self, purpose: Purpose) -> Vec<u8> {
        let mut bytes = purpose.magic().to_vec();
        self.write_fields(&mut bytes);
        bytes
    }

    /// The seven fields, each after its length as u16.
    pub(super) fn write_fields(&self, bytes: &mut Vec<u8>) {
        let ids: Vec<u8> = self.portals.iter().flat_map(|(id, _)| *id.as_bytes()).collect();
        let regions: Vec<u8> = self.portals.iter().filter_map(|(_, region)| region.number()).collect();
        let policy: Vec<u8> = self.policy.number().into_iter().collect();
        let (serial, as_of) = (self.serial.to_le_bytes(), self.as_of().millis().to_le_bytes());
        for field in
            [self.audience.as_bytes(), &ids, &regions, &policy, &serial, &as_of, &self.content_digest]
        {
            // The limits on audience and portals keep every length within a u16.
            bytes.extend_from_slice(&count16(field.len()).to_le_bytes());
            bytes.extend_from_slice(field);
        }
    }

    /// Bytes that [`Statement::write_fields`] writes.
    pub(super) fn fields_length(&self) -> usize {
        7 * 2 + self.audience.len() + self.portals.len() * 17 + 1 + 8 + 8 + 32
    }

    /// Reads the seven fields; signatures are added by whoever knows where they stand.
    pub(super) fn read_fields(reader: &mut Reader<'_>) -> Result<Self, StatementError> {
        let audience =
            std::str::from_utf8(field(reader)?).map_err(|_| malformed("the audience is not UTF-8"))?;
        let portals = read_portals(field(reader)?, field(reader)?)?;
        let [policy] = fixed(reader)?;
        let policy = Policy::from_number(policy).ok_or(malformed("the policy is not a known number"))?;
        let serial = u64::from_le_bytes(fixed(reader)?);
        let as_of = i64::from_le_bytes(fixed(reader)?);
        if u64::try_from(as_of) != Ok(serial) {
            return Err(malformed("the serial is not `as_of` in milliseconds"));
        }
        let content_digest = fixed(reader)?;
        let (audience, signatures) = (audience.to_owned(), Signatures::NONE);
        let statement = Self { audience, portals, policy, serial, content_digest, signatures };
        statement.check()?;
        Ok(statement)
    }

    /// What holds of every statement, made or read.
    fn check(&self) -> Result<(), StatementError> {
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
fn field<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], StatementError> {
    let length = reader.u16()?;
    Ok(reader.take(length.into())?)
}

/// A field of known length.
fn fixed<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], StatementError> {
    field(reader)?.try_into().map_err(|_| malformed("a field has another length"))
}

fn read_portals(ids: &[u8], regions: &[u8]) -> Result<Vec<(PortalId, Region)>, StatementError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_portal_has_its_region() {
        assert_eq!(read_portals(&[0; 16], &[0]).map(|portals| portals.len()).ok(), Some(1));
        for (ids, regions) in [(17, 1), (16, 2), (32, 1), (15, 0)] {
            assert!(read_portals(&vec![0; ids], &vec![0; regions]).is_err(), "{ids} {regions}");
        }
    }
}
