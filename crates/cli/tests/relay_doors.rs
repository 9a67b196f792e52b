//! The relay's decision doors, asked directly: what they refuse, and AuthZEN's questions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod konnect;
#[path = "konnect/relay.rs"]
mod running;

use std::path::{Path, PathBuf};

use konnect::{against, json, one_line, output, portal, small};
use running::{Relay, eventually, first};
use serde_json::{Value, json};

const IDENTITY: [&str; 4] =
    ["x-gatepass-application-id", "x-gatepass-owner", "x-gatepass-resource-id", "x-gatepass-serial"];

struct World {
    emulator: gatepass_emulator::Running,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let emulator = small(gatepass_emulator::Api::V2);
        let world = Self { emulator, folder: tempfile::tempdir().unwrap() };
        std::fs::write(world.path("token"), "a-token-of-ours\n").unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Application and version of an approved registration that `strict` allows.
    fn pair(&self) -> (String, String) {
        let sql = "SELECT r.application_id || ' ' || r.resource_id FROM registrations r \
            JOIN applications a ON a.id = r.application_id JOIN developers d ON d.id = a.owner_id \
            JOIN product_versions v ON v.id = r.resource_id JOIN portal_product_versions w ON w.product_version_id = v.id \
            JOIN team_developers m ON m.developer_id = d.id JOIN team_roles t ON t.team_id = m.team_id \
            WHERE r.status = 'approved' AND d.status = 'approved' AND w.publish_status = 'published' \
            AND t.role_name = 'API Consumer' AND t.entity_id = v.product_id AND t.entity_region IN ('eu', '*') LIMIT 1";
        let pair = self.emulator.database().text(sql, &[]).unwrap();
        let (application, resource) = pair.split_once(' ').unwrap();
        (application.to_owned(), resource.to_owned())
    }

    fn config(&self, config: &Value) -> PathBuf {
        let path = self.path("authorize.json");
        std::fs::write(&path, config.to_string()).unwrap();
        path
    }

    fn relay(&self, more: &[&str]) -> Relay {
        let name = portal(&self.emulator).0;
        let mut command = against(&self.emulator, &["relay", "--portal", &name, "--interval", "100ms"]);
        let relay = Relay::start(command.args(more));
        first(&relay);
        relay
    }

    fn authzen(&self) -> Relay {
        self.relay(&["--authzen-token-file", self.path("token").to_str().unwrap()])
    }
}

fn by_application(resource: &str) -> Value {
    json!({"version": 1,
        "credentials": [{"kind": "asserted", "header": "x-application", "as": "application_id", "trust": "host_replaces_it"}],
        "routes": [{"path_prefix": "/orders", "resource_id": resource}],
        "open": [{"path_prefix": "/health"}]})
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn send(relay: &Relay, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", relay.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = match body {
        Some(body) => agent.run(request.body(body).unwrap()),
        None => agent.run(request.body(()).unwrap()),
    }
    .unwrap();
    let headers = answer.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let text = answer.body_mut().read_to_string().unwrap();
    Answer {
        status: answer.status().as_u16(),
        headers,
        body: serde_json::from_str(&text).unwrap_or_default(),
    }
}

/// A question as nginx asks it.
fn ask(relay: &Relay, path: &str, application: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![
        ("x-original-method", "GET"),
        ("x-original-host", "api.example"),
        ("x-original-uri", path),
        ("x-application", application),
    ];
    headers.extend(more);
    send(relay, "GET", "/v1/authorize", &headers, None)
}

#[test]
fn a_proxy_is_told_who_calls_and_a_revoke_is_told_soon() {
    let world = World::new();
    let (application, resource) = world.pair();
    let config = world.config(&by_application(&resource));
    let relay = world.relay(&["--authorize", config.to_str().unwrap(), "--authorize-profile", "nginx"]);
    let allowed = eventually("the door has the bundle", || {
        Some(ask(&relay, "/orders/1", &application, &[])).filter(|answer| answer.status == 200)
    });
    assert_eq!(allowed.header(IDENTITY[0]), Some(&*application));
    assert!(allowed.header(IDENTITY[1]).unwrap().starts_with("developer:"));
    assert_eq!(allowed.header(IDENTITY[2]), Some(&*resource));
    assert_eq!(allowed.header("cache-control"), Some("no-store"));
    // Identity is always answered, so that a proxy always has something to put over what its client sent.
    let forged = [("x-gatepass-owner", "developer:somebody")];
    for (path, status) in [("/health", 200), ("/elsewhere", 403)] {
        let answer = ask(&relay, path, &application, &forged);
        assert_eq!(answer.status, status, "{path}");
        assert!(IDENTITY.iter().all(|name| answer.header(name) == Some("")), "{path}: {:?}", answer.headers);
    }
    let refused = ask(&relay, "/orders/../health", &application, &[]);
    assert_eq!((refused.status, refused.header("x-gatepass-status")), (403, Some("400")));
    assert_eq!(refused.body["reason"], "path_ambiguous");

    let sql = "UPDATE registrations SET status = 'revoked' WHERE application_id = ? AND resource_id = ?";
    world.emulator.database().execute(sql, &[&application, &resource]).unwrap();
    eventually("the revoke", || {
        Some(ask(&relay, "/orders/1", &application, &[])).filter(|answer| answer.status == 403)
    });
}

