//! The cases that scripts for these reports got wrong, each by name (KONNECT.md §3: the blog's two scripts).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use conformance::read;
use gatepass::report::{Audience, Contact, Parameters, Report, ReportName, Sort};
use gatepass::{ReadOptions, Snapshot};
use serde_json::{Value, json};

const NOW: &str = "2026-11-24T10:00:00Z";
const ADA: &str = "d0000000-0000-4000-8000-000000000001";
const APP: &str = "a0000000-0000-4000-8000-000000000001";
const TEAM: &str = "c0000000-0000-4000-8000-000000000001";
const VERSION: &str = "e0000000-0000-4000-8000-000000000001";
const PRODUCT: &str = "f0000000-0000-4000-8000-000000000001";
const ELSEWHERE: &str = "f0000000-0000-4000-8000-000000000009";

/// One approved developer in one team with Consumer on the one published product; one old application.
fn file() -> Value {
    let stamp = "2026-11-01T08:00:00Z";
    json!({
        "format": "gatepass.snapshot/1", "exported_at": "2026-11-24T09:00:00Z", "api": "v2", "region": "eu",
        "portal": {"id": "b0000000-0000-4000-8000-000000000001", "name": "Shop", "rbac_enabled": true},
        "developers": [{"id": ADA, "email": "ada@arsenal.com", "full_name": "Ada", "status": "approved",
                        "created_at": stamp, "updated_at": stamp}],
        "teams": [{"id": TEAM, "name": "Arsenal"}],
        "team_developers": {TEAM: [ADA]},
        "team_roles": {TEAM: [role("API Consumer", PRODUCT, "eu")]},
        "applications": [{"id": APP, "name": "Scores", "created_at": stamp, "updated_at": NOW,
                          "registration_count": 3, "developer": {"id": ADA}}],
        "registrations": [],
        "products": [{"id": PRODUCT, "name": "Matches"}],
        "product_versions": [{"id": VERSION, "product_id": PRODUCT, "name": "v1", "publish_status": "published",
                              "application_registration_enabled": true, "auth_strategy_ids": [STRATEGY],
                              "gateway_service": {"id": STRATEGY}}],
    })
}

const STRATEGY: &str = "80000000-0000-4000-8000-000000000001";

fn role(name: &str, entity: &str, region: &str) -> Value {
    json!({"id": "same", "role_name": name, "entity_id": entity, "entity_type_name": "Services", "entity_region": region})
}

fn registration(number: u8, status: &str) -> Value {
    json!({"id": format!("90000000-0000-4000-8000-0000000000{number:02}"), "status": status, "created_at": "2026-11-02T08:00:00Z",
           "application": {"id": APP}, "product_version": {"id": VERSION}})
}

fn parameters() -> Parameters {
    Parameters::at(NOW.parse().unwrap())
}

fn with(name: ReportName, snapshot: &Snapshot, parameters: &Parameters) -> Value {
    serde_json::to_value(Report::run(name, snapshot, parameters).unwrap()).unwrap()
}

fn report(name: ReportName, file: &Value) -> Value {
    with(name, &read(file), &parameters())
}

fn words(report: &Value, member: &str) -> Vec<String> {
    report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[member].as_str().unwrap_or("-").to_owned())
        .collect()
}

fn stages(file: &Value) -> Vec<String> {
    words(&report(ReportName::BlockedDevelopers, file), "stage")
}

fn causes(file: &Value) -> Vec<String> {
    words(&report(ReportName::NeedsConsumePermission, file), "cause")
}

