//! `gatepass apply` against the emulator: every change once, wherever it is stopped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

mod konnect;

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use gatepass_emulator::{Api, Faults, Running, Slow, When};
use konnect::{
    against, command, json, one_line, output, portal, rough, rows, small, stderr, stdout, succeeded,
};
use serde_json::{Value, json};

struct World {
    emulator: Running,
    folder: tempfile::TempDir,
    plan: PathBuf,
    /// How many changes the API can make.
    changes: usize,
}

fn ids(emulator: &Running, sql: &str) -> Vec<String> {
    rows(emulator, sql).into_iter().map(|row| row[0].clone()).collect()
}

/// Pending developers into a team and approved, one revoked with a registration, one held, and changes that people make.
fn plan(emulator: &Running) -> (Value, usize) {
    let team = ids(emulator, "SELECT id FROM teams")[0].clone();
    let strangers = format!(
        "SELECT id FROM developers WHERE id NOT IN (SELECT developer_id FROM team_developers WHERE team_id = '{team}')"
    );
    let pending: Vec<String> = ids(emulator, &strangers).into_iter().take(3).collect();
    for developer in &pending {
        emulator
            .database()
            .execute("UPDATE developers SET status = 'pending' WHERE id = ?", &[developer])
            .unwrap();
    }
    let mut subjects = Vec::new();
    let mut changes = 0;
    for developer in &pending {
        changes += 2;
        subjects.push(
            json!({"developer_id": developer, "rule": "trusted", "held": null, "seen": "pending", "changes": [
            {"change": "add_to_team", "developer_id": developer, "team_id": team},
            {"change": "approve_developer", "developer_id": developer}]}),
        );
    }
    let sql = "SELECT r.id || ' ' || a.id || ' ' || d.id FROM registrations r JOIN applications a ON a.id = r.application_id \
        JOIN developers d ON d.id = a.owner_id WHERE r.status = 'approved' AND d.status = 'approved'";
    let row = ids(emulator, sql)[0].clone();
    let revoked: Vec<&str> = row.split(' ').collect();
    changes += 2;
    subjects.push(json!({"developer_id": revoked[2], "seen": "approved", "changes": [
        {"change": "revoke_registration", "registration_id": revoked[0], "seen": "approved"},
        {"change": "revoke_developer", "developer_id": revoked[2]},
        {"change": "revoke_application", "application_id": revoked[1]}]}));
    subjects.push(
        json!({"developer_id": revoked[2], "held": {"code": "domain_unknown", "message": "nobody knows it"},
        "changes": [{"change": "delete_developer", "developer_id": revoked[2]}]}),
    );
    let plan = json!({"format": "gatepass.plan/1", "snapshot_sha256": "00".repeat(32), "profile": "konnect-api",
        "portal_id": portal(emulator).1, "subjects": subjects});
    (plan, changes)
}

impl World {
    fn new(api: Api) -> Self {
        let emulator = small(api);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.json");
        let (plan, changes) = plan(&emulator);
        std::fs::write(&file, plan.to_string()).unwrap();
        Self { emulator, folder, plan: file, changes }
    }

    fn command(&self, more: &[&str]) -> std::process::Command {
        let mut command = against(&self.emulator, &["apply", self.plan.to_str().unwrap()]);
        command.args(["--api", "v2"]).args(more);
        command
    }

    fn apply(&self, more: &[&str]) -> Output {
        output(&mut self.command(more))
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("plan.journal.jsonl")
    }

    /// What may change, of the whole portal.
    fn state(&self) -> Vec<Vec<String>> {
        let mut state = rows(&self.emulator, "SELECT id a, status b FROM developers");
        state.extend(rows(&self.emulator, "SELECT id a, status b FROM registrations"));
        state.extend(rows(&self.emulator, "SELECT team_id a, developer_id b FROM team_developers"));
        state
    }

    /// The requests that changed something.
    fn made(&self) -> usize {
        let log = self.emulator.log();
        log.requests
            .iter()
            .filter(|request| request.method != "GET" && (200..300).contains(&request.status))
            .count()
    }

    /// The end state, as a run that nothing disturbs makes it.
    fn expected() -> Vec<Vec<String>> {
        let world = Self::new(Api::V2);
        succeeded(&world.apply(&["--yes"]));
        world.state()
    }
}

