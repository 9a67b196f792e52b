//! Proves that a real Envoy under load stays right while its relay changes the contents ten times a second, is killed,
//! hangs, and serves garbage, half bodies and old serials: each request that reaches the upstream is looked at.
//!
//! `GATEPASS_CHAOS_SECONDS` says for how long; 8 if it is not set.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatepass::Policy;
use serde_json::{Value, json};
use xtask::client;

use super::portal::{self, Portal};
use super::real_envoy::{Gateway, Listener};
use super::relay::{Answer, Relay, Reply, always};

/// How long contents may be used without news.
const MAX_AGE_SECONDS: i64 = 4;
/// How many callers there are at a time.
const CALLERS: usize = 3;

fn seconds() -> u64 {
    let text = std::env::var("GATEPASS_CHAOS_SECONDS").unwrap_or_else(|_| "8".to_owned());
    text.parse().unwrap_or_else(|_| panic!("GATEPASS_CHAOS_SECONDS is no number: {text}"))
}

/// The portal with `Storefront`'s registration approved and revoked, as answers are made of them.
struct Contents {
    portal: Portal,
    body: Vec<u8>,
    tag: String,
}

impl Contents {
    fn new(portal: Portal) -> Self {
        Self { body: portal.bundle(Policy::Strict), tag: portal.entity_tag(Policy::Strict), portal }
    }

    fn answer(&self, serial: i64, known: Option<&str>) -> Answer {
        let is_known = known == Some(self.tag.as_str());
        let answer = if is_known { Answer::new(304, "") } else { Answer::new(200, self.body.clone()) };
        let stamp = self.portal.timestamp(Policy::Strict, serial);
        answer.header("x-gatepass-timestamp", stamp).header("etag", self.tag.clone())
    }
}

/// Honest serials are even; the old ones that must never count are odd.
#[derive(Default)]
struct Told {
    /// By serial: whether `Storefront` is approved in what was told under it.
    approved: BTreeMap<i64, bool>,
    faults: [u64; 6],
}

/// What a relay says that has all the faults of GATEWAY.md §7, one time in three.
fn faulty(told: &Arc<Mutex<Told>>) -> Reply {
    let approved = Contents::new(Portal::example());
    let revoked = Contents::new(Portal::example().with_first_registration("revoked"));
    let (told, turn) = (Arc::clone(told), AtomicUsize::new(0));
    Arc::new(move |now_millis, known| {
        let turn = turn.fetch_add(1, Ordering::SeqCst);
        let serial = now_millis / 2 * 2;
        // Ten swaps a second.
        let is_approved = now_millis.rem_euclid(200) < 100;
        let contents = if is_approved { &approved } else { &revoked };
        let mut told = told.lock().unwrap();
        let fault = (turn > 20).then_some(turn * 7 % 18).filter(|fault| *fault < 6);
        if let Some(fault) = fault {
            told.faults[fault] += 1;
        }
        // Two answers of one millisecond with other contents would be a lie. What comes with a bad body has a good date:
        // it renews contents that the filter has.
        let is_dated = matches!(fault, None | Some(3 | 4));
        if is_dated && *told.approved.entry(serial).or_insert(is_approved) != is_approved {
            return None;
        }
        match fault {
            Some(0) => None,
            Some(1) => {
                drop(told);
                std::thread::sleep(Duration::from_millis(250));
                None
            }
            Some(2) => Some(Answer::new(503, "no healthy upstream")),
            Some(3) => Some(contents.answer(serial, None)).map(|mut answer| {
                answer.body.iter_mut().skip(40).step_by(97).for_each(|byte| *byte ^= 0x55);
                answer
            }),
            Some(4) => Some(contents.answer(serial, None)).map(|mut answer| {
                let length = answer.body.len().to_string();
                answer.body.truncate(answer.body.len() / 2);
                answer.header("content-length", length)
            }),
            // Approved contents of half a minute ago.
            Some(_) => Some(approved.answer(serial - 2_001, None)),
            None => Some(contents.answer(serial, known)),
        }
    })
}

/// What a caller was told.
#[derive(Debug)]
struct Asked {
    #[expect(dead_code, reason = "a failure shows it")]
    request: (usize, usize),
    always_approved: bool,
    status: u16,
    reason: Option<String>,
}

