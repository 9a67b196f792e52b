//! Every shell snippet of the pages is run, page by page in a folder of its own, against the emulator.
//!
//! ```text
//! ```sh            is run by `sh -eu`, in the order of the page
//! ```sh v3         likewise, against an emulator whose portal is managed through v3
//! ```sh start      is started, and ended with the page: servers
//! ```sh elsewhere  is not run here: it must be named below, with what runs it
//! ```
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails may panic")]

mod konnect;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatepass_emulator::{Api, Running, Seed};
use konnect::Kept;

const PAGES: &[&str] = &["README.md", "docs/recipes.md"];

/// What is not run by this test, and by what it is.
const ELSEWHERE: &[(&str, &str)] = &[
    ("cargo xtask ", "`cargo xtask test` has a step for each"),
    ("cargo install --path crates/cli", "builds what this test runs"),
];

struct Snippet {
    info: String,
    line: usize,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn snippets(page: &str) -> Vec<Snippet> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut snippets = Vec::new();
    let mut open: Option<Snippet> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => snippets.extend(open.take()),
            (Some(snippet), None) => {
                snippet.text.push_str(line);
                snippet.text.push('\n');
            }
            (None, Some(info)) => {
                open = Some(Snippet { info: info.to_owned(), line: index + 1, text: String::new() });
            }
            (None, None) => {}
        }
    }
    snippets.retain(|snippet| snippet.info.split(' ').next() == Some("sh"));
    snippets
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        match (path.is_dir(), path.file_name().unwrap().to_str().unwrap()) {
            (true, "node_modules" | "dist") => {}
            (true, _) => copy(&path, &copied),
            (false, _) => drop(fs::copy(&path, &copied).unwrap()),
        }
    }
}

fn shell(script: &str, folder: &Path, emulator: &Running) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_gatepass")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(programs.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new("sh");
    command.args(["-eu", "-c", script]).current_dir(folder).stdin(Stdio::null());
    command.env("PATH", path.unwrap()).env("KONNECT_TOKEN", emulator.token());
    command.env("KONNECT_BASE_URL", emulator.base_url());
    command
}

fn run(page: &str) {
    let emulator = konnect::small(Api::V2);
    // Other people and applications: two portals share no ids.
    let of_v3 = konnect::emulator(Seed { seed: 2, ..Seed::small(Api::V3) });
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("examples"), &folder.path().join("examples"));
    let mut started = Vec::new();
    let all = snippets(page);
    assert!(!all.is_empty(), "{page} has no snippets");
    for Snippet { info, line, text } in all {
        match info.as_str() {
            "sh" | "sh v3" => {
                let asked = if info == "sh" { &emulator } else { &of_v3 };
                let output = shell(&text, folder.path(), asked).output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "{page}:{line}: {}\n{text}\n{said}", output.status);
            }
            "sh start" => {
                let child =
                    shell(&format!("exec {}", text.trim()), folder.path(), &emulator).spawn().unwrap();
                started.push(Kept(child));
            }
            "sh elsewhere" => {
                for command in text.lines().filter(|command| !command.starts_with('#')) {
                    let named = ELSEWHERE.iter().any(|(name, _)| command.starts_with(name));
                    assert!(named, "{page}:{line}: nothing runs `{command}`");
                }
            }
            other => panic!("{page}:{line}: what is to be done with ```{other}?"),
        }
    }
}

/// Pages whose commands need more than is here: a portal of that name, Kong, a file of yours.
const NAMED_ONLY: &[&str] = &[
    "crates/cli/README.md",
    "examples/admin-scripts/README.md",
    "examples/gateway-envoy/README.md",
    "examples/gateway-kong/README.md",
    "examples/gateway-nginx/README.md",
    "docs/operations.md",
];

/// The arguments of every `gatepass …` in a snippet, up to what the shell does with them.
fn arguments(text: &str) -> Vec<Vec<String>> {
    // A quoted name is one word.
    let quoted = text.split('\'').enumerate();
    let joined: String =
        quoted.map(|(at, part)| if at % 2 == 1 { part.replace(' ', "-") } else { part.to_owned() }).collect();
    let joined = joined.replace("\\\n", " ");
    let commands = joined.lines().flat_map(|line| line.split(" | "));
    let words = commands.filter_map(|command| {
        let words: Vec<&str> = command.split_whitespace().collect();
        let start = words.iter().position(|word| *word == "gatepass")?;
        let ours = words.into_iter().skip(start + 1);
        let ours = ours.take_while(|word| !matches!(*word, "#" | "&" | ">" | "<") && !word.starts_with('#'));
        let plain = |word: &str| match word.trim_matches('"') {
            "ID" => "a0000000-0000-4000-8000-000000000001".to_owned(),
            word => word.to_owned(),
        };
        Some(ours.map(plain).collect())
    });
    words.collect()
}

#[test]
fn every_command_on_a_page_has_names_that_exist() {
    let mut checked = 0;
    for page in NAMED_ONLY {
        for Snippet { line, text, .. } in snippets(page) {
            for arguments in arguments(&text) {
                checked += 1;
                // Asked for help, a command is read but not carried out; what it does not know is an error all the same.
                let mut command = Command::new(env!("CARGO_BIN_EXE_gatepass"));
                let output = command.args(&arguments).arg("--help").env("COLUMNS", "80").output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{page}:{line}: gatepass {}: {said}", arguments.join(" "));
            }
        }
    }
    assert!(checked > 25, "only {checked} commands were found");
}

#[test]
fn the_front_page_shows_what_decide_says() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let shown = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let ids = ["a0000000-0000-4000-8000-000000000002", "e0000000-0000-4000-8000-000000000001"];
    let mut decide = Command::new(env!("CARGO_BIN_EXE_gatepass"));
    decide.current_dir(root()).args(["decide", "examples/gateway-envoy/snapshot.json"]);
    let output = decide.args(["--application", ids[0], "--resource", ids[1]]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
}

#[test]
fn snippets_run() {
    for page in PAGES {
        run(page);
    }
}
