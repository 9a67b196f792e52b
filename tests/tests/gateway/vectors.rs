//! Runs every vector on every host that it is for, and counts, so that none is dropped in silence.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::check::{Checker, Seen};
use super::portal::Portal;
use super::proxy_host::{self, Workers};
use super::real_envoy::{self, Gateway};
use super::vector::{self, Case, Host};

/// How many requests the vectors are on each host. A change of a vector changes these on purpose.
const ON_PROXY_ENVOY: usize = 618;
const ON_PROXY_KONG: usize = 588;
const ON_REAL_ENVOY: usize = 618;

#[test]
fn vectors_on_the_proxy_host_as_envoy() {
    on_proxy_host(Host::ProxyEnvoy, ON_PROXY_ENVOY);
}

#[test]
fn vectors_on_the_proxy_host_as_kong() {
    on_proxy_host(Host::ProxyKong, ON_PROXY_KONG);
}

fn on_proxy_host(host: Host, expected: usize) {
    let mut workers = Workers::new(host, Portal::example());
    let cases = vector::cases(host);
    run(host, proxy_host::NOW_MILLIS, &cases, |_, case| workers.send(case));
    assert_eq!(decisions(&workers.metrics()), counted(&cases), "{host:?}");
    report(host, &cases, expected);
}

#[test]
fn vectors_on_a_real_envoy() {
    let (host, now_millis) = (Host::RealEnvoy, xtask::now_millis());
    let cases = vector::cases(host);
    let (listeners, positions) = real_envoy::listeners(&cases, &Portal::example(), now_millis);
    let gateway = Gateway::start("vectors", &listeners, &[]);
    run(host, now_millis, &cases, |position, case| gateway.send_request(positions[position], &case.request));
    // Counts are published once a second.
    let wanted = counted(&cases);
    for _ in 0..50 {
        if decisions(&gateway.metrics()) == wanted {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(decisions(&gateway.metrics()), wanted, "{host:?}");
    let log = gateway.log();
    for sign in ["Function: ", "wasm_fail", "does not change headers", "does not answer"] {
        assert!(!log.contains(sign), "a callback failed:\n{log}");
    }
    report(host, &cases, ON_REAL_ENVOY);
}

fn run(host: Host, now_millis: i64, cases: &[Case], mut send: impl FnMut(usize, &Case) -> Seen) {
    let mut checker = Checker::new(Portal::example(), now_millis);
    for (position, case) in cases.iter().enumerate() {
        let seen = send(position, case);
        checker.check(case, &seen);
    }
    let complaints = checker.complaints();
    assert!(complaints.is_empty(), "{host:?}: {} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// What the filter must have counted: the sum over all decisions is the number of requests it saw.
fn counted(cases: &[Case]) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for decision in cases.iter().filter_map(Case::counted) {
        *counts.entry(format!("gatepass_decisions_{decision}")).or_insert(0) += 1;
    }
    counts
}

fn decisions(metrics: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let is_decision = |name: &str| name.starts_with("gatepass_decisions_");
    metrics.iter().filter(|(name, _)| is_decision(name)).map(|(name, value)| (name.clone(), *value)).collect()
}

/// Written past the test harness, which swallows what passing tests print.
fn report(host: Host, cases: &[Case], expected: usize) {
    let by_host = cases.iter().filter(|case| case.expect.by_host).count();
    let line = format!(
        "gateway vectors on {host:?}: {} requests, {by_host} of them refused by the host itself",
        cases.len()
    );
    writeln!(std::io::stderr(), "{line}").unwrap();
    assert_eq!(
        cases.len(),
        expected,
        "{host:?}: change the total here if vectors were added or removed on purpose"
    );
}
