use gatepass::RegistrationFact;
use serde_json::{Value, json};

use crate::Filter;
use crate::testing::{Fake, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";
const NOW: i64 = 1_800_000_000_000;

/// Headers and body.
type Answer<'a> = (&'a [(&'a str, &'a str)], &'a [u8]);

fn config(bundle: Value) -> String {
    let mut bundle = bundle;
    bundle["fetch"] = json!({"upstream": "relay", "max_bundle_bytes": 67_108_864});
    json!({
        "version": 1, "host": "envoy", "bundle": bundle, "allow_unsigned": true,
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/", "resource_id": R1}],
    })
    .to_string()
}

fn reason(fake: &Fake, filter: &mut Filter) -> &'static str {
    fake.get(filter, "/", &[("apikey", "good")]).reason()
}

/// Ticks until the next call is made.
fn next_call(fake: &Fake, filter: &mut Filter) {
    let before = fake.calls.borrow().len();
    for _ in 0..40_000 {
        fake.now_ms.set(fake.now_ms.get() + 10);
        fake.tick(filter);
        if fake.calls.borrow().len() > before {
            return;
        }
    }
    panic!("no call");
}

fn serve(fake: &Fake, filter: &mut Filter, sample: &Sample, as_of: i64) {
    next_call(fake, filter);
    let length = sample.bytes.len().to_string();
    let stamp = sample.timestamp(as_of);
    fake.answer(
        filter,
        &[(":status", "200"), ("x-gatepass-timestamp", &stamp), ("content-length", &length)],
        &sample.bytes,
    );
}

#[test]
fn nothing_passes_before_the_first_bundle_and_a_revoke_bites_with_the_next() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    assert_eq!(*fake.ticks.borrow(), [10]);
    assert!(fake.calls.borrow().is_empty(), "hosts trap on calls while configuring");
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    serve(&fake, &mut filter, &Sample::new(), NOW);
    assert_eq!(reason(&fake, &mut filter), "");
    assert!(fake.calls.borrow()[0].headers.iter().all(|(name, _)| *name != "if-none-match"));
    serve(&fake, &mut filter, &Sample::with(RegistrationFact::Revoked), NOW + 1);
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
    assert!(fake.calls.borrow()[1].headers.contains(&("if-none-match", Sample::new().tag())));
    assert_eq!(fake.get(&mut filter, "/", &[("apikey", "x")]).status(), 401);
    fake.now_ms.set(fake.now_ms.get() + 2000);
    fake.tick(&mut filter);
    assert_eq!(fake.metric("gatepass_bundle_serial"), NOW + 1);
    assert_eq!((fake.metric("gatepass_unsigned"), fake.metric("gatepass_ready")), (1, 1));
}

#[test]
fn a_relay_that_asks_for_a_token_gets_it_and_nobody_else_sees_it() {
    let bundle = json!({"fetch": {"upstream": "relay", "bearer_token": "s3cret-token"}});
    let mut config: Value = serde_json::from_str(&config(json!({}))).unwrap();
    config["bundle"] = bundle;
    let (fake, mut filter) = Fake::configured(&config.to_string());
    serve(&fake, &mut filter, &Sample::new(), NOW);
    let calls = fake.calls.borrow();
    assert!(calls[0].headers.contains(&("authorization", "Bearer s3cret-token".to_owned())));
    assert!(!format!("{calls:?}{:?}", fake.logs.borrow()).contains("s3cret"));
    drop(calls);
    let asked = fake.get(&mut filter, "/", &[("apikey", "good")]);
    assert!(asked.sees("authorization").is_empty(), "an upstream gets the caller's headers only");
}

#[test]
fn an_older_bundle_is_never_installed_whatever_order_relays_answer_in() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    serve(&fake, &mut filter, &Sample::with(RegistrationFact::Revoked), NOW);
    serve(&fake, &mut filter, &Sample::new(), NOW - 1);
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
    assert_eq!(fake.metric("gatepass_fetch_failures"), 0, "an older answer is no failure");
    serve(&fake, &mut filter, &Sample::new(), NOW);
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
    fake.now_ms.set(fake.now_ms.get() + 1000);
    fake.tick(&mut filter);
    assert_eq!(fake.metric("gatepass_fetch_failures"), 1, "the same serial with other contents is a lie");
}

