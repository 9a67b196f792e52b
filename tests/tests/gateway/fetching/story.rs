//! The story: what a relay may say, and what must come of it.

use std::sync::Arc;

use gatepass::Policy;

use super::super::check::Seen;
use super::super::portal::Portal;
use super::super::relay::{Answer, always, as_of, honest};
use super::Site;

const KEY: &str = "demo-storefront";
const PATH: &str = "/orders/v1/items";

/// What becomes of an answer that changes nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Failure,
    /// An older truth is no fault.
    Fine,
}

/// Without data nothing is decided; with data everything is; and what is not good data changes nothing.
pub(crate) fn faults(site: &mut impl Site) {
    let (portal, other) = (Portal::example(), Portal::example().with_first_registration("revoked"));
    site.reply_with(Arc::new(|_, _| None));
    for key in [KEY, "demo-guess", ""] {
        is_stale(&site.ask(PATH, key));
    }
    site.reply_with(always(Answer::unchanged(&portal, site.now_millis())));
    is_stale(&site.ask(PATH, KEY));
    assert_eq!(site.ask("/health", "").status, 200, "what is open needs no data");

    let mut current = site.now_millis();
    site.reply_with(as_of(&portal, current));
    until(site, "a good bundle is used", |seen| serial(seen) == Some(current));
    assert_eq!(reason(&site.ask(PATH, "demo-loyalty")), "registration_pending");

    let mut failures = site.metric("gatepass_fetch_failures");
    for position in 0..changing_nothing(&portal, &other, current, 0).len() {
        let (name, counted, answer) =
            changing_nothing(&portal, &other, current, site.now_millis()).swap_remove(position);
        site.reply_with(Arc::new(move |_, _| answer.clone()));
        let seen = site.ask(PATH, KEY);
        assert_eq!((seen.status, serial(&seen)), (200, Some(current)), "{name}: the last good bundle stays");
        assert_eq!(reason(&site.ask(PATH, "demo-guess")), "credential_unknown", "{name}");
        // Good again, so that the next fault is met at once.
        current = site.now_millis();
        site.reply_with(as_of(&portal, current));
        until(site, "a 304 with a timestamp renews", |seen| serial(seen) == Some(current));
        assert_eq!(site.known(), Some(portal.entity_tag(Policy::Strict)), "it says what it has");
        if site.is_exact() {
            let counts = site.metric("gatepass_fetch_failures");
            assert_eq!(counts - failures, i64::from(counted == Counted::Failure), "{name}: failures counted");
            failures = counts;
        }
    }

    site.reply_with(honest(&other));
    until(site, "a revoke arrives", |seen| reason(seen) == "registration_revoked");
    site.reply_with(always(Answer::bundle(&portal, current)));
    assert_eq!(reason(&site.ask(PATH, KEY)), "registration_revoked", "no older bundle takes it back");
    site.reply_with(honest(&portal));
    until(site, "a newer one does", |seen| seen.status == 200);
    assert!(site.metric("gatepass_bundle_serial") > current);
    for (gauge, value) in [("gatepass_ready", 1), ("gatepass_unsigned", 1), ("gatepass_monitor", 0)] {
        assert_eq!(site.metric(gauge), value, "{gauge}");
    }
    assert!((0..10).contains(&site.metric("gatepass_bundle_age_seconds")));
}

/// Asks for as long as is needed where time is real, and once where it is not.
fn until(site: &mut impl Site, what: &str, holds: impl Fn(&Seen) -> bool) {
    for _ in 0..if site.is_exact() { 1 } else { 750 } {
        if holds(&site.ask(PATH, KEY)) {
            return;
        }
        site.pass(20);
    }
    panic!("{what}: {:?}", site.ask(PATH, KEY));
}

