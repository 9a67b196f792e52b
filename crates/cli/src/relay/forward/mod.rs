//! `GET /v1/authorize`: forward-auth for gateways that cannot run the filter (nginx `auth_request`, Traefik, Caddy,
//! Envoy `ext_authz`).
//!
//! It *is* the filter: the same code reads credentials, hosts and paths and decides on the same bundle, told the
//! client's request in place of the question. So nothing of it is written twice, and no answer can differ.

mod host;
mod profile;
mod settings;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use gatepass_filter::{Filter, Flow};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use super::RelayError;
use super::answer::{Doors, whole};
use super::state::Shared;
use crate::konnect::Clock;
use host::{DoorHost, Headers};
pub(super) use profile::PATH;
pub(crate) use profile::Profile;

/// How often the door looks for a new bundle, questions or not.
const TICK: Duration = Duration::from_millis(50);

/// How long an answer may take; the rule takes microseconds.
const PATIENCE: Duration = Duration::from_secs(2);

const ROOT: u32 = 1;
const REQUEST: u32 = 2;

/// What a proxy copies to its upstream, over whatever its client sent: always answered, empty if there is none.
const IDENTITY: [HeaderName; 5] = [
    HeaderName::from_static("x-gatepass-application-id"),
    HeaderName::from_static("x-gatepass-owner"),
    HeaderName::from_static("x-gatepass-resource-id"),
    HeaderName::from_static("x-gatepass-serial"),
    HeaderName::from_static("x-gatepass-would-deny"),
];

/// The status that the decision has; the question's own may differ, because nginx understands only two.
const STATUS: HeaderName = HeaderName::from_static("x-gatepass-status");

/// What Envoy takes away from its client's request.
const TO_REMOVE: HeaderName = HeaderName::from_static("x-envoy-auth-headers-to-remove");

/// An answer to a proxy.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A client's request, and where the answer goes.
struct Question {
    request: Headers,
    answer: Sender<(Flow, DoorAnswer)>,
}

#[derive(Default)]
struct DoorAnswer {
    request: Headers,
    response: Option<gatepass_filter::Response>,
}

/// The door; threads may share it.
#[derive(Debug)]
pub(super) struct Forward {
    profile: Profile,
    questions: Sender<Question>,
}

impl Forward {
    /// Reads a configuration and opens the door.
    pub(super) fn open(path: &Path, profile: Profile, shared: &Arc<Shared>) -> Result<Self, RelayError> {
        let name = || path.display().to_string();
        let text = std::fs::read(path)
            .map_err(|error| RelayError::Door { name: name(), wrong: vec![error.to_string()] })?;
        let configuration =
            settings::complete(&text).map_err(|wrong| RelayError::Door { name: name(), wrong })?;
        let (questions, asked) = mpsc::channel();
        let shared = Arc::clone(shared);
        std::thread::Builder::new()
            .name("authorize".into())
            .spawn(move || judge(configuration, &shared, &asked))
            .map_err(RelayError::Thread)?;
        Ok(Self { profile, questions })
    }

    pub(super) fn asks(&self, method: &Method, path: &str) -> bool {
        self.profile.asks(method, path)
    }

    /// Answers a question.
    pub(super) fn answer(&self, method: &Method, target: &str, headers: &HeaderMap) -> Told {
        let Some(original) = self.profile.original(method, target, headers) else {
            return self.refuse("host_mismatch", "the proxy does not say once what its client asked for");
        };
        let mut request: Headers = vec![
            (b":method".to_vec(), original.method),
            (b":path".to_vec(), original.target),
            (b":authority".to_vec(), original.host),
        ];
        let of_the_client = headers.iter().filter(|(name, _)| !self.profile.is_own(name));
        for (name, value) in of_the_client {
            let values = self.profile.values(name, value.as_bytes());
            request.extend(values.into_iter().map(|value| (name.as_str().as_bytes().to_vec(), value)));
        }
        let (answer, answered) = mpsc::channel();
        let sent = self.questions.send(Question { request, answer });
        match sent.ok().and_then(|()| answered.recv_timeout(PATIENCE).ok()) {
            Some((Flow::Continue, answer)) => self.allowed(headers, &answer),
            Some((Flow::Stop, DoorAnswer { response: Some(response), .. })) => self.denied(&response),
            _ => self.refuse("host_mismatch", "the door gave no answer in time"),
        }
    }