#[test]
fn only_a_dated_304_renews() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    serve(&fake, &mut filter, &Sample::new(), NOW);
    let age = |fake: &Fake, filter: &mut Filter, millis: i64| {
        fake.now_ms.set(NOW + millis);
        reason(fake, filter)
    };
    next_call(&fake, &mut filter);
    fake.answer(&mut filter, &[(":status", "304")], b"");
    assert_eq!(age(&fake, &mut filter, 300_000), "");
    assert_eq!(age(&fake, &mut filter, 300_001), "bundle_stale");
    next_call(&fake, &mut filter);
    fake.answer(
        &mut filter,
        &[
            (":status", "304"),
            ("x-gatepass-timestamp", &Sample::with(RegistrationFact::Pending).timestamp(NOW + 300_000)),
        ],
        b"",
    );
    assert_eq!(reason(&fake, &mut filter), "bundle_stale", "a date of other contents renews nothing");
    next_call(&fake, &mut filter);
    fake.answer(
        &mut filter,
        &[(":status", "304"), ("x-gatepass-timestamp", &Sample::new().timestamp(NOW + 300_000))],
        b"",
    );
    assert_eq!(reason(&fake, &mut filter), "");
}

#[test]
fn the_future_is_refused_and_a_clock_set_back_makes_nothing_young() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    serve(&fake, &mut filter, &Sample::new(), NOW + 40_000);
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    serve(&fake, &mut filter, &Sample::new(), NOW + 20_000);
    assert_eq!(reason(&fake, &mut filter), "");
    fake.now_ms.set(NOW + 400_000);
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    fake.now_ms.set(NOW);
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    serve(&fake, &mut filter, &Sample::new(), NOW + 20_001);
    assert_eq!(reason(&fake, &mut filter), "", "newer data has come, so the high reading was wrong");
}

#[test]
fn a_clock_set_back_stops_neither_fetching_nor_metrics() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    serve(&fake, &mut filter, &Sample::new(), NOW);
    fake.now_ms.set(NOW + 1_000_000);
    fake.tick(&mut filter);
    fake.answer(&mut filter, &[(":status", "500")], b"");
    fake.now_ms.set(NOW + 2000);
    next_call(&fake, &mut filter);
    assert!(fake.now_ms.get() < NOW + 4000, "not only when the clock has caught up: {}", fake.now_ms.get());
    assert_eq!(fake.metric("gatepass_fetch_failures"), 1);
}

#[test]
fn a_bad_answer_leaves_the_good_bundle_in_place() {
    let sample = Sample::new();
    let stamp = sample.timestamp(NOW);
    let bundle = json!({"inline": sample.base64(), "inline_timestamp": stamp});
    let (fake, mut filter) = Fake::configured(&config(bundle));
    assert_eq!(reason(&fake, &mut filter), "");
    let other = Sample::with(RegistrationFact::Revoked);
    let newer = other.timestamp(NOW + 5);
    let mut cut = other.bytes.clone();
    cut.pop();
    let wrong: [Answer<'_>; 6] = [
        (&[], b""),
        (&[(":status", "503"), ("x-gatepass-timestamp", &newer)], b"no healthy upstream"),
        (&[(":status", "200"), ("x-gatepass-timestamp", &newer)], b"not a bundle"),
        (&[(":status", "200"), ("x-gatepass-timestamp", &newer)], &cut),
        (&[(":status", "200"), ("x-gatepass-timestamp", &newer)], &sample.bytes),
        (&[(":status", "200"), ("x-gatepass-timestamp", "!")], &other.bytes),
    ];
    for (headers, body) in wrong {
        next_call(&fake, &mut filter);
        fake.answer(&mut filter, headers, body);
        assert_eq!(reason(&fake, &mut filter), "");
    }
    fake.now_ms.set(fake.now_ms.get() + 1000);
    fake.tick(&mut filter);
    // The tick above may have started another call, which is not answered yet.
    assert_eq!(fake.metric("gatepass_fetch_failures"), 6);
}

#[test]
fn an_answer_to_a_call_given_up_changes_nothing() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    next_call(&fake, &mut filter);
    next_call(&fake, &mut filter);
    assert_eq!(fake.calls.borrow().len(), 2, "one that is never answered does not stop fetching");
    let sample = Sample::new();
    filter.call_response(&fake, 1, 1, 2, sample.bytes.len());
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
}

#[test]
fn a_host_that_cannot_call_is_asked_again_later() {
    let (fake, mut filter) = Fake::configured(&config(json!({})));
    fake.broken.borrow_mut().push("call");
    for _ in 0..200 {
        fake.now_ms.set(fake.now_ms.get() + 10);
        fake.tick(&mut filter);
    }
    let tries = fake.asked.borrow().iter().filter(|name| **name == "call").count();
    assert!((2..=4).contains(&tries), "{tries}");
    assert!(fake.logs.borrow().iter().filter(|line| line.contains("does not call")).count() == 1);
}
