use gatepass::bundle::Manifest;
use serde_json::json;

use crate::Filter;
use crate::testing::{Fake, NOW_MS, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";
const MANY: u32 = 20_000;

fn config(most: usize) -> String {
    json!({
        "version": 1, "host": "envoy", "allow_unsigned": true,
        "bundle": {"fetch": {"upstream": "relay", "chunk_path": "/v1/chunks/", "max_bundle_bytes": most}},
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/", "resource_id": R1}],
    })
    .to_string()
}

fn reason(fake: &Fake, filter: &mut Filter, key: &str) -> &'static str {
    fake.get(filter, "/", &[("apikey", key)]).reason()
}

/// What a relay answers: the body, by path.
fn body(sample: &Sample, path: &str) -> Option<Vec<u8>> {
    let built = &sample.built;
    if path == "/v1/manifest" {
        return Some(built.manifest.to_bytes());
    }
    let digest = path.strip_prefix("/v1/chunks/")?;
    let digests = std::iter::once(built.manifest.global()).chain(built.manifest.chunks().iter().copied());
    let bodies = std::iter::once(&built.global).chain(&built.chunks);
    let is_it = |sha256: &[u8; 32]| Manifest::entity_tag(sha256).trim_matches('"') == digest;
    digests.zip(bodies).find(|(entry, _)| is_it(&entry.sha256)).map(|(_, body)| body.clone())
}

/// Ticks until a call is made, then answers calls until none follows, at most so many. Says how many bytes went.
fn load(fake: &Fake, filter: &mut Filter, sample: &Sample, as_of: i64, most: usize) -> (usize, usize) {
    let before = fake.calls.borrow().len();
    fake.now_ms.set(fake.now_ms.get() + 31_000);
    fake.tick(filter);
    let (mut answered, mut bytes) = (0, 0);
    while answered < most && fake.calls.borrow().len() > before + answered {
        answered += 1;
        let path = fake
            .calls
            .borrow()
            .last()
            .unwrap()
            .headers
            .iter()
            .find(|(name, _)| *name == ":path")
            .unwrap()
            .1
            .clone();
        let Some(body) = body(sample, &path) else {
            fake.answer(filter, &[(":status", "404")], b"gone");
            continue;
        };
        bytes += body.len();
        let (stamp, length) = (sample.timestamp(as_of), body.len().to_string());
        fake.answer(
            filter,
            &[(":status", "200"), ("x-gatepass-timestamp", &stamp), ("content-length", &length)],
            &body,
        );
    }
    (answered, bytes)
}

#[test]
fn only_what_is_missing_is_fetched_and_all_of_it_is_swapped_at_once() {
    let sample = Sample::many(MANY, None);
    let chunks = sample.built.chunks.len();
    assert!(chunks >= 8, "{chunks}");
    let (fake, mut filter) = Fake::configured(&config(1 << 26));
    let (calls, bytes) = load(&fake, &mut filter, &sample, NOW_MS, 5);
    assert_eq!(calls, 5);
    assert_eq!(reason(&fake, &mut filter, "key-7"), "bundle_stale", "some chunks are no bundle");
    assert!(bytes < sample.bytes.len());
    // The host forgets the call; the rest follows, and nothing that is there comes again.
    let (calls, _) = load(&fake, &mut filter, &sample, NOW_MS + 1, usize::MAX);
    assert_eq!(calls, 0, "a call is under way");
    fake.answer(&mut filter, &[], b"");
    let (calls, _) = load(&fake, &mut filter, &sample, NOW_MS + 2, usize::MAX);
    assert_eq!(calls, 1 + chunks + 1 - 4);
    assert_eq!(reason(&fake, &mut filter, "key-7"), "");
    assert_eq!(reason(&fake, &mut filter, "key-19999"), "");

    // One revoke: the manifest and one chunk.
    let revoked = Sample::many(MANY, Some(7));
    let (calls, bytes) = load(&fake, &mut filter, &revoked, NOW_MS + 3, usize::MAX);
    assert_eq!(calls, 2);
    assert!(bytes < sample.bytes.len() / 4, "{bytes}");
    assert_eq!(reason(&fake, &mut filter, "key-7"), "registration_revoked");
    assert_eq!(reason(&fake, &mut filter, "key-8"), "");
    fake.now_ms.set(fake.now_ms.get() + 2000);
    fake.tick(&mut filter);
    assert_eq!(fake.metric("gatepass_fetch_installed"), 2);
    assert_eq!(fake.metric("gatepass_bundle_serial"), NOW_MS + 3);
}

