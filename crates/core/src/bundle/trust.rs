//! Whose bundles a gateway takes.

use crate::{Policy, PortalId, Region};

use super::manifest::Manifest;
use super::open::Bundle;
use super::signature::{PublicKey, SignatureError};
use super::statement::{Purpose, Statement};
use super::timestamp::BundleTimestamp;

/// Whose signatures count, and what bundles must be for. Without keys, signatures do not matter; the rest does.
///
/// Bundle and timestamp keys may differ: whoever has only the timestamp key can say that contents are current,
/// and never make other contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Keys that make contents.
    pub bundle_keys: Vec<PublicKey>,
    /// Keys that say that contents are current.
    pub timestamp_keys: Vec<PublicKey>,
    /// Whom bundles must be for; `None`: anybody.
    pub audience: Option<String>,
    /// Exactly which portals must be in them, in any order; `None`: any.
    pub portals: Option<Vec<PortalId>>,
    /// Which policy they must be built for; `None`: any.
    pub policy: Option<Policy>,
}

/// Why a bundle or a timestamp is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// No signature counts.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It is for other gateways.
    #[error("it is for another audience")]
    Audience,
    /// It is of other portals.
    #[error("it is of other portals")]
    Portals,
    /// It is of another policy.
    #[error("it is for another policy")]
    Policy,
    /// What was signed is about something else than what it came with.
    #[error("what was signed is about other contents")]
    Contents,
}

impl Trust {
    /// Whether signatures matter.
    pub fn wants_signatures(&self) -> bool {
        !self.bundle_keys.is_empty() || !self.timestamp_keys.is_empty()
    }

    /// Checks a timestamp's signatures and what it is for.
    ///
    /// # Errors
    ///
    /// The first reason not to take it.
    ///
    /// ```
    /// use gatepass::bundle::{BundleTimestamp, SigningKey, Trust};
    /// use gatepass::{Policy, PortalId, Region, Timestamp};
    /// let (key, id) = (SigningKey::from_seed([1; 32]), PortalId::from_bytes([1; 16]));
    /// let as_of = Timestamp::from_millis(1_699_985_217_000);
    /// let stamp = BundleTimestamp::new("edge", [(id, Region::Eu)], Policy::Strict, as_of, [7; 32]).unwrap();
    /// let trust = Trust { timestamp_keys: vec![key.public_key()], ..Trust::default() };
    /// assert_eq!(trust.timestamp(&stamp).unwrap_err().to_string(), "it is not signed");
    /// assert_eq!(trust.timestamp(&stamp.clone().signed(&key)), Ok(()));
    /// let other = stamp.signed(&SigningKey::from_seed([2; 32]));
    /// assert_eq!(trust.timestamp(&other).unwrap_err().to_string(), "none of its signatures is by a trusted key");
    /// ```
    pub fn timestamp(&self, timestamp: &BundleTimestamp) -> Result<(), TrustError> {
        if self.wants_signatures() {
            timestamp.statement().verify(Purpose::Timestamp, &self.timestamp_keys)?;
        }
        self.admits(timestamp.statement())
    }

    /// Checks a manifest's signatures and what it is for. Its chunks are what it says they are: they are
    /// verified against it.
    ///
    /// # Errors
    ///
    /// The first reason not to take it.
    pub fn manifest(&self, manifest: &Manifest) -> Result<(), TrustError> {
        let Some(statement) = manifest.statement() else {
            return if self.wants_signatures() { Err(SignatureError::Unsigned.into()) } else { Ok(()) };
        };
        if self.wants_signatures() {
            if statement.content_digest != *manifest.content_digest() {
                return Err(TrustError::Contents);
            }
            statement.verify(Purpose::Bundle, &self.bundle_keys)?;
        }
        self.admits(statement)
    }

    /// Checks a bundle: its manifest, and that portals, regions and policy are those that were signed and those
    /// that are wanted.
    ///
    /// # Errors
    ///
    /// The first reason not to take it.
    pub fn bundle(&self, bundle: &Bundle) -> Result<(), TrustError> {
        self.manifest(bundle.manifest())?;
        let portals: Vec<(PortalId, Region)> =
            bundle.portals().map(|portal| (portal.id, portal.region)).collect();
        if let Some(statement) = bundle.manifest().statement().filter(|_| self.wants_signatures())
            && (statement.portals != portals || statement.policy != bundle.policy())
        {
            return Err(TrustError::Contents);
        }
        self.admits_contents(&portals, bundle.policy())
    }

    fn admits(&self, statement: &Statement) -> Result<(), TrustError> {
        if self.audience.as_ref().is_some_and(|audience| *audience != statement.audience) {
            return Err(TrustError::Audience);
        }
        self.admits_contents(&statement.portals, statement.policy)
    }

    fn admits_contents(&self, portals: &[(PortalId, Region)], policy: Policy) -> Result<(), TrustError> {
        if let Some(wanted) = &self.portals
            && (wanted.len() != portals.len() || !portals.iter().all(|(id, _)| wanted.contains(id)))
        {
            return Err(TrustError::Portals);
        }
        if self.policy.is_some_and(|wanted| wanted != policy) {
            return Err(TrustError::Policy);
        }
        Ok(())
    }
}