#[test]
fn without_yes_nothing_is_asked_and_nothing_changes() {
    let world = World::new(Api::V2);
    let before = world.state();
    let plan = world.plan.to_str().unwrap();
    let mut alone = command("");
    let listed =
        output(alone.env_remove("KONNECT_TOKEN").args(["apply", plan, "--api", "v2", "--output", "json"]));
    succeeded(&listed);
    let document = json(&listed.stdout);
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["changes"].as_array().unwrap().len(), world.changes + 1);
    assert_eq!(document["changes"][0]["request"].as_str().unwrap().split(' ').next(), Some("POST"));
    assert_eq!(document["held"][0]["code"], "domain_unknown");
    let said = format!(
        "dry run: {} changes would be made, 1 are left to people, 1 subjects are held",
        world.changes
    );
    assert!(stderr(&listed).contains(&said), "{}", stderr(&listed));
    assert!(stdout(&world.apply(&[])).contains("by hand: Konnect's"));
    assert_eq!(world.state(), before);
    assert!(world.emulator.log().requests.is_empty() && !world.journal().exists());
}

#[test]
fn run_twice_it_changes_nothing_the_second_time() {
    let world = World::new(Api::V2);
    let before = world.state();
    let first = world.apply(&["--yes"]);
    succeeded(&first);
    assert!(stderr(&first).contains("left to people: revoke_application"), "{}", stderr(&first));
    assert!(stdout(&first).contains("held") && stdout(&first).contains("domain_unknown: nobody knows it"));
    let after = world.state();
    assert_ne!(before, after);
    assert_eq!(world.made(), world.changes);
    assert!(ids(&world.emulator, "SELECT id FROM developers WHERE status = 'pending'").is_empty());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(world.journal()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    world.emulator.clear_log();
    let second = world.apply(&["--auto-approve", "--output", "json"]);
    succeeded(&second);
    assert_eq!(
        (json(&second.stdout)["made"].clone(), json(&second.stdout)["before"].clone()),
        (json!(0), json!(world.changes))
    );
    assert!(world.emulator.log().requests.iter().all(|request| request.method == "GET"));

    // Even if nobody remembers the first.
    std::fs::remove_file(world.journal()).unwrap();
    let third = world.apply(&["--yes", "--output", "json"]);
    succeeded(&third);
    assert_eq!(
        (json(&third.stdout)["made"].clone(), json(&third.stdout)["already"].clone()),
        (json!(0), json!(world.changes))
    );
    assert_eq!(world.made(), 0);
    assert_eq!(world.state(), after);
}

#[test]
fn killed_after_any_request_and_resumed_each_change_is_made_once() {
    let expected = World::expected();
    let (mut after, mut killed) = (1, 0);
    loop {
        let world = World::new(Api::V2);
        world.emulator.set_faults(Faults { slow: Slow { rate: 1.0, millis: 4 }, ..Faults::default() });
        let mut child = world.command(&["--yes"]).spawn().unwrap();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if world.emulator.log().requests.len() >= after {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_micros(200));
        };
        world.emulator.set_faults(Faults::default());
        succeeded(&world.apply(&["--yes"]));
        assert_eq!(world.state(), expected, "killed after request {after}");
        assert_eq!(world.made(), world.changes, "killed after request {after}");
        if ended.is_some() {
            break;
        }
        killed += 1;
        after += 1;
    }
    println!("killed after each of {killed} requests");
    assert!(killed > 10, "{killed}");
}

#[test]
fn answers_that_are_lost_after_the_change_do_no_harm() {
    let expected = World::expected();
    for seed in 0..5 {
        let world = World::new(Api::V2);
        world.emulator.set_faults(Faults { seed, when: When::Either, drop: 0.2, ..rough() });
        let first = world.apply(&["--yes", "--http-retry-max-attempts", "12"]);
        succeeded(&first);
        assert_eq!(world.state(), expected);
    }
}

#[test]
fn a_subject_that_moved_is_left_alone_and_the_others_are_not() {
    let world = World::new(Api::V2);
    let plan: Value = json(&std::fs::read(&world.plan).unwrap());
    let moved = plan["subjects"][0]["developer_id"].as_str().unwrap();
    world
        .emulator
        .database()
        .execute("UPDATE developers SET status = 'rejected' WHERE id = ?", &[moved])
        .unwrap();
    let output = world.apply(&["--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("was `pending` when the") || stdout(&output).contains("`rejected` now"),
        "{}",
        stdout(&output)
    );
    let last = stderr(&output).lines().last().unwrap().to_owned();
    assert!(last.starts_with("error: 1 of ") && last.contains("it goes on where it stopped"), "{last}");
    assert_eq!(world.made(), world.changes - 2);

    succeeded(&world.apply(&["--yes", "--even-if-moved"]));
    assert_eq!(world.state(), World::expected());
}

#[test]
fn a_wrong_token_stops_at_the_first_subject() {
    let world = World::new(Api::V2);
    let token = "kpat_wrongWRONGwrong";
    let output = output(world.command(&["--yes"]).env("KONNECT_TOKEN", token));
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("not tried"), "{}", stdout(&output));
    let journal = std::fs::read_to_string(world.journal()).unwrap();
    assert!(!format!("{}{}{journal}", stdout(&output), stderr(&output)).contains(token));
    assert_eq!(world.emulator.log().requests.len(), 1);
}

