//! Mutation testing of what decides: which changes of the code no test notices, beside those that `docs/MUTANTS.md` says
//! make no difference.

use std::collections::BTreeSet;
use std::process::Command;

use crate::cargo_tool::CargoTool;
use crate::tools::{TaskError, read_text, root, target};

const TOOL: CargoTool = CargoTool { name: "cargo-mutants", version: "27.1.0", features: &[] };

/// What is changed, and which tests must notice.
struct Campaign {
    name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
    /// Which tests are built, and which of them run.
    tests: &'static [&'static str],
}

const CAMPAIGNS: &[Campaign] = &[
    Campaign {
        name: "rule",
        package: "gatepass",
        files: &["crates/core/src/rule/*.rs"],
        // Its tests are in another package, so the unchanged tree is not tested first: it has no such test of its own.
        tests: &["--test-package=conformance", "--cargo-arg=--test=decision_table", "--baseline=skip"],
    },
    Campaign {
        name: "bundle",
        package: "gatepass",
        files: &["crates/core/src/bundle/**/*.rs"],
        tests: &["--cargo-arg=--lib", "--", "bundle"],
    },
    Campaign {
        name: "paths",
        package: "gatepass-filter",
        files: &["crates/filter/src/path.rs", "crates/filter/src/authority.rs", "crates/filter/src/query.rs"],
        tests: &["--cargo-arg=--lib"],
    },
];

/// Runs every campaign, or one.
///
/// # Errors
///
/// [`TaskError`] if a mutant survives that `docs/MUTANTS.md` does not name, or one that it names does not survive.
pub fn run(only: Option<&str>) -> Result<(), TaskError> {
    let names: Vec<&str> = CAMPAIGNS.iter().map(|campaign| campaign.name).collect();
    if let Some(only) = only.filter(|only| !names.contains(only)) {
        return Err(TaskError::other(format!(
            "there is no campaign `{only}`; there are {}",
            names.join(", ")
        )));
    }
    let reasons = read_text(&root().join("docs/MUTANTS.md"))?;
    let mut wrong = Vec::new();
    for campaign in CAMPAIGNS.iter().filter(|campaign| only.is_none_or(|only| only == campaign.name)) {
        let survived = campaign.survivors()?;
        let excused = excused(&reasons, campaign.name);
        let told = |names: Vec<&String>, what: &str| {
            names.into_iter().map(|name| format!("{name}: {what}")).collect::<Vec<_>>()
        };
        println!("{}: {} survive; {} may", campaign.name, survived.len(), excused.len());
        wrong.extend(told(survived.difference(&excused).collect(), "no test notices"));
        wrong.extend(told(excused.difference(&survived).collect(), "in docs/MUTANTS.md, but a test notices"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(TaskError::other(wrong.join("\n"))) }
}

/// The mutants that `docs/MUTANTS.md` names under a campaign's heading: the lines of its code blocks.
fn excused(page: &str, campaign: &str) -> BTreeSet<String> {
    let heading = format!("## {campaign}");
    let section = page.lines().skip_while(|line| *line != heading).skip(1);
    let section = section.take_while(|line| !line.starts_with("## "));
    section.filter(|line| line.starts_with("crates/")).map(str::to_owned).collect()
}

/// A mutant as `cargo mutants` lists it, without line and column, which move.
fn without_place(listed: &str) -> String {
    match listed.split_once(": ") {
        Some((place, change)) => format!("{}: {change}", place.split(':').next().unwrap_or(place)),
        None => listed.to_owned(),
    }
}

impl Campaign {
    /// The changes that no test notices.
    fn survivors(&self) -> Result<BTreeSet<String>, TaskError> {
        let output = target().join("mutants-of").join(self.name);
        std::fs::create_dir_all(&output)
            .map_err(|source| TaskError::File { path: output.clone(), source })?;
        let mut mutants = Command::new(TOOL.install()?);
        mutants.current_dir(root()).args(["mutants", "--package", self.package, "--output"]).arg(&output);
        mutants.args(["--profile", "mutants", "--no-shuffle", "--colors", "never", "--timeout", "90"]);
        mutants.args(self.files.iter().flat_map(|file| ["--file", file])).args(self.tests);
        println!("mutants of {}: an hour or more, with its progress in {}", self.name, output.display());
        let status = mutants.status().map_err(|source| TaskError::Start {
            program: TOOL.name.to_owned(),
            source,
            remedy: "it comes from crates.io, and is installed once",
        })?;
        // 2: some were missed; 3: some ran into the time limit, which a test noticed.
        if !matches!(status.code(), Some(0 | 2 | 3)) {
            return Err(TaskError::other(format!("cargo mutants ended with {status}")));
        }
        let missed = read_text(&output.join("mutants.out/missed.txt"))?;
        Ok(missed.lines().map(without_place).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_is_known_by_its_file_and_its_change() {
        let listed = "crates/core/src/rule/decide.rs:130:19: replace & with | in Blockers::contains";
        let known = "crates/core/src/rule/decide.rs: replace & with | in Blockers::contains";
        assert_eq!(without_place(listed), known);
        let page = format!(
            "## rule\n\nWhy.\n\n```text\n{known}\n```\n\n## bundle\n\n```text\ncrates/b.rs: x\n```\n"
        );
        assert_eq!(excused(&page, "rule"), BTreeSet::from([known.to_owned()]));
        assert_eq!(excused(&page, "paths"), BTreeSet::new());
    }
}
