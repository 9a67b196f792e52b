use gatepass::RegistrationFact;
use serde_json::{Value, json};

use crate::Filter;
use crate::testing::{Fake, NOW_MS, Sample, key};

const R1: &str = "00000000-0000-4000-8000-000000000001";
const PORTAL: &str = "00000000-0000-4000-8000-0000000000ff";

fn config(keys: &Value) -> String {
    json!({
        "version": 1, "host": "envoy", "bundle": {"fetch": {"upstream": "relay"}},
        "public_keys": keys, "portals": [PORTAL],
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/", "resource_id": R1}],
    })
    .to_string()
}

fn text(number: u8) -> String {
    key(number).public_key().to_string()
}

fn reason(fake: &Fake, filter: &mut Filter) -> &'static str {
    fake.get(filter, "/", &[("apikey", "good")]).reason()
}

/// Serves a file and a header; says why it was refused, if it was.
fn serve(fake: &Fake, filter: &mut Filter, file: &[u8], stamp: &str) -> String {
    fake.now_ms.set(fake.now_ms.get() + 31_000);
    fake.tick(filter);
    fake.logs.borrow_mut().clear();
    fake.answer(filter, &[(":status", "200"), ("x-gatepass-timestamp", stamp)], file);
    let logs = fake.logs.borrow();
    logs.iter()
        .find_map(|line| line.split_once("failed: "))
        .map(|(_, why)| why.to_owned())
        .unwrap_or_default()
}

#[test]
fn only_what_trusted_keys_signed_is_installed() {
    let sample = Sample::new();
    let keys = json!([{"key": text(1), "use": "bundle"}, {"key": text(2), "use": "timestamp"}]);
    let (fake, mut filter) = Fake::configured(&config(&keys));
    let (file, stamp) = sample.signed(NOW_MS, 1, 2);
    for (file, stamp, why) in [
        (
            sample.bytes.clone(),
            sample.timestamp(NOW_MS),
            "`x-gatepass-timestamp` is refused: it is not signed",
        ),
        (sample.bytes.clone(), stamp.clone(), "the bundle is refused: it is not signed"),
        (
            file.clone(),
            sample.signed(NOW_MS, 1, 1).1,
            "`x-gatepass-timestamp` is refused: none of its signatures is by a trusted key",
        ),
        (
            sample.signed(NOW_MS, 2, 2).0,
            stamp.clone(),
            "the bundle is refused: none of its signatures is by a trusted key",
        ),
    ] {
        assert_eq!(serve(&fake, &mut filter, &file, &stamp), why);
        assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    }
    let late = NOW_MS + 120_000;
    let (file, stamp) = sample.signed(late, 1, 2);
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
    assert_eq!(reason(&fake, &mut filter), "");
    assert_eq!(fake.metric("gatepass_unsigned"), 0);

    // Its date is renewed only by whoever may.
    let renew = |fake: &Fake, filter: &mut Filter, stamp: &str| {
        fake.now_ms.set(late + 299_000);
        fake.tick(filter);
        fake.answer(filter, &[(":status", "304"), ("x-gatepass-timestamp", stamp)], b"");
        fake.now_ms.set(late + 301_000);
        reason(fake, filter)
    };
    assert_eq!(renew(&fake, &mut filter, &sample.timestamp(late + 200_000)), "bundle_stale");
    fake.now_ms.set(late + 340_000);
    let (_, stamp) = sample.signed(late + 200_000, 1, 2);
    fake.tick(&mut filter);
    fake.answer(&mut filter, &[(":status", "304"), ("x-gatepass-timestamp", &stamp)], b"");
    assert_eq!(reason(&fake, &mut filter), "");
}

#[test]
fn a_timestamp_key_alone_cannot_bring_back_what_was_signed_before() {
    let (old, new) = (Sample::new(), Sample::with(RegistrationFact::Revoked));
    let keys = json!([{"key": text(1), "use": "bundle"}, {"key": text(2), "use": "timestamp"}]);
    let (fake, mut filter) = Fake::configured(&config(&keys));
    let (old_file, old_stamp) = old.signed(NOW_MS, 1, 2);
    assert_eq!(serve(&fake, &mut filter, &old_file, &old_stamp), "");
    assert_eq!(reason(&fake, &mut filter), "");
    let (file, stamp) = new.signed(NOW_MS + 1000, 1, 2);
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
    let later = old.signed(NOW_MS + 2000, 1, 2).1;
    let why = serve(&fake, &mut filter, &old_file, &later);
    assert_eq!(why, "the bundle is refused: it was signed before the one in use");
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
}

#[test]
fn removing_a_key_drops_what_it_signed() {
    let sample = Sample::new();
    let (file, stamp) = sample.signed(NOW_MS, 1, 1);
    let (fake, mut filter) = Fake::configured(&config(&json!([text(1), text(2)])));
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
    assert_eq!(reason(&fake, &mut filter), "");
    assert!(fake.configure(&mut filter, &config(&json!([text(2)]))));
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    let why = serve(&fake, &mut filter, &file, &stamp);
    assert_eq!(why, "`x-gatepass-timestamp` is refused: none of its signatures is by a trusted key");
    let (file, stamp) = sample.signed(fake.now_ms.get(), 2, 2);
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
    assert_eq!(reason(&fake, &mut filter), "");
}

#[test]
fn the_serial_outlives_the_instance_where_the_host_keeps_it() {
    let keys = json!([text(1)]);
    let (fake, mut filter) = Fake::configured(&config(&keys));
    let (file, stamp) = Sample::with(RegistrationFact::Revoked).signed(NOW_MS, 1, 1);
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
    // A new instance, as after a reload: an older bundle that is still fresh is not taken.
    let mut filter = Filter::default();
    filter.create(1, 0);
    assert!(fake.configure(&mut filter, &config(&keys)));
    let (old, old_stamp) = Sample::new().signed(NOW_MS - 1, 1, 1);
    let why = serve(&fake, &mut filter, &old, &old_stamp);
    assert_eq!(why, "`x-gatepass-timestamp` is refused: it is older than what this proxy has had");
    assert_eq!(reason(&fake, &mut filter), "bundle_stale");
    let (other, other_stamp) = Sample::new().signed(NOW_MS, 1, 1);
    let why = serve(&fake, &mut filter, &other, &other_stamp);
    assert_eq!(why, "`x-gatepass-timestamp` is refused: it has the serial of other contents");
    assert_eq!(serve(&fake, &mut filter, &file, &stamp), "", "the same again");
    assert_eq!(reason(&fake, &mut filter), "registration_revoked");
    // What is kept is of no use if it cannot be true, or is not ours.
    let all: Vec<String> = fake.shared.borrow().keys().cloned().collect();
    for junk in [vec![0xFF; 40], vec![], vec![1; 39]] {
        for kept in &all {
            fake.shared.borrow_mut().insert(kept.clone(), (junk.clone(), 1));
        }
        let mut filter = Filter::default();
        filter.create(1, 0);
        assert!(fake.configure(&mut filter, &config(&keys)));
        let (file, stamp) = Sample::new().signed(fake.now_ms.get(), 1, 1);
        assert_eq!(serve(&fake, &mut filter, &file, &stamp), "");
        assert_eq!(reason(&fake, &mut filter), "");
    }
}
