//! A gateway between two relays whose clocks disagree, whose crawls are slow, that restart and answer late: a model of
//! many random histories, each with one revoke in it.
//!
//! What can be promised: the serial of a bundle is when its crawl began, by its relay's clock. So whatever was crawled
//! after the revoke has a serial of at least the revoke's time and the relay's skew, and whatever still has the approval
//! a smaller one than the revoke's time and the larger skew. Once a serial from there on is installed, nothing older is.

use gatepass::RegistrationFact;
use serde_json::json;

use crate::Filter;
use crate::testing::{Fake, Sample};

const NOW: i64 = 1_800_000_000_000;
const MAX_AGE: i64 = 300_000;
const MAX_SKEW: i64 = 30_000;
const STEP: i64 = 50;
const HOUR: i64 = 3_600_000;

/// A small generator: histories must be the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// What a relay has published: when its crawl began by its own clock, and whether it saw the approval.
#[derive(Clone, Copy)]
struct Published {
    serial: i64,
    approved: bool,
}

struct Relay {
    skew: i64,
    published: Option<Published>,
    /// A crawl on its way: when it is published, and as what.
    crawl: Option<(i64, Published)>,
    next: i64,
}

impl Relay {
    fn step(&mut self, time: i64, revoke: i64, slow: i64, random: &mut Random) {
        if random.below(2_000) == 0 {
            // A restart forgets everything, and a crawl with it.
            (self.published, self.crawl, self.next) = (None, None, time + random.below(2_000));
        }
        if let Some((ready, made)) = self.crawl
            && time >= ready
        {
            // A relay keeps what is newer by its own clock.
            self.published = Some(made);
            (self.crawl, self.next) = (None, time + 500);
        }
        if self.crawl.is_none() && time >= self.next {
            let took = 100 + random.below(slow);
            // The registration is read some time during the crawl.
            let read = time + random.below(took);
            let made = Published { serial: time + self.skew, approved: read < revoke };
            self.crawl = Some((time + took, made));
        }
    }
}

struct Samples {
    approved: Sample,
    revoked: Sample,
}

impl Samples {
    fn of(&self, approved: bool) -> &Sample {
        if approved { &self.approved } else { &self.revoked }
    }
}

fn gateway() -> (Fake, Filter) {
    let fetch = json!({"upstream": "relay", "interval_ms": 500, "timeout_ms": 300});
    let config = json!({
        "version": 1, "host": "envoy", "bundle": {"fetch": fetch}, "allow_unsigned": true,
        "max_age_seconds": MAX_AGE / 1000, "max_clock_skew_seconds": MAX_SKEW / 1000,
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/", "resource_id": "00000000-0000-4000-8000-000000000001"}],
    });
    Fake::configured(&config.to_string())
}

/// Answers the last call as a relay with this would; 304 if the gateway has the contents. Returns whether they were sent.
fn answer(fake: &Fake, filter: &mut Filter, samples: &Samples, published: Option<Published>) -> bool {
    let Some(published) = published else {
        fake.answer(filter, &[(":status", "503")], b"");
        return false;
    };
    let sample = samples.of(published.approved);
    let stamp = sample.timestamp(published.serial);
    let known = fake.calls.borrow().last().unwrap().headers.contains(&("if-none-match", sample.tag()));
    if known {
        fake.answer(filter, &[(":status", "304"), ("x-gatepass-timestamp", &stamp)], b"");
    } else {
        let length = sample.bytes.len().to_string();
        let headers = [(":status", "200"), ("x-gatepass-timestamp", &*stamp), ("content-length", &*length)];
        fake.answer(filter, &headers, &sample.bytes);
    }
    !known
}

