use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::konnect::server::{Server, id, problem};
use crate::konnect::{Answer, Failure, FailureKind};
use crate::plan::Subject;
use crate::{ReadOptions, Snapshot};

const NOW: Timestamp = Timestamp::from_millis(1_795_341_600_000);

fn options(api: ApiVersion) -> Options {
    Options { page_size: 3, ..Options::new(api, id(1).parse().unwrap(), "digest") }
}

fn subjects(json: &Value) -> Vec<Subject> {
    crate::plan::subjects(json)
}

/// Runs a plan until it is over or `steps` steps are made, and says what came of it. Killed between a request
/// and its answer, the server has carried it out and the run does not know.
fn run(
    api: ApiVersion,
    plan: &Value,
    server: &mut Server,
    journal: &mut Vec<String>,
    mut steps: usize,
) -> Option<Summary> {
    let read: Vec<JournalEntry> = journal.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut apply = Apply::new(options(api), subjects(plan), &read).unwrap();
    let mut now = NOW;
    loop {
        if steps == 0 {
            return None;
        }
        steps -= 1;
        match apply.next(now) {
            Step::Record(entries) => {
                journal.extend(entries.iter().map(|entry| serde_json::to_string(entry).unwrap()));
            }
            Step::Send(request) => {
                let answer = server.answer(&request);
                if steps == 0 {
                    return None;
                }
                steps -= 1;
                apply.answer(request.id, &answer, now, 0.5);
            }
            Step::Wait { until } => now = until.unwrap(),
            Step::Done(summary) => return Some(summary),
        }
    }
}

fn whole(api: ApiVersion, plan: &Value, server: &mut Server) -> Summary {
    run(api, plan, server, &mut Vec::new(), usize::MAX).unwrap()
}

fn v2_server() -> Server {
    let mut server = Server::v2(8, 2, 8);
    let of = |name: &str| format!("/v2/portals/{}/{name}", id(1));
    let versions = server.lists.get_mut(&of("product-versions")).unwrap();
    versions[0]["application_registration_enabled"] = json!(false);
    let roles = server.lists.get_mut(&of(&format!("teams/{}/assigned-roles", id(5000)))).unwrap();
    roles.push(json!({"id": id(6500), "role_name": "API Viewer", "entity_id": id(3001),
                      "entity_type_name": "Services", "entity_region": "*"}));
    server
}

fn role(change: &str, name: &str, entity: u64, region: &str) -> Value {
    json!({"change": change, "team_id": id(5000), "role_name": name, "entity_id": id(entity),
           "entity_type_name": "Services", "entity_region": region})
}

fn v2_plan() -> Value {
    json!([
        {"developer_id": id(101), "seen": "pending", "changes": [
            {"change": "add_to_team", "developer_id": id(101), "team_id": id(5000)},
            {"change": "approve_developer", "developer_id": id(101)}]},
        {"developer_id": id(100), "seen": "approved", "changes": [
            {"change": "revoke_developer", "developer_id": id(100)},
            {"change": "revoke_registration", "registration_id": id(20_000), "application_id": id(10_000), "seen": "approved"},
            {"change": "remove_from_team", "developer_id": id(100), "team_id": id(5000)}]},
        {"developer_id": null, "changes": [
            role("assign_role", "API Consumer", 3002, "eu"),
            role("unassign_role", "API Viewer", 3001, "*"),
            {"change": "create_team", "developer_id": id(103), "role_name": "API Consumer", "entity_id": id(3000),
             "entity_type_name": "Services", "entity_region": "eu"},
            {"change": "map_group", "developer_id": id(103), "team_id": id(5000), "group": "Staff"},
            {"change": "publish_resource", "resource_id": id(3101)},
            {"change": "enable_registration", "resource_id": id(3101)},
            {"change": "publish_resource", "resource_id": id(3102)},
            {"change": "reject_registration", "registration_id": id(20_001)},
            {"change": "delete_registration", "registration_id": id(20_002)},
            {"change": "delete_application", "application_id": id(10_003)}]},
        {"developer_id": id(105), "seen": "revoked", "changes": [
            {"change": "delete_developer", "developer_id": id(105)}]},
    ])
}

