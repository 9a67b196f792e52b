//! What `docs/BENCHMARKS.md` tells readers to run is there. The commands themselves take minutes: `cargo xtask soak` runs
//! the benchmarks.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of a test: a broken expectation is a failed test"
)]

use std::fs;
use std::path::PathBuf;

use conformance::repository::{files, root};

/// The commands of the page's shell snippets, without comments.
fn commands() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/BENCHMARKS.md")).unwrap();
    let fenced = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = fenced.flat_map(str::lines).map(|line| line.split('#').next().unwrap().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The manifests' `[[bench]]` and `[[example]]` of a package, and the files of its `examples` folder.
fn has(package: &str, kind: &str, name: &str) -> bool {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let of_package = |folder: &PathBuf| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        manifest.contains(&format!("[package]\nname = \"{package}\"\n"))
    };
    let folder = folders.into_iter().find(of_package).unwrap_or_else(|| panic!("no package `{package}`"));
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    manifest.contains(&format!("[[{kind}]]\nname = \"{name}\"\n"))
        || folder.join(format!("{kind}s/{name}.rs")).is_file()
}

/// Whether the repository's Rust code holds this text.
fn is_in_code(text: &str) -> bool {
    let code = ["crates", "tests"].into_iter().flat_map(|folder| files(folder, ".rs"));
    code.into_iter().any(|file| fs::read_to_string(file).unwrap().contains(text))
}

#[test]
fn every_command_names_what_is_there() {
    let commands = commands();
    assert!(commands.len() > 10, "the page has commands: {commands:?}");
    let tasks = fs::read_to_string(root().join("crates/xtask/src/main.rs")).unwrap();
    for command in &commands {
        let (settings, words): (Vec<&str>, Vec<&str>) =
            command.split_whitespace().partition(|word| word.starts_with("GATEPASS_"));
        for setting in settings {
            let name = setting.split('=').next().unwrap();
            assert!(is_in_code(name), "`{command}`: nothing reads `{name}`");
        }
        let after = |flag: &str| words.iter().position(|word| *word == flag).map(|at| words[at + 1]);
        match words.as_slice() {
            ["cargo", "xtask", task, what @ ..] => {
                let of_task = |word: &str| word[..1].to_uppercase() + &word[1..];
                for word in [task].into_iter().chain(what).take_while(|word| !word.starts_with('-')) {
                    assert!(tasks.contains(&format!("    {}", of_task(word))), "`{command}`: no `{word}`");
                }
            }
            ["cargo", ..] => {
                let found =
                    ["bench", "example"].iter().find_map(|kind| Some((kind, after(&format!("--{kind}"))?)));
                let ((kind, name), package) = (found.unwrap(), after("-p").unwrap());
                assert!(has(package, kind, name), "`{command}`: {package} has no {kind} `{name}`");
            }
            ["node" | "python" | "python3", script, ..] => {
                assert!(root().join(script).is_file(), "`{command}`: no `{script}`");
            }
            _ => panic!("`{command}`: nothing says that this can be run"),
        }
    }
}
