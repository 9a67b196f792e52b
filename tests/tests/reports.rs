//! Reports on generated portals: equal to the plain ones, their fixes help and are smallest, and their bytes depend on
//! nothing but snapshot, time and parameters.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails may panic"
)]

use std::collections::BTreeSet;

use conformance::reports_plain::{Key, Plain};
use conformance::{Random, Shape, portal, read};
use gatepass::report::{Parameters, Report, ReportName, Rows, Span};
use gatepass::{Action, Change, Fix, Policy, Question, Snapshot};
use serde_json::{Value, json};

const NOW: &str = "2026-11-24T10:00:00Z";
const PORTALS: u64 = 4000;

/// A generated portal with times: at, just before and just after the border of 48 hours, and none.
fn dated(seed: u64) -> Value {
    let mut file = portal(&Shape::of_seed(seed), 1);
    let mut random = Random::new(seed ^ 0x717e);
    let times = [
        json!("2026-11-22T10:00:00Z"),
        json!("2026-11-22T10:00:00.001Z"),
        json!("2026-11-22T12:00:00+02:00"),
        json!("2026-11-01T08:00:00.5Z"),
        json!("2026-12-01T08:00:00Z"),
        Value::Null,
    ];
    for list in ["applications", "registrations"] {
        for item in file[list].as_array_mut().into_iter().flatten() {
            // The same for the same id: a list can hold an object twice.
            let mut random =
                Random::new(seed ^ item["id"].as_str().unwrap().len() as u64 ^ random_of(&item["id"]));
            item["created_at"] = random.pick(&times);
        }
    }
    // The generator registers nearly everything for everything; half of the applications shall have nothing.
    if let Some(registrations) = file["registrations"].as_array_mut().filter(|_| random.percent(70)) {
        registrations.retain(|registration| random_of(&registration["application"]["id"]).is_multiple_of(2));
    }
    if random.percent(30) {
        file["portal"]["name"] = json!("<Portal> & co");
    }
    file
}

fn random_of(id: &Value) -> u64 {
    id.as_str().unwrap().bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}

fn parameters() -> Parameters {
    Parameters::at(NOW.parse().unwrap())
}

fn plain(file: &Value) -> Plain<'_> {
    Plain { file, now: NOW.parse().unwrap(), older_than: 48 * 3_600_000 }
}

/// The rows of a report, reduced to these members.
fn keys(report: &Report<'_>, members: &[&str]) -> BTreeSet<Key> {
    let document = serde_json::to_value(report).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let keys: Vec<Key> = rows
        .iter()
        .map(|row| {
            members
                .iter()
                .map(|member| match row.pointer(member).unwrap_or_else(|| panic!("{member} in {row}")) {
                    Value::Null => "-".to_owned(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                })
                .collect()
        })
        .collect();
    let distinct: BTreeSet<Key> = keys.iter().cloned().collect();
    assert_eq!(distinct.len(), keys.len(), "a row is there twice");
    distinct
}

fn run<'s>(name: ReportName, snapshot: &'s Snapshot, parameters: &Parameters) -> Report<'s> {
    Report::run(name, snapshot, parameters).unwrap()
}