/// Plays a history; returns how often a request was allowed before the revoke and after it, and denied in the end.
fn history(seed: u64, skews: [i64; 2], slow: i64, samples: &Samples) -> (u64, u64, bool) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (fake, mut filter) = gateway();
    let revoke = NOW + 20_000 + random.below(20_000);
    let first = |skew| Relay { skew, published: None, crawl: None, next: NOW };
    let mut relays = skews.map(first);
    let safe = revoke + skews[0].max(skews[1]);
    let (mut before, mut after, mut denied) = (0, 0, false);
    // What is on its way to the gateway: when it arrives, and what the relay had when it was asked.
    let mut flying: Option<(i64, Option<Published>)> = None;
    let (mut installed, mut calls) = (i64::MIN, 0);
    for time in (NOW..NOW + 110_000).step_by(usize::try_from(STEP).unwrap()) {
        for relay in &mut relays {
            relay.step(time, revoke, slow, &mut random);
        }
        fake.now_ms.set(time);
        fake.tick(&mut filter);
        if fake.calls.borrow().len() > calls {
            calls = fake.calls.borrow().len();
            let relay = &relays[usize::try_from(random.below(2)).unwrap()];
            flying = Some((time + random.below(250), relay.published));
        }
        if let Some((arrives, published)) = flying
            && time >= arrives
        {
            answer(&fake, &mut filter, samples, published);
            flying = None;
            if let Some(Published { serial, .. }) = published
                && serial <= time + MAX_SKEW
            {
                installed = installed.max(serial);
            }
        }
        let reason = fake.get(&mut filter, "/", &[("apikey", "good")]).reason();
        denied = reason == "registration_revoked";
        if reason.is_empty() {
            *if time < revoke { &mut before } else { &mut after } += 1;
            assert!(installed < safe, "seed {seed}, {skews:?}: allowed although {installed} was installed");
            assert!(time <= revoke + MAX_AGE + MAX_SKEW, "seed {seed}: allowed {} ms later", time - revoke);
        }
    }
    (before, after, denied)
}

#[test]
fn two_relays_never_bring_back_what_was_revoked() {
    let samples = Samples { approved: Sample::new(), revoked: Sample::with(RegistrationFact::Revoked) };

    let clocks = [[0, 0], [0, 20_000], [-20_000, 20_000], [0, HOUR], [0, -HOUR], [-HOUR, HOUR]];
    for skews in clocks {
        let (mut before, mut after, mut denied) = (0, 0, 0);
        for seed in 1..=12 {
            let slow = [400, 20_000][usize::try_from(seed % 2).unwrap()];
            let (allowed, late, at_the_end) = history(seed, skews, slow, &samples);
            before += allowed;
            after += late;
            denied += u64::from(at_the_end);
        }
        // With both clocks an hour off nothing is ever taken; else requests pass, and at last the revoke has come.
        let usable = skews.iter().any(|skew| skew.abs() <= MAX_SKEW);
        assert_eq!(usable, before > 0, "{skews:?}");
        assert_eq!(usable, after > 0, "{skews:?}: a revoke takes a moment");
        // A relay whose every answer is refused makes the gateway ask less often.
        assert!(!usable || denied >= 6, "{skews:?}: {denied} of 12 gateways have learnt of it");
    }
}

#[test]
fn two_relays_in_turn_cost_no_reload_and_no_moment_of_staleness() {
    let (fake, mut filter) = gateway();
    let samples = Samples { approved: Sample::new(), revoked: Sample::with(RegistrationFact::Revoked) };
    let (mut calls, mut sent) = (0_usize, 0);
    for time in (NOW..NOW + 600_000).step_by(usize::try_from(STEP).unwrap()) {
        fake.now_ms.set(time);
        fake.tick(&mut filter);
        if fake.calls.borrow().len() > calls {
            calls = fake.calls.borrow().len();
            // They crawl every ten seconds, the second one four seconds after the first.
            let lag = if calls % 2 == 0 { 0 } else { 4_000 };
            let serial = (time - lag) / 10_000 * 10_000 + lag;
            sent +=
                usize::from(answer(&fake, &mut filter, &samples, Some(Published { serial, approved: true })));
        }
        if calls > 0 {
            assert_eq!(fake.get(&mut filter, "/", &[("apikey", "good")]).reason(), "");
        }
    }
    assert!(calls > 1_000, "{calls} calls");
    assert_eq!(sent, 1, "the contents came once");
}
