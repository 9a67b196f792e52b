//! The same questions as `benches/decide`, as a WebAssembly module for V8 (`node crates/core/benches/wasm/run.mjs`).
#![expect(unsafe_code, reason = "exports need fixed names")]

#[path = "../decide/contents.rs"]
mod contents;

use std::cell::RefCell;

use gatepass::bundle::{Bundle, ResourceHandle, build};
use gatepass::{Action, CredentialKey, Freshness, Policy, Timestamp, decide};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

struct Bench {
    bundle: Bundle,
    questions: Vec<(CredentialKey, Option<ResourceHandle>)>,
}

thread_local! {
    static BENCH: RefCell<Option<Bench>> = const { RefCell::new(None) };
}

/// Builds and opens a bundle of this many applications, and prepares as many questions. 0 if that failed,
/// else the bundle's bytes.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(applications: u32) -> u32 {
    BENCH.with(|bench| *bench.borrow_mut() = None);
    let applications = u128::from(applications);
    let Ok(built) = build(Policy::Strict, &[contents::portal(applications)]) else { return 0 };
    let bytes = built.to_bytes();
    drop(built);
    let Ok(bundle) = Bundle::open(&bytes) else { return 0 };
    let count = usize::try_from(applications).unwrap_or(0).next_power_of_two();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let questions = (0..count).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let application = u128::from(state) % applications;
        let resource = contents::registered(application).nth(usize::try_from(state >> 62).unwrap_or(0));
        (
            contents::key(application, 0),
            resource.and_then(|resource| bundle.resource(&contents::resource(resource))),
        )
    });
    let questions = questions.collect();
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    BENCH.with(|bench| *bench.borrow_mut() = Some(Bench { bundle, questions }));
    length
}

/// Decides this many questions; returns how many were denied.
#[unsafe(no_mangle)]
pub extern "C" fn run(count: u32) -> u32 {
    BENCH.with(|bench| {
        let bench = bench.borrow();
        let Some(bench) = bench.as_ref() else { return u32::MAX };
        let (mut place, mut denied) = (0_usize, 0_u32);
        let mask = bench.questions.len().wrapping_sub(1);
        for _ in 0..count {
            let Some((key, resource)) = bench.questions.get(place) else { return u32::MAX };
            let caller = bench.bundle.caller(key, NOW);
            let facts = bench.bundle.facts(&caller, *resource, Freshness::Fresh);
            let outcome = decide(&facts, Action::Consume, Policy::Strict);
            denied = denied.wrapping_add(u32::from(!outcome.is_allow()));
            // The next question depends on the answer, so that none overlaps the one before.
            place = place.wrapping_add(1).wrapping_add(outcome.blockers().len()) & mask;
        }
        denied
    })
}

/// Hashes this many keys of 32 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn hash(count: u32) -> u32 {
    let mut value = [0_u8; 32];
    for _ in 0..count {
        value = *CredentialKey::api_key(&value).digest();
    }
    u32::from(value.first().copied().unwrap_or(0))
}
