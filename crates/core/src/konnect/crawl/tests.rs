use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::konnect::server::{Server, id, problem};
use crate::konnect::{Answer, Failure, FailureKind, Response};
use crate::{Completeness, ReadOptions, Snapshot};

const START: Timestamp = Timestamp::from_millis(1_795_341_600_000);

fn crawl(api: ApiVersion, options: Options) -> Crawl {
    Crawl::new(
        Target::Name("Orders".into()),
        api,
        Options { region: Some(Region::Eu), page_size: 10, ..options },
    )
}

/// Drives a crawl to its end. `pick` chooses which of the outstanding requests is answered next.
fn drive(
    mut crawl: Crawl,
    server: &mut Server,
    mut pick: impl FnMut(usize) -> usize,
) -> Result<CrawlResult, CrawlError> {
    let mut now = START;
    let mut out: Vec<Request> = Vec::new();
    for _ in 0..100_000 {
        match crawl.next(now) {
            Step::Done => return crawl.into_result(),
            Step::Send(requests) => out.extend(requests),
            Step::Wait { until } => {
                if out.is_empty() {
                    now = until.expect("with nothing out there is a time to wait for");
                }
            }
        }
        if !out.is_empty() {
            let request = out.remove(pick(out.len()) % out.len());
            let answer = server.answer(&request);
            now = Timestamp::from_millis(now.millis() + 7);
            crawl.answer(request.id, &answer, now, 0.3);
        }
    }
    panic!("the crawl does not end");
}

fn export(api: ApiVersion, server: &mut Server) -> CrawlResult {
    drive(crawl(api, Options::default()), server, |_| 0).unwrap()
}

fn value(result: &CrawlResult) -> Value {
    serde_json::from_slice(&result.snapshot).unwrap()
}

fn complete(result: &CrawlResult) -> Snapshot {
    assert_eq!(result.partial, [], "{:?}", result.notices);
    let text = String::from_utf8_lossy(&result.snapshot);
    let reading = Snapshot::read(&result.snapshot, ReadOptions::default())
        .unwrap_or_else(|error| panic!("{:?}\n{text}", error.problems()));
    assert_eq!(reading.snapshot.completeness(), Completeness::Complete);
    reading.snapshot
}

/// A portal of so many developers, teams and applications.
type Portal = fn(u64, u64, u64) -> Server;

fn servers() -> [(ApiVersion, Portal); 2] {
    [(ApiVersion::V2, Server::v2), (ApiVersion::V3, Server::v3)]
}

#[test]
fn a_consistent_portal_is_read_whole() {
    for (api, portal) in servers() {
        for (developers, teams, applications) in [(1, 1, 0), (10, 2, 10), (25, 3, 41)] {
            let result = export(api, &mut portal(developers, teams, applications));
            let snapshot = complete(&result);
            assert_eq!(snapshot.developers().len() as u64, developers);
            assert_eq!(snapshot.applications().len() as u64, applications);
            assert_eq!(value(&result)["exported_at"], "2026-11-22T10:00:00Z");
        }
    }
}

#[test]
fn product_versions_are_joined_and_nothing_of_konnect_is_lost() {
    let result = export(ApiVersion::V2, &mut Server::v2(3, 1, 3));
    let snapshot = value(&result);
    assert_eq!(
        snapshot["product_versions"],
        json!([
            {"id": id(3100), "product_id": id(3000), "name": "v1", "publish_status": "published",
             "application_registration_enabled": true, "auto_approve_registration": false, "deprecated": false,
             "auth_strategy_ids": [id(4000)], "gateway_service": {"id": id(7000), "control_plane_id": id(7001)}},
            {"id": id(3101), "product_id": id(3001), "name": "v1", "publish_status": "unpublished",
             "application_registration_enabled": true, "auto_approve_registration": false, "deprecated": false,
             "auth_strategy_ids": [id(4000)], "gateway_service": null},
        ])
    );
    assert_eq!(snapshot["products"].as_array().unwrap().len(), 2);
    let text = String::from_utf8(result.snapshot.clone()).unwrap();
    assert!(text.contains("\"number\":12345678901234567890") && text.contains("\"registration_count\":10.0"));
    // Only of applications with a client id, and only with its issuer.
    assert_eq!(
        snapshot["credentials"],
        json!([
            {"application_id": id(10_000), "kind": "client_id", "client_id": "ref-0", "issuer": "https://idp.example"},
            {"application_id": id(10_002), "kind": "client_id", "client_id": "ref-2", "issuer": "https://idp.example"},
        ])
    );
    assert_eq!(snapshot["team_group_mappings"][id(5000)], json!(["Tech \"Leads\"", "Ärzte"]));
    assert_eq!(snapshot["team_developers"][id(5000)], json!([id(100), id(101), id(102)]));
}

