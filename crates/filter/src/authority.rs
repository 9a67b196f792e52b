//! The host a request is for.

/// A host that different readers read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// The host in lower case, without one port and one trailing dot.
pub(crate) fn read(value: &[u8]) -> Result<Vec<u8>, Ambiguous> {
    let odd = |byte: &u8| {
        !byte.is_ascii_graphic() || matches!(byte, b',' | b'@' | b'%' | b'/' | b'\\' | b'?' | b'#')
    };
    if value.iter().any(odd) {
        return Err(Ambiguous);
    }
    let host = without_port(value)?;
    let host = host.strip_suffix(b".").unwrap_or(host);
    let is_literal = host.first() == Some(&b'[');
    if host.is_empty() || (!is_literal && host.split(|byte| *byte == b'.').any(<[u8]>::is_empty)) {
        return Err(Ambiguous);
    }
    Ok(host.to_ascii_lowercase())
}

fn without_port(value: &[u8]) -> Result<&[u8], Ambiguous> {
    let (host, rest) = if value.first() == Some(&b'[') {
        let end = value.iter().position(|byte| *byte == b']').ok_or(Ambiguous)?;
        value.split_at_checked(end + 1).ok_or(Ambiguous)?
    } else {
        let end = value.iter().position(|byte| *byte == b':').unwrap_or(value.len());
        value.split_at_checked(end).ok_or(Ambiguous)?
    };
    let Some(port) = rest.strip_prefix(b":") else {
        return if rest.is_empty() { Ok(host) } else { Err(Ambiguous) };
    };
    // `host:` is allowed by RFC 3986 and means the default port.
    if port.iter().all(u8::is_ascii_digit) { Ok(host) } else { Err(Ambiguous) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read() {
        for (value, host) in [
            ("api.example.com", "api.example.com"),
            ("API.Example.com", "api.example.com"),
            ("api.example.com:8443", "api.example.com"),
            ("api.example.com.", "api.example.com"),
            ("api.example.com.:80", "api.example.com"),
            ("localhost:", "localhost"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(read(value.as_bytes()).unwrap(), host.as_bytes(), "{value}");
        }
    }

    #[test]
    fn ambiguous_hosts_are_refused() {
        for value in [
            "",
            ".",
            ":80",
            "a,b",
            "a, b",
            "user@a",
            "a%2eb",
            "caf\u{e9}.fr",
            "a b",
            "a:80:90",
            "a:x",
            "a..b",
            "a..",
            ".a",
            "[::1",
            "[::1]x",
            "a\n",
            "a/b",
        ] {
            assert_eq!(read(value.as_bytes()), Err(Ambiguous), "{value}");
        }
    }
}