#[test]
fn what_the_proxy_does_not_say_once_is_denied() {
    let world = World::new();
    let (application, resource) = world.pair();
    let config = world.config(&by_application(&resource));
    let relay = world.relay(&["--authorize", config.to_str().unwrap(), "--authorize-profile", "nginx"]);
    let twice = ask(&relay, "/orders/1", &application, &[("x-original-uri", "/health")]);
    assert_eq!((twice.status, &twice.body["reason"]), (403, &json!("host_mismatch")));
    let without = send(&relay, "GET", "/v1/authorize", &[("x-application", &application)], None);
    assert_eq!((without.status, &without.body["reason"]), (403, &json!("host_mismatch")));
    // Other proxies' headers are the client's here.
    let other = [("x-forwarded-uri", "/health"), ("x-forwarded-host", "a"), ("x-forwarded-method", "GET")];
    assert_eq!(send(&relay, "GET", "/v1/authorize", &other, None).status, 403);
    assert_eq!(send(&relay, "POST", "/v1/authorize", &[], Some("{}".into())).status, 404);
}

#[test]
fn a_configuration_with_mistakes_ends_the_relay_with_all_of_them() {
    let world = World::new();
    let config = world.config(&json!({"version": 2, "host": "nginx", "credentials": []}));
    let name = portal(&world.emulator).0;
    let mut command = against(&world.emulator, &["relay", "--portal", &name, "--listen", "127.0.0.1:0"]);
    let told =
        output(command.args(["--authorize", config.to_str().unwrap(), "--authorize-profile", "caddy"]));
    let text = konnect::stderr(&told);
    assert_eq!(told.status.code(), Some(1), "{text}");
    for place in ["/host: ", "/version: ", "/credentials: ", "/routes: "] {
        assert!(text.contains(&format!("\n  {place}")), "{place} in {text}");
    }
    let mut alone = against(&world.emulator, &["relay", "--portal", &name, "--authorize", "x"]);
    assert_eq!(output(&mut alone).status.code(), Some(1));
    let mut gone =
        against(&world.emulator, &["relay", "--portal", &name, "--authzen-token-file", "/nowhere"]);
    assert!(one_line(&output(&mut gone), world.emulator.token()).contains("/nowhere"));
}

fn question(application: &str, resource: &str) -> Value {
    json!({"subject": {"type": "application", "id": application}, "action": {"name": "consume"},
           "resource": {"type": "product_version", "id": resource}})
}

