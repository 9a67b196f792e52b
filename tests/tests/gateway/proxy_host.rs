//! Vectors on the proxy-host.

use std::collections::BTreeMap;

use gatepass_proxy_host::{Exchange, Outcome, Plugin, Profile, Request, UpstreamResponse, Vm};
use serde_json::Value;

use super::check::{Arrived, Seen};
use super::environment;
use super::portal::Portal;
use super::upstream;
use super::vector::{self, Case, Host};

/// The proxy-host's time: 2026-12-01T00:00:00Z.
pub(crate) const NOW_MILLIS: i64 = 1_796_083_200_000;

/// One worker for each configuration.
#[derive(Debug)]
pub(crate) struct Workers {
    plugin: Plugin,
    profile: Profile,
    portal: Portal,
    by_config: BTreeMap<String, Vm>,
}

impl Workers {
    pub(crate) fn new(host: Host, portal: Portal) -> Self {
        let profile = if host == Host::ProxyKong { Profile::Kong } else { Profile::Envoy };
        Self { plugin: environment::plugin(), profile, portal, by_config: BTreeMap::new() }
    }

    /// Sends a case through the worker of its configuration.
    pub(crate) fn send(&mut self, case: &Case) -> Seen {
        let mut config = case.config.clone();
        self.portal.fill_in(&mut config, NOW_MILLIS);
        let config = config.to_string();
        let (plugin, profile) = (&self.plugin, self.profile);
        let worker = self
            .by_config
            .entry(config)
            .or_insert_with_key(|config| start(plugin, profile, config, NOW_MILLIS));
        let exchange = worker.handle(request(case, profile));
        assert_eq!(exchange.trap, None, "{}", case.name);
        assert_ne!(exchange.outcome, Outcome::Hung, "{}", case.name);
        seen(&exchange, profile)
    }

    /// What all workers have counted, after their next tick.
    pub(crate) fn metrics(&mut self) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for worker in self.by_config.values_mut() {
            worker.set_now_nanos(nanos(NOW_MILLIS + 2000));
            worker.tick().unwrap();
            for (name, value) in worker.metrics() {
                *sums.entry(name).or_insert(0) += value;
            }
        }
        sums
    }
}

/// Starts a worker; its log is shown if it does not.
pub(crate) fn start(plugin: &Plugin, profile: Profile, config: &str, now_millis: i64) -> Vm {
    Vm::start(plugin, profile, config.as_bytes(), nanos(now_millis))
        .unwrap_or_else(|error| panic!("{profile}: {error}: {:?}\n{config:.2000}", error.logs))
}

pub(crate) fn nanos(millis: i64) -> u64 {
    u64::try_from(millis).unwrap() * 1_000_000
}

/// A case's request, with the facts that the host knows about it.
pub(crate) fn request(case: &Case, profile: Profile) -> Request {
    let vector::Request { method, path, hosts, headers, body } = &case.request;
    let mut request = Request::new(method, &path.0);
    for host in hosts {
        request = request.host(&host.0);
    }
    for (name, value) in headers {
        request = request.header(&name.0, &value.0);
    }
    for (path, value) in &case.properties {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        request = request.property(&path, property(value, profile));
    }
    request.body.clone_from(&body.0);
    if case.request.announces_length() {
        request = request.header("content-length", body.0.len().to_string());
    }
    let mut response = UpstreamResponse::new(200).body(upstream::BODY);
    for (name, value) in upstream::HEADERS {
        response = response.header(name, value);
    }
    request.upstream_response(response)
}

/// Envoy hands numbers over as they lie in memory, nginx writes everything out.
fn property(value: &Value, profile: Profile) -> Vec<u8> {
    match (value, profile) {
        (Value::String(text), _) => text.clone().into_bytes(),
        (Value::Number(number), Profile::Envoy) => number.as_f64().unwrap().to_le_bytes().to_vec(),
        (Value::Bool(flag), Profile::Envoy) => vec![u8::from(*flag)],
        _ => value.to_string().into_bytes(),
    }
}

pub(crate) fn seen(exchange: &Exchange, profile: Profile) -> Seen {
    let lower = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
    let arrived = exchange.upstream_request.iter().map(|request| {
        let mut headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (lower(name), value.clone())).collect();
        if profile == Profile::Envoy {
            headers.push(("host".to_owned(), request.authority.clone()));
        }
        let method = String::from_utf8_lossy(&request.method).into_owned();
        Arrived { method, path: request.path.clone(), headers }
    });
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    Seen {
        status: exchange.response.status,
        headers: exchange.response.headers.iter().map(|(name, value)| (lower(name), text(value))).collect(),
        body: exchange.response.body.clone(),
        upstream: arrived.collect(),
        blanks: profile == Profile::Kong,
    }
}