#[test]
fn an_application_with_only_pending_or_rejected_registrations_is_blocked() {
    let mut file = file();
    assert_eq!(stages(&file), ["never_registered"], "registration_count counts for nothing");
    file["registrations"] = json!([registration(1, "pending")]);
    assert_eq!(stages(&file), ["waiting_for_approval"]);
    let row = &report(ReportName::BlockedDevelopers, &file)["rows"][0];
    assert_eq!(
        row["fixes"],
        json!([{"change": "approve_registration", "registration_id": file["registrations"][0]["id"], "executable": "both"}])
    );
    for status in ["rejected", "revoked", "Approved"] {
        file["registrations"] = json!([registration(1, status)]);
        assert_eq!(stages(&file), ["rejected_or_revoked"], "{status}");
    }
    file["registrations"] = json!([registration(1, "approved")]);
    assert_eq!(stages(&file), [""; 0]);
    assert_eq!(causes(&file), [""; 0]);
}

#[test]
fn exactly_48_hours_is_old_enough_and_the_age_is_that_of_creation() {
    for (created_at, blocked) in [
        ("2026-11-22T10:00:00Z", true),
        ("2026-11-22T10:00:00.000Z", true),
        ("2026-11-22T11:00:00+01:00", true),
        ("2026-11-22T02:00:00-08:00", true),
        ("2026-11-22T10:00:00.001Z", false),
        ("2026-11-24T11:00:00Z", false),
    ] {
        let mut file = file();
        file["applications"][0]["created_at"] = json!(created_at);
        assert_eq!(stages(&file).len(), usize::from(blocked), "{created_at}");
    }
    let mut file = file();
    file["applications"][0]["created_at"] = json!("2026-11-22T10:00:00Z");
    let found = report(ReportName::BlockedDevelopers, &file);
    assert_eq!(found["rows"][0]["age_hours"], 48);
    assert_eq!(found["parameters"]["older_than"], "48h");
}

#[test]
fn an_application_without_a_date_is_shown_and_said_to_be_so() {
    let mut file = file();
    file["applications"][0].as_object_mut().unwrap().remove("created_at");
    let found = report(ReportName::BlockedDevelopers, &file);
    assert_eq!(found["rows"][0]["age_hours"], Value::Null);
    assert_eq!(found["assumptions"], json!(["age_unknown"]));
}

#[test]
fn with_rbac_off_nobody_lacks_a_permission_and_everybody_can_be_blocked() {
    let mut file = file();
    file["portal"]["rbac_enabled"] = json!(false);
    file["team_roles"] = json!({});
    let found = report(ReportName::NeedsConsumePermission, &file);
    assert_eq!((&found["rows"], &found["assumptions"]), (&json!([]), &json!(["rbac_disabled"])));
    assert_eq!(stages(&file), ["never_registered"]);
    let funnel = report(ReportName::Funnel, &file);
    let counts: Vec<&Value> =
        funnel["rows"].as_array().unwrap().iter().map(|row| &row["developers"]).collect();
    assert_eq!(json!(counts), json!([1, 1, null, null, 1, 0, 0]));
}

#[test]
fn each_cause_is_the_first_that_fits() {
    let of_roles = |roles: Value| {
        let mut file = file();
        file["team_roles"] = json!({ TEAM: roles });
        causes(&file).remove(0)
    };
    assert_eq!(of_roles(json!([])), "team_without_roles");
    assert_eq!(
        of_roles(json!([role("API Viewer", PRODUCT, "eu"), role("API Consumer", PRODUCT, "us")])),
        "viewer_only"
    );
    assert_eq!(of_roles(json!([role("API Consumer", PRODUCT, "us")])), "other_region");
    assert_eq!(of_roles(json!([role("API Consumer", "*", "us")])), "other_region");
    assert_eq!(of_roles(json!([role("API Consumer", ELSEWHERE, "us")])), "no_matching_role");
    assert_eq!(of_roles(json!([role("API Consumer", ELSEWHERE, "eu")])), "no_matching_role");
    assert_eq!(of_roles(json!([role("api consumer", PRODUCT, "eu")])), "no_matching_role");
    let mut file = file();
    file["team_developers"] = json!({});
    assert_eq!(causes(&file), ["no_team"]);
    file = self::file();
    file["product_versions"][0]["publish_status"] = json!("unpublished");
    assert_eq!(causes(&file), ["no_published_resource"]);
    let row = &report(ReportName::NeedsConsumePermission, &file)["rows"][0];
    assert_eq!(
        row["fixes"],
        json!([{"change": "publish_resource", "resource_id": VERSION, "executable": "both"}])
    );
}