fn authzen(relay: &Relay, path: &str, body: &Value) -> Answer {
    let headers = [
        ("authorization", "Bearer a-token-of-ours"),
        ("content-type", "application/json"),
        ("x-request-id", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"),
    ];
    send(relay, "POST", path, &headers, Some(body.to_string()))
}

#[test]
fn authzen_answers_each_question_as_decide_does() {
    let world = World::new();
    let relay = world.authzen();
    let snapshot = world.path("snapshot.json");
    let name = portal(&world.emulator).0;
    let mut export = against(&world.emulator, &["export", "--portal", &name]);
    konnect::succeeded(&output(export.arg("--output-file").arg(&snapshot)));
    let document = json(&std::fs::read(&snapshot).unwrap());
    let ids = |list: &str| -> Vec<String> {
        document[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (applications, versions) = (ids("applications"), ids("product_versions"));
    let pairs: Vec<(String, String)> = applications
        .iter()
        .flat_map(|application| versions.iter().map(move |version| (application.clone(), version.clone())))
        .collect();
    let decided = decided(&world, &snapshot, &pairs);
    let evaluations: Vec<Value> =
        pairs.iter().map(|(application, resource)| question(application, resource)).collect();
    let answer = authzen(&relay, "/access/v1/evaluations", &json!({"evaluations": evaluations}));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-request-id"), Some("bfe9eb29-ab87-4ca3-be83-a1d5d8305716"));
    let answers = answer.body["evaluations"].as_array().unwrap();
    assert_eq!(answers.len(), decided.len());
    let mut allowed = std::collections::BTreeMap::<&str, Vec<&str>>::new();
    for (((application, resource), answer), decided) in pairs.iter().zip(answers).zip(&decided) {
        assert_eq!(answer["decision"], decided["decision"] == "allow", "{application} {resource}");
        assert_eq!(answer["context"]["reason"], decided["reason"]);
        if decided["decision"] == "allow" {
            allowed.entry(resource).or_default().push(application);
        } else {
            assert_eq!(answer["context"]["blockers"], decided["blockers"]);
        }
    }
    println!("{} pairs, {} of them allowed", pairs.len(), allowed.values().map(Vec::len).sum::<usize>());
    assert!(!allowed.is_empty());

    // The search finds exactly those, page by page.
    for version in &versions {
        let mut found = Vec::new();
        let mut token = String::new();
        loop {
            let mut search = question("", version);
            search["subject"] = json!({"type": "application"});
            search["page"] = json!({"token": token, "limit": 1});
            let answer = authzen(&relay, "/access/v1/search/subject", &search);
            assert_eq!(answer.status, 200, "{:?}", answer.body);
            let results = answer.body["results"].as_array().unwrap().clone();
            found.extend(results.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
            token = answer.body["page"]["next_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
        }
        let mut wanted: Vec<&str> = allowed.get(version.as_str()).cloned().unwrap_or_default();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }
}

/// What `gatepass decide` says of the same pairs.
fn decided(world: &World, snapshot: &Path, pairs: &[(String, String)]) -> Vec<Value> {
    let requests = world.path("questions.jsonl");
    let lines: Vec<String> = pairs
        .iter()
        .map(|(application, resource)| {
            json!({"application_id": application, "resource_id": resource, "action": "consume", "policy": "strict"}).to_string()
        })
        .collect();
    std::fs::write(&requests, lines.join("\n")).unwrap();
    let mut decide = konnect::command("");
    decide.arg("decide").arg(snapshot).arg("--requests").arg(&requests).args(["--output", "jsonl"]);
    let told = output(&mut decide);
    konnect::succeeded(&told);
    konnect::stdout(&told).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn authzen_denies_what_is_unknown_and_refuses_what_is_no_question() {
    let world = World::new();
    let (application, resource) = world.pair();
    let relay = world.authzen();
    let good = question(&application, &resource);
    let evaluate = |body: &Value| authzen(&relay, "/access/v1/evaluation", body);
    let allowed =
        eventually("the first decision", || Some(evaluate(&good)).filter(|answer| answer.status == 200));
    assert_eq!(allowed.body["decision"], true);
    for (pointer, value, reason) in [
        ("/subject/id", "00000000-0000-4000-8000-00000000dead", "application_unknown"),
        ("/subject/id", "no id", "application_unknown"),
        ("/subject/type", "user", "subject_type_unknown"),
        ("/action/name", "Consume", "action_unknown"),
        ("/resource/id", "00000000-0000-4000-8000-00000000dead", "resource_unknown"),
        ("/resource/id", "*", "resource_unknown"),
        ("/resource/type", "house", "resource_type_unknown"),
    ] {
        let mut odd = good.clone();
        *odd.pointer_mut(pointer).unwrap() = value.into();
        let answer = evaluate(&odd);
        assert_eq!((answer.status, &answer.body["decision"]), (200, &json!(false)), "{pointer} {value}");
        assert_eq!(answer.body["context"]["reason"], reason, "{pointer} {value}");
    }
    for body in [
        json!({}),
        json!({"subject": 1}),
        json!([]),
        json!({"subject": good["subject"], "action": good["action"]}),
    ] {
        assert_eq!(evaluate(&body).status, 400, "{body}");
    }
    let semantic = |word: &str| {
        let mut batch = json!({"evaluations": [{}, {"action": {"name": "other"}}, {}, {"subject": 5}], "options": {"evaluations_semantic": word}});
        batch.as_object_mut().unwrap().extend(good.as_object().unwrap().clone());
        let answer = authzen(&relay, "/access/v1/evaluations", &batch).body;
        answer["evaluations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["decision"] == true)
            .collect::<Vec<bool>>()
    };
    assert_eq!(semantic("execute_all"), [true, false, true, false]);
    assert_eq!(semantic("deny_on_first_deny"), [true, false]);
    assert_eq!(semantic("permit_on_first_permit"), [true]);
    assert_eq!(authzen(&relay, "/access/v1/other", &good).status, 404);

    let text = Some(good.to_string());
    assert_eq!(send(&relay, "POST", "/access/v1/evaluation", &[], text.clone()).status, 401);
    let wrong = [("authorization", "Bearer other")];
    assert_eq!(send(&relay, "POST", "/access/v1/evaluation", &wrong, text.clone()).status, 401);
    let closed = world.relay(&[]);
    assert_eq!(send(&closed, "POST", "/access/v1/evaluation", &[], text).status, 404);
}

#[test]
fn stale_data_allows_nobody() {
    let world = World::new();
    let (application, resource) = world.pair();
    let token = world.path("token");
    let relay = world.relay(&["--authzen-token-file", token.to_str().unwrap(), "--max-age", "1s"]);
    let good = question(&application, &resource);
    world.emulator.set_faults(gatepass_emulator::Faults { drop: 1.0, ..Default::default() });
    let answer = eventually("the data grows old", || {
        let answer = authzen(&relay, "/access/v1/evaluation", &good);
        (answer.body["decision"] == false).then_some(answer)
    });
    assert_eq!(
        answer.body["context"],
        json!({"reason": "bundle_stale", "http_status": 503, "blockers": ["bundle_stale"]})
    );
    assert_eq!(authzen(&relay, "/access/v1/search/subject", &good).status, 503);
}