#[test]
fn every_report_is_the_plain_one() {
    let mut seen = BTreeSet::new();
    for seed in 0..PORTALS {
        let file = dated(seed);
        let snapshot = read(&file);
        let (plain, parameters) = (plain(&file), parameters());
        let everybody = Parameters { include_without_application: true, ..parameters.clone() };
        let context = || format!("seed {seed}: {file}");

        let members = ["/cause", "/developer_id", "/team_id"];
        let report = run(ReportName::NeedsConsumePermission, &snapshot, &parameters);
        let found = keys(&report, &members);
        assert_eq!(found, plain.needs_consume_permission(false), "{}", context());
        seen.extend(found.into_iter().map(|row| row[0].clone()));
        let report = run(ReportName::NeedsConsumePermission, &snapshot, &everybody);
        assert_eq!(keys(&report, &members), plain.needs_consume_permission(true), "{}", context());

        let report = run(ReportName::BlockedDevelopers, &snapshot, &parameters);
        let found = keys(&report, &["/stage", "/application_id", "/developer_id", "/team_id"]);
        assert_eq!(found, plain.blocked_developers(), "{}", context());
        seen.extend(found.into_iter().map(|row| row[0].clone()));

        let report = run(ReportName::StaleAccess, &snapshot, &parameters);
        let found = keys(&report, &["/kind", "/reason", "/application_id", "/resource_id", "/developer_id"]);
        let found: BTreeSet<Key> = found
            .into_iter()
            .filter(|row| row[0] != "team_credential")
            .map(|row| row[..4].to_vec())
            .collect();
        assert_eq!(found, plain.stale_access(), "{}", context());

        let report = run(ReportName::PendingApprovals, &snapshot, &parameters);
        let found: BTreeSet<Key> =
            keys(&report, &["/kind", "/registration_id", "/application_id", "/developer_id"])
                .into_iter()
                .map(|row| match row[0].as_str() {
                    "registration" => vec![row[0].clone(), row[1].clone()],
                    "application" => vec![row[0].clone(), row[2].clone()],
                    _ => vec![row[0].clone(), row[3].clone()],
                })
                .collect();
        assert_eq!(found, plain.pending_approvals(), "{}", context());

        let report = run(ReportName::TeamReadiness, &snapshot, &parameters);
        let found = keys(&report, &["/cause", "/team_id", "/approved_members"]);
        assert_eq!(found, plain.team_readiness(), "{}", context());
        seen.extend(found.into_iter().map(|row| row[0].clone()));

        let report = run(ReportName::Developers, &snapshot, &parameters);
        let counts = ["approved", "pending", "rejected", "revoked", "unrecognized"];
        let counts = counts.map(|status| format!("/registrations/{status}"));
        let members: Vec<&str> =
            ["/developer_id", "/status"].into_iter().chain(counts.iter().map(|count| &**count)).collect();
        assert_eq!(keys(&report, &members), plain.developers(), "{}", context());

        let report = run(ReportName::Funnel, &snapshot, &parameters);
        let document = serde_json::to_value(&report).unwrap();
        let found = document["rows"].as_array().unwrap().iter().map(|row| &row["developers"]);
        let found: Vec<String> =
            found.map(|count| if count.is_null() { "-".into() } else { count.to_string() }).collect();
        assert_eq!(found, plain.funnel(), "{}", context());

        let report = run(ReportName::AccessMatrix, &snapshot, &parameters);
        let found = keys(&report, &["/team_id", "/resource_id", "/role"]);
        assert_eq!(found, plain.access_matrix(), "{}", context());

        let report = run(ReportName::FollowUps, &snapshot, &parameters);
        let blocked = plain.blocked_developers().into_iter();
        let theirs = blocked.filter(|row| ["never_registered", "rejected_or_revoked"].contains(&&*row[0]));
        let developers: BTreeSet<Key> =
            theirs.filter(|row| row[2] != "-").map(|row| vec![row[2].clone()]).collect();
        assert_eq!(keys(&report, &["/developer_id"]), developers, "{}", context());
    }
    // The generator reaches every cause and stage.
    let all = "blocked: never_registered nothing_to_register_for rejected_or_revoked waiting_for_approval \
               no_team team_without_roles viewer_only other_region no_published_resource no_matching_role \
               no_viewer no_consumer no_approved_member";
    for word in all.split_whitespace().skip(1) {
        assert!(seen.contains(word), "no portal has {word}");
    }
}

fn changes(fixes: &[Fix]) -> Vec<Change> {
    fixes.iter().map(|fix| fix.change.clone()).collect()
}

/// Every proper subset of the changes.
fn subsets(changes: &[Change]) -> Vec<Vec<Change>> {
    let masks = 0..(1u32 << changes.len()) - 1;
    masks
        .map(|mask| {
            changes
                .iter()
                .enumerate()
                .filter(|(bit, _)| mask & (1 << bit) != 0)
                .map(|(_, one)| one.clone())
                .collect()
        })
        .collect()
}