#[test]
fn a_role_on_everything_counts_and_is_said_to_be_assumed() {
    let mut file = file();
    file["team_roles"][TEAM] = json!([role("API Consumer", "*", "*")]);
    let found = report(ReportName::BlockedDevelopers, &file);
    assert_eq!(words(&found, "stage"), ["never_registered"]);
    assert_eq!(found["assumptions"], json!(["entity_wildcard"]));
    file["team_roles"][TEAM][0]["entity_type_name"] = json!("Gateways");
    assert_eq!(causes(&file), ["no_matching_role"]);
}

#[test]
fn nothing_open_for_registration_is_its_own_stage() {
    let mut file = file();
    file["product_versions"][0]["application_registration_enabled"] = json!(false);
    assert_eq!(stages(&file), ["nothing_to_register_for"]);
    let row = &report(ReportName::BlockedDevelopers, &file)["rows"][0];
    assert_eq!(row["action"], "register");
    assert_eq!(row["fixes"][0]["change"], "enable_registration");
}

#[test]
fn a_team_s_application_is_judged_by_that_team_alone() {
    let mut file = file();
    let other = "c0000000-0000-4000-8000-000000000002";
    file["api"] = json!("v3");
    file["portal"]["authentication_enabled"] = json!(true);
    file["teams"].as_array_mut().unwrap().push(json!({"id": other, "name": "Readers"}));
    file["team_developers"][other] = json!([ADA]);
    file["applications"][0] = json!({"id": APP, "name": "Shared", "created_at": "2026-11-01T08:00:00Z", "owner": {"type": "team", "id": other}});
    let found = report(ReportName::NeedsConsumePermission, &file);
    let row = &found["rows"][0];
    assert_eq!(
        (&row["cause"], &row["developer_id"], &row["team_id"]),
        (&json!("team_without_roles"), &Value::Null, &json!(other))
    );
    assert_eq!(row["team_name"], "Readers");
    assert_eq!(stages(&file), [""; 0]);
    file["applications"][0]["owner"]["id"] = json!(TEAM);
    assert_eq!(causes(&file), [""; 0]);
    let row = &report(ReportName::BlockedDevelopers, &file)["rows"][0];
    assert_eq!((&row["developer_id"], &row["team_name"]), (&Value::Null, &json!("Arsenal")));
}

#[test]
fn a_member_s_revocation_taints_the_team_s_older_credentials() {
    let mut file = file();
    let eve = "d0000000-0000-4000-8000-000000000002";
    file["developers"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": eve, "email": "eve@arsenal.com", "full_name": "Eve",
        "status": "revoked", "updated_at": "2026-11-10T08:00:00Z"}));
    file["team_developers"][TEAM] = json!([ADA, eve]);
    file["applications"][0] = json!({"id": APP, "name": "Shared", "owner": {"type": "team", "id": TEAM}});
    let mut credential =
        json!({"application_id": APP, "kind": "api_key", "sha256": "0".repeat(64), "status": "active"});
    for (created_at, stale) in [
        (json!("2026-11-10T07:59:59Z"), true),
        (json!("2026-11-10T08:00:00Z"), true),
        (json!("2026-11-10T08:00:01Z"), false),
        (Value::Null, true),
    ] {
        credential["created_at"] = created_at.clone();
        file["credentials"] = json!([credential]);
        let found = report(ReportName::StaleAccess, &file);
        assert_eq!(found["rows"].as_array().unwrap().len(), usize::from(stale), "{created_at}");
        if stale {
            assert_eq!(
                (&found["rows"][0]["kind"], &found["rows"][0]["developer_id"]),
                (&json!("team_credential"), &json!(eve))
            );
            assert_eq!(found["rows"][0]["fixes"][0]["change"], "renew_credential");
        }
    }
    credential["expires_at"] = json!(NOW);
    file["credentials"] = json!([credential]);
    assert_eq!(report(ReportName::StaleAccess, &file)["rows"], json!([]), "it has expired");
}

