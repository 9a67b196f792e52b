//! Differences equal deciding every pair twice, one by one.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::collections::BTreeMap;

use conformance::{Random, Shape, cases, portal, questions, read};
use gatepass::diff::{Diff, Difference, Side};
use gatepass::{
    ApplicationId, ApplicationOwner, Policy, Question, Rbac, Reason, ResourceId, Snapshot, TeamId,
};
use serde_json::{Value, json};

type Pairs = BTreeMap<(ApplicationId, ResourceId), (Option<Reason>, Option<Reason>)>;

/// Every pair of either side that is decided differently: by asking.
fn brute_force(before: Side<'_>, after: Side<'_>) -> Pairs {
    let sides = [before, after];
    let applications = sides.iter().flat_map(|side| side.snapshot.applications());
    let applications: Vec<_> = applications.map(|application| application.id).collect();
    let resources = sides.iter().flat_map(|side| side.snapshot.resources());
    let resources: Vec<_> = resources.map(|resource| resource.id).collect();
    let mut pairs = Pairs::new();
    for &application in &applications {
        for &resource in &resources {
            let [one, other] = sides.map(|side| {
                let question = Question::consume(application, resource, side.policy);
                side.snapshot.outcome(&question).reason()
            });
            if one != other {
                pairs.insert((application, resource), (one, other));
            }
        }
    }
    pairs
}

const fn kind(pair: (Option<Reason>, Option<Reason>)) -> Difference {
    match pair {
        (_, None) => Difference::Gained,
        (None, _) => Difference::Lost,
        _ => Difference::ReasonChanged,
    }
}

fn tally<K: Ord>(keys: impl Iterator<Item = (K, Difference)>) -> BTreeMap<(K, &'static str), u64> {
    let mut tally = BTreeMap::new();
    for (key, difference) in keys {
        *tally.entry((key, difference.as_str())).or_default() += 1;
    }
    tally
}

/// The teams behind an application on either side; none is a team of its own.
fn teams(sides: [&Snapshot; 2], application: ApplicationId) -> Vec<Option<TeamId>> {
    let mut teams = Vec::new();
    for side in sides {
        let owned = side.applications().iter().find(|known| known.id == application);
        match owned.map(|owned| owned.owner) {
            Some(ApplicationOwner::Team(team)) => teams.push(Some(side.teams()[team as usize].id)),
            Some(ApplicationOwner::Developer(developer)) => {
                let of = side.teams().iter().filter(|team| team.members.contains(&developer));
                teams.extend(of.map(|team| Some(team.id)));
            }
            _ => {}
        }
    }
    teams.sort_unstable();
    teams.dedup();
    if teams.is_empty() { vec![None] } else { teams }
}

