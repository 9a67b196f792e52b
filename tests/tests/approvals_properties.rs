//! Approvals on generated portals: applied and planned again nothing is left to do, the team comes before the
//! approval, a run that died anywhere is finished by the next, and nothing that rules do not name is approved.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails may panic"
)]

use std::collections::BTreeSet;

use conformance::{Random, Shape, cases, portal, read, shuffle_lists};
use gatepass::approvals::{self, Rules};
use gatepass::plan::{Plan, Subject};
use gatepass::report::{Parameters, Report, ReportName, Rows, StaleKind};
use gatepass::{Change, DeveloperStatus, Policy, Question, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

const EMAILS: [&str; 12] = [
    "x@arsenal.com",
    "x@ARSENAL.com",
    "x@eng.arsenal.com",
    "x@intermilan.com",
    "x@guests.intermilan.com",
    "x@aol.com",
    "x@mail.mailinator.com",
    "x@arsenal.com.evil.test",
    "x@\u{ff41}rsenal.com",
    "x@arse\u{ad}nal.com",
    "\"a@arsenal.com\"@evil.test",
    "x@arsenal.com.",
];

/// A generated portal whose developers have addresses of every kind, and whose teams have names.
fn people(seed: u64) -> Value {
    let mut random = Random::new(seed ^ 0x0a99_07a1);
    let shape = Shape { developers: 2 + random.below(7), teams: 1 + random.below(4), ..Shape::of_seed(seed) };
    let mut file = portal(&shape, 1);
    for developer in file["developers"].as_array_mut().into_iter().flatten() {
        // The same for the same id: a list can hold an object twice.
        let sum: usize = developer["id"].as_str().unwrap().bytes().map(usize::from).sum();
        developer["email"] = json!(EMAILS[(sum + usize::try_from(seed % 11).unwrap()) % EMAILS.len()]);
        if developer["status"] == "approved" && sum.is_multiple_of(2) {
            developer["status"] = json!("pending");
        }
    }
    for (position, team) in file["teams"].as_array_mut().into_iter().flatten().enumerate() {
        team["name"] = json!(format!("Team {position}"));
    }
    file
}

/// Rules for the teams of a portal.
fn rules(seed: u64, file: &Value) -> Value {
    let mut random = Random::new(seed ^ 0x2_0135);
    let teams = file["teams"].as_array().map_or(0, Vec::len);
    let team = |random: &mut Random| json!(format!("Team {}", random.below(teams)));
    let mut rules = json!({
        "trusted": [
            {"domain": "arsenal.com", "team": team(&mut random), "include_subdomains": random.percent(50)},
            {"domain": "intermilan.com", "team": team(&mut random), "include_subdomains": true},
        ],
        "blocked_domains": ["mailinator.com", "guests.intermilan.com"],
        "otherwise": random.pick(&["hold", "reject"]),
        "require_ready_team": random.pick(&[json!("consume"), json!("view"), json!(false), json!(false)]),
        "include_approved": random.percent(60),
    });
    if random.percent(90) {
        rules["emails_verified_by"] = json!(random.pick(&["portal", "idp"]));
    }
    if random.percent(40) {
        rules["fallback_team"] = team(&mut random);
    }
    rules
}

fn plan(file: &Value, snapshot: &Snapshot, rules: &Value) -> Plan {
    let rules = Rules::read_for(rules.to_string().as_bytes(), snapshot)
        .unwrap_or_else(|error| panic!("{:#?}", error.problems()));
    approvals::plan(snapshot, file.to_string().as_bytes(), &rules.rules).unwrap()
}

fn held(plan: &Plan) -> BTreeSet<(String, String)> {
    let held =
        plan.held().map(|(_, subject, held)| (format!("{:?}", subject.developer_id), held.code.clone()));
    held.collect()
}

/// Statuses and memberships: what approvals change.
fn state(snapshot: &Snapshot) -> Vec<String> {
    let people =
        snapshot.developers().iter().map(|developer| format!("{} {:?}", developer.id, developer.status));
    let teams = snapshot.teams().iter().map(|team| format!("{} {:?}", team.id, team.members));
    people.chain(teams).collect()
}

fn position(subject: &Subject, wanted: impl Fn(&Change) -> bool) -> Option<usize> {
    subject.changes.iter().position(|planned| wanted(&planned.change))
}

#[test]
fn applied_and_planned_again_there_is_nothing_to_do() {
    let (mut plans, mut held_ones, mut cut) = (0u64, 0u64, 0u64);
    for seed in cases(2_000) {
        let file = people(seed);
        if file["teams"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let (snapshot, rules) = (read(&file), rules(seed, &file));
        let first = plan(&file, &snapshot, &rules);
        let after = snapshot.with(&first.changes()).unwrap();
        let second = plan(&file, &after, &rules);
        assert!(
            second.changes().is_empty(),
            "{:?} after {:?}\n{rules}\n{file}",
            second.changes(),
            first.changes()
        );
        assert_eq!(held(&first), held(&second), "{rules}\n{file}");
        plans += u64::from(!first.changes().is_empty());
        held_ones += u64::from(first.held().next().is_some());
        for subject in &first.subjects {
            check_order(&snapshot, subject);
        }
        // Killed after any number of changes, the next run ends where an undisturbed one does.
        let changes = first.changes();
        for made in 0..changes.len() {
            let died = snapshot.with(&changes[..made]).unwrap();
            let rest = plan(&file, &died, &rules);
            let finished = died.with(&rest.changes()).unwrap();
            assert_eq!(
                state(&finished),
                state(&after),
                "killed after {made} of {changes:?}\n{rules}\n{file}"
            );
            cut += 1;
        }
    }
    println!("{plans} plans with changes, {held_ones} with somebody held, {cut} runs cut short");
    assert!(plans > 600 && held_ones > 600 && cut > 1_000, "{plans} {held_ones} {cut}");
}

/// Whoever is approved is in the team by then; whoever is rejected is put into none.
fn check_order(snapshot: &Snapshot, subject: &Subject) {
    let approve = position(subject, |change| matches!(change, Change::ApproveDeveloper { .. }));
    let reject = position(subject, |change| matches!(change, Change::RejectDeveloper { .. }));
    let join =
        position(subject, |change| matches!(change, Change::AddToTeam { .. } | Change::MapGroup { .. }));
    let at = snapshot.developers().iter().position(|known| Some(known.id) == subject.developer_id).unwrap();
    let at = u32::try_from(at).unwrap();
    if let Some(approve) = approve {
        assert_eq!(snapshot.developers()[at as usize].status, DeveloperStatus::Pending);
        assert_eq!(approve, subject.changes.len() - 1, "approval is last: {subject:?}");
        let member = snapshot.teams().iter().any(|team| team.members.contains(&at));
        assert!(join.is_some_and(|join| join < approve) || member, "{subject:?}");
    }
    assert!(reject.is_none() || subject.changes.len() == 1, "{subject:?}");
    assert!(subject.held.is_none() || subject.changes.is_empty());
}

#[test]
fn only_addresses_of_named_domains_are_approved_without_a_fallback() {
    let mut approved = BTreeSet::new();
    for seed in cases(1_500) {
        let file = people(seed);
        if file["teams"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let (snapshot, mut rules) = (read(&file), rules(seed, &file));
        rules.as_object_mut().unwrap().remove("fallback_team");
        let below = rules["trusted"][0]["include_subdomains"] == true;
        for change in plan(&file, &snapshot, &rules).changes() {
            let (Change::ApproveDeveloper { developer_id } | Change::AddToTeam { developer_id, .. }) = change
            else {
                continue;
            };
            let email = &snapshot.developers().iter().find(|known| known.id == developer_id).unwrap().email;
            let named = ["x@arsenal.com", "x@ARSENAL.com", "x@intermilan.com"].contains(&&**email);
            assert!(named || (below && **email == *"x@eng.arsenal.com"), "{email} {rules}");
            assert!(rules["emails_verified_by"].is_string());
            approved.insert(email.clone());
        }
    }
    assert_eq!(approved.len(), 4, "{approved:?}");
}

#[test]
fn the_order_of_lists_leaves_no_trace() {
    for seed in cases(200) {
        let file = people(seed);
        if file["teams"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let rules = rules(seed, &file);
        let first = plan(&file, &read(&file), &rules);
        let mut shuffled = file.clone();
        shuffle_lists(&mut shuffled, &mut Random::new(seed));
        // The digest is that of the file, whose bytes are others.
        let second = plan(&file, &read(&shuffled), &rules);
        assert_eq!(first.to_json(), second.to_json());
    }
}

/// What Konnect allows and the strict rule does not.
fn stale(snapshot: &Snapshot) -> usize {
    let pairs = snapshot.applications().iter().flat_map(|application| {
        snapshot.resources().iter().map(move |resource| (application.id, resource.id))
    });
    let allows = |policy, (application, resource)| {
        snapshot.outcome(&Question::consume(application, resource, policy)).is_allow()
    };
    pairs.filter(|pair| allows(Policy::Konnect, *pair) && !allows(Policy::Strict, *pair)).count()
}

#[test]
fn revoked_what_is_stale_nothing_is_stale_any_more() {
    let (mut cured, mut left) = (0, 0);
    for seed in cases(1_500) {
        let file = portal(&Shape::of_seed(seed), 1);
        let snapshot = read(&file);
        let parameters = Parameters::at("2026-11-24T10:00:00Z".parse().unwrap());
        let plan = |snapshot| Plan::revoke_stale(snapshot, b"", &parameters).unwrap();
        let first = plan(&snapshot);
        let before = stale(&snapshot);
        assert_eq!(before > 0, !first.changes().is_empty(), "{file}");
        let after = snapshot.with(&first.changes()).unwrap();
        assert_eq!(stale(&after), 0, "{file}");
        let second = plan(&after);
        assert!(second.changes().is_empty());
        assert_eq!(held(&first), held(&second));
        let Rows::StaleAccess(rows) = Report::run(ReportName::StaleAccess, &after, &parameters).unwrap().rows
        else {
            panic!("other rows")
        };
        assert!(rows.iter().all(|row| row.kind != StaleKind::Registration));
        assert_eq!(Plan::read(first.to_json().as_bytes()).unwrap(), first);
        cured += before;
        left += rows.len();
    }
    println!("{cured} stale pairs cured, {left} rows that no API cures");
    assert!(cured > 300 && left > 100, "{cured} {left}");
}

/// Any JSON at all.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z.@\u{e4}-]{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["portal", "hold", "arsenal.com", "Team 0", "7d", "x@arsenal.com"])
            .prop_map(Value::from),
    ];
    let member = prop::sample::select(vec![
        "emails_verified_by",
        "trusted",
        "blocked_domains",
        "fallback_team",
        "otherwise",
        "require_ready_team",
        "include_approved",
        "owners",
        "cadence",
        "domain",
        "include_subdomains",
        "team",
        "other",
    ]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(member.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn rules_are_read_or_refused_with_places_that_are_there(rules in anything()) {
        let text = rules.to_string();
        let problems = match Rules::read(text.as_bytes()) {
            Ok(reading) => {
                prop_assert!(rules.is_object());
                reading.problems
            }
            Err(error) => {
                prop_assert!(error.problems().has_errors());
                error.problems().clone()
            }
        };
        for problem in problems.iter() {
            // Of what is missing, the object that lacks it is there.
            let parent = problem.path.rsplit_once('/').map_or("", |(parent, _)| parent);
            prop_assert!(rules.pointer(&problem.path).or(rules.pointer(parent)).is_some(), "{}", problem);
        }
    }

    #[test]
    fn no_text_makes_the_reading_of_addresses_or_rules_panic(text in any::<String>()) {
        let read = approvals::domain_of(&text);
        if let Ok(domain) = read {
            prop_assert_eq!(text.matches('@').count(), 1);
            prop_assert!(domain.as_str().is_ascii() && domain.as_str().contains('.'));
            // What was read is read again as it is.
            let again = approvals::domain_of(&format!("x@{domain}")).unwrap();
            prop_assert_eq!(again, domain);
        }
        let _ = Rules::read(text.as_bytes());
        let _ = Plan::read(text.as_bytes());
    }

    #[test]
    fn only_the_same_letters_make_the_same_domain(one in "[a-zA-Z\u{e4}\u{430}\u{ad}\u{ff41}\u{212a}]{1,5}", other in "[a-zA-Z\u{e4}\u{430}\u{ad}\u{ff41}\u{212a}]{1,5}") {
        let domain = |label: &str| approvals::domain_of(&format!("x@{label}.test"));
        let same = one.eq_ignore_ascii_case(&other);
        if let (Ok(one), Ok(other)) = (domain(&one), domain(&other)) {
            prop_assert_eq!(one == other, same);
        }
    }
}
