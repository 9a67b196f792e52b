//! Proves the lifecycle: every transition of every profile against the pages, stated a second time; what a status
//! means; what deleting does; and the plans that bring one subject to a status, on a portal with one of each.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of a test"
)]

use gatepass::lifecycle::{
    Calls, GatewaySettings, Move, Status, StatusRequest, Subject, Target, deletion, meaning,
    meaning_of_application, meaning_of_registration, plan_status, transition, usual_profile,
};
use gatepass::plan::{Plan, Profile};
use gatepass::{Api, Change, ReadOptions, Snapshot};
use serde_json::{Value, json};

/// The pages, said again: rows are what is there (`?` an unknown word), columns what is wanted, in the order approved,
/// pending, rejected, revoked. `=` nothing to do, `y` may follow, anything else the code of the refusal.
const PAGES: &[(&str, &str, &str)] = &[
    // Portal Management API, PATCH: "any of the 4 values, no transition rule, no 409".
    ("konnect-api", "developer application registration", "
        approved  = y y y
        pending   y = y y
        rejected  y y = y
        revoked   y y y =
        ?         y y y y"),
    // "Rejected requests cannot be approved once rejected. This action cannot be undone."
    // "A developer who has been revoked can be approved again at any time."
    ("konnect-2022", "developer registration", "
        approved  = only_new_requests_wait was_approved y
        pending   y = y never_approved
        rejected  rejected_is_final rejected_is_final = rejected_is_final
        revoked   y only_new_requests_wait was_approved =
        ?         status_unrecognized status_unrecognized status_unrecognized status_unrecognized"),
    // Rejected: "You may Approve or Delete a developer from this tab." Revoked: "Re-approve or Delete."
    ("gateway-2.8", "developer registration", "
        approved  = only_new_requests_wait was_approved y
        pending   y = y never_approved
        rejected  y only_new_requests_wait = never_approved
        revoked   y only_new_requests_wait was_approved =
        ?         status_unrecognized status_unrecognized status_unrecognized status_unrecognized"),
    ("konnect-2022 gateway-2.8", "application", "
        approved  application_has_no_status application_has_no_status application_has_no_status application_has_no_status
        pending   application_has_no_status application_has_no_status application_has_no_status application_has_no_status
        rejected  application_has_no_status application_has_no_status application_has_no_status application_has_no_status
        revoked   application_has_no_status application_has_no_status application_has_no_status application_has_no_status
        ?         application_has_no_status application_has_no_status application_has_no_status application_has_no_status"),
    // "Access and approvals": approved, pending approval.
    ("dev-portal", "developer application", "
        approved  = only_new_requests_wait no_such_status no_such_status
        pending   y = no_such_status no_such_status
        rejected  y only_new_requests_wait = no_such_status
        revoked   y only_new_requests_wait no_such_status =
        ?         status_unrecognized status_unrecognized status_unrecognized status_unrecognized"),
    ("dev-portal", "registration", "
        approved  = y y y
        pending   y = y y
        rejected  y y = y
        revoked   y y y =
        ?         y y y y"),
];

#[test]
fn every_transition_is_as_the_pages_say() {
    let columns = [Status::Approved, Status::Pending, Status::Rejected, Status::Revoked];
    let mut stated = 0;
    for (profiles, subjects, rows) in PAGES {
        for profile in profiles.split(' ').map(|word| word.parse::<Profile>().unwrap()) {
            for subject in subjects.split(' ').map(|word| word.parse::<Subject>().unwrap()) {
                for row in rows.trim().lines() {
                    let words: Vec<&str> = row.split_whitespace().collect();
                    let from = words[0].parse::<Status>().ok();
                    for (to, said) in columns.iter().zip(&words[1..]) {
                        let found = match transition(profile, subject, from, *to) {
                            Ok(Move::Stay) => "=",
                            Ok(Move::Change) => "y",
                            Err(refused) => {
                                assert!(!refused.to_string().is_empty());
                                refused.code()
                            }
                        };
                        assert_eq!(found, *said, "{profile} {subject} {from:?} to {to}");
                        stated += 1;
                    }
                }
            }
        }
    }
    assert_eq!(stated, Profile::ALL.len() * Subject::ALL.len() * 5 * 4, "each is stated once");
}

#[test]
fn only_the_approved_may_log_in_and_nobody_signs_up_twice() {
    for profile in Profile::ALL {
        for status in Status::ALL {
            let meaning = meaning(*profile, *status);
            assert_eq!(meaning.may_log_in, *status == Status::Approved);
            assert!(!meaning.may_sign_up_again, "the address is taken until the developer is deleted");
            assert_eq!(meaning.needs_team, matches!(profile, Profile::KonnectApi | Profile::DevPortal));
        }
    }
    for status in Status::ALL {
        let calls = if *status == Status::Approved { Calls::Allowed } else { Calls::Refused };
        assert_eq!(meaning_of_registration(*status), calls);
        assert_eq!(meaning_of_application(Profile::DevPortal, *status), *status == Status::Approved);
        assert!(meaning_of_application(Profile::Gateway28, *status));
    }
}

#[test]
fn a_developer_who_is_no_longer_approved_calls_on_until_the_registrations_end() {
    for status in [Status::Pending, Status::Rejected, Status::Revoked] {
        assert_eq!(meaning(Profile::KonnectApi, status).calls, Calls::UntilRegistrationsEnd);
        assert_eq!(meaning(Profile::DevPortal, status).calls, Calls::UntilRegistrationsEnd);
    }
    for profile in [Profile::Konnect2022, Profile::Gateway28] {
        assert_eq!(meaning(profile, Status::Revoked).calls, Calls::NotSaid);
        assert_eq!(meaning(profile, Status::Rejected).calls, Calls::Refused);
        assert_eq!(meaning(profile, Status::Approved).calls, Calls::Allowed);
    }
}

#[test]
fn deleting_takes_what_is_owned_and_frees_the_address() {
    for profile in Profile::ALL {
        let developer = deletion(*profile, Subject::Developer);
        assert!(developer.removes.contains(&"applications") && developer.ends_calls);
        assert!(developer.afterwards.contains("same e-mail address can sign up again"));
        assert_eq!(deletion(*profile, Subject::Application).removes, ["credentials", "registrations"]);
        let registration = deletion(*profile, Subject::Registration);
        assert!(registration.removes.is_empty() && registration.ends_calls);
        assert_eq!(registration.afterwards, "the application can register again, as long as roles allow it");
    }
}

fn id(kind: &str, n: usize) -> String {
    format!("{kind}0000000-0000-4000-8000-{n:012}")
}

/// A portal with a developer of each status (1 approved, 2 pending, 3 rejected, 4 revoked), who each own an
/// application with a registration of each status for one of four APIs.
fn portal(api: &str) -> Value {
    let words = ["approved", "pending", "rejected", "revoked"];
    let numbered = || words.iter().enumerate().map(|(n, word)| (n + 1, *word));
    let developers: Vec<Value> = numbered()
        .map(|(n, word)| json!({"id": id("d", n), "email": format!("{word}@arsenal.com"), "full_name": word, "status": word}))
        .collect();
    let applications: Vec<Value> = numbered()
        .map(|(n, _)| json!({"id": id("a", n), "name": format!("App {n}"), "developer": {"id": id("d", n)}}))
        .collect();
    let registrations: Vec<Value> = numbered()
        .flat_map(|(owner, _)| numbered().map(move |(n, word)| (owner, n, word)))
        .map(|(owner, n, word)| {
            json!({"id": id("9", owner * 10 + n), "status": word, "application": {"id": id("a", owner)},
                   "product_version": {"id": id("e", n)}})
        })
        .collect();
    let versions: Vec<Value> = numbered()
        .map(|(n, _)| {
            json!({"id": id("e", n), "product_id": id("f", 1), "name": format!("v{n}"),
            "publish_status": "published", "application_registration_enabled": true, "auth_strategy_ids": []})
        })
        .collect();
    json!({"format": "gatepass.snapshot/1", "exported_at": "2026-11-22T10:00:00Z", "api": api, "region": "eu",
        "portal": {"id": id("b", 1), "name": "Portal", "rbac_enabled": true},
        "developers": developers, "teams": [], "applications": applications, "registrations": registrations,
        "products": [{"id": id("f", 1), "name": "Orders"}], "product_versions": versions})
}

fn read(file: &Value) -> (Snapshot, Vec<u8>) {
    let bytes = file.to_string().into_bytes();
    let reading = Snapshot::read(&bytes, ReadOptions::default())
        .unwrap_or_else(|error| panic!("{:?}", error.problems()));
    (reading.snapshot, bytes)
}

fn request(target: Target, to: Status, profile: Profile) -> StatusRequest {
    StatusRequest { target, to, profile, keep_registrations: false }
}

fn developer(n: usize) -> Target {
    Target::Developer(id("d", n).parse().unwrap())
}

fn words(plan: &Plan) -> Vec<String> {
    let word = |change: &Change| {
        let value = serde_json::to_value(change).unwrap();
        let text = |name: &str| value[name].as_str().map(|text| text.trim_start_matches('0').to_owned());
        let of = text("registration_id").or(text("developer_id")).or(text("application_id")).unwrap();
        format!("{} {}{}", text("change").unwrap(), &of[..1], of[34..].trim_start_matches('0'))
    };
    plan.changes().iter().map(word).collect()
}

#[test]
fn revoking_a_developer_ends_their_registrations() {
    let (snapshot, file) = read(&portal("v2"));
    let plan =
        plan_status(&snapshot, &file, request(developer(1), Status::Revoked, Profile::KonnectApi)).unwrap();
    assert_eq!(words(&plan), ["revoke_developer d1", "revoke_registration 911", "revoke_registration 912"]);
    assert_eq!(plan.subjects[0].seen.as_deref(), Some("approved"));
    assert!(plan.notes.is_empty());
    // By the pages of 2022 what waits cannot be revoked: it is rejected.
    let plan =
        plan_status(&snapshot, &file, request(developer(1), Status::Revoked, Profile::Konnect2022)).unwrap();
    assert_eq!(words(&plan), ["revoke_developer d1", "revoke_registration 911", "reject_registration 912"]);
    // Carried out, nothing of theirs calls or waits.
    let after = snapshot.with(&plan.changes()).unwrap();
    let again =
        plan_status(&after, &file, request(developer(1), Status::Revoked, Profile::Konnect2022)).unwrap();
    assert!(again.changes().is_empty());
    assert_eq!(again.notes, ["nothing is to be changed: the status is revoked already"]);
}

#[test]
fn one_who_is_revoked_already_still_loses_what_calls_on() {
    let (snapshot, file) = read(&portal("v2"));
    let plan =
        plan_status(&snapshot, &file, request(developer(4), Status::Revoked, Profile::KonnectApi)).unwrap();
    assert_eq!(words(&plan), ["revoke_registration 941", "revoke_registration 942"]);
}

#[test]
fn registrations_are_kept_if_that_is_wanted_and_the_plan_says_so() {
    let (snapshot, file) = read(&portal("v2"));
    let keep = StatusRequest {
        keep_registrations: true,
        ..request(developer(1), Status::Revoked, Profile::KonnectApi)
    };
    let plan = plan_status(&snapshot, &file, keep).unwrap();
    assert_eq!(words(&plan), ["revoke_developer d1"]);
    assert_eq!(plan.notes, ["calls go on: approved registrations of `approved@arsenal.com` are kept (1)"]);
}

#[test]
fn what_a_profile_forbids_is_refused_with_the_reason() {
    let (snapshot, file) = read(&portal("v2"));
    let plan = |n, to, profile| plan_status(&snapshot, &file, request(developer(n), to, profile));
    let refused = plan(3, Status::Approved, Profile::Konnect2022).unwrap_err();
    assert_eq!(refused.code(), "rejected_is_final");
    assert_eq!(
        refused.to_string(),
        "developer `rejected@arsenal.com` cannot become approved by profile `konnect-2022`: a rejected developer stays \
         rejected; delete the developer, and the same e-mail address can sign up again"
    );
    for profile in [Profile::KonnectApi, Profile::Gateway28] {
        assert_eq!(words(&plan(3, Status::Approved, profile).unwrap()), ["approve_developer d3"]);
        assert_eq!(words(&plan(4, Status::Approved, profile).unwrap()), ["approve_developer d4"]);
    }
    // The API could, but no plan has a word for it.
    let refused = plan(1, Status::Pending, Profile::KonnectApi).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a plan approves, rejects or revokes; nothing in it makes a developer wait again"
    );
    let nobody = plan(9, Status::Approved, Profile::KonnectApi).unwrap_err();
    assert_eq!(nobody.to_string(), format!("the snapshot has no developer `{}`", id("d", 9)));
}

#[test]
fn approving_an_application_is_left_to_people() {
    let mut file = portal("v3");
    file["applications"] = json!([{"id": id("a", 1), "name": "App 1", "status": "pending", "owner": {"type": "developer", "id": id("d", 1)}}]);
    file["registrations"] = json!([]);
    file["product_versions"] = json!([]);
    let (snapshot, file) = read(&file);
    let target = Target::Application(id("a", 1).parse().unwrap());
    for profile in [Profile::KonnectApi, Profile::DevPortal] {
        let plan = plan_status(&snapshot, &file, request(target, Status::Approved, profile)).unwrap();
        assert_eq!(words(&plan), ["approve_application a1"]);
        assert_eq!(
            serde_json::to_value(plan.changes()[0].executable(snapshot.api())).unwrap(),
            json!("manual")
        );
        assert_eq!(
            plan.notes,
            ["no API changes an application's own status: do it in Konnect's user interface"]
        );
    }
    let refused =
        plan_status(&snapshot, &file, request(target, Status::Approved, Profile::Konnect2022)).unwrap_err();
    assert_eq!(refused.code(), "application_has_no_status");
}

#[test]
fn a_registration_is_brought_to_a_status() {
    let (snapshot, file) = read(&portal("v2"));
    let target = Target::Registration(id("9", 12).parse().unwrap());
    let plan = plan_status(&snapshot, &file, request(target, Status::Approved, Profile::KonnectApi)).unwrap();
    assert_eq!(words(&plan), ["approve_registration 912"]);
    assert_eq!(plan.subjects[0].changes[0].hints.seen.as_deref(), Some("pending"));
    assert_eq!(plan.subjects[0].changes[0].hints.application.map(|id| id.to_string()), Some(id("a", 1)));
}

#[test]
fn approving_somebody_in_no_team_is_said_to_open_nothing() {
    let (snapshot, file) = read(&portal("v2"));
    let plan =
        plan_status(&snapshot, &file, request(developer(2), Status::Approved, Profile::KonnectApi)).unwrap();
    assert_eq!(
        plan.notes,
        ["the developer is in no team: with RBAC on they can log in, but see and register for nothing"]
    );
    // The notes are in the file.
    assert_eq!(Plan::read(plan.to_json().as_bytes()).unwrap(), plan);
}

#[test]
fn the_settings_of_gateway_2_8_have_the_documented_defaults() {
    let mut file = portal("gateway-2.8");
    assert_eq!(usual_profile(Api::Gateway28), Profile::Gateway28);
    for silent in [Value::Null, json!({}), json!({"portal_approved_email": null})] {
        file["portal"]["settings"] = silent;
        let settings = read(&file).0.portal().gateway.unwrap();
        assert_eq!(
            settings,
            GatewaySettings {
                auto_approve: false,
                invite_email: true,
                access_request_email: true,
                approved_email: true,
                reset_email: true,
                token_exp: 21_600,
                reset_success_email: true,
            }
        );
    }
    file["portal"]["settings"] = json!({"portal_auto_approve": "on", "portal_invite_email": false,
        "portal_access_request_email": "off", "portal_approved_email": "false", "portal_reset_email": false,
        "portal_token_exp": 3600.0, "portal_reset_success_email": false, "portal_emails_from": "a@b.test"});
    let portal_of = |file: &Value| read(file).0.portal().clone();
    let portal = portal_of(&file);
    assert!(portal.auto_approve_developers);
    assert_eq!(
        portal.gateway.unwrap(),
        GatewaySettings {
            auto_approve: true,
            invite_email: false,
            access_request_email: false,
            approved_email: false,
            reset_email: false,
            token_exp: 3600,
            reset_success_email: false,
        }
    );
    // Konnect's portals have no such settings.
    file["api"] = json!("v2");
    assert!(portal_of(&file).gateway.is_none());
    assert!(!portal_of(&file).auto_approve_developers);
}

#[test]
fn settings_that_cannot_be_read_approve_nobody_and_promise_no_mail() {
    let mut file = portal("gateway-2.8");
    file["portal"]["settings"] =
        json!({"portal_auto_approve": "yes", "portal_approved_email": 1, "portal_token_exp": -5});
    let bytes = file.to_string();
    let reading = Snapshot::read(bytes.as_bytes(), ReadOptions::default()).unwrap();
    let mut found: Vec<_> = reading
        .problems
        .iter()
        .filter(|problem| problem.code == "setting_unrecognized")
        .map(|problem| problem.path.as_str())
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/portal/settings/portal_approved_email",
            "/portal/settings/portal_auto_approve",
            "/portal/settings/portal_token_exp"
        ]
    );
    let settings = reading.snapshot.portal().gateway.unwrap();
    assert_eq!((settings.auto_approve, settings.approved_email, settings.token_exp), (false, false, 0));
}

#[test]
fn a_plan_for_gateway_2_8_says_whether_the_developer_is_told() {
    let mut file = portal("gateway-2.8");
    file["developers"][1]["status"] = json!("requested");
    for (on, said) in [
        (true, "Kong mails the developer that they are approved (`portal_approved_email` is on)"),
        (false, "Kong mails nobody (`portal_approved_email` is off): write to the developer"),
    ] {
        file["portal"]["settings"] = json!({"portal_approved_email": on});
        let (snapshot, bytes) = read(&file);
        let plan =
            plan_status(&snapshot, &bytes, request(developer(2), Status::Approved, Profile::Gateway28))
                .unwrap();
        assert_eq!(words(&plan), ["approve_developer d2"]);
        assert_eq!(
            plan.notes,
            [said, "`gatepass apply` speaks with Konnect only: carry this out in Kong Manager"]
        );
    }
}

#[test]
fn a_plan_file_that_its_own_profile_forbids_is_refused() {
    let (snapshot, file) = read(&portal("v2"));
    let plan =
        plan_status(&snapshot, &file, request(developer(3), Status::Approved, Profile::KonnectApi)).unwrap();
    let strict = plan.to_json().replace("konnect-api", "konnect-2022");
    let error = Plan::read(strict.as_bytes()).unwrap_err();
    let problem = error.problems().iter().next().unwrap();
    assert_eq!((problem.code, problem.path.as_str()), ("transition_forbidden", "/subjects/0/changes/0"));
    assert!(
        problem
            .message
            .starts_with("profile `konnect-2022` forbids this: a rejected developer stays rejected")
    );
    let target = Target::Registration(id("9", 13).parse().unwrap());
    let plan = plan_status(&snapshot, &file, request(target, Status::Approved, Profile::Gateway28)).unwrap();
    assert!(Plan::read(plan.to_json().as_bytes()).is_ok());
    assert!(Plan::read(plan.to_json().replace("gateway-2.8", "konnect-2022").as_bytes()).is_err());
}
