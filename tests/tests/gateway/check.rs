//! What is held against each exchange: the vector's expectation, and what is true of every answer of the gateway.

use std::collections::BTreeSet;

use serde_json::Value;

use super::portal::Portal;
use super::vector::{Case, Expect, Upstream};

/// What a denial in JSON says: RFC 9457 and Kong's two fields. Without `reason` it discloses nothing.
const PROBLEM_FIELDS: [&str; 7] = ["type", "title", "status", "detail", "reason", "message", "request_id"];
const IDENTITY: &str = "x-gatepass-";

/// One exchange, whatever the host.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) upstream: Vec<Arrived>,
    /// Whether the host blanks headers because it cannot remove them.
    pub(crate) blanks: bool,
}

/// A request as an upstream gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) path: Vec<u8>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

impl Arrived {
    /// The values of a header that are not blank.
    pub(crate) fn values(&self, name: &str) -> Vec<&[u8]> {
        let is_named = |header: &&(String, Vec<u8>)| header.0 == name && !header.1.is_empty();
        self.headers.iter().filter(is_named).map(|(_, value)| value.as_slice()).collect()
    }
}

impl Seen {
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Holds exchanges against vectors and collects every complaint.
#[derive(Debug)]
pub(crate) struct Checker {
    portal: Portal,
    ids: BTreeSet<String>,
    complaints: Vec<String>,
    /// The case that is being looked at.
    name: String,
    now_millis: i64,
}

impl Checker {
    pub(crate) fn new(portal: Portal, now_millis: i64) -> Self {
        Self { ids: portal.ids(), portal, complaints: Vec::new(), name: String::new(), now_millis }
    }

    pub(crate) fn complaints(&self) -> &[String] {
        &self.complaints
    }

    fn hold(&mut self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complaints.push(format!("{}: {}", self.name, complaint()));
        }
    }

    pub(crate) fn check(&mut self, case: &Case, seen: &Seen) {
        self.name.clone_from(&case.name);
        let expect = &case.expect;
        let (status, shown) = (seen.status, String::from_utf8_lossy(&seen.body).into_owned());
        self.hold(status == expect.status, || format!("status {status} for {}: {shown:.300}", expect.status));
        for (name, value) in &expect.headers {
            let mut found = seen.values(name);
            let wanted: Vec<&str> = match value {
                Value::Null => Vec::new(),
                Value::Array(values) => {
                    // Hosts may or may not join the copies of a header.
                    found = found.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
                    values.iter().filter_map(Value::as_str).collect()
                }
                value => value.as_str().into_iter().collect(),
            };
            self.hold(found == wanted, || format!("response header `{name}` is {found:?}, not {wanted:?}"));
        }
        if let Some(text) = &expect.text {
            self.hold(shown.trim_end() == text.trim_end(), || format!("the body is {shown:?}"));
        }
        for (field, value) in &expect.body {
            let found = seen.json().get(field).cloned().unwrap_or_default();
            self.hold(found == *value, || format!("body field `{field}` is {found}, not {value}"));
        }
        if expect.by_host {
            // All answers of the filter have it.
            let is_ours = !seen.values("cache-control").is_empty();
            self.hold(!is_ours, || format!("the request reached the filter: {shown}"));
        }
        match (&expect.upstream, seen.upstream.as_slice()) {
            (Some(wanted), [arrived]) => self.forwarded(wanted, arrived, seen),
            (None, []) if expect.by_host => {}
            (None, []) => self.denied(expect, seen),
            (_, arrived) => self.hold(false, || format!("the upstream got {arrived:?}")),
        }
    }