fn ask(port: u16, caller: usize, number: usize) -> Asked {
    let always_approved = number.is_multiple_of(2);
    let key = if always_approved { "demo-till" } else { "demo-storefront" };
    let request = format!(
        "GET /orders/v1/items HTTP/1.1\r\nHost: api.example\r\napikey: {key}\r\nx-number: {caller} {number}\r\nConnection: close\r\n\r\n"
    );
    let answer = client::send(port, request.as_bytes()).unwrap();
    let reason = serde_json::from_slice::<Value>(&answer.body).ok();
    let reason = reason.and_then(|body| Some(body.get("reason")?.as_str()?.to_owned()));
    Asked { request: (caller, number), always_approved, status: answer.status, reason }
}

fn configuration() -> Value {
    let mut config = portal::configuration("envoy");
    config["bundle"] = json!({"fetch": {"upstream": "relay", "interval_ms": 30, "timeout_ms": 150}});
    config["allow_unsigned"] = true.into();
    config["max_age_seconds"] = MAX_AGE_SECONDS.into();
    config
}

#[test]
fn nothing_wrong_passes_and_nobody_is_failed_while_the_relay_goes_mad() {
    let told = Arc::new(Mutex::new(Told::default()));
    let relay = Relay::start();
    relay.reply_with(faulty(&told));
    let listener = Listener { config: configuration(), properties: Vec::new() };
    let gateway = Gateway::start("chaos", &[listener], &[("relay", relay.port)]);
    let port = gateway.port(0);
    while ask(port, 0, 0).status != 200 {
        std::thread::sleep(Duration::from_millis(20));
    }
    gateway.upstream.take();
    let over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let over = Arc::clone(&over);
            std::thread::spawn(move || {
                let all = (0..).take_while(|_| !over.load(Ordering::SeqCst));
                all.map(|number| ask(port, caller, number)).collect::<Vec<_>>()
            })
        })
        .collect();
    std::thread::sleep(Duration::from_secs(seconds()));
    over.store(true, Ordering::SeqCst);
    let asked: Vec<Asked> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();

    let mut counts = BTreeMap::new();
    for one in &asked {
        *counts.entry((one.always_approved, one.reason.clone())).or_insert(0_u64) += 1;
        let right = match (one.always_approved, one.status, one.reason.as_deref()) {
            (_, 200, None) => true,
            (false, 403, Some(reason)) => reason == "registration_revoked",
            _ => false,
        };
        assert!(right, "{one:?}:\n{}", gateway.log());
    }
    let told = told.lock().unwrap();
    let mut newest = [0_i64; CALLERS];
    let mut passed = 0;
    for arrived in gateway.upstream.take() {
        let header = |name: &str| {
            let found = arrived.headers.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
        };
        let (number, serial) = (header("x-number"), header("x-gatepass-serial").parse::<i64>().unwrap());
        let (caller, number) = number.split_once(' ').unwrap();
        let (caller, number): (usize, usize) = (caller.parse().unwrap(), number.parse().unwrap());
        let approved = told.approved.get(&serial);
        assert!(approved.is_some(), "serial {serial} was never told as current");
        assert!(
            number.is_multiple_of(2) || approved == Some(&true),
            "passed by serial {serial}, which revoked it"
        );
        // One worker: whoever asks one after the other never sees older contents again.
        assert!(serial >= newest[caller], "caller {caller}: {serial} after {}", newest[caller]);
        newest[caller] = serial;
        passed += 1;
    }
    let seen = |approved: bool| counts.get(&(false, (!approved).then(|| "registration_revoked".to_owned())));
    assert!(seen(true).is_some() && seen(false).is_some(), "the swaps were seen: {counts:?}");
    assert!(told.faults.iter().all(|count| *count > 3), "every fault was had: {:?}", told.faults);
    let swaps = gateway.log().matches(" is in use").count();
    writeln!(
        std::io::stderr(),
        "chaos: {} requests, {passed} passed; {swaps} bundles put to use; faults {:?}",
        asked.len(),
        told.faults
    )
    .unwrap();
    drop(told);
    grows_stale_and_recovers(&gateway, &relay, port);
}

/// Without any news everything is denied when it is due, and passes again with the next.
fn grows_stale_and_recovers(gateway: &Gateway, relay: &Relay, port: u16) {
    relay.reply_with(Arc::new(|_, _| None));
    std::thread::sleep(Duration::from_secs(MAX_AGE_SECONDS.unsigned_abs() + 1));
    for number in 0..10 {
        let asked = ask(port, 0, number);
        assert_eq!((asked.status, asked.reason.as_deref()), (503, Some("bundle_stale")), "{asked:?}");
    }
    let contents = Contents::new(Portal::example());
    relay.reply_with(always(contents.answer(xtask::now_millis() / 2 * 2, None)));
    for _ in 0..500 {
        if ask(port, 0, 0).status == 200 {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it does not recover:\n{}", gateway.log());
}