fn changing_nothing(
    portal: &Portal,
    other: &Portal,
    first: i64,
    now: i64,
) -> Vec<(&'static str, Counted, Option<Answer>)> {
    use Counted::{Failure, Fine};
    // Newer than what is in use, and visible if it were taken.
    let newer = now.max(first + 1);
    let good = Answer::bundle(other, newer);
    let with_body = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut answer = good.clone();
        change(&mut answer.body);
        Some(answer)
    };
    let with_header = |name: &str, value: &str| Some(good.clone().header(name, value));
    let without_timestamp = |status, body: &[u8]| Some(Answer::new(status, body));
    let stamped =
        |value: &str| Some(Answer::new(200, good.body.clone()).header("x-gatepass-timestamp", value));
    let length = good.body.len();
    let stamp = other.timestamp(Policy::Strict, newer);
    let mut all = vec![
        ("no answer", Failure, None),
        ("an empty body", Failure, with_body(&Vec::clear)),
        ("one bit flipped at the end", Failure, with_body(&|body| *body.last_mut().unwrap() ^= 1)),
        ("one bit flipped in the middle", Failure, with_body(&|body| body[length / 2] ^= 0x10)),
        ("the first half", Failure, with_body(&|body| body.truncate(length / 2))),
        ("one byte missing", Failure, with_body(&|body| body.truncate(length - 1))),
        ("one byte too many", Failure, with_body(&|body| body.push(0))),
        ("a byte more than 8 MB", Failure, with_body(&|body| body.resize((8 << 20) + 1, 0))),
        ("another version", Failure, with_body(&|body| body[8] = body[8].wrapping_add(1))),
        ("something else", Failure, with_body(&|body| *body = b"<html>200 OK</html>".to_vec())),
        ("compressed", Failure, with_header("content-encoding", "gzip")),
        (
            "a longer length than the body's",
            Failure,
            with_header("content-length", &(length + 9).to_string()),
        ),
        ("two timestamps", Failure, with_header("x-gatepass-timestamp", &stamp)),
        ("no timestamp", Failure, without_timestamp(200, &good.body)),
        ("an empty timestamp", Failure, stamped("")),
        ("half a timestamp", Failure, stamped(stamp.split_at(stamp.len() / 2).0)),
        (
            "a timestamp of other contents",
            Failure,
            Some(Answer { body: portal.bundle(Policy::Strict), ..good.clone() }),
        ),
        ("a timestamp from the future", Failure, Some(Answer::bundle(other, newer + 3_600_000))),
        ("the same serial for other contents", Failure, Some(Answer::bundle(other, first))),
        ("a 304 about contents that were never sent", Failure, Some(Answer::unchanged(other, newer))),
        ("a 304 without a timestamp", Failure, without_timestamp(304, b"")),
        ("an older bundle", Fine, Some(Answer::bundle(other, first - 60_000))),
        ("the same bundle", Fine, Some(Answer::bundle(portal, first))),
        ("an older timestamp", Fine, Some(Answer::unchanged(portal, first - 60_000))),
    ];
    for (name, status) in [("a 500", 500), ("a 404", 404), ("a 206", 206), ("a redirect", 302)] {
        all.push((name, Failure, Some(Answer { status, ..good.clone() })));
    }
    all
}

/// Data ages unless somebody says that it is current; `site` has a max age of three seconds.
pub(crate) fn ageing(site: &mut impl Site) {
    let portal = Portal::example();
    let other = portal.with_first_registration("revoked");
    site.reply_with(honest(&portal));
    until(site, "there is data", |seen| seen.status == 200);
    for _ in 0..8 {
        site.pass(500);
        assert_eq!(site.ask(PATH, KEY).status, 200, "timestamps alone keep it fresh");
    }
    site.reply_with(always(Answer::new(304, "")));
    site.pass(3500);
    is_stale(&site.ask(PATH, KEY));
    is_stale(&site.ask(PATH, ""));
    assert_eq!(site.metric("gatepass_ready"), 0);
    site.reply_with(always(Answer::bundle(&portal, site.now_millis() - 10_000)));
    is_stale(&site.ask(PATH, KEY));
    site.reply_with(honest(&portal));
    until(site, "it recovers by a timestamp", |seen| seen.status == 200);

    site.reply_with(Arc::new(|_, _| None));
    site.pass(3500);
    is_stale(&site.ask(PATH, KEY));
    assert_eq!(site.ask("/health", "").status, 200, "what is open stays open");
    site.reply_with(honest(&other));
    until(site, "it recovers by other contents", |seen| reason(seen) == "registration_revoked");
}

fn is_stale(seen: &Seen) {
    assert_eq!((seen.status, reason(seen).as_str()), (503, "bundle_stale"));
    assert!(seen.values("retry-after")[0].parse::<u32>().unwrap() > 0);
    assert!(seen.upstream.is_empty());
}

fn reason(seen: &Seen) -> String {
    seen.json()["reason"].as_str().unwrap_or_default().to_owned()
}

/// Which bundle an allowed request was decided by.
fn serial(seen: &Seen) -> Option<i64> {
    let value = *seen.upstream.first()?.values("x-gatepass-serial").first()?;
    std::str::from_utf8(value).ok()?.parse().ok()
}
