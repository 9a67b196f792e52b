//! Request paths: which are too ambiguous to decide on, and which lie below a prefix.
//!
//! A gateway, a framework and a file system disagree about what `/a/%2e%2e/b`, `/a;x/b` or `/a//b` mean.
//! Where the path decides which resource is asked for, such a path is refused instead of guessed at.

use std::borrow::Cow;

/// A path that different readers read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// Splits a request target at its first `?`.
pub(crate) fn split(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = target.splitn(2, |byte| *byte == b'?');
    (parts.next().unwrap_or_default(), parts.next())
}

/// The path with its escapes decoded, if it has only one reading. Decoding cannot introduce a separator, a dot
/// segment or another escape, since those are refused. So is a raw space, which no request line has (RFC 9112,
/// section 3): who tolerates one may take the path to end there.
pub(crate) fn read(path: &[u8]) -> Result<Cow<'_, [u8]>, Ambiguous> {
    if path.first() != Some(&b'/') {
        return Err(Ambiguous);
    }
    if path.iter().any(|byte| *byte <= b' ' || *byte >= 0x7f || matches!(byte, b'\\' | b';' | b'#')) {
        return Err(Ambiguous);
    }
    let mut segments = path.split(|byte| *byte == b'/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let doubled_slash = segment.is_empty() && segments.peek().is_some();
        if doubled_slash || segment == b"." || segment == b".." {
            return Err(Ambiguous);
        }
    }
    if !path.contains(&b'%') {
        return Ok(Cow::Borrowed(path));
    }
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let escaped = escaped(bytes.next(), bytes.next()).ok_or(Ambiguous)?;
        if must_not_be_escaped(escaped) {
            return Err(Ambiguous);
        }
        decoded.push(escaped);
    }
    Ok(Cow::Owned(decoded))
}

/// The byte that two hexadecimal digits stand for.
pub(crate) fn escaped(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// What separates, what starts another escape, controls, and the unreserved characters, which nobody needs to escape.
fn must_not_be_escaped(byte: u8) -> bool {
    byte < 0x20
        || byte == 0x7f
        || byte.is_ascii_alphanumeric()
        || matches!(byte, b'/' | b'\\' | b'.' | b';' | b'%' | b'?' | b'#' | b'-' | b'_' | b'~')
}

/// The prefixes of a path that end at a segment boundary, the longest first; the last is `/`.
pub(crate) fn prefixes(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = (1..=path.len()).rev().filter(|end| *end == path.len() || path.get(*end) == Some(&b'/'));
    // `/orders/` lies below the rule `/orders`, whose own text has no final slash.
    ends.filter_map(|end| path.get(..end)).filter(|prefix| prefix.last() != Some(&b'/')).chain([&b"/"[..]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reading() {
        for (path, decoded) in [
            ("/", "/"),
            ("/orders/v1", "/orders/v1"),
            ("/orders/v1/", "/orders/v1/"),
            ("/a%20b", "/a b"),
            ("/caf%C3%A9", "/café"),
            ("/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="),
            ("/%2Aa", "/*a"),
            ("/.well-known/x", "/.well-known/x"),
            ("/..a/...", "/..a/..."),
        ] {
            assert_eq!(read(path.as_bytes()).unwrap().as_ref(), decoded.as_bytes(), "{path}");
        }
    }

    #[test]
    fn several_readings() {
        for path in [
            "",
            "*",
            "orders",
            "http://host/orders",
            "//",
            "//orders",
            "/orders//v1",
            "/.",
            "/./a",
            "/..",
            "/a/../b",
            "/a/.",
            "/a/..",
            "/a\\b",
            "/a;x",
            "/a#b",
            "/%2fa",
            "/%2Fa",
            "/%5ca",
            "/%2e%2e/a",
            "/%2e",
            "/a%3Bb",
            "/%252e",
            "/%3f",
            "/%23",
            "/%00",
            "/%0a",
            "/%7f",
            "/%1F",
            "/%6f",
            "/%41",
            "/%30",
            "/%2d",
            "/%5F",
            "/%7e",
            "/%",
            "/%2",
            "/%zz",
            "/%+1",
            "/a\x7f",
            "/a\n",
            "/a b",
            "/a ",
            "/caf\u{e9}",
        ] {
            assert_eq!(read(path.as_bytes()), Err(Ambiguous), "{path}");
        }
        assert_eq!(read(b"/\x80"), Err(Ambiguous));
    }

    #[test]
    fn prefixes_end_at_segments() {
        let all = |path: &'static str| {
            prefixes(path.as_bytes()).map(|p| std::str::from_utf8(p).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(all("/"), ["/"]);
        assert_eq!(all("/orders/v11/x"), ["/orders/v11/x", "/orders/v11", "/orders", "/"]);
        assert_eq!(all("/orders/"), ["/orders", "/"]);
    }

    #[test]
    fn the_query_starts_at_the_first_question_mark() {
        assert_eq!(split(b"/a?b?c"), (&b"/a"[..], Some(&b"b?c"[..])));
        assert_eq!(split(b"/a"), (&b"/a"[..], None));
        assert_eq!(split(b"/a?"), (&b"/a"[..], Some(&b""[..])));
    }
}