fn write(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut plan = json(&std::fs::read(path).unwrap());
    change(&mut plan);
    std::fs::write(path, plan.to_string()).unwrap();
}

#[test]
fn a_plan_that_saw_nothing_needs_its_snapshot() {
    let world = World::new(Api::V2);
    let (name, _) = portal(&world.emulator);
    let snapshot = world.folder.path().join("snapshot.json");
    let snapshot = snapshot.to_str().unwrap();
    succeeded(&output(&mut against(&world.emulator, &["export", "--portal", &name, "-o", snapshot])));
    write(&world.plan, |plan| {
        for subject in plan["subjects"].as_array_mut().unwrap() {
            subject.as_object_mut().unwrap().remove("seen");
        }
    });
    let line = one_line(&world.apply(&["--yes"]), world.emulator.token());
    assert!(line.contains("pass that snapshot with --snapshot"), "{line}");
    let line = one_line(&world.apply(&["--yes", "--snapshot", snapshot]), world.emulator.token());
    assert!(line.contains("the snapshot is not the one that the plan was made from"), "{line}");
    let digest = {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(std::fs::read(snapshot).unwrap());
        let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    };
    write(&world.plan, |plan| plan["snapshot_sha256"] = digest.into());
    // The snapshot also knows the region and how the portal is managed.
    let plan = world.plan.to_str().unwrap();
    let mut command = command(world.emulator.token());
    command.args(["apply", plan, "--yes", "--snapshot", snapshot, "--base-url", world.emulator.base_url()]);
    succeeded(&output(&mut command));
    assert_eq!(world.made(), world.changes);
}

#[test]
fn what_is_no_plan_or_anothers_journal_is_refused() {
    let world = World::new(Api::V2);
    succeeded(&world.apply(&["--yes"]));
    write(&world.plan, |plan| drop(plan["subjects"].as_array_mut().unwrap().pop()));
    let line = one_line(&world.apply(&["--yes"]), world.emulator.token());
    assert!(line.contains("use the journal of this plan, or none"), "{line}");
    std::fs::write(world.journal(), "nonsense\n").unwrap();
    let line = one_line(&world.apply(&["--yes"]), world.emulator.token());
    assert!(line.contains("line 1 of the journal"), "{line}");

    let plan = world.plan.to_str().unwrap();
    let line = one_line(&output(command("x_x").args(["apply", plan])), "x_x");
    assert!(line.contains("pass --api v2 or --api v3"), "{line}");
    for (text, expected) in [
        ("{}", "error at /format: format is nothing, and this version reads `gatepass.plan/1`"),
        (
            r#"{"format": "other/1", "portal_id": "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7", "subjects": []}"#,
            "format is `other/1`",
        ),
        (
            r#"{"format": "gatepass.plan/1", "portal_id": "9f9fd312-a987-4628-b4c5-bb4f4fddd5f7", "subjects": [{"changes": [{"change": "explode"}]}]}"#,
            "error at /subjects/0/changes/0/change: `explode` is no change",
        ),
    ] {
        std::fs::write(&world.plan, text).unwrap();
        let output = world.apply(&[]);
        assert_eq!(output.status.code(), Some(1));
        let all = stderr(&output);
        assert!(all.contains(expected) && all.lines().last().unwrap().starts_with("error: `"), "{all}");
    }
}

#[test]
fn v3_makes_registrations() {
    let emulator = small(Api::V3);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    let free = "SELECT a.id || ' ' || p.api_id FROM applications a, publications p WHERE a.owner_type = 'developer' \
        AND p.strategy_id = a.strategy_id AND NOT EXISTS \
        (SELECT 1 FROM registrations r WHERE r.application_id = a.id AND r.resource_id = p.api_id)";
    let row = ids(&emulator, free)[0].clone();
    let (application, resource) = row.split_once(' ').unwrap();
    let change =
        json!({"change": "create_registration", "application_id": application, "resource_id": resource});
    let plan = json!({"format": "gatepass.plan/1", "portal_id": portal(&emulator).1, "api": "v3", "subjects": [{"developer_id": null, "changes": [change]}]});
    std::fs::write(&file, plan.to_string()).unwrap();
    let apply = || output(&mut against(&emulator, &["apply", file.to_str().unwrap(), "--yes"]));
    succeeded(&apply());
    succeeded(&apply());
    let made = format!(
        "SELECT status FROM registrations WHERE application_id = '{application}' AND resource_id = '{resource}'"
    );
    assert_eq!(ids(&emulator, &made), ["approved"]);
}
