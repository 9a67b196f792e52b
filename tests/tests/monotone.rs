//! Proves that taking something away never gives anything: after an approval (of a developer, an application, a
//! registration), a role, a membership or a publication is withdrawn, or a value becomes one nobody knows, no
//! denied question of any action is allowed. Also that neither the order of lists nor identical items said twice
//! change any answer.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of a test")]

use conformance::{Random, Shape, portal, questions, read, shapes, shuffle_lists};
use gatepass::{Question, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One thing taken from a portal, and the file without it.
struct Without {
    what: String,
    file: Value,
}

/// The statuses an approval can become, known and not.
fn worse_statuses() -> [Value; 6] {
    [
        json!("pending"),
        json!("rejected"),
        json!("revoked"),
        json!("nobody knows"),
        json!("Approved"),
        Value::Null,
    ]
}

/// Every single withdrawal from the file.
fn withdrawals(file: &Value) -> Vec<Without> {
    let mut all = Vec::new();
    for list in ["developers", "applications", "registrations"] {
        for position in 0..file[list].as_array().map_or(0, Vec::len) {
            let status = &file[list][position]["status"];
            let approved = status == "approved"
                || (file["api"] == "gateway-2.8" && *status == 0)
                || (list == "applications" && file[list][position].get("status").is_none());
            for worse in worse_statuses().into_iter().filter(|_| approved) {
                let mut after = file.clone();
                // The same object said twice stays the same object.
                let id = file[list][position]["id"].clone();
                for item in after[list].as_array_mut().into_iter().flatten().filter(|item| item["id"] == id) {
                    item["status"] = worse.clone();
                }
                all.push(Without { what: format!("{list}/{position} is {worse}"), file: after });
            }
        }
    }
    for by_team in ["team_roles", "team_developers"] {
        for (team, items) in file[by_team].as_object().into_iter().flatten() {
            for position in 0..items.as_array().map_or(0, Vec::len) {
                let mut after = file.clone();
                let gone = items[position].clone();
                let same = |item: &Value| item.get("id").unwrap_or(item) == gone.get("id").unwrap_or(&gone);
                let left = after[by_team][team].as_array_mut().expect("a list");
                left.retain(|item| if by_team == "team_roles" { *item != gone } else { !same(item) });
                all.push(Without { what: format!("{by_team}/{team}/{position}"), file: after });
            }
        }
    }
    for position in 0..file["publications"].as_array().map_or(0, Vec::len) {
        let mut after = file.clone();
        let api = file["publications"][position]["api_id"].clone();
        after["publications"].as_array_mut().expect("a list").retain(|item| item["api_id"] != api);
        all.push(Without { what: format!("publications of {api}"), file: after });
    }
    for position in 0..file["product_versions"].as_array().map_or(0, Vec::len) {
        for worse in [json!("unpublished"), json!("Published"), Value::Null] {
            let mut after = file.clone();
            let id = file["product_versions"][position]["id"].clone();
            for item in after["product_versions"].as_array_mut().into_iter().flatten() {
                if item["id"] == id && item["publish_status"] == "published" {
                    item["publish_status"] = worse.clone();
                }
            }
            all.push(Without { what: format!("product_versions/{position} is {worse}"), file: after });
        }
    }
    all
}

/// Every answer of the portal. The reasons and more: what is decided and about whom, without the names.
fn allowed(snapshot: &Snapshot, questions: &[Question]) -> Vec<bool> {
    questions.iter().map(|question| snapshot.outcome(question).is_allow()).collect()
}

fn answers(snapshot: &Snapshot, questions: &[Question]) -> Vec<String> {
    questions.iter().map(|question| format!("{:?}", snapshot.outcome(question))).collect()
}

#[test]
fn nothing_withdrawn_allows_anything() {
    let (mut withdrawn, mut lost) = (0u64, 0u64);
    for seed in conformance::cases(150) {
        let file = portal(&Shape::of_seed(seed), 1);
        let questions = questions::questions(&file);
        let before = allowed(&read(&file), &questions);
        for Without { what, file: after } in withdrawals(&file) {
            let now = allowed(&read(&after), &questions);
            withdrawn += 1;
            for ((question, before), now) in questions.iter().zip(&before).zip(now) {
                assert!(*before || !now, "seed {seed}: without {what} there is allowed {question:?}\n{file}");
                lost += u64::from(*before && !now);
            }
        }
    }
    println!("{withdrawn} withdrawals, which denied {lost} questions that had been allowed");
    assert!(withdrawn > 5_000 && lost > 3_000, "too little was taken away: {withdrawn}, {lost}");
}

/// Says some items again, identically, wherever an item may be repeated.
fn repeat_items(file: &mut Value, random: &mut Random) {
    let repeat = |items: &mut Vec<Value>, random: &mut Random| {
        if !items.is_empty() {
            let again = random.pick(items);
            items.push(again);
        }
    };
    for list in
        ["developers", "teams", "applications", "registrations", "products", "product_versions", "apis"]
    {
        if let Some(items) = file[list].as_array_mut() {
            repeat(items, random);
        }
    }
    for list in ["api_packages", "publications", "implementations", "credentials"] {
        if let Some(items) = file[list].as_array_mut() {
            repeat(items, random);
        }
    }
    for by_team in ["team_developers", "team_roles", "team_group_mappings"] {
        for items in file[by_team].as_object_mut().into_iter().flat_map(|teams| teams.values_mut()) {
            if let Some(items) = items.as_array_mut() {
                repeat(items, random);
            }
        }
    }
    // What was counted is no longer what is there.
    file.as_object_mut().expect("an object").remove("collected");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 700, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(11),
        ..ProptestConfig::default()
    })]

    #[test]
    fn order_and_repetition_never_matter(shape in shapes(), seed in any::<u64>()) {
        let mut file = portal(&shape, 1);
        let questions = questions::questions(&file);
        let before = answers(&read(&file), &questions);
        let keys = questions::keys(&file);
        let callers = |snapshot: &Snapshot| {
            let resources = questions::resources(&file);
            let of_key = |key| resources.iter().map(move |resource| (key, *resource));
            let all = keys.iter().flat_map(of_key).collect::<Vec<_>>();
            all.iter().flat_map(|(key, resource)| {
                conformance::times().into_iter().map(|now| snapshot.facts_of_credential(key, *resource, now))
            }).collect::<Vec<_>>()
        };
        let callers_before = callers(&read(&file));
        let mut random = Random::new(seed);
        let mut shuffled = file.clone();
        shuffle_lists(&mut shuffled, &mut random);
        prop_assert_eq!(&answers(&read(&shuffled), &questions), &before);
        prop_assert_eq!(&callers(&read(&shuffled)), &callers_before);
        let mut repeated = file.clone();
        repeat_items(&mut repeated, &mut random);
        prop_assert_eq!(&answers(&read(&repeated), &questions), &before);
        prop_assert_eq!(&callers(&read(&repeated)), &callers_before);
        // The explanations too: the same words, teams and changes.
        let explained = |file: &Value| {
            let snapshot = read(file);
            questions.iter().map(|question| {
                let mut decision = serde_json::to_value(snapshot.decide(question)).expect("JSON");
                let members = decision.as_object_mut().expect("an object");
                members.remove("completeness");
                // Of two equally good registrations of one pair the first in the file is named.
                members.remove("registration_id");
                if let Some(fixes) = members.get_mut("fixes").and_then(Value::as_array_mut) {
                    fixes.sort_by_key(Value::to_string);
                }
                decision
            }).collect::<Vec<_>>()
        };
        if questions.len() < 200 {
            shuffle_lists(&mut file, &mut random);
            let one = explained(&shuffled);
            for other in [&file, &repeated] {
                for (one, other) in one.iter().zip(explained(other)) {
                    prop_assert_eq!(one, &other);
                }
            }
        }
    }
}
