//! Header maps as they cross the boundary to the host: bytes, because a header need not be UTF-8.

/// A header map, decoded once: the host's bytes and where each name and value lies in them.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    name: usize,
    name_end: usize,
    value: usize,
    value_end: usize,
}

impl Pairs {
    /// Decodes the proxy-wasm form: a count, the lengths of all names and values, then each of them
    /// followed by a zero byte; all numbers little-endian `u32`. No bytes at all is an empty map.
    /// `None` if the bytes end before what they announce.
    pub fn decode(bytes: Vec<u8>) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let count = number(&bytes, 0)?;
        let data = count.checked_mul(8)?.checked_add(4)?;
        if data > bytes.len() {
            return None;
        }
        let mut spans = Vec::new();
        spans.try_reserve_exact(count).ok()?;
        let mut name = data;
        for lengths in (4..data).step_by(8) {
            let name_end = name.checked_add(number(&bytes, lengths)?)?;
            let value = name_end.checked_add(1)?;
            let value_end = value.checked_add(number(&bytes, lengths.checked_add(4)?)?)?;
            // The zero byte after the last value is not insisted on.
            if value_end > bytes.len() {
                return None;
            }
            spans.push(Span { name, name_end, value, value_end });
            name = value_end.checked_add(1)?;
        }
        Some(Self { bytes, spans })
    }

    /// Names and values in the host's order, with the host's spelling.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.spans
            .iter()
            .map(|span| (self.slice(span.name, span.name_end), self.slice(span.value, span.value_end)))
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The only value of `name` (lower case), or `None` if it is absent or given several times.
    pub fn single(&self, name: &[u8]) -> Option<&[u8]> {
        let mut values =
            self.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    // INVARIANT: `decode` has checked every span, so the empty default is never used.
    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}

/// Encodes a header map in the form that [`Pairs::decode`] reads.
pub fn encode<N: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: &[(N, V)]) -> Vec<u8> {
    let size =
        pairs.iter().map(|(name, value)| name.as_ref().len() + value.as_ref().len() + 10).sum::<usize>() + 4;
    let mut bytes = Vec::with_capacity(size);
    bytes.extend_from_slice(&length(pairs.len()));
    for (name, value) in pairs {
        bytes.extend_from_slice(&length(name.as_ref().len()));
        bytes.extend_from_slice(&length(value.as_ref().len()));
    }
    for (name, value) in pairs {
        bytes.extend_from_slice(name.as_ref());
        bytes.push(0);
        bytes.extend_from_slice(value.as_ref());
        bytes.push(0);
    }
    bytes
}

/// In wasm a length always fits.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_survive_the_crossing() {
        let pairs: [(&[u8], &[u8]); 3] = [(b":path", b"/"), (b"a", b""), (b"b", b"\xff\0\xfe")];
        let decoded = Pairs::decode(encode(&pairs)).unwrap();
        assert_eq!(decoded.iter().collect::<Vec<_>>(), pairs);
        assert_eq!(decoded.single(b"b"), Some(&b"\xff\0\xfe"[..]));
        assert_eq!(decoded.single(b"c"), None);
    }

    #[test]
    fn a_header_given_twice_has_no_single_value() {
        let decoded = Pairs::decode(encode(&[("Host", "a"), ("host", "a")])).unwrap();
        assert_eq!(decoded.single(b"host"), None);
    }

    #[test]
    fn no_prefix_of_an_encoding_and_no_lie_about_lengths_is_misread() {
        let whole = encode(&[("name", "value"), ("x", "y")]);
        assert!(Pairs::decode(Vec::new()).unwrap().is_empty());
        for end in 1..whole.len() - 1 {
            assert!(Pairs::decode(whole[..end].to_vec()).is_none(), "{end}");
        }
        for lie in [[0xff; 4], [0, 0, 0, 0x80], [9, 0, 0, 0]] {
            for at in [0, 4, 8, 12, 16] {
                let mut bytes = whole.clone();
                bytes[at..at + 4].copy_from_slice(&lie);
                assert!(Pairs::decode(bytes).is_none(), "{lie:?} at {at}");
            }
        }
    }
}
