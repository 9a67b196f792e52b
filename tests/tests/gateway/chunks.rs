//! Proves on a real Envoy that a large signed bundle arrives in chunks: only what changed is sent, what a relay's
//! restart cuts short goes on, requests are answered all the while, and every revoke bites. Prints what it measured.
//!
//! `GATEPASS_CHUNKED_APPLICATIONS` says how many applications; 100 000 if it is not set.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gatepass::bundle::{
    ApplicationContents, Built, BundleTimestamp, CredentialContents, CredentialHolder, CredentialState,
    Manifest, Owner, PortalContents, ResourceContents, RoleSetContents, SigningKey, build,
};
use gatepass::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, Policy, PortalId, Rbac,
    Region, RegistrationFact, ResourceFact, ResourceId, Timestamp,
};
use serde_json::json;

use super::real_envoy::{Gateway, Listener};
use super::vector::{Bytes, Request};

const RESOURCES: u8 = 4;

fn applications() -> u32 {
    let text = std::env::var("GATEPASS_CHUNKED_APPLICATIONS").unwrap_or_else(|_| "100000".to_owned());
    text.parse().unwrap_or_else(|_| panic!("GATEPASS_CHUNKED_APPLICATIONS is no number: {text}"))
}

pub(crate) fn resource(number: u8) -> ResourceId {
    ResourceId::from_bytes([number; 16])
}

/// A portal with that many applications, each with a key `key-N`; those below `revoked` have lost resource 1.
pub(crate) fn built(count: u32, revoked: u32) -> Built {
    let application = |number: u32| {
        let spread = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ApplicationId::from_bytes((u128::from(spread) << 64 | u128::from(number)).to_be_bytes())
    };
    let registrations = |number: u32| {
        let lost = if number < revoked { RegistrationFact::Revoked } else { RegistrationFact::Approved };
        (1..=RESOURCES)
            .map(|at| (resource(at), if at == 1 { lost } else { RegistrationFact::Approved }))
            .collect()
    };
    let portal = PortalContents {
        id: PortalId::from_bytes([0xff; 16]),
        region: Region::Eu,
        rbac: Rbac::Off,
        resources: (1..=RESOURCES)
            .map(|at| ResourceContents {
                id: resource(at),
                state: ResourceFact::Published,
                deprecated: false,
            })
            .collect(),
        role_sets: vec![RoleSetContents { teams: vec![], roles: vec![] }],
        applications: (0..count)
            .map(|number| ApplicationContents {
                id: application(number),
                status: ApplicationFact::Approved,
                owner: Owner::Developer(DeveloperId::from_bytes([7; 16]), DeveloperStatus::Approved),
                role_set: 0,
                registrations: registrations(number),
            })
            .collect(),
        credentials: (0..count)
            .map(|number| CredentialContents {
                key: CredentialKey::api_key(format!("key-{number}").as_bytes()),
                holder: CredentialHolder::One {
                    application: application(number),
                    state: CredentialState::Active,
                    expires_at: None,
                },
            })
            .collect(),
        routes: vec![],
    };
    build(Policy::Strict, &[portal]).unwrap()
}

/// A relay that signs, and counts what it sends.
pub(crate) struct Relay {
    pub(crate) port: u16,
    served: Arc<Served>,
}

#[derive(Default)]
struct Served {
    current: Mutex<Option<Arc<Generation>>>,
    down: AtomicBool,
    bytes: AtomicU64,
    chunks: AtomicU64,
}

struct Generation {
    manifest: Manifest,
    parts: HashMap<String, Vec<u8>>,
}

impl Generation {
    fn new(built: Built) -> Self {
        let entries = std::iter::once(built.manifest.global()).chain(built.manifest.chunks().iter().copied());
        let name = |sha256: &[u8; 32]| Manifest::entity_tag(sha256).trim_matches('"').to_owned();
        let parts =
            entries.map(|entry| name(&entry.sha256)).zip(std::iter::once(built.global).chain(built.chunks));
        Self { parts: parts.collect(), manifest: built.manifest }
    }
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed([9; 32])
}

impl Relay {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::new(Served::default());
        let serving = Arc::clone(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = Arc::clone(&serving);
                // A connection that ends early is the gateway's matter.
                std::thread::spawn(move || drop(serving.answer(stream)));
            }
        });
        Self { port, served }
    }

    pub(crate) fn publish(&self, built: Built) {
        *self.served.current.lock().unwrap() = Some(Arc::new(Generation::new(built)));
    }

    /// Bytes and chunks since the last time.
    pub(crate) fn sent(&self) -> (u64, u64) {
        (self.served.bytes.swap(0, Ordering::SeqCst), self.served.chunks.swap(0, Ordering::SeqCst))
    }
}