fn v3_plan() -> Value {
    json!([
        {"developer_id": id(101), "seen": "pending", "changes": [
            {"change": "add_to_team", "developer_id": id(101), "team_id": id(5000)},
            {"change": "approve_developer", "developer_id": id(101)},
            {"change": "approve_registration", "registration_id": id(20_001)},
            {"change": "create_registration", "application_id": id(10_001), "resource_id": id(3001)},
            {"change": "create_registration", "application_id": id(10_002), "resource_id": id(3000)}]},
        {"developer_id": null, "changes": [
            {"change": "publish_resource", "resource_id": id(3001), "api_package": true},
            {"change": "publish_resource", "resource_id": id(3009)},
            {"change": "enable_registration", "resource_id": id(3000)}]},
    ])
}

fn v3_server() -> Server {
    let mut server = Server::v3(8, 2, 8);
    server.objects.insert(
        format!("/v3/apis/{}/publications/{}", id(3000), id(1)),
        json!({"visibility": "public", "auto_approve_registrations": true, "auth_strategy_ids": null}),
    );
    server
}

/// The lists without ids that the server makes up.
fn state(server: &Server) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| {
        let mut value = value.clone();
        let made_up =
            value["id"].as_str().is_some_and(|id| id.starts_with("00000000-0000-0000-0000-0000009"));
        if made_up {
            value["id"] = Value::Null;
        }
        value.to_string()
    };
    let lists = server.lists.iter().filter(|(path, _)| !path.contains("-0000009"));
    let mut state: BTreeMap<String, Vec<String>> =
        lists.map(|(path, list)| (path.clone(), list.iter().map(text).collect())).collect();
    state.insert(
        "objects".into(),
        server.objects.iter().map(|(path, value)| format!("{path} {value}")).collect(),
    );
    state
}

/// An API, a plan, the portal it is for, and how many changes it makes.
pub(in crate::konnect) type Case = (ApiVersion, Value, fn() -> Server, usize);

pub(in crate::konnect) fn cases() -> [Case; 2] {
    [(ApiVersion::V2, v2_plan(), v2_server, 16), (ApiVersion::V3, v3_plan(), v3_server, 8)]
}

#[test]
fn a_plan_is_carried_out_and_twice_changes_nothing() {
    for (api, plan, server, changes) in cases() {
        let mut server = server();
        let mut journal = Vec::new();
        let summary = run(api, &plan, &mut server, &mut journal, usize::MAX).unwrap();
        assert!(summary.is_success(), "{summary:?}");
        assert_eq!((summary.made, summary.already, summary.left), (changes, 0, 0));
        let (made, requests) = (server.made.len(), server.requests);
        // With its journal a second run does not even ask; without, it looks and finds everything done.
        let again = run(api, &plan, &mut server, &mut journal, usize::MAX).unwrap();
        assert_eq!((again.before, server.requests), (changes, requests));
        let without = whole(api, &plan, &mut server);
        assert_eq!((without.made, without.already), (0, changes), "{without:?}");
        assert_eq!(server.made.len(), made, "{:?}", &server.made[made..]);
    }
}