#[test]
fn fixes_help_and_are_smallest() {
    let mut checked = [0usize; 2];
    for seed in 0..PORTALS {
        let file = dated(seed);
        let snapshot = read(&file);
        let parameters = parameters();
        let report = run(ReportName::NeedsConsumePermission, &snapshot, &parameters);
        let Rows::NeedsConsumePermission(rows) = &report.rows else { panic!("rows of another report") };
        for row in rows {
            let Some(fixes) = &row.fixes else { continue };
            let is_there = |snapshot: &Snapshot| {
                let report = run(ReportName::NeedsConsumePermission, snapshot, &parameters);
                let Rows::NeedsConsumePermission(rows) = &report.rows else { panic!("other rows") };
                rows.iter().any(|one| one.developer_id == row.developer_id && one.team_id == row.team_id)
            };
            let changes = changes(fixes);
            assert!(
                !is_there(&snapshot.with(&changes).unwrap()),
                "seed {seed}: {changes:?} do not help: {file}"
            );
            for fewer in subsets(&changes) {
                assert!(is_there(&snapshot.with(&fewer).unwrap()), "seed {seed}: {fewer:?} would do: {file}");
            }
            checked[0] += 1;
        }
        let report = run(ReportName::BlockedDevelopers, &snapshot, &parameters);
        let Rows::BlockedDevelopers(rows) = &report.rows else { panic!("rows of another report") };
        for row in rows {
            let (Some(fixes), Some(resource)) = (&row.fixes, &row.resource) else { continue };
            let changes = changes(fixes);
            let allowed = |snapshot: &Snapshot| {
                let resource = resource.resource_id;
                // For a team an approved member asks.
                let askers = snapshot.developers().iter().map(|developer| Some(developer.id));
                let askers: Vec<_> = if row.team_id.is_some() { askers.collect() } else { vec![None] };
                let question = |developer| match row.action {
                    Action::Consume => Question::consume(row.application_id, resource, Policy::Strict),
                    _ => Question::register(row.application_id, developer, resource),
                };
                askers.into_iter().any(|asker| snapshot.outcome(&question(asker)).is_allow())
                    || row.action == Action::Consume && snapshot.outcome(&question(None)).is_allow()
            };
            assert!(
                allowed(&snapshot.with(&changes).unwrap()),
                "seed {seed}: {changes:?} do not help: {file}"
            );
            for fewer in subsets(&changes) {
                assert!(!allowed(&snapshot.with(&fewer).unwrap()), "seed {seed}: {fewer:?} would do: {file}");
            }
            checked[1] += 1;
        }
    }
    assert!(checked.iter().all(|count| *count > 100), "too few rows had fixes: {checked:?}");
}

/// The file with every list in another order, which is another crawl of the same portal.
fn shuffled(file: &Value, seed: u64) -> Value {
    let mut file = file.clone();
    let mut random = Random::new(seed);
    for (_, list) in file.as_object_mut().unwrap() {
        if let Some(items) = list.as_array_mut() {
            random.shuffle(items);
        }
    }
    file
}

#[test]
fn bytes_depend_on_the_portal_only() {
    for seed in 0..300 {
        let file = dated(seed);
        let (one, other) = (read(&file), read(&shuffled(&file, seed)));
        for redact in [false, true] {
            let parameters = Parameters { redact, ..parameters() };
            for name in ReportName::ALL {
                let bytes = |snapshot| serde_json::to_string(&run(*name, snapshot, &parameters)).unwrap();
                assert_eq!(bytes(&one), bytes(&one), "seed {seed}, {name}: not repeatable");
                assert_eq!(bytes(&one), bytes(&other), "seed {seed}, {name}: depends on the order: {file}");
            }
        }
    }
}

#[test]
fn reports_1_and_2_are_disjoint_and_2_grows_with_time() {
    for seed in 0..300 {
        let file = dated(seed);
        let snapshot = read(&file);
        let at = |hours: u32, now: &str| {
            let parameters =
                Parameters { older_than: Span::from_hours(hours), ..Parameters::at(now.parse().unwrap()) };
            keys(&run(ReportName::BlockedDevelopers, &snapshot, &parameters), &["/application_id"])
        };
        assert!(at(48, NOW).is_subset(&at(48, "2027-01-01T00:00:00Z")), "seed {seed}");
        assert!(at(48, NOW).is_subset(&at(24, NOW)), "seed {seed}");
        let report = run(ReportName::NeedsConsumePermission, &snapshot, &parameters());
        let Rows::NeedsConsumePermission(rows) = &report.rows else { panic!("other rows") };
        let first: BTreeSet<Key> = rows
            .iter()
            .flat_map(|row| &row.applications)
            .map(|application| vec![application.application_id.to_string()])
            .collect();
        assert!(first.is_disjoint(&at(48, NOW)), "seed {seed}");
    }
}

#[test]
fn redacted_reports_name_nobody() {
    for seed in 0..200 {
        let mut file = dated(seed);
        for developer in file["developers"].as_array_mut().into_iter().flatten() {
            developer["full_name"] = json!("Xanthippe Quux");
            developer["email"] = json!("xanthippe.quux@customer.example");
        }
        for application in file["applications"].as_array_mut().into_iter().flatten() {
            application["name"] = json!("Xanthippe's");
        }
        let snapshot = read(&file);
        let parameters = Parameters { redact: true, search: Some("xanthippe".into()), ..parameters() };
        for name in ReportName::ALL {
            let report = run(*name, &snapshot, &parameters);
            let text = serde_json::to_string(&report).unwrap() + &format!("{:?}", report.table(&snapshot));
            assert!(!text.to_lowercase().contains("xanthippe"), "seed {seed}, {name}: {text}");
        }
        let report = run(ReportName::Developers, &snapshot, &parameters);
        assert_eq!(report.rows.len(), snapshot.developers().len(), "the search sees the real names");
    }
}