#[test]
fn v3_owners_and_publications_are_found() {
    let mut server = Server::v3(3, 2, 5);
    let result = export(ApiVersion::V3, &mut server);
    complete(&result);
    let snapshot = value(&result);
    let owners: Vec<&Value> =
        snapshot["applications"].as_array().unwrap().iter().map(|app| &app["owner"]["type"]).collect();
    assert_eq!(owners, ["developer", "developer", "developer", "developer", "team"]);
    assert_eq!(snapshot["publications"][0]["portal_id"], id(1));
    assert_eq!(snapshot["publications"][0]["portal_ids"], json!([id(1)]));
    assert_eq!(snapshot["credentials"].as_array().unwrap().len(), 5);
}

#[test]
fn without_issuers_client_ids_are_left_out_and_noted() {
    let mut server = Server::v3(2, 1, 2);
    server.lists.remove("/v2/application-auth-strategies");
    let result = export(ApiVersion::V3, &mut server);
    complete(&result);
    assert_eq!(value(&result)["credentials"], json!([]));
    let codes: Vec<_> = result.notices.iter().map(|notice| notice.code).collect();
    assert_eq!(codes, ["auth_strategies_unreadable", "issuer_unknown"]);
}

#[test]
fn a_portal_without_identity_provider_has_no_mappings() {
    let mut server = Server::v2(2, 1, 2);
    server.fault = Some(Box::new(|request, _| {
        request.path.contains("team-group-mappings").then(|| problem(400, "No IdP configured"))
    }));
    complete(&export(ApiVersion::V2, &mut server));
}

#[test]
fn every_fault_that_passes_is_outlived() {
    let mut reference = BTreeMap::new();
    for (api, portal) in servers() {
        reference.insert(api.as_str(), export(api, &mut portal(35, 3, 60)).snapshot);
        for seed in 0..5_u64 {
            let mut server = portal(35, 3, 60);
            server.page_cap = if seed == 0 { 4 } else { 0 };
            let mut state = seed;
            server.fault = Some(Box::new(move |_, before| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let throttled =
                    Response { status: 429, retry_after: Some("2".into()), ..Response::default() };
                (state >> 33 < 0x7fff_ffff / 5).then(|| match before % 5 {
                    0 => Answer::Response(throttled),
                    1 => problem(503, "later"),
                    2 => Answer::Failure(Failure { kind: FailureKind::Timeout, message: "slow".into() }),
                    3 => Answer::json(200, "{\"data\": [{\"id\": \"0000"),
                    _ => Answer::Response(Response {
                        status: 502,
                        body: b"<html>".to_vec(),
                        ..Response::default()
                    }),
                })
            }));
            let result = drive(crawl(api, Options::default()), &mut server, |_| 0).unwrap();
            complete(&result);
            assert!(result.snapshot == reference[api.as_str()], "{api:?} seed {seed}");
        }
    }
}

#[test]
fn wrong_totals_are_never_complete() {
    for (claimed, truth) in [(0, 2), (2, 4), (10, 1), (1, 0)] {
        let mut server = Server::v2(truth, 1, 0);
        server
            .lists
            .get_mut(&format!("/v2/portals/{}/teams/{}/developers", id(1), id(5000)))
            .unwrap()
            .clear();
        server.totals.insert(format!("/v2/portals/{}/developers", id(1)), claimed);
        let result = export(ApiVersion::V2, &mut server);
        assert_eq!(result.partial.len(), 1, "{claimed} {truth}");
        assert_eq!(result.partial[0].list, "developers");
        let error = Snapshot::read(&result.snapshot, ReadOptions::default()).unwrap_err();
        assert!(error.problems().iter().any(|problem| problem.code == "partial"), "{claimed} {truth}");
        let partial = Snapshot::read(&result.snapshot, ReadOptions { allow_partial: true }).unwrap();
        assert_eq!(partial.snapshot.completeness(), Completeness::Partial);
    }
}

#[test]
fn a_list_that_grows_between_pages_is_read_again() {
    let path = format!("/v2/portals/{}/developers", id(1));
    let grown = path.clone();
    // The server that answers is the one after the growth; before it, page 1 showed one object less.
    let mut server = Server::v2(25, 1, 0);
    let mut before = Server::v2(24, 1, 0);
    let mut first = true;
    server.fault = Some(Box::new(move |request, _| {
        let now = first && request.path.starts_with(&grown);
        first &= !now;
        now.then(|| before.answer(request))
    }));
    let result = export(ApiVersion::V2, &mut server);
    assert_eq!(complete(&result).developers().len(), 25);
}

