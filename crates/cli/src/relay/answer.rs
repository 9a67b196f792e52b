//! What each path answers.

use std::time::Duration;

use gatepass::Freshness;
use http_body_util::Full;
use hyper::body::{Body as _, Bytes};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::forward::{self, Forward};
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
    /// What whoever asks AuthZEN's questions must send.
    pub(super) authzen_token: Option<Secret>,
    /// Where proxies ask about their requests.
    pub(super) forward: Option<Forward>,
    pub(super) max_age: Duration,
}

/// Below it are AuthZEN's questions.
pub(super) const AUTHZEN: &str = "/access/v1/";

/// What AuthZEN lets askers find their answers by.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) type Answer = Response<Full<Bytes>>;

impl Doors {
    /// The doors for the relay itself.
    pub(super) const fn within() -> Self {
        let max_age = Duration::MAX;
        Self { bundle_token: None, refresh_secret: None, authzen_token: None, forward: None, max_age }
    }

    /// Answers a question of a proxy, if the request is one.
    pub(super) fn authorize(
        &self,
        shared: &Shared,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
    ) -> Option<Answer> {
        let path = target.split('?').next().unwrap_or_default();
        let forward = self.forward.as_ref().filter(|forward| forward.asks(method, path))?;
        let told = forward.answer(method, target, headers);
        shared.count_request(forward::PATH, told.status.as_u16());
        let mut answer = Response::new(Full::new(Bytes::from(told.body)));
        (*answer.status_mut(), *answer.headers_mut()) = (told.status, told.headers);
        Some(answer)
    }

    /// Answers a question of AuthZEN's.
    pub(super) fn authzen(&self, shared: &Shared, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let answer = self.authzen_answer(shared, path, headers, body);
        shared.count_request("/access/v1", answer.status().as_u16());
        answer
    }

    fn authzen_answer(&self, shared: &Shared, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let Some(token) = &self.authzen_token else {
            return told(StatusCode::NOT_FOUND, "AuthZEN is off; start the relay with --authzen-token-file");
        };
        if !sends(headers, token) {
            return unauthorized("send the AuthZEN token as `Authorization: Bearer …`");
        }
        let Some(decisions) = shared.lock().decisions.clone() else {
            return told(StatusCode::SERVICE_UNAVAILABLE, "there is no bundle yet; /healthz says why");
        };
        let now = Clock::start().now();
        let age = now.millis_since(decisions.as_of);
        let fresh = i64::try_from(self.max_age.as_millis()).is_ok_and(|max_age| age <= max_age);
        let freshness = if fresh { Freshness::Fresh } else { Freshness::Stale };
        let name = path.strip_prefix(AUTHZEN).unwrap_or_default();
        match decisions.answer(name, body, freshness) {
            Some((status, document)) => {
                let mut answer = json_answer(status, &document);
                if let Some(id) = headers.get(&REQUEST_ID) {
                    answer.headers_mut().insert(REQUEST_ID, id.clone());
                }
                answer
            }
            None => told(StatusCode::NOT_FOUND, "try evaluation, evaluations or search/subject"),
        }
    }

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

/// The bytes of an answer, which are all there.
pub(super) fn whole(mut body: Full<Bytes>) -> Vec<u8> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(&mut body).poll_frame(&mut context) {
        std::task::Poll::Ready(Some(Ok(frame))) => {
            frame.into_data().map(|bytes| bytes.to_vec()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
