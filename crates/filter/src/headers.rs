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

    /// The values of `name`, in the host's order.
    pub fn values<'a>(&'a self, name: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (at, value) = self.next(from, name)?;
            from = at.saturating_add(1);
            Some(value)
        })
    }

    /// The only value of `name`, or `None` if it is absent or given several times.
    pub fn single(&self, name: &[u8]) -> Option<&[u8]> {
        let (at, value) = self.next(0, name)?;
        self.next(at.saturating_add(1), name).is_none().then_some(value)
    }

    /// Whether there is a value of `name`.
    pub fn has(&self, name: &[u8]) -> bool {
        self.next(0, name).is_some()
    }

    /// The first value of `name` at this position or later, and its position. Every header is looked at several times
    /// for each request, and few names are as long as the one looked for.
    fn next(&self, from: usize, name: &[u8]) -> Option<(usize, &[u8])> {
        let spans = self.spans.get(from..)?;
        let found = spans.iter().position(|span| {
            span.name_end.wrapping_sub(span.name) == name.len()
                && self.slice(span.name, span.name_end).eq_ignore_ascii_case(name)
        })?;
        let span = spans.get(found)?;
        Some((from.saturating_add(found), self.slice(span.value, span.value_end)))
    }

    // INVARIANT: `decode` has checked every span, so the empty default is never used.
    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}

/// A header map that is written anew: most of it as it was, which is copied in long runs.
pub(crate) struct Rewriting<'a> {
    pairs: &'a Pairs,
    /// The first pair that is neither copied nor left out yet.
    next: usize,
    count: usize,
    lengths: Vec<u8>,
    data: Vec<u8>,
}

impl<'a> Rewriting<'a> {
    pub(crate) fn of(pairs: &'a Pairs) -> Self {
        const ADDED: usize = 256;
        let mut lengths = Vec::with_capacity(pairs.bytes.len().saturating_add(ADDED));
        // Room for the count.
        lengths.extend_from_slice(&[0; 4]);
        let data = Vec::with_capacity(pairs.bytes.len().saturating_add(ADDED));
        Self { pairs, next: 0, count: 0, lengths, data }
    }

    /// Whether everything is as it was so far.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.next == 0 && self.count == 0
    }

    /// Keeps what is before a position, and leaves the pair there out.
    pub(crate) fn leave_out(&mut self, at: usize) {
        self.keep_until(at);
        self.next = at.saturating_add(1);
    }

    pub(crate) fn add(&mut self, name: &[u8], value: &[u8]) {
        self.count = self.count.saturating_add(1);
        self.lengths.extend_from_slice(&length(name.len()));
        self.lengths.extend_from_slice(&length(value.len()));
        for part in [name, value] {
            self.data.extend_from_slice(part);
            self.data.push(0);
        }
    }

    /// Keeps what is left, and adds to it.
    pub(crate) fn finish(mut self, added: &[(&'static str, String)]) -> Vec<u8> {
        self.keep_until(self.pairs.len());
        for (name, value) in added {
            self.add(name.as_bytes(), value.as_bytes());
        }
        let mut bytes = self.lengths;
        for (slot, byte) in bytes.iter_mut().zip(length(self.count)) {
            *slot = byte;
        }
        bytes.extend_from_slice(&self.data);
        bytes
    }

    fn keep_until(&mut self, end: usize) {
        let Some(run) = self.pairs.spans.get(self.next..end) else { return };
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        self.count = self.count.saturating_add(run.len());
        let lengths = |at: usize| at.saturating_mul(8).saturating_add(4);
        self.lengths.extend_from_slice(self.pairs.slice(lengths(self.next), lengths(end)));
        self.data.extend_from_slice(self.pairs.slice(first.name, last.value_end));
        self.data.push(0);
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
        assert!(decoded.has(b"A") && !decoded.has(b"c"));
    }

    #[test]
    fn a_header_given_twice_has_no_single_value() {
        let decoded = Pairs::decode(encode(&[("Host", "a"), ("host", "a")])).unwrap();
        assert_eq!(decoded.single(b"host"), None);
        assert_eq!(decoded.values(b"HOST").collect::<Vec<_>>(), [b"a", b"a"]);
    }

    #[test]
    fn what_is_rewritten_is_what_would_be_encoded_anew() {
        let names = ["a", "b", "c", "d"];
        let all: Vec<(&str, String)> = names.iter().map(|name| (*name, name.repeat(3))).collect();
        let mut encoded = encode(&all);
        for without_last_zero in [false, true] {
            if without_last_zero {
                encoded.pop();
            }
            let pairs = Pairs::decode(encoded.clone()).unwrap();
            // Which are left out, as bits; then `d` is written anew at its place, or not.
            for (left_out, anew) in (0..16_u8).flat_map(|bits| [(bits, false), (bits, true)]) {
                let mut rewriting = Rewriting::of(&pairs);
                let mut expected = Vec::new();
                for (at, (name, value)) in all.iter().enumerate() {
                    if anew && *name == "d" {
                        rewriting.leave_out(at);
                        rewriting.add(b"d", b"other");
                        expected.push(("d", "other".to_owned()));
                    } else if left_out & (1 << at) != 0 {
                        rewriting.leave_out(at);
                    } else {
                        expected.push((*name, value.clone()));
                    }
                }
                assert_eq!(rewriting.is_unchanged(), left_out == 0 && !anew);
                let added = [("added", "value".to_owned()), ("empty", String::new())];
                expected.extend(added.iter().cloned());
                assert_eq!(rewriting.finish(&added), encode(&expected), "{left_out:04b} {anew}");
            }
        }
        assert_eq!(Rewriting::of(&Pairs::default()).finish(&[]), encode::<&str, &str>(&[]));
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