#[test]
fn a_list_that_never_stands_still_is_partial() {
    let path = format!("/v3/portals/{}/application-registrations", id(1));
    let mut server = Server::v3(5, 1, 25);
    let mut other = Server::v3(5, 1, 25);
    let mut total = 30;
    server.fault = Some(Box::new(move |request, _| {
        total += 1;
        other.totals.insert(path.clone(), total);
        request.path.starts_with(&path).then(|| other.answer(request))
    }));
    let result = export(ApiVersion::V3, &mut server);
    assert_eq!(result.partial[0].list, "registrations");
    assert!(result.partial[0].to_string().contains("its total changed while it was read, 3 times in a row"));
    assert!(Snapshot::read(&result.snapshot, ReadOptions::default()).is_err());
}

#[test]
fn somebody_who_signs_up_during_the_crawl_does_not_break_it() {
    // The developers were listed before a sign-up, the applications after it.
    let path = format!("/v2/portals/{}/developers", id(1));
    let mut server = Server::v2(6, 1, 6);
    let mut before = Server::v2(5, 1, 5);
    let mut first = true;
    server.fault = Some(Box::new(move |request, _| {
        let now = first && request.path.starts_with(&path);
        first &= !now;
        now.then(|| before.answer(request))
    }));
    assert_eq!(complete(&export(ApiVersion::V2, &mut server)).developers().len(), 6);
}

#[test]
fn a_team_deleted_during_the_crawl_is_forgotten() {
    let teams = format!("/v3/portals/{}/teams", id(1));
    let mut server = Server::v3(4, 2, 4);
    let mut before = Server::v3(4, 3, 4);
    let mut first = true;
    server.fault = Some(Box::new(move |request, _| {
        let now = first && request.path.starts_with(&format!("{teams}?"));
        first &= !now;
        now.then(|| before.answer(request))
    }));
    complete(&export(ApiVersion::V3, &mut server));
}

#[test]
fn what_cannot_pass_ends_with_one_line() {
    let html = Response {
        status: 200,
        content_type: Some("text/html".into()),
        body: b"<html>".to_vec(),
        retry_after: None,
    };
    for (answer, words) in [
        (problem(401, "Unauthorized kpat_secret"), "check that KONNECT_TOKEN holds a valid"),
        (problem(403, "no"), "give the token's owner the Konnect role"),
        (problem(404, "no"), "check --region, --api and the ids"),
        (Answer::Response(html), "the answer is a web page, not the API's JSON"),
        (Answer::json(200, "[]"), "the answer is JSON of another shape"),
        (
            Answer::Failure(Failure { kind: FailureKind::Certificate, message: "unknown issuer".into() }),
            "unknown issuer; check --base-url and the clock",
        ),
    ] {
        let fault: crate::konnect::server::Fault = Box::new(move |_, _| Some(answer.clone()));
        let mut server = Server { fault: Some(fault), ..Server::default() };
        let target = Target::Id(id(1).parse().unwrap());
        let crawl = Crawl::new(target, ApiVersion::V2, Options::default());
        let error = drive(crawl, &mut server, |_| 0).unwrap_err().to_string();
        assert!(error.contains(words) && error.lines().count() == 1 && !error.contains("kpat"), "{error}");
    }
    let unknown = Crawl::new(Target::Name("Mine".into()), ApiVersion::V2, Options::default());
    let error = drive(unknown, &mut Server::v2(1, 1, 0), |_| 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no portal named `Mine` here, there is `Orders`, `Other`; check --region, --api and the name"
    );
}

#[test]
fn a_list_that_cannot_be_read_ends_the_crawl_unless_told_otherwise() {
    let refuse = || -> crate::konnect::server::Fault {
        Box::new(|request, _| request.path.contains("/applications").then(|| problem(403, "no")))
    };
    let mut server = Server::v2(3, 1, 3);
    server.fault = Some(refuse());
    assert!(matches!(
        drive(crawl(ApiVersion::V2, Options::default()), &mut server, |_| 0),
        Err(CrawlError::Request(_))
    ));
    let options = Options { allow_partial: true, ..Options::default() };
    let result = drive(crawl(ApiVersion::V2, options), &mut server, |_| 0).unwrap();
    assert_eq!(result.partial[0].list, "applications");
    assert!(Snapshot::read(&result.snapshot, ReadOptions::default()).is_err());
}

