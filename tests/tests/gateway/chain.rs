//! Proves the live chain: a `PATCH` in Konnect (emulated), the real relay and a real Envoy. The protocol's bound of
//! GATEWAY.md §2 is checked request by request: no allow later than `interval + timeout` after publication.

mod forwarder;
mod token;

use std::io::Write as _;
use std::time::Duration;

use xtask::gateway::{Gateway, INTERVAL_MS};
use xtask::revoke::{self, Revoke};

use super::environment;
use forwarder::{Forwarder, Poll};

/// How many revokes.
const REVOKES: usize = 8;
/// The sample's `timeout_ms`.
const TIMEOUT_MS: i64 = 300;

#[test]
fn no_allow_comes_later_than_the_declared_bound() {
    let interval = i64::try_from(INTERVAL_MS).unwrap();
    let mut forwarder = None;
    let gateway =
        Gateway::start_through(&environment::parts(), |relay| forwarder.insert(Forwarder::start(relay)).port);
    let (gateway, forwarder) = (gateway.unwrap(), forwarder.unwrap());
    let mut installed = wait_until_all_installed(&gateway, 0);
    let mut report: Vec<String> = Vec::new();
    for number in 0..REVOKES {
        // At another moment of the two intervals each time.
        std::thread::sleep(Duration::from_millis(97 * number as u64 % 500));
        let before = installed;
        // Before each request: whether the worker has said that it uses the new bundle. From then on all is refused,
        // by whatever clock.
        let mut known = Vec::new();
        let revoke =
            revoke::watch(&gateway, 200, || known.push(count(&gateway) >= before + FILTERS)).unwrap();
        for (asked, known) in revoke.requests.iter().zip(&known) {
            assert!(!known || asked.status == 403, "an allow after the revoke was in use: {asked:?}");
        }
        let first = revoke.requests.iter().position(|asked| asked.status == 403).unwrap();
        assert!(
            revoke.requests[first..].iter().all(|asked| asked.status == 403),
            "an allow after a refusal: {revoke:?}"
        );
        let late = lateness(&forwarder.polls(), &revoke, interval);
        let bound = revoke.published + interval + TIMEOUT_MS;
        let last = revoke.last_allowed().unwrap_or(revoke.published);
        let (after, within) = (last - revoke.published, bound - revoke.published);
        report.push(format!(
            "revoke {number}: last allow sent {after} ms after publication; bound {within} ms, and {late} ms that this machine was late"
        ));
        assert!(last <= bound + late, "an allow beyond the bound: {report:#?}");
        installed = wait_until_all_installed(&gateway, before);
        gateway.set_registration("approved").unwrap();
        gateway.ask_until(200).unwrap();
        installed = wait_until_all_installed(&gateway, installed);
    }
    // Written past the test harness, which swallows what passing tests print.
    writeln!(std::io::stderr(), "{}", report.join("\n")).unwrap();
}

/// Envoy has one filter for its worker, and one on its main thread; each fetches for itself.
const FILTERS: usize = 2;

/// How many bundles the filters have put to use.
fn count(gateway: &Gateway) -> usize {
    gateway.log().unwrap().matches(" is in use").count()
}

/// Waits until each filter has put one more bundle to use; returns the count.
fn wait_until_all_installed(gateway: &Gateway, before: usize) -> usize {
    for _ in 0..1000 {
        let count = count(gateway);
        if count >= before + FILTERS {
            return count;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not every filter took the bundle:\n{}", gateway.log().unwrap());
}

/// How late this machine itself was, by what was really polled: timers that fired late, and answers that took longer
/// than a filter waits. The bound is about the protocol, not about a machine that does something else.
fn lateness(polls: &[Poll], revoke: &Revoke, interval: i64) -> i64 {
    let mut connections: Vec<usize> = polls.iter().map(|poll| poll.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    let of = |connection: &usize| {
        let first =
            polls.iter().find(|poll| poll.connection == *connection && poll.arrived >= revoke.published);
        first.map_or(0, |poll| {
            let timer = (poll.arrived - revoke.published - interval).max(0);
            let answer = (poll.delivered - poll.arrived - TIMEOUT_MS).max(0);
            timer + answer
        })
    };
    let slowest = revoke.requests.iter().map(|asked| asked.answered - asked.sent).max().unwrap_or(0);
    connections.iter().map(of).max().unwrap_or(0) + slowest
}
