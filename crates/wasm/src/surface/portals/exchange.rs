//! Requests and answers as they cross to the host.

use gatepass::Timestamp;
use gatepass::konnect::{Answer, Failure, FailureKind, Request, RequestId, Response};
use serde::Serialize;
use serde_json::Value;

use crate::surface::body::{Body, text};

/// A request, for the host to send with the base URL, the token and `Accept: application/json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "KonnectRequest"))]
pub(super) struct Sent {
    id: u64,
    method: &'static str,
    path: String,
    body: Option<String>,
    idempotent: bool,
}

/// The wire form of a request.
pub(super) fn sent(request: &Request) -> Sent {
    Sent {
        id: request.id.number(),
        method: request.method.as_str(),
        path: request.path.clone(),
        body: request.body.clone(),
        idempotent: request.idempotent,
    }
}

/// Takes what became of a request: `status`, `headers` and `body`, or `failure`.
pub(super) fn received(body: &mut Body) -> Option<(RequestId, Answer)> {
    let id = body.read_member("request_id", "a number", |value| value.as_u64());
    if id.is_none() {
        body.missing("request_id");
    }
    let failure = body.read_member("failure", "`{kind, message}`", failure);
    let status = body.read_member("status", "a status from 100 to 999", |value| {
        value
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .filter(|status| (100..1000).contains(status))
    });
    let (content_type, retry_after) = headers(body);
    let content = body.text("body");
    let answer = match (failure, status) {
        (Some(failure), _) => Answer::Failure(failure),
        (None, Some(status)) => {
            let body = content.unwrap_or_default().into_bytes();
            Answer::Response(Response { status, content_type, retry_after, body })
        }
        (None, None) => {
            body.missing("status");
            return None;
        }
    };
    Some((RequestId::from_number(id?), answer))
}

/// Takes `now` and `random`, which is from 0 to 1.
pub(super) fn times(body: &mut Body) -> Option<(Timestamp, f64)> {
    let now: Option<Timestamp> = body.required("now");
    let random = body.read_member("random", "a number from 0 to 1", |value| {
        value.as_f64().filter(|random| (0.0..=1.0).contains(random))
    });
    // Without randomness retries of several clients fall together; half way is as good as any.
    Some((now?, random.unwrap_or(0.5)))
}

/// The two headers that matter; names in any case.
fn headers(body: &mut Body) -> (Option<String>, Option<String>) {
    let headers = body.read_member("headers", "an object of texts", |value| match value {
        Value::Object(headers) => Some(headers),
        _ => None,
    });
    let (mut content_type, mut retry_after) = (None, None);
    for (name, value) in headers.unwrap_or_default() {
        if name.eq_ignore_ascii_case("content-type") {
            content_type = text(value);
        } else if name.eq_ignore_ascii_case("retry-after") {
            retry_after = text(value);
        }
    }
    (content_type, retry_after)
}

fn failure(value: Value) -> Option<Failure> {
    let Value::Object(mut members) = value else { return None };
    let kind = match members.get("kind").and_then(Value::as_str)? {
        "timeout" => FailureKind::Timeout,
        "connection" => FailureKind::Connection,
        "certificate" => FailureKind::Certificate,
        "other" => FailureKind::Other,
        _ => return None,
    };
    Some(Failure { kind, message: members.remove("message").and_then(text).unwrap_or_default() })
}