#[test]
fn developers_without_applications_are_there_if_asked_for() {
    let mut file = file();
    file["applications"] = json!([]);
    file["team_roles"] = json!({});
    assert_eq!(causes(&file), [""; 0]);
    let parameters = Parameters { include_without_application: true, ..parameters() };
    let found = with(ReportName::NeedsConsumePermission, &read(&file), &parameters);
    assert_eq!(
        (&found["rows"][0]["developer_name"], &found["rows"][0]["applications"]),
        (&json!("Ada"), &json!([]))
    );
    file["developers"][0]["status"] = json!("pending");
    let found = with(ReportName::NeedsConsumePermission, &read(&file), &parameters);
    assert_eq!(found["rows"], json!([]), "only approved developers");
}

#[test]
fn several_pages_are_one_list_and_a_missing_page_is_said() {
    let mut file = file();
    let ids = (2..=250).map(|number| format!("d0000000-0000-4000-8000-{number:012}"));
    for id in ids {
        let application = id.replacen('d', "a", 1);
        file["developers"]
            .as_array_mut()
            .unwrap()
            .push(json!({"id": id, "email": "x@y.z", "full_name": "X", "status": "approved"}));
        file["team_developers"][TEAM].as_array_mut().unwrap().push(json!(id));
        let application = json!({"id": application, "name": "A", "created_at": "2026-11-01T08:00:00Z", "developer": {"id": id}});
        file["applications"].as_array_mut().unwrap().push(application);
    }
    assert_eq!(stages(&file).len(), 250);
    file["collected"] = json!({"developers": {"total": 260, "items": 250}});
    let text = file.to_string();
    assert!(Snapshot::read(text.as_bytes(), ReadOptions::default()).is_err());
    let partial = Snapshot::read(text.as_bytes(), ReadOptions { allow_partial: true }).unwrap().snapshot;
    assert_eq!(with(ReportName::BlockedDevelopers, &partial, &parameters())["completeness"], "partial");
}

#[test]
fn follow_ups_tell_of_the_approval_where_gateway_2_8_does_not() {
    let told = "you are approved in Shop: you can log in.";
    let mut file = file();
    file["api"] = json!("gateway-2.8");
    for (settings, says) in [(json!({}), false), (json!({"portal_approved_email": "off"}), true)] {
        file["portal"]["settings"] = settings;
        let letters = report(ReportName::FollowUps, &file);
        let body = letters["rows"][0]["body"].as_str().unwrap();
        assert_eq!(body.contains(told), says, "{body}");
    }
}