#[test]
fn killed_at_every_step_and_resumed_each_change_is_made_once() {
    for (api, plan, server, _) in cases() {
        let mut straight = server();
        whole(api, &plan, &mut straight);
        let mut kills = 0;
        for steps in 1.. {
            let mut killed = server();
            let mut journal = Vec::new();
            if run(api, &plan, &mut killed, &mut journal, steps).is_some() {
                break;
            }
            kills += 1;
            let summary = run(api, &plan, &mut killed, &mut journal, usize::MAX).unwrap();
            assert!(summary.is_success(), "killed after {steps}: {summary:?}");
            assert_eq!(state(&killed), state(&straight), "killed after {steps}");
            let shown = |made: &[String]| {
                let mut made: Vec<String> =
                    made.iter().map(|line| line.split("-00000090").next().unwrap().to_owned()).collect();
                made.sort_unstable();
                made
            };
            assert_eq!(shown(&killed.made), shown(&straight.made), "killed after {steps}");
        }
        assert!(kills > 20, "{kills}");
    }
}

#[test]
fn killed_after_every_single_step_it_still_ends() {
    for (api, plan, server, _) in cases() {
        let mut straight = server();
        whole(api, &plan, &mut straight);
        let mut killed = server();
        let mut journal = Vec::new();
        // Long enough for the longest change from its look to its journal entry, and no longer.
        let runs = (0..500).find(|_| run(api, &plan, &mut killed, &mut journal, 22).is_some());
        assert!(runs.is_some_and(|runs| runs > 2), "{runs:?}");
        assert_eq!(state(&killed), state(&straight));
    }
}

#[test]
fn a_subject_that_moved_is_refused_and_the_others_go_on() {
    let mut server = v2_server();
    let developers = server.lists.get_mut(&format!("/v2/portals/{}/developers", id(1))).unwrap();
    developers.iter_mut().find(|developer| developer["id"] == id(101)).unwrap()["status"] = json!("rejected");
    let summary = whole(ApiVersion::V2, &v2_plan(), &mut server);
    assert_eq!(
        summary.subjects[0].1,
        Outcome::Moved(
            "the developer was `pending` when the plan was made, and is `rejected` now; export and plan again".into()
        )
    );
    assert!(summary.subjects[1..].iter().all(|(_, outcome)| *outcome == Outcome::Done));
    assert!(!server.made.iter().any(|made| made.contains(&id(101))));
    let mut told_otherwise =
        Apply::new(Options { even_if_moved: true, ..options(ApiVersion::V2) }, subjects(&v2_plan()), &[])
            .unwrap();
    let summary = loop {
        match told_otherwise.next(NOW) {
            Step::Send(request) => {
                let answer = server.answer(&request);
                told_otherwise.answer(request.id, &answer, NOW, 0.5);
            }
            Step::Done(summary) => break summary,
            _ => {}
        }
    };
    assert_eq!(summary.subjects[0].1, Outcome::Done);
}

#[test]
fn a_registration_that_moved_is_refused() {
    let plan = json!([{"changes": [{"change": "approve_registration", "registration_id": id(20_000),
                                    "application_id": id(10_000), "seen": "pending"}]}]);
    let mut server = v2_server();
    let registrations =
        server.lists.get_mut(&format!("/v2/portals/{}/application-registrations", id(1))).unwrap();
    registrations[0]["status"] = json!("revoked");
    let summary = whole(ApiVersion::V2, &plan, &mut server);
    assert!(
        matches!(&summary.subjects[0].1, Outcome::Moved(why) if why.contains("is `revoked` now")),
        "{summary:?}"
    );
    assert!(server.made.is_empty());
}

#[test]
fn an_error_stops_its_subject_only_and_a_refused_token_stops_all() {
    for (status, outcomes) in
        [(403, ["failed", "done", "done", "done"]), (401, ["failed", "not tried", "not tried", "not tried"])]
    {
        let mut server = v2_server();
        server.fault = Some(Box::new(move |request, _| {
            (request.method == crate::konnect::Method::Post
                && request.path.contains(&id(5000))
                && request.path.ends_with("/developers"))
            .then(|| problem(status, "no"))
        }));
        let summary = whole(ApiVersion::V2, &v2_plan(), &mut server);
        let found: Vec<&str> = summary
            .subjects
            .iter()
            .map(|(_, outcome)| match outcome {
                Outcome::Done => "done",
                Outcome::Failed(_) => "failed",
                Outcome::Moved(_) => "moved",
                Outcome::NotTried => "not tried",
            })
            .collect();
        assert_eq!(found, outcomes);
        assert!(!summary.is_success());
        // Approval comes after the team, and so not at all.
        assert!(!server.made.iter().any(|made| made.ends_with(&format!("developers/{}", id(101)))));
    }
}

