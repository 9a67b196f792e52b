//! The time of one decision, from the digest of a key: on a bundle, on a `HashMap`, and the rule alone.
//!
//! Keys are asked for in random order. `*/throughput` lets the processor overlap one decision with the next,
//! as every loop does; `*/latency` makes each question depend on the answer before.

mod contents;
mod peer;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gatepass::bundle::{Bundle, ResourceHandle, build};
use gatepass::{Action, CredentialKey, Facts, Freshness, Outcome, Policy, Timestamp, decide};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A question: a key, and the position of a resource its application is registered for. Small, because
/// questions pass through the same caches as the answers.
struct Question {
    key: CredentialKey,
    resource: u8,
}

/// About as many questions as there are applications, a power of two.
fn questions(applications: u128) -> Vec<Question> {
    let count = usize::try_from(applications).unwrap_or(0).next_power_of_two();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut questions = Vec::with_capacity(count);
    while questions.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let application = u128::from(state) % applications;
        let step = usize::try_from(state >> 61).unwrap_or(0) % 4;
        let resource =
            contents::registered(application).nth(step).and_then(|number| u8::try_from(number).ok());
        let Some(resource) = resource else { continue };
        questions.push(Question { key: contents::key(application, 0), resource });
    }
    questions
}

/// Asks `decide` one question after another, forever.
fn ask(criterion: &mut Criterion, name: &str, questions: &[Question], decide: impl Fn(&Question) -> Outcome) {
    let mask = questions.len() - 1;
    let mut place = 0_usize;
    criterion.bench_function(&format!("{name}/throughput"), |bencher| {
        bencher.iter(|| {
            place = (place + 1) & mask;
            questions.get(place).map(&decide)
        });
    });
    criterion.bench_function(&format!("{name}/latency"), |bencher| {
        bencher.iter(|| {
            let outcome = questions.get(place).map(&decide);
            place = (place + 1 + outcome.map_or(0, |outcome| outcome.blockers().len())) & mask;
        });
    });
}

fn on_bundle_and_peer(criterion: &mut Criterion, label: &str, applications: u128) {
    let portal = contents::portal(applications);
    let Ok(built) = build(Policy::Strict, std::slice::from_ref(&portal)) else { return };
    let bytes = built.to_bytes();
    drop(built);
    let Ok(bundle) = Bundle::open(&bytes) else { return };
    println!("{label}: {} bytes in {} chunks", bytes.len(), bundle.chunks().len());
    drop(bytes);
    let questions = questions(applications);
    let handles: Vec<Option<ResourceHandle>> =
        (0..contents::RESOURCES).map(|number| bundle.resource(&contents::resource(number))).collect();
    ask(criterion, &format!("bundle/{label}"), &questions, |question| {
        let caller = bundle.caller(&question.key, NOW);
        let handle = handles.get(usize::from(question.resource)).copied().flatten();
        decide(&bundle.facts(&caller, handle, Freshness::Fresh), Action::Consume, Policy::Strict)
    });
    let peer = peer::Peer::new(&portal);
    ask(criterion, &format!("hash_map/{label}"), &questions, |question| {
        decide(&peer.facts(&question.key, question.resource.into()), Action::Consume, Policy::Strict)
    });
}

fn ten_thousand(criterion: &mut Criterion) {
    on_bundle_and_peer(criterion, "10k", 10_000);
}

fn a_million(criterion: &mut Criterion) {
    on_bundle_and_peer(criterion, "1M", 1_000_000);
}

fn rule_alone(criterion: &mut Criterion) {
    let portal = contents::portal(1_024);
    let peer = peer::Peer::new(&portal);
    let facts: Vec<Facts> = (0..1_024).map(|number| peer.facts(&contents::key(number, 0), 37)).collect();
    let mut place = 0_usize;
    criterion.bench_function("rule/throughput", |bencher| {
        bencher.iter(|| {
            place = (place + 1) & 1_023;
            facts.get(place).map(|facts| decide(black_box(facts), Action::Consume, Policy::Strict))
        });
    });
}

criterion_group!(benches, rule_alone, ten_thousand, a_million);
criterion_main!(benches);