/// Compares everything a difference says with brute force; returns how many pairs differ.
fn check(before: Side<'_>, after: Side<'_>, about: &str) -> usize {
    let diff = Diff::new(before, after);
    let expected = brute_force(before, after);
    let found: Vec<_> = diff.rows().collect();
    let keys: Vec<_> = found.iter().map(|row| (row.application_id, row.resource_id)).collect();
    assert!(
        keys.windows(2).all(|pair| pair[0] < pair[1]),
        "{about}: rows are ordered, and each is there once"
    );
    let as_pairs: Pairs = found
        .iter()
        .map(|row| ((row.application_id, row.resource_id), (row.reason_before, row.reason_after)))
        .collect();
    assert_eq!(as_pairs, expected, "{about}");
    assert!(found.iter().all(|row| row.change == kind((row.reason_before, row.reason_after))), "{about}");

    let of = |difference| expected.values().filter(|pair| kind(**pair) == difference).count() as u64;
    let counts = diff.counts();
    assert_eq!(
        Difference::ALL.iter().map(|d| counts.of(*d)).collect::<Vec<_>>(),
        Difference::ALL.iter().map(|d| of(*d)).collect::<Vec<_>>(),
        "{about}"
    );

    let expand =
        |counts: gatepass::diff::Counts| Difference::ALL.iter().map(move |d| (d.as_str(), counts.of(*d)));
    let by_resource: BTreeMap<_, _> = diff
        .by_resource()
        .iter()
        .flat_map(|resource| {
            expand(resource.counts).map(|(word, count)| ((resource.resource_id, word), count))
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(
        by_resource,
        tally(expected.iter().map(|((_, resource), pair)| (*resource, kind(*pair)))),
        "{about}"
    );

    let by_team: BTreeMap<_, _> = diff
        .by_team()
        .iter()
        .flat_map(|team| expand(team.counts).map(|(word, count)| ((team.team_id, word), count)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let sides = [before.snapshot, after.snapshot];
    let teamed = expected.iter().flat_map(|((application, _), pair)| {
        teams(sides, *application).into_iter().map(|team| (team, kind(*pair)))
    });
    assert_eq!(by_team, tally(teamed), "{about}");

    let by_reason: BTreeMap<_, _> = diff
        .by_reason()
        .iter()
        .map(|counts| (((counts.reason_before, counts.reason_after), counts.change.as_str()), counts.pairs))
        .collect();
    assert_eq!(by_reason, tally(expected.values().map(|pair| (*pair, kind(*pair)))), "{about}");
    expected.len()
}

/// The same portal a while later: things gone, statuses changed, things of another portal's seed come in.
fn later(file: &Value, shape: &Shape, random: &mut Random) -> Value {
    let mut later = file.clone();
    let other = portal(&Shape { seed: shape.seed ^ 0xd1ff, ..*shape }, 0);
    for list in ["registrations", "credentials"] {
        if random.percent(30) {
            later[list] = json!([]);
        }
    }
    for list in ["developers", "applications", "registrations", "product_versions", "apis"] {
        let Some(items) = later[list].as_array_mut() else { continue };
        for item in items {
            let status = random.pick(&["approved", "pending", "rejected", "revoked"]);
            let published = random.pick(&["published", "unpublished"]);
            if random.percent(25) {
                item["status"] = json!(status);
            }
            if random.percent(25) && item.get("publish_status").is_some() {
                item["publish_status"] = json!(published);
            }
        }
    }
    for member in ["team_roles", "team_developers", "portal"] {
        let fits = member == "portal"
            || other["teams"] == file["teams"]
                && other["developers"].as_array().map(Vec::len)
                    == file["developers"].as_array().map(Vec::len);
        if random.percent(50) && fits && other.get(member).is_some() {
            later[member] = other[member].clone();
        }
    }
    // What is registered for goes first, so that nothing hangs in the air.
    if random.percent(30)
        && let Some(versions) = later["product_versions"].as_array_mut()
    {
        versions.pop();
    }
    if random.percent(30)
        && let Some(last) = later["applications"].as_array_mut().and_then(Vec::pop)
    {
        for list in ["registrations", "credentials"] {
            if let Some(items) = later[list].as_array_mut() {
                items.retain(|item| {
                    item["application"]["id"] != last["id"] && item["application_id"] != last["id"]
                });
            }
        }
    }
    later
}

fn snapshot(file: &Value) -> Option<Snapshot> {
    let reading = Snapshot::read(file.to_string().as_bytes(), gatepass::ReadOptions { allow_partial: true });
    reading.ok().map(|reading| reading.snapshot)
}

#[test]
fn two_times_two_policies_and_roles_on_equal_brute_force() {
    let (mut differ, mut compared) = (0, 0);
    let mut kinds = [0_u64; 3];
    for seed in cases(1500) {
        let shape = Shape::of_seed(seed);
        let file = portal(&shape, 0);
        let before = read(&file);
        let mut random = Random::new(seed);
        let Some(after) = snapshot(&later(&file, &shape, &mut random)) else { continue };
        let (on, off) = (before.with_rbac(Rbac::On), before.with_rbac(Rbac::Off));
        let side = |snapshot, policy| Side { snapshot, policy };
        for policy in Policy::ALL {
            differ += check(side(&before, *policy), side(&after, *policy), &format!("seed {seed}, {policy}"));
            differ +=
                check(side(&off, *policy), side(&on, *policy), &format!("seed {seed}, {policy}, roles on"));
            compared += 1;
        }
        differ += check(
            side(&before, Policy::Konnect),
            side(&before, Policy::Strict),
            &format!("seed {seed}, policies"),
        );
        let diff = Diff::new(side(&before, Policy::Strict), side(&after, Policy::Strict));
        for (sum, difference) in kinds.iter_mut().zip(Difference::ALL) {
            *sum += diff.counts().of(*difference);
        }
        assert!(
            Diff::new(side(&before, Policy::Strict), side(&read(&file), Policy::Strict)).counts().is_empty()
        );
    }
    // The generator has something of everything.
    assert!(
        compared > 1000 && differ > 1000 && kinds.iter().all(|count| *count > 20),
        "{compared} {differ} {kinds:?}"
    );
}

#[test]
fn what_if_of_every_fix_equals_brute_force_and_gives_the_pair() {
    let mut gained = 0;
    for seed in cases(300) {
        let file = portal(&Shape::of_seed(seed), 0);
        let before = read(&file);
        for question in questions::questions(&file) {
            if question.action != gatepass::Action::Consume || question.policy != Policy::Strict {
                continue;
            }
            let Some(fixes) = before.decide(&question).fixes.filter(|fixes| !fixes.is_empty()) else {
                continue;
            };
            let changes: Vec<_> = fixes.into_iter().map(|fix| fix.change).collect();
            let after = before.with(&changes).expect("fixes name what is there");
            let side = |snapshot| Side { snapshot, policy: Policy::Strict };
            check(side(&before), side(&after), &format!("seed {seed}, {changes:?}"));
            let diff = Diff::new(side(&before), side(&after));
            let asked = (question.application, question.resource);
            assert!(diff.rows().any(|row| (Some(row.application_id), Some(row.resource_id)) == asked
                && row.change == Difference::Gained));
            gained += 1;
        }
    }
    assert!(gained > 300, "{gained} fixes");
}

#[test]
fn the_document_is_complete_and_the_same_every_time() {
    let file: Value =
        serde_json::from_str(include_str!("../../examples/gateway-envoy/snapshot.json")).expect("JSON");
    let before = read(&file);
    let after = before.with_rbac(Rbac::Off);
    let side = |snapshot| Side { snapshot, policy: Policy::Strict };
    let diff = Diff::new(side(&before), side(&after));
    let document = serde_json::to_value(diff.document(Difference::ALL)).expect("JSON");
    assert_eq!(
        document,
        serde_json::to_value(Diff::new(side(&before), side(&after)).document(Difference::ALL)).expect("JSON")
    );
    assert_eq!(document["format"], "gatepass.diff/1");
    assert_eq!(document["before"]["rbac_enabled"], true);
    assert_eq!(document["after"]["rbac_enabled"], false);
    assert_eq!(document["completeness"], "complete");
    // Freelance, Docs and others were registered without a role.
    assert_eq!(document["counts"]["lost"], 0);
    assert!(document["counts"]["gained"].as_u64().expect("a number") > 0);
    let row = &document["rows"][0];
    let members: Vec<&String> = row.as_object().expect("an object").keys().collect();
    assert_eq!(members.len(), 11, "{members:?}");
    let only = serde_json::to_value(diff.document(&[Difference::Lost])).expect("JSON");
    assert_eq!(only["rows"], json!([]));
    assert_eq!(only["counts"], document["counts"]);
}
