//! Proves that a gateway and a portal give one answer: reason, HTTP status and blockers of every application id
//! and every credential × every resource (and one that is none) from a bundle equal those from the snapshots it was
//! built from, under both policies, before, at and after every expiry, with one portal in a bundle or several.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of a test: a broken expectation is a failed test"
)]

use conformance::{Random, Shape, portal, questions, read, shuffle_lists, times};
use gatepass::bundle::{Bundle, Caller, build};
use gatepass::{
    Action, CredentialFact, Facts, Freshness, Policy, Question, Reason, ResourceId, Snapshot, decide,
};
use serde_json::Value;

/// How many portals are generated in all.
const PORTALS: u64 = 3_600;

/// A portal as its file and as it is read.
struct Known {
    file: Value,
    snapshot: Snapshot,
}

/// Portals for one bundle; without a region there is none.
fn portals(seeds: std::ops::Range<u64>, without_region: &mut u64) -> Vec<Known> {
    let mut known = Vec::new();
    for (seed, number) in seeds.zip(0..) {
        let file = portal(&Shape::of_seed(seed), number);
        let snapshot = read(&file);
        assert_eq!(snapshot.contents().is_err(), snapshot.region().is_none());
        if snapshot.region().is_some() {
            known.push(Known { file, snapshot });
        } else {
            *without_region += 1;
        }
    }
    known
}

fn bundle_of(known: &[Known], policy: Policy) -> Vec<u8> {
    let contents: Vec<_> = known.iter().map(|known| known.snapshot.contents().expect("a region")).collect();
    build(policy, &contents).expect("a portal that can be read can be built").to_bytes()
}

/// Reason, HTTP status, blockers, and whether there is a warning.
type Answer = (Option<Reason>, Option<u16>, Vec<Reason>, bool);

/// Both policies' answers.
fn answers(facts: &Facts) -> [Answer; 2] {
    [Policy::Strict, Policy::Konnect].map(|policy| {
        let outcome = decide(facts, Action::Consume, policy);
        let reason = outcome.reason();
        let blockers = outcome.blockers().iter().collect();
        (reason, reason.map(Reason::http_status), blockers, outcome.is_allow() && facts.deprecated)
    })
}

/// Asks everything of one portal and compares; counts the questions and those allowed.
fn compare(bundle: &Bundle, known: &Known, resources: &[ResourceId], counts: &mut (u64, u64)) {
    for &resource in resources {
        let handle = bundle.resource(&resource);
        for application in known.snapshot.applications() {
            let question = Question::consume(application.id, resource, Policy::Strict);
            let caller = bundle.caller_by_application_id(&application.id);
            assert_eq!(caller.application_id(), Some(application.id));
            let (ours, theirs) =
                (known.snapshot.facts(&question), bundle.facts(&caller, handle, Freshness::Fresh));
            assert_eq!(
                answers(&ours),
                answers(&theirs),
                "{question:?}\n{ours:?}\n{theirs:?}\n{}",
                known.file
            );
            counts.0 += 2;
            counts.1 += u64::from(decide(&ours, Action::Consume, Policy::Strict).is_allow());
        }
        for key in questions::keys(&known.file) {
            for now in times() {
                let ours = known.snapshot.facts_of_credential(&key, resource, now);
                let caller = bundle.caller(&key, now);
                let theirs = bundle.facts(&caller, handle, Freshness::Fresh);
                assert_eq!(ours.credential, theirs.credential, "{key:?} at {now}\n{}", known.file);
                // Nobody's key is asked in the resource's own portal only: another one knows neither.
                let ours = if ours.credential.identifies() || known.snapshot_has(resource) || handle.is_none()
                {
                    ours
                } else {
                    Facts { resource: theirs.resource, ..ours }
                };
                assert_eq!(
                    answers(&ours),
                    answers(&theirs),
                    "{key:?} at {now}\n{ours:?}\n{theirs:?}\n{}",
                    known.file
                );
                counts.0 += 2;
                counts.1 += u64::from(decide(&ours, Action::Consume, Policy::Strict).is_allow());
            }
        }
        for nobody in [Caller::missing(), Caller::ambiguous(), Caller::unknown()] {
            let question = Question { application: None, ..Question::view(None, resource) };
            let ours = Facts { credential: nobody.credential(), ..known.snapshot.facts(&question) };
            if known.snapshot_has(resource) || handle.is_none() {
                assert_eq!(answers(&ours), answers(&bundle.facts(&nobody, handle, Freshness::Fresh)));
            }
            assert_ne!(nobody.credential(), CredentialFact::NotNeeded);
        }
        let stale = bundle.facts(&Caller::missing(), handle, Freshness::Stale);
        assert_eq!(answers(&stale)[0].2, [Reason::BundleStale]);
    }
}