#[test]
fn faults_that_pass_are_outlived() {
    for (api, plan, make, changes) in cases() {
        let mut server = make();
        // Every request that may be sent again fails first.
        let mut answered = std::collections::BTreeSet::new();
        server.fault = Some(Box::new(move |request, before| {
            let first = answered.insert(format!("{} {} {:?}", request.method, request.path, request.body));
            (first && request.idempotent).then(|| match before % 3 {
                0 => problem(503, "later"),
                1 => Answer::Failure(Failure { kind: FailureKind::Timeout, message: "slow".into() }),
                _ => Answer::Response(crate::konnect::Response {
                    status: 429,
                    retry_after: Some("1".into()),
                    ..Default::default()
                }),
            })
        }));
        let summary = whole(api, &plan, &mut server);
        assert!(summary.is_success(), "{summary:?}");
        assert_eq!(summary.made, changes);
    }
}

#[test]
fn roles_with_one_id_are_not_removed_together() {
    let plan = json!([{"changes": [role("unassign_role", "API Viewer", 3000, "eu")]}]);
    let mut server = v2_server();
    let summary = whole(ApiVersion::V2, &plan, &mut server);
    assert!(matches!(&summary.subjects[0].1, Outcome::Failed(why) if why.contains("both would go")));
    assert!(server.made.is_empty());
}

