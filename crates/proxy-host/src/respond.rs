//! What a host makes of a local response.

use crate::{calls::first, headers::HeaderMap, pairs::Pairs, profile::Profile};

/// A response as the filter asked for it.
#[derive(Clone, Debug)]
pub(crate) struct LocalResponse {
    pub(crate) status: u16,
    pub(crate) headers: Pairs,
    pub(crate) body: Vec<u8>,
    /// -1 when the filter named none.
    pub(crate) grpc_status: i32,
}

impl LocalResponse {
    /// The response with `:status`, as the filter's own response callbacks see it before the client does.
    pub(crate) fn render(self, profile: Profile, request: &HeaderMap) -> (HeaderMap, Vec<u8>) {
        let (pairs, body) = match profile {
            Profile::Envoy if is_grpc(request) => self.trailers_only(),
            Profile::Envoy => self.plain_at_envoy(),
            Profile::Kong => self.plain_at_nginx(),
        };
        (HeaderMap::response(profile, pairs), body)
    }

    fn trailers_only(self) -> (Pairs, Vec<u8>) {
        let status = if self.grpc_status < 0 { grpc_status_of(self.status) } else { self.grpc_status };
        let mut pairs = vec![pair(":status", "200"), pair("content-type", "application/grpc")];
        let is_set_here = |name: &[u8]| {
            [b"content-type".as_slice(), b"content-length"]
                .iter()
                .any(|taken| name.eq_ignore_ascii_case(taken))
        };
        pairs.extend(self.headers.into_iter().filter(|(name, _)| !is_set_here(name)));
        pairs.push(pair("grpc-status", &status.to_string()));
        if !self.body.is_empty() {
            pairs.push((b"grpc-message".to_vec(), percent_encode(&self.body)));
        }
        (pairs, Vec::new())
    }

    fn plain_at_envoy(self) -> (Pairs, Vec<u8>) {
        let mut pairs = vec![pair(":status", &self.status.to_string())];
        let has_type = first(&self.headers, "content-type").is_some();
        pairs.extend(
            self.headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"content-length")),
        );
        if !self.body.is_empty() {
            pairs.push(pair("content-length", &self.body.len().to_string()));
            if !has_type {
                pairs.push(pair("content-type", "text/plain"));
            }
        }
        (pairs, self.body)
    }

    fn plain_at_nginx(mut self) -> (Pairs, Vec<u8>) {
        if !self.body.is_empty() {
            self.body.push(b'\n');
        }
        let mut pairs = vec![pair(":status", &self.status.to_string())];
        for (name, value) in self.headers {
            let earlier = pairs.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(&name));
            match earlier {
                Some(earlier) => earlier.1 = value,
                None => pairs.push((name, value)),
            }
        }
        pairs.retain(|(name, _)| !name.eq_ignore_ascii_case(b"content-length"));
        pairs.push(pair("Content-Length", &self.body.len().to_string()));
        if !self.body.is_empty() && first(&pairs, "content-type").is_none() {
            pairs.push(pair("Content-Type", "text/plain"));
        }
        (pairs, self.body)
    }
}

fn is_grpc(request: &HeaderMap) -> bool {
    request.get(b"content-type").is_some_and(|value| {
        value.strip_prefix(b"application/grpc").is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
    })
}

fn grpc_status_of(http: u16) -> i32 {
    match http {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502..=504 => 14,
        _ => 2,
    }
}

fn percent_encode(text: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len());
    for byte in text {
        if (b' '..=b'~').contains(byte) && *byte != b'%' {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

fn pair(name: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
    (name.as_bytes().to_vec(), value.as_bytes().to_vec())
}
