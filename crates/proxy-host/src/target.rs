//! What the hosts make of a request target and of a host name.

/// A request line's target, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The host of an absolute-form target, as written.
    pub(crate) host: Option<Vec<u8>>,
    /// The target from its path on, as written; empty when there is none.
    pub(crate) origin: Vec<u8>,
}

impl Target {
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let Some(after_scheme) = after_scheme(raw) else {
            return Self { host: None, origin: raw.to_vec() };
        };
        let end =
            after_scheme.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(after_scheme.len());
        let (host, rest) = after_scheme.split_at_checked(end).unwrap_or((after_scheme, b""));
        let origin = if rest.starts_with(b"/") { rest.to_vec() } else { [b"/", rest].concat() };
        Self { host: Some(host.to_vec()), origin }
    }
}

fn after_scheme(raw: &[u8]) -> Option<&[u8]> {
    [b"http://".as_slice(), b"https://"].into_iter().find_map(|scheme| {
        let (head, rest) = raw.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// The part of a target before `?`, and the query without it.
pub(crate) fn split_query(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    match target.iter().position(|byte| *byte == b'?') {
        Some(position) => {
            let (path, query) = target.split_at_checked(position).unwrap_or((target, b""));
            (path, Some(query.strip_prefix(b"?").unwrap_or(query)))
        }
        None => (target, None),
    }
}

/// The path and arguments as nginx has them after parsing; `None` where nginx answers 400.
///
/// The path is percent-decoded, slashes are merged and dot segments resolved; the arguments stay raw.
pub(crate) fn nginx_uri(origin: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let (path, query) = split_query(origin);
    let (path, query) = match path.iter().position(|byte| *byte == b'#') {
        Some(position) => (path.get(..position)?, None),
        None => (path, query),
    };
    let query = query.map(|query| {
        let end = query.iter().position(|byte| *byte == b'#').unwrap_or(query.len());
        query.get(..end).unwrap_or(query).to_vec()
    });
    let decoded = percent_decode(path)?;
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut ends_in_slash = false;
    for segment in decoded.strip_prefix(b"/")?.split(|byte| *byte == b'/') {
        ends_in_slash = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => {
                segments.pop()?;
            }
            other => segments.push(other),
        }
    }
    let mut merged = Vec::new();
    for segment in &segments {
        merged.push(b'/');
        merged.extend_from_slice(segment);
    }
    if ends_in_slash || segments.is_empty() {
        merged.push(b'/');
    }
    Some((merged, query))
}

/// The value of nginx's `$host`; `None` where nginx answers 400.
pub(crate) fn nginx_host(raw: &[u8]) -> Option<Vec<u8>> {
    let is_bad = |byte: &u8| *byte <= b' ' || *byte == 0x7f || *byte == b'/';
    if raw.iter().any(is_bad) || raw.windows(2).any(|two| two == b"..") {
        return None;
    }
    let end = if raw.starts_with(b"[") {
        raw.iter().position(|byte| *byte == b']')?.checked_add(1)?
    } else {
        raw.iter().position(|byte| *byte == b':').unwrap_or(raw.len())
    };
    let host = raw.get(..end)?;
    Some(host.strip_suffix(b".").unwrap_or(host).to_ascii_lowercase())
}

fn percent_decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => hex(*rest.next()?)?.checked_mul(16)?.checked_add(hex(*rest.next()?)?)?,
            other => *other,
        };
        if byte == 0 {
            return None;
        }
        decoded.push(byte);
    }
    Some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(origin: &str) -> Option<String> {
        nginx_uri(origin.as_bytes()).map(|(path, _)| String::from_utf8(path).unwrap())
    }

    #[test]
    fn nginx_decodes_then_resolves() {
        assert_eq!(path("/public%2f..%2forders/v1").as_deref(), Some("/orders/v1"));
        assert_eq!(path("//a/./b/../c//").as_deref(), Some("/a/c/"));
        assert_eq!(path("/a/..").as_deref(), Some("/"));
        assert_eq!(path("/a%3fb").as_deref(), Some("/a?b"));
        assert_eq!(path("/a#b?c").as_deref(), Some("/a"));
    }

    #[test]
    fn nginx_refuses_what_it_cannot_read() {
        for target in ["/..", "/%2e%2e/x", "/%zz", "/%4", "/%00", "*", ""] {
            assert_eq!(path(target), None, "{target}");
        }
    }

    #[test]
    fn arguments_stay_raw() {
        assert_eq!(nginx_uri(b"/a%20b?c=%20#d"), Some((b"/a b".to_vec(), Some(b"c=%20".to_vec()))));
    }

    #[test]
    fn an_absolute_form_has_a_host_of_its_own() {
        let target = Target::parse(b"HTTP://Api.Example:80/orders?x=1");
        assert_eq!(target.host.as_deref(), Some(b"Api.Example:80".as_slice()));
        assert_eq!(target.origin, b"/orders?x=1");
        assert_eq!(Target::parse(b"http://h?x").origin, b"/?x");
        assert_eq!(Target::parse(b"/http://h").host, None);
    }

    #[test]
    fn nginx_normalizes_a_host() {
        assert_eq!(nginx_host(b"Api.Example.:8000").as_deref(), Some(b"api.example".as_slice()));
        assert_eq!(nginx_host(b"api.example.").as_deref(), Some(b"api.example".as_slice()));
        assert_eq!(nginx_host(b"[::1]:80").as_deref(), Some(b"[::1]".as_slice()));
        assert_eq!(nginx_host(b"a/b"), None);
        assert_eq!(nginx_host(b"a..b"), None);
    }
}
