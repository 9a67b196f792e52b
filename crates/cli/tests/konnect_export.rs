//! `gatepass export` against the emulator: what comes out is what is in, or nothing comes out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

mod konnect;

use gatepass_emulator::{Api, Change, Faults, List, Moving, Running, Seed};
use konnect::{against, emulator, json, objects, output, portal, rough, rows, small, stderr, succeeded};
use serde_json::Value;

fn export(emulator: &Running, more: &[&str]) -> std::process::Output {
    let (name, _) = portal(emulator);
    output(against(emulator, &["export", "--portal", &name]).args(more))
}

/// Everything that the portal's lists hold, compared with the tables.
fn compare(emulator: &Running, api: Api, snapshot: &Value) {
    let same = |list: &str, pointers: &[&str], sql: &str| {
        let (found, expected) = (objects(&snapshot[list], pointers), rows(emulator, sql));
        assert!(!expected.is_empty(), "{sql} finds nothing to compare with");
        assert_eq!(found.len(), expected.len(), "{list}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{list}");
        }
    };
    same(
        "developers",
        &["/id", "/email", "/full_name", "/status"],
        "SELECT id a, email b, full_name c, status d FROM developers",
    );
    same("teams", &["/id", "/name"], "SELECT id a, name b FROM teams");
    same("applications", &["/id", "/name"], "SELECT id a, name b FROM applications");
    let resource = match api {
        Api::V2 => "/product_version/id",
        Api::V3 => "/api/id",
    };
    same(
        "registrations",
        &["/id", "/application/id", "/status"],
        "SELECT id a, application_id b, status c FROM registrations",
    );
    let sql = "SELECT a.id a, a.owner_id b FROM applications a";
    let owners: Vec<Vec<String>> = snapshot["applications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|application| {
            let owner = ["/owner/id", "/developer/id"].iter().find_map(|at| application.pointer(at));
            vec![application["id"].as_str().unwrap().into(), owner.unwrap().as_str().unwrap().into()]
        })
        .collect();
    let (mut owners, expected) = (owners, rows(emulator, sql));
    owners.sort();
    assert_eq!(owners, expected);
    let members: usize = snapshot["team_developers"]
        .as_object()
        .unwrap()
        .values()
        .map(|team| team.as_array().unwrap().len())
        .sum();
    let roles: usize =
        snapshot["team_roles"].as_object().unwrap().values().map(|team| team.as_array().unwrap().len()).sum();
    let counts = emulator.database().counts().unwrap();
    assert_eq!((members as u64, roles as u64), (counts.team_developers, counts.team_roles));
    if api == Api::V2 {
        let found = objects(&snapshot["registrations"], &["/id", resource]);
        assert_eq!(found, rows(emulator, "SELECT id a, resource_id b FROM registrations"));
        let versions = objects(&snapshot["product_versions"], &["/id", "/publish_status"]);
        assert_eq!(
            versions,
            rows(emulator, "SELECT product_version_id a, publish_status b FROM portal_product_versions")
        );
    } else {
        assert_eq!(snapshot["publications"].as_array().unwrap().len() as u64, counts.publications);
        assert_eq!(snapshot["implementations"].as_array().unwrap().len() as u64, counts.implementations);
    }
    compare_clients_and_groups(emulator, snapshot);
}

/// Client ids with their issuers, and the groups of an identity provider: what is joined or keyed by team.
fn compare_clients_and_groups(emulator: &Running, snapshot: &Value) {
    let clients = objects(&snapshot["credentials"], &["/application_id", "/client_id", "/issuer", "/kind"]);
    let sql = "SELECT a.id a, a.client_id b, s.issuer c, 'client_id' d FROM applications a \
               JOIN strategies s ON s.id = a.strategy_id WHERE s.issuer IS NOT NULL";
    let expected = rows(emulator, sql);
    assert!(!expected.is_empty());
    assert_eq!(clients, expected);
    let mapped: Vec<Vec<String>> = snapshot["team_group_mappings"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(team, groups)| vec![team.clone(), groups.to_string()])
        .collect();
    let expected = rows(emulator, "SELECT id a, groups b FROM teams WHERE groups <> '[]'");
    assert!(!expected.is_empty());
    assert_eq!(mapped, expected);
    assert_eq!(snapshot["auth_settings"]["idp_mapping_enabled"], true);
}

/// An identity provider whose groups are mapped to some of the teams.
fn map_groups(emulator: &Running) {
    let database = emulator.database();
    let settings = "UPDATE portals SET auth_settings = json_set(auth_settings, \
                    '$.oidc_auth_enabled', json('true'), '$.idp_mapping_enabled', json('true'))";
    database.execute(settings, &[]).unwrap();
    let groups = "UPDATE teams SET groups = json_array('Group ' || seq, 'Ärzte') WHERE seq % 3 = 0";
    database.execute(groups, &[]).unwrap();
}

