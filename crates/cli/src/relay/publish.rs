//! What is served, and which may follow which.

use std::sync::OnceLock;

use gatepass::bundle::{self, BundleTimestamp, Manifest, PortalContents, SigningKey};
use gatepass::{Policy, Timestamp};
use hyper::body::Bytes;

use super::RelayError;
use super::parts::Parts;
use crate::bundle::hexadecimal;
use crate::failure::Failure;

/// How far ahead of this machine's clock a snapshot may be: gateways refuse what is further.
const MAX_SKEW_MS: i64 = 30_000;

/// A bundle as it is served.
#[derive(Debug)]
pub(super) struct Published {
    /// The manifest with its signatures: what a single file begins with, or what stands for it alone.
    pub(super) head: Bytes,
    pub(super) parts: Parts,
    file: OnceLock<Bytes>,
    /// The content digest between quotation marks.
    pub(super) etag: String,
    /// The value of the header `x-gatepass-timestamp`.
    pub(super) timestamp: String,
    pub(super) as_of: Timestamp,
    pub(super) serial: u64,
    digest: [u8; 32],
}

/// For whom bundles are made, and whose they are.
#[derive(Debug)]
pub(super) struct Publisher {
    pub(super) policy: Policy,
    pub(super) audience: String,
    pub(super) keys: Vec<SigningKey>,
}

impl Publisher {
    /// Builds and signs a bundle. It is signed anew even if its contents are those of before, so that what is
    /// signed is never older than what another relay signed meanwhile.
    pub(super) fn publish(
        &self,
        portals: &[PortalContents],
        as_of: Timestamp,
        before: Option<&Published>,
    ) -> Result<Published, Failure> {
        let built = bundle::build(self.policy, portals)?;
        let digest = *built.content_digest();
        let regions = portals.iter().map(|portal| (portal.id, portal.region));
        let mut timestamp = BundleTimestamp::new(&self.audience, regions, self.policy, as_of, digest)?;
        let (mut manifest, parts) = Parts::of(built, before.map(|before| &before.parts));
        for key in &self.keys {
            manifest = manifest.signed(&timestamp, key)?;
            timestamp = timestamp.signed(key);
        }
        Ok(Published {
            head: manifest.to_bytes().into(),
            parts,
            file: OnceLock::new(),
            etag: Manifest::entity_tag(&digest),
            timestamp: timestamp.to_header(),
            as_of,
            serial: timestamp.serial(),
            digest,
        })
    }
}

impl Published {
    /// The bundle as a single file. It is put together when somebody asks for it: whoever fetches parts does not.
    pub(super) fn file(&self) -> Bytes {
        self.file.get_or_init(|| self.parts.file(&self.head)).clone()
    }

    /// Bytes of the single file.
    pub(super) fn bytes(&self) -> usize {
        self.head.len().saturating_add(self.parts.bytes())
    }

    /// The content digest in hexadecimal digits.
    pub(super) fn digest(&self) -> String {
        hexadecimal(&self.digest)
    }

    pub(super) fn has_contents_of(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// Whether this may be served after `before`. Gateways refuse a lower serial, and an equal one with other
    /// contents: what they would refuse is not published, so that they keep fetching what they have.
    pub(super) fn may_follow(&self, before: Option<&Self>, now: Timestamp) -> Result<(), RelayError> {
        if self.as_of.millis_since(now) > MAX_SKEW_MS {
            return Err(RelayError::Ahead { as_of: self.as_of, now });
        }
        match before {
            Some(before) if self.as_of < before.as_of => {
                Err(RelayError::NotLater { as_of: self.as_of, before: before.as_of })
            }
            Some(before) if self.as_of == before.as_of && !self.has_contents_of(before) => {
                Err(RelayError::NotLater { as_of: self.as_of, before: before.as_of })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(as_of: i64, digest: u8) -> Published {
        Published {
            head: Bytes::new(),
            parts: Parts::default(),
            file: OnceLock::new(),
            etag: String::new(),
            timestamp: String::new(),
            as_of: Timestamp::from_millis(as_of),
            serial: 0,
            digest: [digest; 32],
        }
    }

    #[test]
    fn what_gateways_would_refuse_is_not_published() {
        let now = Timestamp::from_millis(1_000_000);
        let follows =
            |as_of, digest| published(as_of, digest).may_follow(Some(&published(900_000, 1)), now).is_ok();
        assert!(follows(900_001, 1) && follows(900_001, 2) && follows(900_000, 1) && follows(1_030_000, 2));
        assert!(!follows(900_000, 2) && !follows(899_999, 1) && !follows(1_030_001, 1));
        assert!(published(1, 1).may_follow(None, now).is_ok());
    }
}