    fn forwarded(&mut self, wanted: &Upstream, arrived: &Arrived, seen: &Seen) {
        let mut identity = Vec::new();
        if let Some(application) = &wanted.application {
            let holder = self.portal.identity(application);
            identity.push(("x-gatepass-application-id".to_owned(), holder.application));
            identity.push(("x-gatepass-owner".to_owned(), holder.owner));
            let resource = wanted.resource.as_ref().expect("`as` comes with `resource`");
            identity.push(("x-gatepass-resource-id".to_owned(), self.portal.resource(resource)));
            let mut serial = wanted.serial.clone().unwrap_or_else(|| "0".into());
            self.portal.fill_in(&mut serial, self.now_millis);
            identity.push(("x-gatepass-serial".to_owned(), serial.as_str().unwrap_or_default().to_owned()));
        }
        identity.extend(
            wanted.would_deny.iter().map(|reason| ("x-gatepass-would-deny".to_owned(), reason.clone())),
        );
        // Nothing else under these names, nor under names that a framework reads as one of these.
        let is_like = |name: &str| name.replace('_', "-").starts_with(IDENTITY);
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let found = arrived.headers.iter().filter(|(name, _)| is_like(name));
        let mut found: Vec<(String, String)> =
            found.map(|(name, value)| (name.clone(), text(value))).collect();
        found.sort();
        identity.sort();
        self.hold(found == identity, || format!("the upstream was told {found:?}, not {identity:?}"));

        let path = text(&arrived.path);
        if let Some(wanted) = &wanted.path {
            self.hold(arrived.path == wanted.0, || format!("the upstream got the path `{path}`"));
        }
        for (name, value) in &wanted.has {
            let found = arrived.values(name);
            self.hold(found == [value.0.as_slice()], || format!("the upstream got `{name}` as {found:?}"));
        }
        for name in &wanted.lacks {
            let found = arrived.values(name);
            // Where headers cannot be removed, an empty one is all that is left.
            let gone =
                found.is_empty() && (seen.blanks || !arrived.headers.iter().any(|(other, _)| other == name));
            self.hold(gone, || format!("the upstream got `{name}` as {found:?}"));
        }
        // All keys of the example begin so.
        let is_key = |bytes: &[u8]| bytes.windows(5).any(|window| window == b"demo-");
        let told = arrived.headers.iter().any(|(_, value)| is_key(value)) || is_key(&arrived.path);
        self.hold(told == wanted.shows_credentials, || {
            format!("the upstream saw a key: {told}: {arrived:?}")
        });
    }

    fn denied(&mut self, expect: &Expect, seen: &Seen) {
        let Some(reason) = &expect.reason else {
            return self.hold(false, || "it was denied".to_owned());
        };
        let once = |name: &str| match seen.values(name).as_slice() {
            [value] => Some((*value).to_owned()),
            _ => None,
        };
        let everything = format!("{:?} {}", seen.headers, String::from_utf8_lossy(&seen.body));
        let told: Vec<&String> = self.ids.iter().filter(|id| everything.contains(id.as_str())).collect();
        let told = format!("{told:?}");
        self.hold(told == "[]", || format!("a denial tells the ids {told}"));
        let control = once("cache-control");
        self.hold(control.as_deref() == Some("no-store"), || format!("cache-control is {control:?}"));
        let mut names: Vec<&str> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        self.hold(names.windows(2).all(|pair| pair[0] != pair[1]), || {
            format!("a header is repeated: {names:?}")
        });
        if let Some(code) = expect.grpc_status {
            let found = once("grpc-status");
            self.hold(found == Some(code.to_string()), || format!("grpc-status is {found:?}"));
            let told = once("x-gatepass-reason");
            let wanted = (!expect.undisclosed).then(|| reason.clone());
            self.hold(told == wanted, || format!("x-gatepass-reason is {told:?}"));
            return self.hold(seen.body.is_empty(), || "a trailers-only answer has a body".to_owned());
        }
        let challenge = once("www-authenticate").is_some_and(|value| value.starts_with("Key realm=\""));
        self.hold(challenge == (seen.status == 401), || format!("www-authenticate: {challenge}"));
        let retry =
            once("retry-after").and_then(|value| value.parse::<u32>().ok()).is_some_and(|after| after > 0);
        self.hold(retry == (seen.status == 503), || format!("retry-after: {retry}"));
        if expect.text.is_none() {
            self.is_problem(expect, reason, seen);
        }
    }

    fn is_problem(&mut self, expect: &Expect, reason: &str, seen: &Seen) {
        let json = seen.json();
        let shown = json.to_string();
        if json.is_null() {
            return self.hold(false, || {
                format!("this is no problem in JSON: {:?}", String::from_utf8_lossy(&seen.body))
            });
        }
        let kind = seen.values("content-type");
        self.hold(kind == ["application/problem+json"], || format!("content-type is {kind:?}"));
        let mut fields: Vec<&str> =
            json.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let mut wanted: Vec<&str> =
            PROBLEM_FIELDS.into_iter().filter(|name| *name != "reason" || !expect.undisclosed).collect();
        fields.sort_unstable();
        wanted.sort_unstable();
        self.hold(fields == wanted, || format!("the body is {shown}"));
        let disclosed = (!expect.undisclosed).then_some(reason);
        let told = json.get("reason").and_then(Value::as_str);
        self.hold(told == disclosed, || format!("the reason is {told:?}, not {reason}"));
        self.hold(json["status"] == expect.status, || format!("the body's status is {}", json["status"]));
        for name in ["type", "title", "detail", "message"] {
            let is_text = json[name].as_str().is_some_and(|text| !text.is_empty());
            self.hold(is_text, || format!("`{name}` is empty: {shown}"));
        }
        let id = &json["request_id"];
        self.hold(id.is_null() || id.as_str().is_some_and(|id| !id.is_empty()), || {
            format!("request_id is {id}")
        });
        let hides = expect.undisclosed && shown.contains(reason);
        self.hold(!hides, || format!("the reason is told in other words: {shown}"));
    }
}
