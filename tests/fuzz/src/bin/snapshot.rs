//! A snapshot: every decision has a reason or none and never both ways, and its bundle decides as it does.
#![no_main]

use gatepass::bundle::{Bundle, build};
use gatepass::{Action, Freshness, Policy, Question, ReadOptions, Snapshot, decide};
use gatepass_fuzz::{APPLICATIONS, RESOURCES};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { allow_partial: true, ..ReadOptions::default() };
    let Ok(reading) = Snapshot::read(bytes, options) else { return };
    let snapshot = reading.snapshot;
    let bundles = Policy::ALL.iter().map(|policy| {
        let contents = snapshot.contents().ok()?;
        let built = build(*policy, &[contents]).ok()?;
        Some(Bundle::open(&built.to_bytes()).expect("what is built can be opened"))
    });
    for (policy, bundle) in Policy::ALL.iter().zip(bundles) {
        for application in APPLICATIONS.iter().take(4) {
            for resource in RESOURCES.iter() {
                let decision = snapshot.decide(&Question::consume(*application, *resource, *policy));
                assert_eq!(decision.reason.is_none(), decision.blockers.iter().next().is_none());
                let Some(bundle) = &bundle else { continue };
                let caller = bundle.caller_by_application_id(application);
                let facts = bundle.facts(&caller, bundle.resource(resource), Freshness::Fresh);
                assert_eq!(decide(&facts, Action::Consume, *policy).reason(), decision.reason);
            }
        }
    }
});
