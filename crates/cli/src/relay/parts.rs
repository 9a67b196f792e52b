//! The parts of a bundle, each under its digest, so that gateways fetch only what they lack.

use std::collections::HashMap;
use std::sync::Arc;

use gatepass::bundle::{Built, Manifest};
use hyper::body::Bytes;

/// How many generations' parts are kept besides those in use: whoever is still fetching by an older manifest finds
/// what it names.
const RETIRED_MAX: usize = 3;

/// All parts of one generation.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    by_digest: Arc<HashMap<[u8; 32], Bytes>>,
    order: Arc<Vec<Bytes>>,
    retired: Vec<Arc<HashMap<[u8; 32], Bytes>>>,
}

impl Parts {
    /// The parts of what was built. What the generation before has too is in memory once.
    pub(super) fn new(
        built: &Manifest,
        global: Vec<u8>,
        chunks: Vec<Vec<u8>>,
        before: Option<&Self>,
    ) -> Self {
        let digests = std::iter::once(built.global()).chain(built.chunks().iter().copied());
        let mut by_digest = HashMap::with_capacity(chunks.len().saturating_add(1));
        let mut order = Vec::with_capacity(chunks.len().saturating_add(1));
        for (digest, bytes) in digests.zip(std::iter::once(global).chain(chunks)) {
            let known = before.and_then(|before| before.by_digest.get(&digest.sha256));
            let bytes = known.cloned().unwrap_or_else(|| Bytes::from(bytes));
            by_digest.insert(digest.sha256, bytes.clone());
            order.push(bytes);
        }
        let mut retired = Vec::new();
        if let Some(before) = before {
            // The same contents again retire nothing.
            let is_same = before.by_digest.len() == by_digest.len()
                && by_digest.keys().all(|digest| before.by_digest.contains_key(digest));
            retired.clone_from(&before.retired);
            if !is_same {
                retired.insert(0, Arc::clone(&before.by_digest));
            }
            retired.truncate(RETIRED_MAX);
        }
        Self { by_digest: Arc::new(by_digest), order: Arc::new(order), retired }
    }

    pub(super) fn of(built: Built, before: Option<&Self>) -> (Manifest, Self) {
        let parts = Self::new(&built.manifest, built.global, built.chunks, before);
        (built.manifest, parts)
    }

    /// The part with this digest, of this generation or one not long before.
    pub(super) fn get(&self, digest: &[u8; 32]) -> Option<Bytes> {
        std::iter::once(&self.by_digest).chain(&self.retired).find_map(|parts| parts.get(digest)).cloned()
    }

    /// The bundle as a single file, after its head.
    pub(super) fn file(&self, head: &[u8]) -> Bytes {
        let mut file = Vec::with_capacity(head.len().saturating_add(self.bytes()));
        file.extend_from_slice(head);
        for part in self.order.iter() {
            file.extend_from_slice(part);
        }
        file.into()
    }

    /// Bytes of all parts.
    pub(super) fn bytes(&self) -> usize {
        self.order.iter().map(Bytes::len).fold(0, usize::saturating_add)
    }
}

/// Reads the 64 hexadecimal digits, in lower case, that name a part.
pub(super) fn digest(name: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let (pairs, rest) = name.as_bytes().as_chunks::<2>();
    if pairs.len() != digest.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
            b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
            _ => None,
        };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_64_digits_in_lower_case() {
        assert_eq!(digest(&"0a".repeat(32)), Some([0x0a; 32]));
        assert_eq!(digest(&"fe".repeat(32)), Some([0xfe; 32]));
        for wrong in ["", "0a", &"0A".repeat(32), &"0a".repeat(33), &"0g".repeat(32), &"é0".repeat(21)] {
            assert_eq!(digest(wrong), None, "{wrong}");
        }
    }
}