#[test]
fn the_answer_about_another_portal_is_never_a_part_of_this_one() {
    for (api, portal) in servers() {
        let mut server = portal(3, 1, 3);
        let body = json!({"id": id(999), "name": "Orders", "rbac_enabled": true}).to_string().into_bytes();
        server.fault = Some(Box::new(move |request, _| {
            let response =
                Response { status: 200, content_type: None, retry_after: None, body: body.clone() };
            request.path.ends_with(&format!("/portals/{}", id(1))).then_some(Answer::Response(response))
        }));
        let options = Options { allow_partial: true, ..Options::default() };
        let error = drive(crawl(api, options), &mut server, |_| 0).map(|_| "a snapshot").unwrap_err();
        assert!(error.to_string().contains(&format!("the API answered with `{}`", id(999))), "{error}");
    }
}

#[test]
fn redacted_snapshots_are_complete_and_name_nobody() {
    for (api, portal) in servers() {
        let options = Options { redact: Some(Box::from(&b"secret"[..])), ..Options::default() };
        let result = drive(crawl(api, options), &mut portal(12, 2, 12), |_| 0).unwrap();
        complete(&result);
        let text = String::from_utf8(result.snapshot).unwrap();
        assert!(
            !text.contains("Dev 1") && !text.contains("dev1@") && text.contains("@arsenal.com"),
            "{text}"
        );
    }
}

#[test]
fn progress_only_grows_to_its_end() {
    let mut crawl = crawl(ApiVersion::V2, Options::default());
    let mut server = Server::v2(25, 2, 30);
    let mut out = Vec::new();
    let mut done = 0;
    loop {
        match crawl.next(START) {
            Step::Send(requests) => out.extend(requests),
            Step::Done => break,
            Step::Wait { .. } => {}
        }
        let request: Request = out.remove(0);
        crawl.answer(request.id, &server.answer(&request), START, 0.0);
        assert!(crawl.progress().items_done >= done || done <= 2);
        done = crawl.progress().items_done;
    }
    let progress = crawl.progress();
    assert_eq!((progress.lists_done, progress.items_done), (progress.lists_total, progress.items_total));
    assert_eq!(progress.requests, server.requests);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_answers_leaves_no_trace(picks in prop::collection::vec(any::<usize>(), 1..400), v3 in any::<bool>()) {
        let (api, portal) = servers()[usize::from(v3)];
        let mut picks = picks.into_iter().cycle();
        let shuffled = drive(crawl(api, Options::default()), &mut portal(23, 3, 31), |_| picks.next().unwrap()).unwrap();
        let straight = export(api, &mut portal(23, 3, 31));
        prop_assert!(shuffled == straight);
    }
}

#[test]
fn what_is_known_of_owners_is_not_asked_again_unless_the_application_changed() {
    let mut server = Server::v3(5, 2, 9);
    let path = format!("/v3/portals/{}/applications", id(1));
    for application in server.lists.get_mut(&path).unwrap() {
        application["updated_at"] = json!("2023-11-14T18:06:57.999Z");
    }
    let first = export(ApiVersion::V3, &mut server);
    // Every third of nine names its owner in the list.
    assert_eq!(first.known_owners.len(), 6);
    let again = |server: &mut Server, known: &KnownOwners| {
        let before = server.requests;
        let options = Options { known_owners: known.clone(), ..Options::default() };
        let result = drive(crawl(ApiVersion::V3, options), server, |_| 0).unwrap();
        (result, server.requests - before)
    };
    let (cold, asked_cold) = again(&mut server, &KnownOwners::default());
    let (warm, asked_warm) = again(&mut server, &first.known_owners);
    assert_eq!(cold.snapshot, warm.snapshot);
    assert_eq!(asked_cold - asked_warm, 6);

    // Given to another developer: the application has another `updated_at`, and only it is asked for.
    let whole = format!("{path}/{}", id(10_001));
    server.objects.get_mut(&whole).unwrap()["owner"]["id"] = json!(id(104));
    let changed = server.lists.get_mut(&path).unwrap().iter_mut().find(|item| item["id"] == id(10_001));
    changed.unwrap()["updated_at"] = json!("2023-11-15T18:06:57.999Z");
    let (moved, asked) = again(&mut server, &warm.known_owners);
    assert_eq!(asked, asked_warm + 1);
    assert_eq!(value(&moved)["applications"][1]["owner"]["id"], id(104));
    assert_eq!(moved.known_owners.len(), 6);
}
