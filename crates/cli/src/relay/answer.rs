//! What each path answers.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::publish::Published;
use super::state::Shared;
use super::{parts, report};
use crate::konnect::{Clock, Secret};

/// The header that renews a bundle's freshness.
const TIMESTAMP: HeaderName = HeaderName::from_static("x-gatepass-timestamp");

/// What the path of a part of a bundle begins with.
const CHUNKS: &str = "/v1/chunks/";

/// How a relay answers.
#[derive(Debug)]
pub(super) struct Doors {
    /// What whoever fetches the bundle must send.
    pub(super) bundle_token: Option<Secret>,
    /// What whoever asks for a refresh must send.
    pub(super) refresh_secret: Option<Secret>,
    pub(super) max_age: Duration,
}

type Answer = Response<Full<Bytes>>;

impl Doors {
    /// Answers a request, and counts it.
    pub(super) fn answer(&self, shared: &Shared, method: &Method, path: &str, headers: &HeaderMap) -> Answer {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let (path, answer) = match path {
            "/v1/bundle" if reads => ("/v1/bundle", self.bundle(shared, headers, Published::file)),
            "/v1/manifest" if reads => {
                ("/v1/manifest", self.bundle(shared, headers, |published| published.head.clone()))
            }
            _ if reads && path.starts_with(CHUNKS) => ("/v1/chunks", self.chunk(shared, headers, path)),
            "/healthz" if reads => ("/healthz", self.health(shared)),
            "/metrics" if reads => ("/metrics", metrics(shared)),
            "/v1/refresh" if *method == Method::POST => ("/v1/refresh", self.refresh(shared, headers)),
            "/v1/bundle" | "/v1/manifest" | "/healthz" | "/metrics" => ("other", not_allowed("GET, HEAD")),
            "/v1/refresh" => ("other", not_allowed("POST")),
            _ => {
                let paths =
                    "there is nothing here; try /v1/bundle, /v1/manifest, /healthz, /metrics or /v1/refresh";
                ("other", told(StatusCode::NOT_FOUND, paths))
            }
        };
        shared.count_request(path, answer.status().as_u16());
        answer
    }

    /// What the newest bundle is, or begins with.
    fn bundle(&self, shared: &Shared, headers: &HeaderMap, body: impl Fn(&Published) -> Bytes) -> Answer {
        if self.bundle_token.as_ref().is_some_and(|token| !sends(headers, token)) {
            return unauthorized("send the bundle token as `Authorization: Bearer …`");
        }
        let Some(published) = shared.published() else {
            let mut answer = told(
                StatusCode::SERVICE_UNAVAILABLE,
                "there is no bundle yet; /healthz says why, try again soon",
            );
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            return answer;
        };
        let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|tags| names(tags, &published.etag));
        let mut answer = Response::new(Full::new(if known { Bytes::new() } else { body(&published) }));
        let own = answer.headers_mut();
        if !known {
            own.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        }
        own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        for (name, value) in [(header::ETAG, &published.etag), (TIMESTAMP, &published.timestamp)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                own.insert(name, value);
            }
        }
        *answer.status_mut() = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        answer
    }

    /// A part of a bundle. Its name is its digest, so it never changes.
    fn chunk(&self, shared: &Shared, headers: &HeaderMap, path: &str) -> Answer {
        if self.bundle_token.as_ref().is_some_and(|token| !sends(headers, token)) {
            return unauthorized("send the bundle token as `Authorization: Bearer …`");
        }
        let digest = path.strip_prefix(CHUNKS).and_then(parts::digest);
        let part = digest.and_then(|digest| shared.published()?.parts.get(&digest));
        let Some(part) = part else {
            return told(StatusCode::NOT_FOUND, "there is no such chunk (any more); read /v1/manifest again");
        };
        let mut answer = Response::new(Full::new(part));
        let own = answer.headers_mut();
        own.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        own.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
        answer
    }

    fn health(&self, shared: &Shared) -> Answer {
        let (well, document) = report::health(&shared.lock(), Clock::start().now(), self.max_age);
        json_answer(if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &document)
    }

    fn refresh(&self, shared: &Shared, headers: &HeaderMap) -> Answer {
        let Some(secret) = &self.refresh_secret else {
            return told(
                StatusCode::NOT_FOUND,
                "refreshes are off; start the relay with --refresh-secret-file",
            );
        };
        if !sends(headers, secret) {
            return unauthorized("send the refresh secret as `Authorization: Bearer …`");
        }
        shared.ask_for_refresh();
        json_answer(StatusCode::ACCEPTED, &json!({"refresh": "asked for"}))
    }
}

fn sends(headers: &HeaderMap, secret: &Secret) -> bool {
    // Several of them are as good as none: which is meant is not known.
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (sent.next(), sent.next());
    second.is_none() && first.is_some_and(|value| secret.is_in(value.as_bytes()))
}

/// Whether a header `If-None-Match` names this tag. Weak comparison, as RFC 9110, 13.1.2 asks for.
fn names(tags: &HeaderValue, etag: &str) -> bool {
    let tags = tags.to_str().unwrap_or_default();
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn metrics(shared: &Shared) -> Answer {
    let text = report::metrics(&shared.lock(), Clock::start().now());
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

fn not_allowed(allowed: &'static str) -> Answer {
    let mut answer = told(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method");
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    answer
}

fn unauthorized(message: &str) -> Answer {
    let mut answer = told(StatusCode::UNAUTHORIZED, message);
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}

/// An answer that says what to do.
fn told(status: StatusCode, detail: &str) -> Answer {
    json_answer(status, &json!({"status": status.as_u16(), "detail": detail}))
}

fn json_answer(status: StatusCode, document: &Value) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{document}\n"))));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *answer.status_mut() = status;
    answer
}
