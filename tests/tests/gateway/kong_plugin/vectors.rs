//! The vectors through the plugin, in both servers.

use std::collections::BTreeMap;
use std::io::Write as _;

use gatepass_proxy_host::{NginxRequest, Profile};

use super::super::check::Checker;
use super::super::portal::Portal;
use super::super::proxy_host::request;
use super::super::vector::{self, Case, Host};
use super::kong::Kong;
use super::server::{Kind, Server};

/// How many requests of the vectors are Kong's. A change of a vector changes these on purpose.
const JUDGED: usize = 561;

#[test]
fn vectors_in_the_server_of_kong_pdk() {
    run(Kind::Stock);
}

#[test]
fn vectors_in_the_plugins_own_server() {
    let server = run(Kind::Own);
    // Metrics are published once a second.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let metrics = server.metrics();
    let decisions: i64 = metrics
        .iter()
        .filter(|(name, _)| name.starts_with("gatepass_decisions_"))
        .map(|(_, value)| *value)
        .sum();
    assert_eq!(usize::try_from(decisions).unwrap(), JUDGED, "each request is counted once: {metrics:?}");
}

fn run(kind: Kind) -> Server {
    let (portal, now_millis) = (Portal::example(), xtask::now_millis());
    let cases = vector::cases(Host::ProxyKong);
    let server = Server::start(kind);
    let mut kong = Kong::new(&server.socket);
    let mut instances: BTreeMap<String, u32> = BTreeMap::new();
    let mut checker = Checker::new(portal.clone(), now_millis);
    let mut judged = 0;
    let began = xtask::now_millis();
    for case in &cases {
        let request = request(case, Profile::Kong);
        // What nginx refuses by itself no plugin ever sees.
        assert_eq!(NginxRequest::read(&request).is_none(), case.expect.by_host, "{}", case.name);
        if case.expect.by_host {
            continue;
        }
        let instance = instance_for(case, &portal, now_millis, &mut kong, &mut instances);
        let seen = kong.serve(instance, &request).unwrap();
        checker.check(case, &seen);
        judged += 1;
    }
    let took = xtask::now_millis() - began;
    let line = format!("gateway vectors in Kong's plugin server ({kind:?}): {judged} requests in {took} ms");
    writeln!(std::io::stderr(), "{line}").unwrap();
    let complaints = checker.complaints();
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}\n{}",
        complaints.len(),
        complaints.join("\n"),
        server.said()
    );
    assert_eq!(kong.errors, [""; 0], "{}", server.said());
    assert_eq!(judged, JUDGED, "change the total here if vectors were added or removed on purpose");
    server
}

fn instance_for(
    case: &Case,
    portal: &Portal,
    now_millis: i64,
    kong: &mut Kong,
    instances: &mut BTreeMap<String, u32>,
) -> u32 {
    let mut config = case.config.clone();
    portal.fill_in(&mut config, now_millis);
    let start = || kong.start_instance(&config).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    *instances.entry(config.to_string()).or_insert_with(start)
}
