//! Determinism: everything that looks random is derived from a seed.

/// SplitMix64: small, fast, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        let number = self.next().checked_rem(bound).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items; `None` of an empty slice.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number that depends on the seed and the text only.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    let fnv = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    mix(mix(seed.wrapping_add(0x9E37_79B9_7F4A_7C15)) ^ fnv)
}

/// A share from 0 to 1 (1 excluded) that depends on the seed and the text only.
pub(crate) fn share(seed: u64, text: &str) -> f64 {
    let bits = u32::try_from(hash(seed, text) >> 32).unwrap_or(0);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// The `number`th id of a kind: a version 4 UUID in form, derived from the seed.
pub(crate) fn uuid(seed: u64, kind: &str, number: u64) -> String {
    let high = hash(seed, &format!("{kind}/{number}"));
    let low = mix(high ^ 0xD6E8_FEB8_6659_FD93);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | (low >> 50),
        low & 0xFFFF_FFFF_FFFF
    )
}

/// Whether the text is a UUID as the API writes it: 36 characters with four hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_and_repeat_with_the_seed() {
        for number in 0..1000 {
            let id = uuid(7, "developer", number);
            assert!(is_uuid(&id), "{id}");
            assert_eq!(id.as_bytes()[14], b'4');
            assert!(matches!(id.as_bytes()[19], b'8'..=b'b'), "{id}");
            assert_eq!(id, uuid(7, "developer", number));
            assert_ne!(id, uuid(8, "developer", number));
        }
    }

    #[test]
    fn shares_are_spread() {
        let low = (0..10_000).filter(|n| share(1, &n.to_string()) < 0.1).count();
        assert!((900..1100).contains(&low), "{low} of 10000 are below a tenth");
    }
}
