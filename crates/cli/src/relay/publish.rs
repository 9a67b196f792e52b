//! What is served, and which may follow which.

use gatepass::bundle::{self, BundleTimestamp, Manifest, PortalContents};
use gatepass::{Policy, Timestamp};
use hyper::body::Bytes;

use super::RelayError;
use crate::bundle::hexadecimal;
use crate::failure::Failure;

/// How far ahead of this machine's clock a snapshot may be: gateways refuse what is further.
const MAX_SKEW_MS: i64 = 30_000;

/// A bundle as it is served.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) bytes: Bytes,
    /// The content digest between quotation marks.
    pub(super) etag: String,
    /// The value of the header `x-gatepass-timestamp`.
    pub(super) timestamp: String,
    pub(super) as_of: Timestamp,
    pub(super) serial: u64,
    digest: [u8; 32],
}

impl Published {
    /// Builds a bundle.
    pub(super) fn build(
        policy: Policy,
        audience: &str,
        portals: &[PortalContents],
        as_of: Timestamp,
    ) -> Result<Self, Failure> {
        let built = bundle::build(policy, portals)?;
        let digest = *built.content_digest();
        let regions = portals.iter().map(|portal| (portal.id, portal.region));
        let timestamp = BundleTimestamp::new(audience, regions, policy, as_of, digest)?;
        Ok(Self {
            bytes: built.to_bytes().into(),
            etag: Manifest::entity_tag(&digest),
            timestamp: timestamp.to_header(),
            as_of,
            serial: timestamp.serial(),
            digest,
        })
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
            bytes: Bytes::new(),
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
