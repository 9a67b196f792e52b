//! A bundle: refused, or verified to its last byte; then everything in it can be asked, and nothing panics.
#![no_main]

use gatepass::bundle::Bundle;
use gatepass::{Action, CredentialKey, Freshness, Timestamp, decide};
use gatepass_fuzz::{APPLICATIONS, BUNDLE, KEY, NOW, RESOURCES};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

const HEADER: usize = 16;
const ENTRY: usize = 36;

fuzz_target!(|bytes: &[u8]| {
    ask(bytes);
    // No fuzzer finds a SHA-256. So the input also says what to change in a good bundle, whose digests are then made to fit.
    ask(&changed(bytes));
});

/// The good bundle with one byte after another replaced: two bytes say where, one by what.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut bundle = BUNDLE.clone();
    let entries = u32::from_le_bytes(bundle[12..16].try_into().unwrap()) as usize;
    let body = HEADER + entries * ENTRY + 10;
    let room = bundle.len() - body;
    let (edits, _) = bytes.as_chunks::<4>();
    for [low, middle, high, value] in edits {
        let at = u32::from_le_bytes([*low, *middle, *high, 0]) as usize % room;
        bundle[body + at] = *value;
    }
    let mut start = body;
    for entry in 0..entries {
        let place = HEADER + entry * ENTRY;
        let length = u32::from_le_bytes(bundle[place..place + 4].try_into().unwrap()) as usize;
        let digest: [u8; 32] = Sha256::digest(&bundle[start..start + length]).into();
        bundle[place + 4..place + ENTRY].copy_from_slice(&digest);
        start += length;
    }
    bundle
}

fn ask(bytes: &[u8]) {
    let Ok(bundle) = Bundle::open(bytes) else { return };
    let now = Timestamp::from_millis(NOW);
    let ids = APPLICATIONS.iter().map(|id| bundle.caller_by_application_id(id));
    for caller in std::iter::once(bundle.caller(&CredentialKey::api_key(KEY), now)).chain(ids) {
        assert!(
            !decide(&bundle.facts(&caller, None, Freshness::Fresh), Action::Consume, bundle.policy())
                .is_allow()
        );
        for resource in RESOURCES.iter() {
            let facts = bundle.facts(&caller, bundle.resource(resource), Freshness::Stale);
            assert!(
                !decide(&facts, Action::Consume, bundle.policy()).is_allow(),
                "what is too old allows nothing"
            );
        }
    }
    let _ = (bundle.counts(), bundle.portals().count(), bundle.chunks().len());
}