    fn allowed(&self, asked: &HeaderMap, answer: &DoorAnswer) -> Told {
        let mut told = self.told(200, String::new());
        if self.profile == Profile::Envoy
            && let Ok(names) = HeaderValue::try_from(taken(asked, &answer.request))
        {
            told.headers.insert(TO_REMOVE, names);
        }
        for name in IDENTITY {
            let value = answer.request.iter().find(|(other, _)| other == name.as_str().as_bytes());
            let value = value.and_then(|(_, value)| HeaderValue::from_bytes(value).ok());
            told.headers.insert(name, value.unwrap_or(HeaderValue::from_static("")));
        }
        told
    }

    fn denied(&self, response: &gatepass_filter::Response) -> Told {
        let status = u16::try_from(response.status).unwrap_or(503);
        let mut told = self.told(status, response.body.clone());
        for (name, value) in &response.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                told.headers.insert(HeaderName::from_static(name), value);
            }
        }
        told
    }

    /// A denial that the rule never saw.
    fn refuse(&self, code: &str, message: &str) -> Told {
        let body = serde_json::json!({"type": format!("urn:gatepass:problem:{code}"), "title": "Service Unavailable",
            "status": 503, "detail": message, "reason": code, "message": message, "request_id": null});
        let mut told = self.told(503, body.to_string());
        let kind = HeaderValue::from_static("application/problem+json");
        told.headers.insert(hyper::header::CONTENT_TYPE, kind);
        told
    }

    fn told(&self, status: u16, body: String) -> Told {
        let mut headers: HeaderMap =
            IDENTITY.into_iter().map(|name| (name, HeaderValue::from_static(""))).collect();
        headers.insert(hyper::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(STATUS, HeaderValue::from(status));
        let answered = StatusCode::from_u16(self.profile.status(status));
        Told { status: answered.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), headers, body }
    }
}

/// Answers questions until nobody asks any more.
fn judge(configuration: Vec<u8>, shared: &Shared, asked: &Receiver<Question>) {
    let host = DoorHost::new(configuration);
    let mut filter = Filter::default();
    set_clock(&host);
    filter.create(ROOT, 0);
    let size = host.configuration.len();
    // INVARIANT: the configuration was read before. Without one, every question is refused.
    let _configured = filter.configure(&host, ROOT, size);
    loop {
        let question = asked.recv_timeout(TICK);
        set_clock(&host);
        refresh(&mut filter, &host, shared);
        match question {
            Ok(Question { request, answer }) => {
                *host.request.borrow_mut() = request;
                filter.create(REQUEST, ROOT);
                let flow = filter.request_headers(&host, REQUEST, true);
                filter.delete(REQUEST);
                let told = DoorAnswer { request: host.request.take(), response: host.response.take() };
                // Whoever asked may have given up.
                let _gone: Result<(), mpsc::SendError<_>> = answer.send((flow, told));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn set_clock(host: &DoorHost) {
    let nanos = u64::try_from(Clock::start().now().millis()).unwrap_or_default().saturating_mul(1_000_000);
    host.now_nanos.set(nanos);
}

/// Lets the filter fetch from the relay itself whatever it finds due.
fn refresh(filter: &mut Filter, host: &DoorHost, shared: &Shared) {
    // Before there is a bundle, asking would only teach the filter to ask less often.
    if shared.published().is_none() {
        return;
    }
    filter.tick(host, ROOT);
    let relay = Doors::within();
    while let Some((token, call)) = host.take_call() {
        let text =
            |wanted: &str| call.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let path = text(":path").cloned().unwrap_or_default();
        let mut headers = HeaderMap::new();
        for (name, value) in call.headers.iter().filter(|(name, _)| !name.starts_with(':')) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        let answer = relay.answer(shared, &Method::GET, &path, &headers);
        let (head, body) = answer.into_parts();
        let mut told: Headers = vec![(b":status".to_vec(), head.status.as_str().as_bytes().to_vec())];
        told.extend(
            head.headers
                .iter()
                .map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec())),
        );
        let body = whole(body);
        let (count, size) = (told.len(), body.len());
        *host.call_headers.borrow_mut() = told;
        *host.call_body.borrow_mut() = body;
        filter.call_response(host, ROOT, token, count, size);
        host.call_body.take();
    }
}

/// The headers that the filter took away: keys, and names that look like the identity's.
fn taken(asked: &HeaderMap, left: &Headers) -> String {
    let is_left = |name: &HeaderName| left.iter().any(|(other, _)| other == name.as_str().as_bytes());
    let own = |name: &HeaderName| IDENTITY.contains(name) || Profile::Envoy.is_own(name);
    let names: Vec<&str> =
        asked.keys().filter(|name| !is_left(name) && !own(name)).map(HeaderName::as_str).collect();
    names.join(",")
}