#[test]
fn follow_ups_keep_to_the_cadence_and_to_one_letter() {
    let mut file = file();
    let mut second = file["applications"][0].clone();
    second["id"] = json!("a0000000-0000-4000-8000-000000000002");
    second["name"] = json!("Fixtures");
    file["applications"].as_array_mut().unwrap().push(second);
    let snapshot = read(&file);
    let found = with(ReportName::FollowUps, &snapshot, &parameters());
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    assert_eq!(found["rows"][0]["items"].as_array().unwrap().len(), 2);
    assert!(found["rows"][0]["mailto"].as_str().unwrap().starts_with("mailto:ada@arsenal.com?subject="));
    let contact = |at: &str| Contact {
        developer_id: ADA.parse().unwrap(),
        at: at.parse().unwrap(),
        channel: "mail".into(),
    };
    let due = |at: &str, cadence: &[(&str, &str)]| {
        let cadence =
            cadence.iter().map(|(team, span)| ((*team).to_owned(), span.parse().unwrap())).collect();
        let parameters = Parameters {
            contacts: vec![contact(at), contact("2026-11-01T08:00:00Z")],
            cadence,
            ..parameters()
        };
        with(ReportName::FollowUps, &snapshot, &parameters)["rows"].as_array().unwrap().len() == 1
    };
    assert!(due("2026-11-17T10:00:00Z", &[]), "seven days, if nothing else is said");
    assert!(!due("2026-11-17T10:00:00.001Z", &[]));
    assert!(due("2026-11-21T10:00:00Z", &[("Arsenal", "3d")]));
    assert!(!due("2026-11-17T10:00:00Z", &[("Arsenal", "14d")]));
    let typo = Parameters { cadence: [("Arsenol".to_owned(), "3d".parse().unwrap())].into(), ..parameters() };
    let error = Report::run(ReportName::FollowUps, &snapshot, &typo).unwrap_err();
    assert_eq!(error.to_string(), "the portal has no team `Arsenol`; name one by its exact name or its id");
}

#[test]
fn owners_are_written_to_about_what_waits_for_them() {
    let mut file = file();
    file["registrations"] = json!([registration(1, "pending")]);
    let snapshot = read(&file);
    let owners = [("Matches".to_owned(), "owner@club.example".to_owned())];
    let parameters = Parameters { audience: Audience::Owners, owners: owners.into(), ..parameters() };
    let row = &with(ReportName::FollowUps, &snapshot, &parameters)["rows"][0];
    assert_eq!((&row["product_id"], &row["email"]), (&json!(PRODUCT), &json!("owner@club.example")));
    assert_eq!(row["fixes"][0]["change"], "approve_registration");
    let nobody = Parameters { owners: std::collections::BTreeMap::new(), ..parameters.clone() };
    let row = &with(ReportName::FollowUps, &snapshot, &nobody)["rows"][0];
    assert_eq!(
        (&row["email"], &row["mailto"]),
        (&Value::Null, &Value::Null),
        "a product without owner stays in sight"
    );
    let typo = Parameters { owners: [("Macthes".to_owned(), String::new())].into(), ..parameters };
    let error = Report::run(ReportName::FollowUps, &snapshot, &typo).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the portal has no product or API `Macthes`; name one by its exact name or its id"
    );
}

#[test]
fn developers_are_searched_sorted_and_limited_to_teams() {
    let mut file = file();
    let bea = "d0000000-0000-4000-8000-000000000002";
    file["developers"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": bea, "email": "BEA@intermilan.com", "full_name": "Bea", "status": "pending"}));
    let snapshot = read(&file);
    let names = |parameters: &Parameters| {
        words(&with(ReportName::Developers, &snapshot, parameters), "developer_name")
    };
    assert_eq!(names(&parameters()), ["Ada", "Bea"]);
    assert_eq!(
        names(&Parameters { sort: Some("-name".parse::<Sort>().unwrap()), ..parameters() }),
        ["Bea", "Ada"]
    );
    assert_eq!(names(&Parameters { search: Some("bea@INTER".into()), ..parameters() }), ["Bea"]);
    assert_eq!(
        names(&Parameters { status: Some(gatepass::DeveloperStatus::Approved), ..parameters() }),
        ["Ada"]
    );
    assert_eq!(names(&Parameters { teams: vec!["Arsenal".into()], ..parameters() }), ["Ada"]);
    assert_eq!(names(&Parameters { teams: vec![TEAM.into()], ..parameters() }), ["Ada"]);
    let waiting = &report(ReportName::PendingApprovals, &file)["rows"];
    assert_eq!(
        (waiting[0]["kind"].as_str(), waiting[0]["developer_id"].as_str()),
        (Some("developer"), Some(bea))
    );
}
