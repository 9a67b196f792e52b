//! As a command of kongctl, without a token. kongctl itself cannot be installed from a package registry, so a stand-in
//! speaks the command line that Kong's reference documents for `kongctl api`: it is this program, run as `kongctl`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

mod konnect;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use gatepass_emulator::{Api, Running};
use konnect::{TOKEN, command, json, one_line, output, portal, small, stderr, succeeded};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "api") {
        return stand_in(&arguments[1..]);
    }
    let tests: [(&str, fn()); 6] = [
        ("an_export_through_kongctl_is_what_https_gives", an_export_through_kongctl_is_what_https_gives),
        ("a_command_of_kongctl_takes_its_context", a_command_of_kongctl_takes_its_context),
        ("changes_go_through_kongctl_too", changes_go_through_kongctl_too),
        ("what_kongctl_refuses_is_one_line", what_kongctl_refuses_is_one_line),
        ("the_manifest_is_what_kongctl_takes", the_manifest_is_what_kongctl_takes),
        ("the_stand_in_refuses_what_kongctl_refuses", the_stand_in_refuses_what_kongctl_refuses),
    ];
    // As the usual harness does: a word on the command line chooses among the tests.
    let wanted = arguments.iter().find(|word| !word.starts_with('-')).cloned().unwrap_or_default();
    for (name, test) in tests.iter().filter(|(name, _)| name.contains(&wanted)) {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

/// `kongctl api METHOD ENDPOINT --output json [--base-url URL] [--body-file -]`, with the token of its profile in
/// `KONGCTL_DEFAULT_KONNECT_PAT`.
fn stand_in(arguments: &[String]) -> ExitCode {
    match call(arguments) {
        Ok(body) => {
            println!("{body}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("Error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn call(arguments: &[String]) -> Result<String, String> {
    let (mut positional, mut form, mut base_url, mut body) = (Vec::new(), "text", String::new(), None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or(format!("flag needs an argument: {word}"));
        match word.as_str() {
            "-o" | "--output" => form = if value()? == "json" { "json" } else { "text" },
            "--base-url" => base_url = value()?,
            "-f" | "--body-file" => {
                assert_eq!(value()?, "-");
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).unwrap();
                body = Some(text);
            }
            flag if flag.starts_with('-') => return Err(format!("unknown flag: {flag}")),
            word => positional.push(word),
        }
    }
    let [method @ ("get" | "post" | "put" | "patch" | "delete"), endpoint] = positional.as_slice() else {
        return Err("requires at least 1 arg(s)".into());
    };
    if form != "json" {
        return Err(
            "kongctl api command supports only json or yaml output formats (received \"text\")".into()
        );
    }
    let Ok(token) = std::env::var("KONGCTL_DEFAULT_KONNECT_PAT") else {
        return Err("failed to resolve Konnect access token: no token; run `kongctl login`".into());
    };
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let request = ureq::http::Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(format!("{base_url}{endpoint}"))
        .header("authorization", format!("Bearer {token}"));
    let answer = match body {
        Some(body) => agent.run(request.header("content-type", "application/json").body(body).unwrap()),
        None => agent.run(request.body(()).unwrap()),
    };
    let mut answer = answer.map_err(|error| format!("failed to call Konnect API: {error}"))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().unwrap();
    if status.as_u16() >= 400 {
        let words = status.canonical_reason().unwrap_or_default();
        return Err(format!("request failed with status {} {words}: {}", status.as_u16(), text.trim()));
    }
    // Objects are printed with blanks, anything else as it came.
    Ok(match serde_json::from_str::<Value>(&text) {
        Ok(value) => format!("{value:#}"),
        Err(_) => text,
    })
}

/// A folder with a `kongctl`, and the context that it writes for an extension.
struct Host {
    folder: tempfile::TempDir,
    emulator: Running,
}

impl Host {
    fn new(api: Api) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(std::env::current_exe().unwrap(), folder.path().join("kongctl")).unwrap();
        Self { folder, emulator: small(api) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `gatepass` where `kongctl` is on the `PATH`, and nobody has given it a token.
    fn gatepass(&self) -> Command {
        let mut command = command("");
        command.env_remove("KONNECT_TOKEN").env("KONGCTL_DEFAULT_KONNECT_PAT", TOKEN);
        command.env("PATH", self.folder.path());
        command
    }

    /// As kongctl runs it for a command path of the manifest.
    fn command_of_kongctl(&self, id: &str, form: &str) -> Command {
        let context = json!({
            "schema_version": 1, "matched_command_path": {"id": id, "extension_id": "gatepass/gatepass"},
            "resolved": {"profile": "default", "base_url": self.emulator.base_url(), "output": form},
            "host": {"kongctl_path": self.path("kongctl"), "kongctl_version": "1.4.0"},
        });
        let file = self.path("context.json");
        std::fs::write(&file, context.to_string()).unwrap();
        let mut command = self.gatepass();
        command.env("PATH", "").env("KONGCTL_EXTENSION_CONTEXT", &file);
        command
    }
}

fn an_export_through_kongctl_is_what_https_gives() {
    for api in [Api::V2, Api::V3] {
        let host = Host::new(api);
        let (name, _) = portal(&host.emulator);
        let mut snapshots = Vec::new();
        for via in ["https", "kongctl"] {
            let mut export = host.gatepass();
            if via == "https" {
                export.env("KONNECT_TOKEN", TOKEN);
            }
            export.args(["export", "--portal", &name, "--region", "eu", "--via", via]);
            let exported = output(export.args(["--base-url", host.emulator.base_url()]));
            succeeded(&exported);
            let mut snapshot = json(&exported.stdout);
            assert!(snapshot.as_object_mut().unwrap().remove("exported_at").is_some());
            snapshots.push(snapshot);
        }
        assert!(!snapshots[0]["developers"].as_array().unwrap().is_empty());
        assert_eq!(snapshots[0], snapshots[1]);
    }
}

fn a_command_of_kongctl_takes_its_context() {
    let host = Host::new(Api::V2);
    let (name, _) = portal(&host.emulator);
    let file = host.path("snapshot.json");
    let more = ["--portal", &name, "--region", "eu", "--base-url", host.emulator.base_url()];
    // `kongctl get portal-snapshot …` and `kongctl gatepass export …`.
    for (id, words) in [("get_portal_snapshot", &[][..]), ("gatepass", &["export"])] {
        let mut export = host.command_of_kongctl(id, "text");
        succeeded(&output(export.args(words).args(more).arg("--output-file").arg(&file)));
        assert_eq!(json(&std::fs::read(&file).unwrap())["developers"].as_array().unwrap().len(), 20);
        std::fs::remove_file(&file).unwrap_or_default();
    }
    // The emulator's address tells no region; kongctl's context has one as a rule.
    let line = one_line(
        &output(host.command_of_kongctl("gatepass", "text").args(["export", "--portal", "x"])),
        TOKEN,
    );
    assert!(line.contains("--base-url does not tell the portal's region"), "{line}");
    // What kongctl was told about output holds here, unless something else is asked for.
    let mut export = host.command_of_kongctl("gatepass", "json");
    succeeded(&output(export.args(["export"]).args(more).arg("--output-file").arg(&file)));
    let check = |more: &[&str]| {
        let mut check = host.command_of_kongctl("gatepass", "json");
        output(check.arg("check").arg(&file).args(more))
    };
    assert!(json(&check(&[]).stdout)["problems"].is_array());
    assert!(serde_json::from_slice::<Value>(&check(&["--output", "markdown"]).stdout).is_err());
}

fn changes_go_through_kongctl_too() {
    let host = Host::new(Api::V2);
    let database = host.emulator.database();
    let developer =
        database.text("SELECT id FROM developers WHERE status = 'approved' LIMIT 1", &[]).unwrap();
    let status = || database.text("SELECT status FROM developers WHERE id = ?", &[&developer]).unwrap();
    let plan = json!({"format": "gatepass.plan/1", "portal_id": portal(&host.emulator).1, "api": "v2",
        "subjects": [{"developer_id": developer, "seen": "approved",
                      "changes": [{"change": "revoke_developer", "developer_id": developer}]}]});
    let file = host.path("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    let mut apply = host.gatepass();
    apply.arg("apply").arg(&file).args(["--yes", "--via", "kongctl", "--region", "eu"]);
    succeeded(&output(apply.args(["--base-url", host.emulator.base_url()])));
    assert_eq!(status(), "revoked");
}

fn what_kongctl_refuses_is_one_line() {
    let host = Host::new(Api::V2);
    let export = |with: fn(&mut Command) -> &mut Command| {
        let mut export = host.gatepass();
        export.args(["export", "--portal", "Orders", "--via", "kongctl", "--region", "eu"]);
        export.args(["--base-url", host.emulator.base_url(), "--http-retry-max-attempts", "2"]);
        with(&mut export);
        one_line(&output(&mut export), TOKEN)
    };
    let line = export(|export| export);
    assert!(line.contains("neither v3 nor v2 of the API has a portal `Orders`"), "{line}");
    let line = export(|export| export.env("KONGCTL_DEFAULT_KONNECT_PAT", "kpat_other"));
    assert!(line.contains("401: ") && line.contains("kongctl login"), "{line}");
    let line = export(|export| export.env_remove("KONGCTL_DEFAULT_KONNECT_PAT"));
    assert!(line.contains("kongctl: failed to resolve Konnect access token"), "{line}");
    assert!(line.contains("(`kongctl login`)"), "{line}");
    let line = export(|export| export.env("PATH", "/nowhere"));
    assert!(
        line.contains("cannot run `kongctl`: ") && line.ends_with("or leave out --via kongctl"),
        "{line}"
    );
    let mut without = host.gatepass();
    let line = one_line(&output(without.args(["export", "--portal", "Orders", "--via", "kongctl"])), TOKEN);
    assert!(line.contains("kongctl does not tell the region of its profile; pass --region too"), "{line}");
    let mut odd = host.gatepass();
    odd.env("KONGCTL_EXTENSION_CONTEXT", host.path("nothing.json"));
    let line = one_line(&output(odd.args(["export", "--portal", "Orders"])), TOKEN);
    assert!(line.contains("kongctl's context `") && line.contains("cannot be read"), "{line}");
}

/// The rules of kongctl's guide for extensions, as far as a file can keep them.
fn the_manifest_is_what_kongctl_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("kongctl-extension.yaml")).unwrap();
    let manifest: Value = serde_yaml_ng::from_str(&text).unwrap();
    assert_eq!(manifest["schema_version"], 1);
    let command = manifest["runtime"]["command"].as_str().unwrap();
    assert!(Path::new(command).is_relative() && !command.contains(".."), "{command}");
    assert!(command.ends_with("/gatepass"));
    let mut ids = Vec::new();
    for path in manifest["command_paths"].as_array().unwrap() {
        let segments: Vec<&str> =
            path["path"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
        // Under `get` or `list`, or a root verb of one's own.
        assert!(["get", "list", "gatepass"].contains(&segments[0]), "{segments:?}");
        assert!(path["summary"].as_str().unwrap().len() <= 512);
        ids.push(path["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids, ["gatepass", "get_portal_snapshot"]);
}

fn the_stand_in_refuses_what_kongctl_refuses() {
    let host = Host::new(Api::V2);
    let kongctl = |words: &[&str]| {
        let said = output(
            Command::new(host.path("kongctl"))
                .args(words)
                .env("KONGCTL_DEFAULT_KONNECT_PAT", TOKEN)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped()),
        );
        assert_eq!(said.status.code(), Some(1));
        stderr(&said)
    };
    assert!(kongctl(&["api", "get", "/v2/portals"]).contains("supports only json or yaml"));
    assert!(kongctl(&["api", "get", "/v2/portals", "--token", "x"]).contains("unknown flag"));
    let missing = ["api", "get", "/v2/portals/x", "-o", "json", "--base-url", host.emulator.base_url()];
    assert!(kongctl(&missing).starts_with("Error: request failed with status 404 Not Found: {"));
}