fn a_large_portal(api: Api) {
    let emulator = emulator(Seed::large(api));
    map_groups(&emulator);
    emulator.set_faults(rough());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    let started = konnect::now();
    let output = export(&emulator, &["-o", file.to_str().unwrap()]);
    let took = started.elapsed();
    succeeded(&output);
    let log = emulator.log();
    let failed = log.requests.iter().filter(|request| request.fault.is_some()).count();
    println!("{api:?}: {} requests, {failed} of them failed, {took:?}", log.requests.len());
    assert!(failed * 100 / log.requests.len() >= 7, "{failed} of {}", log.requests.len());
    compare(&emulator, api, &json(&std::fs::read(&file).unwrap()));
    assert!(
        stderr(&output).contains("1000 developers, 30 teams, 2000 applications, 4000 registrations"),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("; complete as of "), "{}", stderr(&output));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_large_v2_portal_is_exported_whole_although_one_answer_in_ten_fails() {
    a_large_portal(Api::V2);
}

#[test]
fn a_large_v3_portal_is_exported_whole_although_one_answer_in_ten_fails() {
    a_large_portal(Api::V3);
}

#[test]
fn killed_at_any_point_it_leaves_no_file_or_a_whole_one() {
    let emulator = small(Api::V2);
    let (name, _) = portal(&emulator);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    let whole = konnect::now();
    succeeded(&export(&emulator, &["-o", file.to_str().unwrap()]));
    let whole = whole.elapsed();
    let (mut none, mut there) = (0, 0);
    for part in 0..40_u32 {
        let _ = std::fs::remove_file(&file);
        let mut command = against(&emulator, &["export", "--portal", &name, "-o", file.to_str().unwrap()]);
        let mut child = command.spawn().unwrap();
        std::thread::sleep(whole * part / 35);
        child.kill().unwrap();
        child.wait().unwrap();
        match std::fs::read(&file) {
            Ok(bytes) => {
                there += 1;
                assert_eq!(json(&bytes)["developers"].as_array().unwrap().len(), 20);
            }
            Err(error) => {
                none += 1;
                assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            }
        }
    }
    println!("killed 40 times: {none} times no file, {there} times a whole one");
    assert!(none > 0);
}

#[test]
fn an_error_that_stays_leaves_the_file_of_before() {
    let emulator = small(Api::V3);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    std::fs::write(&file, "before").unwrap();
    let faults = |faults: Faults| {
        emulator.set_faults(Faults { operations: vec!["list-portal-teams".into()], ..faults });
        let output = export(&emulator, &["-o", file.to_str().unwrap(), "--http-retry-max-attempts", "3"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        konnect::one_line(&output, emulator.token())
    };
    let line = faults(Faults { drop: 1.0, ..Faults::default() });
    assert!(line.contains("/teams: "), "{line}");
    let line = faults(Faults { truncate: 1.0, ..Faults::default() });
    assert!(line.contains("/teams: "), "{line}");
    let line = faults(Faults { total: 5, ..Faults::default() });
    // The emulator adds to every total: `api_packages` is the first of the lists.
    assert!(line.starts_with("error: nothing is written, because `api_packages` is incomplete, "), "{line}");
    assert!(line.ends_with("or write what there is with --allow-partial"), "{line}");

    // What there is, marked as such.
    let output = export(&emulator, &["-o", file.to_str().unwrap(), "--allow-partial"]);
    succeeded(&output);
    assert!(stderr(&output).contains("warning: `teams` is incomplete"), "{}", stderr(&output));
    assert_eq!(json(&std::fs::read(&file).unwrap())["collected"]["teams"]["total"], 9);
}

#[test]
fn a_list_that_moves_while_it_is_read_is_read_again() {
    let emulator = emulator(Seed { developers: 350, ..Seed::small(Api::V2) });
    let moving = Moving { list: List::Developers, change: Change::InsertFirst, after_page: 1, times: 1 };
    emulator.set_faults(Faults { moving: vec![moving], ..Faults::default() });
    let output = export(&emulator, &[]);
    succeeded(&output);
    assert_eq!(json(&output.stdout)["developers"].as_array().unwrap().len(), 351);
}

#[test]
fn redacted_exports_name_nobody_and_keep_domains() {
    let emulator = small(Api::V2);
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "a secret of the operator's\n".replace(' ', "-")).unwrap();
    let arguments = ["--redact", "--redact-secret-file", secret.to_str().unwrap()];
    let (first, second) = (export(&emulator, &arguments), export(&emulator, &arguments));
    succeeded(&first);
    let text = konnect::stdout(&first);
    for row in rows(&emulator, "SELECT email a, full_name b FROM developers") {
        let (local, domain) = row[0].split_once('@').unwrap();
        assert!(!text.contains(&format!("{local}@")) && !text.contains(&row[1]), "{row:?}");
        assert!(text.contains(&format!("@{domain}")), "{row:?}");
    }
    let people = |output: &std::process::Output| json(&output.stdout)["developers"].clone();
    assert_eq!(people(&first), people(&second));
    let other = export(&emulator, &["--redact"]);
    assert_ne!(people(&first), people(&other));
    assert!(stderr(&other).contains("pseudonyms are different in every export"));
}

#[test]
fn the_operators_keys_are_added() {
    let emulator = small(Api::V2);
    let application = emulator.database().text("SELECT id FROM applications LIMIT 1", &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("digests.json");
    let digest = "ab".repeat(32);
    let gone = "00000000-0000-4000-8000-00000000dead";
    let key = |id: &str| format!(r#"{{"application_id": "{id}", "kind": "api_key", "sha256": "{digest}"}}"#);
    std::fs::write(&keys, format!("[{}, {}]", key(&application), key(gone))).unwrap();
    let output = export(&emulator, &["--keys", keys.to_str().unwrap()]);
    succeeded(&output);
    assert!(stderr(&output).contains("1 credentials are left out"), "{}", stderr(&output));
    let added = json(&output.stdout)["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|key| key["sha256"] == digest.as_str())
        .count();
    assert_eq!(added, 1);

    let odd = key(&application).replace("api_key", "apikey");
    std::fs::write(&keys, format!("[{odd}]")).unwrap();
    let output = export(&emulator, &["--keys", keys.to_str().unwrap()]);
    succeeded(&output);
    assert!(stderr(&output).contains("; 1 record problem"), "{}", stderr(&output));
    std::fs::write(&keys, "{}").unwrap();
    let line = konnect::one_line(&export(&emulator, &["--keys", keys.to_str().unwrap()]), emulator.token());
    assert!(line.contains("is no JSON array of credentials"), "{line}");
}
