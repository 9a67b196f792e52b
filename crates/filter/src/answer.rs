//! What a client is told when its request does not go through.

use gatepass::Reason;

use crate::config::{Disclose, HostKind};
use crate::host::Response;

/// Why a request was not let through: a reason of the rule, or one only a gateway can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The rule's reason.
    Rule(Reason),
    /// The request names a host that different readers read differently.
    HostAmbiguous,
    /// The request names a path that different readers read differently.
    PathAmbiguous,
    /// The client sent a header that only a gateway may set, and this host cannot take it away.
    IdentityHeaderForged,
    /// The proxy is not what the configuration says, or does not do what is asked.
    HostMismatch,
    /// The request went another way than the one it was judged for.
    RouteChanged,
    /// A response came without the request having been judged.
    DecisionMissing,
}

impl Code {
    /// The stable code, in `snake_case`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule(reason) => reason.code(),
            Self::HostAmbiguous => "host_ambiguous",
            Self::PathAmbiguous => "path_ambiguous",
            Self::IdentityHeaderForged => "identity_header_forged",
            Self::HostMismatch => "host_mismatch",
            Self::RouteChanged => "route_changed",
            Self::DecisionMissing => "decision_missing",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Rule(reason) => reason.http_status(),
            Self::HostAmbiguous | Self::PathAmbiguous | Self::IdentityHeaderForged => 400,
            Self::HostMismatch => 503,
            Self::RouteChanged | Self::DecisionMissing => 500,
        }
    }

    /// What happened and, where the caller can do something, what. Never an id.
    const fn detail(self) -> &'static str {
        match self {
            Self::Rule(reason) => reason.summary(),
            Self::HostAmbiguous => "the host of the request has more than one reading",
            Self::PathAmbiguous => "the path of the request has more than one reading",
            Self::IdentityHeaderForged => "the request carries a header that only the gateway may set",
            Self::HostMismatch => "the gateway is not configured for the proxy it runs in",
            Self::RouteChanged => "the request took another route than the one it was judged for",
            Self::DecisionMissing => "the request was answered without having been judged",
        }
    }
}

/// What the caller accepts, and where the answer goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Audience<'a> {
    pub(crate) host: HostKind,
    pub(crate) disclose: Disclose,
    pub(crate) realm: &'a str,
    pub(crate) is_grpc: bool,
    pub(crate) accept: Option<&'a [u8]>,
    pub(crate) request_id: Option<&'a str>,
}

/// The answer for a denied request.
pub(crate) fn answer(code: Code, audience: &Audience<'_>) -> Response {
    let status = code.status();
    let detail = match audience.disclose {
        Disclose::Reason => code.detail(),
        Disclose::None => undisclosed(status),
    };
    let mut headers = vec![("cache-control", "no-store".to_owned())];
    match status {
        401 => headers.push(("www-authenticate", format!("Key realm=\"{}\"", audience.realm))),
        503 => headers.push(("retry-after", "1".to_owned())),
        _ => {}
    }
    if audience.is_grpc {
        return grpc(code, detail, headers, audience);
    }
    let body = if prefers_text(audience.accept) {
        headers.push(("content-type", "text/plain; charset=utf-8".to_owned()));
        match audience.disclose {
            Disclose::Reason => format!("{status} {}\n{}: {detail}\n", title(status), code.as_str()),
            Disclose::None => format!("{status} {}\n{detail}\n", title(status)),
        }
    } else {
        headers.push(("content-type", "application/problem+json".to_owned()));
        problem(code, detail, audience)
    };
    Response { status: u32::from(status), grpc_status: -1, details: code.as_str(), headers, body }
}

/// RFC 9457 with Kong's `message` and `request_id`. All texts but the request id are ours and need no escaping.
fn problem(code: Code, detail: &str, audience: &Audience<'_>) -> String {
    let status = code.status();
    let title = title(status);
    // INVARIANT: `Request::id` lets no quotation mark or backslash through.
    let id = audience.request_id.map_or("null".to_owned(), |id| format!("\"{id}\""));
    match audience.disclose {
        Disclose::Reason => {
            let code = code.as_str();
            format!(
                r#"{{"type":"urn:gatepass:problem:{code}","title":"{title}","status":{status},"detail":"{detail}","reason":"{code}","message":"{detail}","request_id":{id}}}"#
            )
        }
        Disclose::None => format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}","message":"{detail}","request_id":{id}}}"#
        ),
    }
}

/// A gRPC client reads trailers, not bodies.
fn grpc(
    code: Code,
    detail: &str,
    mut headers: Vec<(&'static str, String)>,
    audience: &Audience<'_>,
) -> Response {
    let status = code.status();
    let grpc_status = match status {
        400 => 3,
        401 => 16,
        500 => 13,
        503 => 14,
        _ => 7,
    };
    if audience.disclose == Disclose::Reason {
        headers.push(("x-gatepass-reason", code.as_str().to_owned()));
    }
    let details = code.as_str();
    if audience.host == HostKind::Envoy {
        // Envoy makes the trailers-only form itself, with the body as the message.
        return Response {
            status: u32::from(status),
            grpc_status,
            details,
            headers,
            body: detail.to_owned(),
        };
    }
    headers.push(("content-type", "application/grpc".to_owned()));
    headers.push(("grpc-status", grpc_status.to_string()));
    headers.push(("grpc-message", detail.to_owned()));
    Response { status: 200, grpc_status: -1, details, headers, body: String::new() }
}

/// Only these are gRPC; to anything else a gRPC answer would be a success.
pub(crate) fn is_grpc(content_type: &[u8]) -> bool {
    const GRPC: &[u8] = b"application/grpc";
    content_type.split_at_checked(GRPC.len()).is_some_and(|(start, rest)| {
        start.eq_ignore_ascii_case(GRPC) && matches!(rest.first(), None | Some(b'+'))
    })
}

/// Whether `Accept` prefers text to JSON. Without a preference it is JSON.
fn prefers_text(accept: Option<&[u8]>) -> bool {
    let Some(accept) = accept.and_then(|accept| std::str::from_utf8(accept).ok()) else { return false };
    let quality = |types: &[&str]| {
        // The most specific range decides: the names are listed from most to least specific.
        types
            .iter()
            .find_map(|wanted| accept.split(',').find_map(|range| range_quality(range, wanted)))
            .unwrap_or(0)
    };
    let json = quality(&["application/problem+json", "application/json", "application/*", "*/*"]);
    quality(&["text/plain", "text/*", "*/*"]) > json
}

/// The quality in thousandths that an `Accept` range gives to exactly this type.
fn range_quality(range: &str, wanted: &str) -> Option<u32> {
    let mut parts = range.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let Some(quality) = quality else { return Some(1000) };
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let thousandths = format!("{fraction:0<3}").get(..3)?.parse::<u32>().ok()?;
    Some(whole.parse::<u32>().ok()?.saturating_mul(1000).saturating_add(thousandths).min(1000))
}

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad request",
        401 => "Unauthorized",
        500 => "Internal server error",
        503 => "Service unavailable",
        _ => "Forbidden",
    }
}

const fn undisclosed(status: u16) -> &'static str {
    match status {
        400 => "the request has more than one reading",
        401 => "a valid credential is needed",
        500 => "the gateway cannot vouch for the response",
        503 => "the gateway cannot decide at the moment",
        _ => "access is not granted",
    }
}

#[cfg(test)]
mod tests;