impl Served {
    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut path, mut known) = (String::new(), String::new());
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line)? == 0 || self.down.load(Ordering::SeqCst) {
                    return Ok(());
                }
                let line = line.trim_end();
                if let Some(rest) = line.strip_prefix("GET ") {
                    rest.split(' ').next().unwrap_or_default().clone_into(&mut path);
                } else if let Some(tag) = line.strip_prefix("if-none-match: ") {
                    tag.clone_into(&mut known);
                } else if line.is_empty() {
                    break;
                }
            }
            let Some(current) = self.current.lock().unwrap().clone() else { return Ok(()) };
            let stamp = BundleTimestamp::new(
                "",
                [(PortalId::from_bytes([0xff; 16]), Region::Eu)],
                Policy::Strict,
                Timestamp::from_millis(xtask::now_millis()),
                *current.manifest.content_digest(),
            );
            let stamp = stamp.unwrap();
            let head = format!("x-gatepass-timestamp: {}\r\n", stamp.clone().signed(&key()).to_header());
            let (status, head, body) = if let Some(name) = path.strip_prefix("/v1/chunks/") {
                self.chunks.fetch_add(1, Ordering::SeqCst);
                match current.parts.get(name) {
                    Some(body) => (200, String::new(), body.clone()),
                    None => (404, String::new(), b"gone".to_vec()),
                }
            } else if known == Manifest::entity_tag(current.manifest.content_digest()) {
                (304, head, Vec::new())
            } else {
                (200, head, current.manifest.clone().signed(&stamp, &key()).unwrap().to_bytes())
            };
            self.bytes.fetch_add(u64::try_from(body.len()).unwrap(), Ordering::SeqCst);
            let length =
                if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
            let stream = stream.get_mut();
            stream.write_all(format!("HTTP/1.1 {status} -\r\n{head}{length}\r\n").as_bytes())?;
            stream.write_all(&body)?;
        }
    }
}

struct Watch<'a> {
    gateway: &'a Gateway,
    slowest: Duration,
    asked: u64,
}

#[expect(clippy::disallowed_methods, reason = "how long requests take is printed")]
fn now() -> Instant {
    Instant::now()
}

impl Watch<'_> {
    fn status(&mut self, key: &str) -> u16 {
        let text = |text: &str| Bytes(text.as_bytes().to_vec());
        let request = Request { headers: vec![(text("apikey"), text(key))], ..Request::default() };
        let began = now();
        let status = self.gateway.send_request(0, &request).status;
        self.slowest = self.slowest.max(began.elapsed());
        self.asked += 1;
        status
    }

    /// Asks until a key gets a status; `always` must be let through all the while, if there is one.
    fn until(&mut self, what: &str, key: &str, wanted: u16, always: Option<&str>) -> (Duration, Duration) {
        let began = now();
        self.slowest = Duration::ZERO;
        loop {
            if let Some(always) = always {
                assert_eq!(self.status(always), 200, "{what}: `{always}` is always allowed");
            }
            let status = self.status(key);
            if status == wanted {
                return (began.elapsed(), self.slowest);
            }
            assert!(began.elapsed() < Duration::from_secs(300), "{what}: {status}\n{}", self.gateway.log());
        }
    }
}

#[test]
fn a_large_bundle_arrives_in_chunks() {
    let count = applications();
    let first = built(count, 0);
    let (size, parts) = (first.manifest.file_bytes(), u64::try_from(first.chunks.len()).unwrap() + 1);
    let relay = Relay::start();
    let config = json!({
        "version": 1, "host": "envoy",
        "bundle": {"fetch": {"upstream": "relay", "chunk_path": "/v1/chunks/", "interval_ms": 200, "timeout_ms": 2000}},
        "public_keys": [key().public_key().to_string()], "portals": [PortalId::from_bytes([0xff; 16])],
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/", "resource_id": resource(1)}],
    });
    relay.publish(first);
    let gateway =
        Gateway::start("chunks", &[Listener { config, properties: Vec::new() }], &[("relay", relay.port)]);
    let mut watch = Watch { gateway: &gateway, slowest: Duration::ZERO, asked: 0 };
    let last = format!("key-{}", count - 1);

    // A relay that goes away in the middle: nothing is used by halves, and nothing is fetched twice.
    while relay.served.chunks.load(Ordering::SeqCst) < parts / 2 {
        assert!([503, 200].contains(&watch.status(&last)));
    }
    relay.served.down.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(300));
    relay.served.down.store(false, Ordering::SeqCst);
    let (took, slowest) = watch.until("first load", &last, 200, None);
    // Both filters, the worker's and the main thread's, fetch; let the other one finish.
    std::thread::sleep(Duration::from_secs(2) + took);
    let (bytes, chunks) = relay.sent();
    println!(
        "{count} applications, {size} bytes in {parts} parts; two filters fetch (worker and main thread)"
    );
    println!(
        "first load, the relay away for a while: {took:?}, slowest request {slowest:?}, {bytes} bytes, {chunks} parts"
    );
    assert!(chunks <= parts * 2 + 6, "{chunks} of {parts} twice: what was there came again");
    assert_eq!(watch.status("key-0"), 200);
    assert_eq!(watch.status("nobody"), 401);

    for (what, revoked, most) in [("one revoke", 1, 2), ("a thousand changes", 1001, 1000)] {
        relay.publish(built(count, revoked));
        let key = format!("key-{}", revoked - 1);
        let (took, slowest) = watch.until(what, &key, 403, Some(&last));
        std::thread::sleep(Duration::from_secs(1) + took);
        let (bytes, chunks) = relay.sent();
        println!(
            "{what}: {took:?} until it bites, slowest request {slowest:?}, {bytes} bytes, {chunks} parts"
        );
        assert!(chunks <= 2 * most, "{what}: {chunks} parts");
        if revoked == 1 {
            assert!(bytes / 2 <= 500_000, "{what}: {bytes} bytes for two filters");
        }
    }
    for number in [0, 1, 500, 1000] {
        assert_eq!(watch.status(&format!("key-{number}")), 403);
    }
    assert_eq!(watch.status("key-1001"), 200);
    std::thread::sleep(Duration::from_millis(1200));
    let metrics = gateway.metrics();
    assert_eq!(metrics.get("gatepass_fetch_installed"), Some(&6), "{metrics:?}");
    println!("memory of Envoy with two copies: {} kB; {} requests", gateway.memory_kilobytes(), watch.asked);
    let log = gateway.log();
    assert!(!log.contains("Function: "), "a callback failed:\n{log}");
}
