//! Paths and queries, encoded.

use std::fmt::Write as _;

use super::ApiVersion;

/// `/v2/portals/{…}` from its segments. Segments may come from answers, so each is encoded.
pub(super) fn path(version: ApiVersion, segments: &[&str]) -> String {
    let mut path = format!("/{}", version.as_str());
    for segment in segments {
        path.push('/');
        encode(segment, &mut path);
    }
    path
}

/// The path of one page of a list.
pub(super) fn page(list: &str, size: u64, number: u64) -> String {
    let separator = if list.contains('?') { '&' } else { '?' };
    format!("{list}{separator}page%5Bsize%5D={size}&page%5Bnumber%5D={number}")
}

/// Keeps what RFC 3986 calls unreserved.
fn encode(text: &str, path: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_cannot_leave_its_segment() {
        assert_eq!(path(ApiVersion::V3, &["portals", "a/../b?c"]), "/v3/portals/a%2F..%2Fb%3Fc");
        assert_eq!(page("/v2/portals", 100, 2), "/v2/portals?page%5Bsize%5D=100&page%5Bnumber%5D=2");
    }
}