impl Known {
    fn snapshot_has(&self, resource: ResourceId) -> bool {
        self.snapshot.resources().iter().any(|known| known.id == resource)
    }
}

#[test]
fn a_bundle_answers_as_its_snapshots_do() {
    let mut random = Random::new(2);
    let (mut next, mut counts, mut without_region, mut bundles, mut shared) = (0, (0, 0), 0, 0, 0);
    while next < conformance::cases(PORTALS).end {
        let size = random.pick(&[1, 1, 2, 3, 5]);
        let known = portals(next..next + size, &mut without_region);
        next += size;
        if known.is_empty() {
            continue;
        }
        let policy = random.pick(Policy::ALL);
        let bundle = Bundle::open(&bundle_of(&known, policy)).expect("what was built can be opened");
        assert_eq!(bundle.policy(), policy);
        assert_eq!(bundle.portals().count(), known.len());
        let mut resources: Vec<_> =
            known.iter().flat_map(|known| questions::resources(&known.file)).collect();
        resources.sort_unstable();
        resources.dedup();
        bundles += 1;
        shared += u64::from(known.len() > 1);
        for known in &known {
            compare(&bundle, known, &resources, &mut counts);
        }
    }
    let (asked, allowed) = counts;
    println!(
        "{next} portals ({without_region} without a region) in {bundles} bundles, {shared} of several portals: {asked} decisions, {allowed} allowed under strict"
    );
    assert!(asked > 1_000_000 && allowed > 5_000, "the generator asks too little: {asked}, {allowed}");
    assert!(without_region > 50 && shared > 500);
}

/// An API may be published in several portals: each application is judged in its own.
#[test]
fn one_api_in_several_portals_is_judged_in_the_callers() {
    let (mut counts, mut pairs) = ((0, 0), 0);
    for seed in conformance::cases(400) {
        let shape = |seed| Shape {
            api: "v3",
            resources: 3,
            applications: 3,
            developers: 3,
            teams: 2,
            ..Shape::of_seed(seed)
        };
        let one = portal(&shape(seed), 0);
        let mut text = portal(&shape(seed + 10_000), 1).to_string();
        let other: Value = serde_json::from_str(&text).expect("JSON");
        for (mine, theirs) in questions::resources(&one).iter().zip(questions::resources(&other)) {
            text = text.replace(&theirs.to_string(), &mine.to_string());
        }
        let other: Value = serde_json::from_str(&text).expect("JSON");
        let known: Vec<_> = [one, other]
            .map(|file| Known { snapshot: read(&file), file })
            .into_iter()
            .filter(|known| known.snapshot.region().is_some())
            .collect();
        if known.len() < 2 {
            continue;
        }
        pairs += 1;
        let bundle = Bundle::open(&bundle_of(&known, Policy::Strict)).expect("what was built can be opened");
        let resources = questions::resources(&known[0].file);
        for (known, beside) in [(&known[0], &known[1]), (&known[1], &known[0])] {
            for &resource in &resources {
                let handle = bundle.resource(&resource);
                for application in known.snapshot.applications() {
                    let ours =
                        known.snapshot.facts(&Question::consume(application.id, resource, Policy::Strict));
                    let theirs = bundle.facts(
                        &bundle.caller_by_application_id(&application.id),
                        handle,
                        Freshness::Fresh,
                    );
                    assert_eq!(
                        answers(&ours),
                        answers(&theirs),
                        "{resource}\n{}\n{}",
                        known.file,
                        beside.file
                    );
                    counts.0 += 1;
                    counts.1 += u64::from(decide(&ours, Action::Consume, Policy::Strict).is_allow());
                }
            }
        }
    }
    println!("{pairs} pairs of portals with the same APIs: {} pairs asked, {} allowed", counts.0, counts.1);
    assert!(pairs > 300 && counts.1 > 50);
}

