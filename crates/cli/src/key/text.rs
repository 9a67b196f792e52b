//! What a key looks like: `gpk_`, 32 random letters and digits, and 6 more that are the CRC-32 of all before them.
//!
//! The prefix is what a scanner searches for; the checksum tells it, without asking anybody, that it found no lookalike.

use std::fmt;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 190 bits: more than anybody can guess, and than a digest needs to be safe in a file.
const RANDOM_CHARACTERS: usize = 32;
const CHECKSUM_CHARACTERS: usize = 6;

/// An API key. It is shown where it is asked for by name only.
pub(super) struct ApiKey(String);

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl ApiKey {
    /// A new key.
    pub(super) fn generate(prefix: &str) -> Result<Self, getrandom::Error> {
        let mut text = format!("{prefix}_");
        let wanted = text.len().saturating_add(RANDOM_CHARACTERS);
        while text.len() < wanted {
            let mut bytes = [0; 64];
            getrandom::fill(&mut bytes)?;
            let room = wanted.saturating_sub(text.len());
            text.extend(bytes.into_iter().filter_map(character).take(room));
        }
        let sum = checksum(&text);
        text.push_str(&sum);
        Ok(Self(text))
    }

    /// The key itself.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

/// A letter or digit for a random byte; none for those bytes that would make some of them likelier than others.
fn character(byte: u8) -> Option<char> {
    if byte >= 248 {
        return None;
    }
    ALPHABET.get(usize::from(byte % 62)).copied().map(char::from)
}

/// The CRC-32 (of ISO 3309, as in gzip) in base 62, six characters.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut characters = [b'0'; CHECKSUM_CHARACTERS];
    for character in characters.iter_mut().rev() {
        let digit = usize::try_from(rest % 62).unwrap_or_default();
        *character = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest /= 62;
    }
    characters.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_prefix_its_length_and_its_checksum() {
        let key = ApiKey::generate("gpk").unwrap();
        let text = key.expose();
        let (body, sum) = text.split_at(text.len() - 6);
        assert!(text.starts_with("gpk_") && text.len() == 4 + 32 + 6, "{text}");
        assert!(text.bytes().skip(4).all(|byte| byte.is_ascii_alphanumeric()), "{text}");
        assert_eq!(checksum(body), sum);
        assert_ne!(checksum(&body.replace("gpk", "gpx")), sum);
        assert_ne!(ApiKey::generate("gpk").unwrap().expose(), text);
        assert!(!format!("{key:?}").contains(body));
    }

    #[test]
    fn the_checksum_is_what_anybody_can_compute() {
        // Python: zlib.crc32(b"123456789") == 0xcbf43926 == 3421780262, in base 62 with digits first.
        assert_eq!(checksum("123456789"), "3jZRME");
        assert_eq!(checksum(""), "000000");
    }

    #[test]
    fn every_character_is_as_likely_as_any_other() {
        let mut counts = std::collections::BTreeMap::new();
        for found in (0..=255).filter_map(character) {
            *counts.entry(found).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 62);
        assert!(counts.values().all(|count| *count == 4));
    }
}
