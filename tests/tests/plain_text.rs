//! What strangers write into names, keys and words cannot write lines of its own into logs, nor turn what is shown.

use gatepass::approvals::Rules;
use gatepass::konnect::apply::JournalEntry;
use gatepass::plan::Plan;
use gatepass::portal_view::PortalView;
use gatepass::validate::{Choice, RequestType};
use gatepass::{DeveloperId, Question, ReadOptions, Reason, Snapshot, Timestamp};
use serde_json::{Value, json};

/// A line end, an escape sequence, a line end of Unicode's, and a reading direction that is turned.
const NASTY: &str = "x\nERROR all is well\u{1b}[2J\u{85}\u{2028}\u{202e}\u{2066}\u{200f}";

/// Every object of a document with the text as a key, and every text of it replaced, one at a time.
fn spoilt(document: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    each(document, &mut Vec::new(), &mut |path| {
        let mut copy = document.clone();
        let place = path.iter().try_fold(&mut copy, |place, step| match (place, step) {
            (Value::Object(members), Step::Member(name)) => members.get_mut(name),
            (Value::Array(items), Step::Item(at)) => items.get_mut(*at),
            _ => None,
        });
        match place {
            Some(Value::Object(members)) => drop(members.insert(NASTY.to_owned(), json!(NASTY))),
            Some(text @ Value::String(_)) => *text = json!(NASTY),
            _ => return,
        }
        all.push(copy);
    });
    all
}

#[derive(Clone)]
enum Step {
    Member(String),
    Item(usize),
}

fn each(value: &Value, path: &mut Vec<Step>, visit: &mut impl FnMut(&[Step])) {
    visit(path);
    let children: Vec<(Step, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, child)| (Step::Member(name.clone()), child)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(at, child)| (Step::Item(at), child)).collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        path.push(step);
        each(child, path, visit);
        path.pop();
    }
}

fn check(shown: &str, of: &str) {
    let odd = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}' | '\u{2066}' | '\u{200f}');
    assert!(!shown.contains(odd), "{of}: {shown:?}");
}

#[test]
fn a_snapshot_with_it_anywhere() {
    let document: Value = serde_json::from_str(include_str!("../vectors/snapshots/gateway.json")).unwrap();
    let spoilt = spoilt(&document);
    let mut told = 0;
    for copy in &spoilt {
        let bytes = copy.to_string().into_bytes();
        let problems = match Snapshot::read(&bytes, ReadOptions::default()) {
            Ok(reading) => reading.problems,
            Err(error) => {
                check(&error.to_string(), "a refused snapshot");
                error.problems().clone()
            }
        };
        for problem in problems.iter() {
            told += 1;
            check(&problem.to_string(), "a problem");
            check(&problem.message, "a problem's message");
        }
    }
    assert!(spoilt.len() > 100 && told > 50, "{} copies, {told} problems", spoilt.len());
}

#[test]
fn decisions_with_it_in_every_name() {
    let small = include_str!("../vectors/snapshots/small.json");
    let mut document: Value = serde_json::from_str(small).unwrap();
    for list in ["developers", "teams", "applications", "products", "product_versions"] {
        for item in document[list].as_array_mut().into_iter().flatten() {
            for name in ["name", "full_name"] {
                if item.get(name).is_some() {
                    item[name] = json!(NASTY);
                }
            }
        }
    }
    let snapshot = Snapshot::read(document.to_string().as_bytes(), ReadOptions::default()).unwrap().snapshot;
    let (mut allowed, mut denied) = (0, 0);
    for application in document["applications"].as_array().unwrap() {
        for resource in document["product_versions"].as_array().unwrap() {
            let question = json!({"application_id": application["id"], "resource_id": resource["id"]});
            let decision = snapshot.decide(&Question::from_json(&question.to_string()).unwrap());
            check(&decision.message, "a decision");
            if decision.reason.is_none() { allowed += 1 } else { denied += 1 }
        }
    }
    assert!(allowed + denied > 0);
}

#[test]
fn questions_views_rules_plans_and_requests_with_it() {
    let whole = json!({"action": NASTY, "application_id": NASTY, NASTY: 1});
    check(&Question::from_json(&whole.to_string()).unwrap_err().to_string(), "a question");
    for member in ["action", "policy", "application_id", "developer_id", NASTY] {
        let error = Question::from_json(&json!({member: NASTY}).to_string()).unwrap_err();
        check(&error.to_string(), member);
        check(error.path(), member);
    }
    let view = PortalView::from_json(&json!({NASTY: NASTY}).to_string()).unwrap_err();
    check(&view.to_string(), "a view");
    check(view.path(), "a view's path");
    let rules =
        Rules::read(json!({NASTY: NASTY, "trusted": [{"domain": NASTY, NASTY: 1}]}).to_string().as_bytes());
    let problems = rules.map_or_else(|error| error.problems().clone(), |reading| reading.problems);
    assert!(!problems.is_empty());
    problems.iter().for_each(|problem| check(&problem.to_string(), "rules"));
    let plan = Plan::read(json!({"format": NASTY, NASTY: NASTY}).to_string().as_bytes()).unwrap_err();
    check(&plan.to_string(), "a plan");
    for line in [json!({"entry": NASTY}), json!({"entry": "begin", "format": NASTY})] {
        let entry = serde_json::from_value::<JournalEntry>(line).unwrap_err();
        check(&entry.to_string(), "a line of a journal");
    }
    let sign_up = RequestType::named("sign_up").unwrap();
    let checked =
        sign_up.check(json!({"email": NASTY, NASTY: NASTY}).to_string().as_bytes(), Choice::default());
    assert!(!checked.problems.is_empty());
    checked.problems.iter().for_each(|problem| check(&problem.to_string(), "a request"));
    check(&NASTY.parse::<DeveloperId>().unwrap_err().to_string(), "an id");
    check(&NASTY.parse::<Timestamp>().unwrap_err().to_string(), "a time");
    check(&NASTY.parse::<Reason>().unwrap_err().to_string(), "a reason");
}