#[test]
fn the_same_snapshots_in_any_order_are_the_same_bytes() {
    let mut random = Random::new(3);
    let (mut ignored, mut compared) = (0, 0);
    for seed in conformance::cases(300) {
        let mut known = portals(seed * 4..seed * 4 + 4, &mut ignored);
        if known.is_empty() {
            continue;
        }
        let bytes = bundle_of(&known, Policy::Strict);
        random.shuffle(&mut known);
        for known in &mut known {
            shuffle_lists(&mut known.file, &mut random);
            known.snapshot = read(&known.file);
        }
        assert!(bytes == bundle_of(&known, Policy::Strict), "seed {seed}: the order shows in the bytes");
        compared += 1;
    }
    assert!(compared > 250);
}

/// Changes of one application, as members of its own objects in the file.
const CHANGES: [(&str, &str, &str); 5] = [
    ("applications", "status", "revoked"),
    ("registrations", "status", "revoked"),
    ("registrations", "status", "nobody knows"),
    ("credentials", "status", "revoked"),
    ("credentials", "expires_at", "2031-01-01T00:00:00Z"),
];

/// Whether a change of the object's status changes an answer about a resource of the portal.
fn counts_now(item: &Value, here: &[String]) -> bool {
    let resource = item["product_version"]["id"].as_str();
    let good = item.get("status").is_none_or(|status| status == "approved" || status == "active");
    good && resource.is_none_or(|resource| here.iter().any(|known| known == resource))
}

#[test]
fn one_changed_application_changes_only_its_own_chunks() {
    let shape =
        Shape { seed: 77, api: "v2", developers: 60, teams: 3, applications: 9_000, resources: 3, odd: 0 };
    let mut file = portal(&shape, 0);
    file["region"] = "eu".into();
    let before = build(Policy::Strict, &[read(&file).contents().expect("a region")]).expect("contents");
    let chunks = before.manifest.chunks().len();
    assert!(chunks >= 4, "{chunks} chunks are too few to tell one from another");
    let here: Vec<String> = questions::resources(&file).iter().map(ToString::to_string).collect();
    let mut random = Random::new(4);
    let mut changed = [0, 0, 0];
    for (list, member, value) in CHANGES {
        for _ in 0..2 {
            let mut after = file.clone();
            let items = after[list].as_array_mut().expect("a list");
            let mut some = (0..1_000).map(|_| random.below(items.len()));
            let at = some.find(|at| counts_now(&items[*at], &here));
            let at = at.expect("some item that counts");
            items[at][member] = value.into();
            let after =
                build(Policy::Strict, &[read(&after).contents().expect("a region")]).expect("contents");
            assert!(before.global == after.global, "{list}: the global chunk changed");
            let differing = before
                .manifest
                .chunks()
                .iter()
                .zip(after.manifest.chunks())
                .filter(|(one, other)| one != other);
            let differing = differing.count();
            assert_eq!(after.manifest.chunks().len(), chunks);
            // The record is in one chunk; a credential is in one, which need not be the same.
            assert!(differing <= 1, "{list}/{at}: {differing} of {chunks} chunks changed");
            changed[differing] += 1;
        }
    }
    println!("{chunks} chunks; of single changes {} changed none and {} changed one", changed[0], changed[1]);
    assert!(changed[1] >= 5, "{changed:?}");
}