#[test]
fn a_relay_that_changes_its_mind_in_the_middle_costs_no_correctness() {
    let (old, new) = (Sample::many(MANY, None), Sample::many(MANY, Some(19_999)));
    let (fake, mut filter) = Fake::configured(&config(1 << 26));
    load(&fake, &mut filter, &old, NOW_MS, 6);
    // The relay restarted with other contents: the chunk under way is gone, the next manifest is another.
    fake.answer(&mut filter, &[(":status", "404")], b"gone");
    assert_eq!(reason(&fake, &mut filter, "key-7"), "bundle_stale");
    let (calls, _) = load(&fake, &mut filter, &new, NOW_MS + 1, usize::MAX);
    assert!(calls <= 1 + new.built.chunks.len() - 3, "what both have is kept: {calls}");
    assert_eq!(reason(&fake, &mut filter, "key-7"), "");
    assert_eq!(reason(&fake, &mut filter, "key-19999"), "registration_revoked");
}

#[test]
fn a_chunk_is_what_the_manifest_names_or_nothing() {
    let (sample, other) = (Sample::many(MANY, None), Sample::many(MANY, Some(7)));
    let (fake, mut filter) = Fake::configured(&config(1 << 26));
    let refuse = |fake: &Fake, filter: &mut Filter, headers: &[(&str, &str)], body: &[u8], why: &str| {
        load(fake, filter, &sample, NOW_MS, 1);
        fake.logs.borrow_mut().clear();
        fake.answer(filter, headers, body);
        let logs = fake.logs.borrow().join("\n");
        assert!(logs.contains(why), "{why}: {logs}");
    };
    let mut flipped = sample.built.global.clone();
    flipped[9] ^= 1;
    let ok = [(":status", "200")];
    refuse(&fake, &mut filter, &ok, &flipped, "its SHA-256 differs");
    refuse(&fake, &mut filter, &ok, &flipped[1..], "not as long as the manifest says");
    refuse(&fake, &mut filter, &[(":status", "304")], b"", "a chunk was not sent");
    refuse(
        &fake,
        &mut filter,
        &[(":status", "200"), ("content-encoding", "gzip")],
        &sample.built.global,
        "encoded",
    );
    let (calls, _) = load(&fake, &mut filter, &sample, NOW_MS, usize::MAX);
    assert_eq!(calls, 1 + 1 + sample.built.chunks.len(), "nothing of that was kept");
    assert_eq!(reason(&fake, &mut filter, "key-7"), "");
    // A manifest that is not the timestamp's.
    fake.now_ms.set(fake.now_ms.get() + 31_000);
    fake.tick(&mut filter);
    let stamp = other.timestamp(NOW_MS + 5);
    fake.answer(
        &mut filter,
        &[(":status", "200"), ("x-gatepass-timestamp", &stamp)],
        &sample.built.manifest.to_bytes(),
    );
    assert!(fake.logs.borrow().join("\n").contains("is of other contents"));
    // One that is larger than is wanted.
    let (fake, mut filter) = Fake::configured(&config(1 << 20));
    load(&fake, &mut filter, &sample, NOW_MS, usize::MAX);
    assert!(fake.logs.borrow().join("\n").contains("at most 1048576 are taken"));
    assert_eq!(fake.calls.borrow().len(), 1);
}