#[test]
fn what_no_api_makes_is_left_with_its_place() {
    let plan = json!([{"changes": [
        {"change": "approve_application", "application_id": id(1)},
        {"change": "renew_credential", "application_id": id(1)},
        {"change": "create_registration", "application_id": id(1), "resource_id": id(2)},
        {"change": "map_group", "developer_id": id(3), "team_id": id(4)}]}]);
    let mut server = v2_server();
    let mut journal = Vec::new();
    let summary = run(ApiVersion::V2, &plan, &mut server, &mut journal, usize::MAX).unwrap();
    assert_eq!((summary.left, server.requests), (4, 0));
    let who: Vec<String> = journal
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["executable"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(who, ["manual", "developer", "developer", "manual"]);
    let lines = outline(&options(ApiVersion::V2), &subjects(&plan));
    assert_eq!(lines[1].place, Some("the developer, signed in to the portal"));
}

#[test]
fn a_dry_run_shows_every_request() {
    for (api, plan, ..) in cases() {
        let lines = outline(&options(api), &subjects(&plan));
        assert!(
            lines.iter().all(|line| line.request.as_deref().is_some_and(|request| request.contains(" /v"))),
            "{lines:#?}"
        );
    }
    let lines = outline(&options(ApiVersion::V2), &subjects(&v2_plan()));
    assert_eq!(
        lines[1].request.as_deref(),
        Some(&*format!("PATCH /v2/portals/{}/developers/{} {{\"status\":\"approved\"}}", id(1), id(101)))
    );
}

#[test]
fn a_journal_of_another_plan_is_refused() {
    let mut journal = Vec::new();
    run(ApiVersion::V2, &v2_plan(), &mut v2_server(), &mut journal, 3);
    let entries: Vec<JournalEntry> = journal.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let other = Options { plan: "other".into(), ..options(ApiVersion::V2) };
    let error = Apply::new(other, subjects(&v2_plan()), &entries).unwrap_err();
    assert!(error.to_string().contains("the journal is of plan `digest`"), "{error}");
}

#[test]
fn a_journal_that_does_not_begin_is_refused() {
    let mut journal = Vec::new();
    run(ApiVersion::V2, &v2_plan(), &mut v2_server(), &mut journal, usize::MAX);
    let entries: Vec<JournalEntry> = journal.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Without its first line nobody knows of which plan the rest is: what it calls done must not be passed over.
    let error = Apply::new(options(ApiVersion::V2), subjects(&v2_plan()), &entries[1..]).unwrap_err();
    assert!(error.to_string().contains("a run whose beginning is missing"), "{error}");
}

#[test]
fn a_journal_of_another_format_is_refused() {
    let line = |format: &str| json!({"entry": "begin", "format": format, "plan": "p", "portal_id": "i", "api": "v2", "at": "t"});
    assert!(serde_json::from_value::<JournalEntry>(line("gatepass.journal/1")).is_ok());
    let error = serde_json::from_value::<JournalEntry>(line("gatepass.journal/2")).unwrap_err();
    assert_eq!(error.to_string(), "`format` is `gatepass.journal/2`, and should be `gatepass.journal/1`");
}

#[test]
fn subjects_know_what_their_snapshot_knew() {
    use crate::konnect::crawl::{Crawl, Options as CrawlOptions, Step as CrawlStep, Target};
    let mut crawl = Crawl::new(Target::Id(id(1).parse().unwrap()), ApiVersion::V3, CrawlOptions::default());
    let mut server = v3_server();
    while let CrawlStep::Send(requests) = crawl.next(NOW) {
        for request in requests {
            let answer = server.answer(&request);
            crawl.answer(request.id, &answer, NOW, 0.0);
        }
    }
    let bytes = crawl.into_result().unwrap().snapshot;
    let snapshot = Snapshot::read(&bytes, ReadOptions::default()).unwrap().snapshot;
    let changes = [
        crate::Change::ApproveRegistration { registration_id: id(20_001).parse().unwrap() },
        crate::Change::PublishResource { resource_id: id(3001).parse().unwrap() },
    ];
    let subject = Subject::from_snapshot(&snapshot, Some(id(101).parse().unwrap()), changes);
    assert_eq!(subject.seen.as_deref(), Some("pending"));
    assert_eq!(subject.changes[0].hints.application, Some(id(10_001).parse().unwrap()));
    assert_eq!(subject.changes[0].hints.seen.as_deref(), Some("pending"));
    assert!(subject.changes[1].hints.api_package);
    assert_eq!(subjects(&json!([subject])), [subject]);
}

#[test]
fn nobody_is_approved_before_people_gave_the_team() {
    let developer = id(101);
    let plan = |group: Option<&str>| {
        let mut map = json!({"change": "map_group", "team_id": id(201), "developer_id": developer});
        if let Some(group) = group {
            map["group"] = group.into();
        }
        let approve = json!({"change": "approve_developer", "developer_id": developer});
        subjects(&json!([{"developer_id": developer, "seen": "pending", "changes": [map, approve]}]))
    };
    let by_hand = |subjects: &[Subject]| {
        let lines = outline(&options(ApiVersion::V2), subjects);
        lines.iter().filter(|line| line.place.is_some()).count()
    };
    assert_eq!((by_hand(&plan(None)), by_hand(&plan(Some("developers")))), (2, 0));
    let mut apply = Apply::new(options(ApiVersion::V2), plan(None), &[]).unwrap();
    let Step::Record(entries) = apply.next(NOW) else { panic!("nothing is recorded") };
    assert!(entries.iter().all(|entry| matches!(entry, JournalEntry::Left { .. })), "{entries:?}");
    let mut step = apply.next(NOW);
    while let Step::Record(entries) = step {
        assert!(entries.iter().all(|entry| matches!(entry, JournalEntry::Left { .. })), "{entries:?}");
        step = apply.next(NOW);
    }
    let Step::Done(summary) = step else { panic!("{step:?}") };
    assert_eq!((summary.left, summary.made), (2, 0));
}
