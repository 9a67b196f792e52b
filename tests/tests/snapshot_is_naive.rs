//! Proves that the snapshot's joins are the design's: for generated portals with every oddity, the facts of every
//! question of every action, and of every credential before, at and after each expiry, equal those of a plain
//! second reading of the JSON (`conformance::naive`). Also that a team never views, logs in or creates anything.

use conformance::{Shape, naive::Naive, portal, questions, read, times};
use gatepass::{Action, OwnerFact, decide};

#[test]
fn facts_are_those_of_the_plain_reading() {
    let (mut compared, mut allowed, mut reasons) = (0u64, 0u64, std::collections::BTreeMap::new());
    for seed in conformance::cases(2_500) {
        let file = portal(&Shape::of_seed(seed), 7);
        let snapshot = read(&file);
        for question in questions::questions(&file) {
            let (real, plain) = (snapshot.facts(&question), Naive(&file).facts(&question));
            assert_eq!(real, plain, "seed {seed}: {question:?}\n{file}");
            if matches!(question.action, Action::View | Action::LogIn | Action::CreateApplication) {
                assert_ne!(real.owner, OwnerFact::Team, "a team asks: {question:?}");
            }
            let outcome = decide(&plain, question.action, question.policy);
            assert_eq!(snapshot.outcome(&question), outcome);
            allowed += u64::from(outcome.is_allow());
            outcome.blockers().iter().for_each(|reason| *reasons.entry(reason).or_insert(0u64) += 1);
            compared += 1;
        }
    }
    println!("compared {compared} questions, {allowed} of them allowed; listed {reasons:?}");
    assert!(
        compared > 300_000 && allowed > compared / 50,
        "the generator asks too little: {compared}, {allowed}"
    );
    // All reasons but those of a caller's credential and of a bundle's age.
    assert_eq!(reasons.len(), gatepass::Reason::ALL.len() - 7, "{reasons:?}");
}

#[test]
fn credentials_are_those_of_the_plain_reading() {
    let (mut compared, mut seen) = (0u64, std::collections::BTreeMap::new());
    for seed in conformance::cases(2_500) {
        let file = portal(&Shape::of_seed(seed), 7);
        let snapshot = read(&file);
        for key in questions::keys(&file) {
            for resource in questions::resources(&file) {
                for now in times() {
                    let real = snapshot.facts_of_credential(&key, resource, now);
                    let plain = Naive(&file).facts_of_credential(&key, resource, now);
                    assert_eq!(real, plain, "seed {seed}: {key:?} at {now}\n{file}");
                    *seen.entry(format!("{:?}", real.credential)).or_insert(0u64) += 1;
                    compared += 1;
                }
            }
        }
    }
    println!("compared {compared} callers: {seen:?}");
    // Everything but Missing and NotNeeded.
    assert_eq!(seen.len(), 6, "{seen:?}");
}
