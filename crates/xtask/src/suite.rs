//! `cargo xtask test`: everything, in one command, with a summary that says what was and was not run.

use std::process::Command;

use crate::cargo_tool::CargoTool;
use crate::tools::{TaskError, cargo, run};
use crate::{
    browser, demo, docs, filter, fuzz, js, kong_plugin, konnect, mutants, now_millis, portal, release,
    reproducible, scale, schema, wheel_tests,
};

/// How a step ended.
#[derive(Debug)]
enum Ending {
    Passed,
    Failed(String),
    /// Not run, and how to have it run.
    NotRun(&'static str),
}

struct Step {
    name: &'static str,
    ending: Ending,
    seconds: i64,
}

/// Runs every check. Later steps run even if earlier ones fail, so that one run tells everything.
///
/// # Errors
///
/// [`TaskError::Other`] if a step failed.
pub fn test() -> Result<(), TaskError> {
    let mut steps = vec![
        step("formatting", || plain(cargo().args(["fmt", "--all", "--check"]))),
        step("lints", || {
            plain(cargo().args([
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ]))
        }),
        step("decision table, with its counts", || {
            plain(cargo().args([
                "test",
                "--locked",
                "--package",
                "conformance",
                "--test",
                "decision_table",
                "--",
                "--nocapture",
            ]))
        }),
        step("tests", || plain(cargo().args(["test", "--locked", "--workspace", "--no-fail-fast"]))),
        step("documentation", || {
            plain(
                cargo()
                    .args(["doc", "--locked", "--workspace", "--no-deps"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        }),
        step("generated pages of docs/", || docs::run(docs::Mode::Check).map(|()| Ending::Passed)),
        step("the book of docs/", || docs::book().map(|_| Ending::Passed)),
        step("figures of docs/SCALE.md", || scale::run(scale::Mode::Check).map(|()| Ending::Passed)),
        step("filter: imports and size", || filter::build_and_check().map(|_| Ending::Passed)),
    ];
    steps.push(step("Python: the wheel, oldest and newest, and Pyodide", || {
        wheel_tests::run_all().map(|()| Ending::Passed)
    }));
    steps.push(step("gateway: proxy-host and real Envoy", gateway_tests));
    steps.push(step("Kong's plugin server: the plugin's own tests", || {
        kong_plugin::test().map(|()| Ending::Passed)
    }));
    steps.push(step("demo on a real Envoy", || demo::run(true).map(|()| Ending::Passed)));
    steps.push(step("Konnect's documents: Prism accepts every request", || with_documents(konnect::prism)));
    steps.push(step("Konnect's documents: schemathesis on the emulator", || {
        with_documents(|documents| konnect::schemathesis(documents, 3))
    }));
    steps.push(step("fuzz targets, a minute each", || fuzzed(fuzz::Effort::TEST)));
    steps.push(step("the one-page report in Chromium", || browser::test().map(|()| Ending::Passed)));
    steps.push(step("schema and the packages' types", || schema::generate(true).map(|()| Ending::Passed)));
    steps.push(step("npm package: node, Chromium, bundlers", || js::test().map(|()| Ending::Passed)));
    steps.push(step("the example portal in Chromium", || portal::test().map(|()| Ending::Passed)));
    steps.push(step("licences, versions and sources of dependencies (cargo deny)", deny));
    summary(&steps)
}

/// Runs the long forms of the tests.
///
/// # Errors
///
/// [`TaskError::Other`] if a step failed.
pub fn soak() -> Result<(), TaskError> {
    let steps = [
        step("properties, 20 times the cases", || {
            plain(
                cargo()
                    .args(["test", "--locked", "--release", "--package", "conformance"])
                    .env("GATEPASS_CASES_FACTOR", "20"),
            )
        }),
        step("Konnect's documents: schemathesis on the emulator, 100 examples each", || {
            with_documents(|documents| konnect::schemathesis(documents, 100))
        }),
        step("npm package: the long forms", || js::soak().map(|()| Ending::Passed)),
        step("gateway: 10^7 requests on a malicious host, 10^6 applications in chunks on Envoy", || {
            gateway_tests_with(&[
                ("GATEPASS_HOSTILE_REQUESTS", "10000000"),
                ("GATEPASS_CHAOS_SECONDS", "60"),
                ("GATEPASS_CHUNKED_APPLICATIONS", "1000000"),
            ])
        }),
        step("fuzz targets, ten minutes each", || fuzzed(fuzz::Effort::SOAK)),
        step("mutants of the rule, the bundle and paths", || mutants::run(None).map(|()| Ending::Passed)),
        step("two builds give the same bytes", || reproducible::run_twice().map(|()| Ending::Passed)),
        step("everything a release uploads", || release::dry_run().map(|()| Ending::Passed)),
        step("benchmarks", || plain(cargo().args(["bench", "--locked", "--package", "gatepass"]))),
    ];
    summary(&steps)
}

fn plain(command: &mut Command) -> Result<Ending, TaskError> {
    run(command, "install Rust from rustup.rs, with rustfmt and clippy").map(|()| Ending::Passed)
}

fn fuzzed(effort: fuzz::Effort) -> Result<Ending, TaskError> {
    fuzz::run_all(None, effort).map(|()| Ending::Passed)
}

fn gateway_tests() -> Result<Ending, TaskError> {
    gateway_tests_with(&[])
}

fn gateway_tests_with(sizes: &[(&str, &str)]) -> Result<Ending, TaskError> {
    let parts = demo::parts()?;
    let mut tests = cargo();
    tests.args([
        "test",
        "--locked",
        "--package",
        "conformance",
        "--features",
        "gateway",
        "--test",
        "gateway",
    ]);
    // The doors without Wasm: nginx and Envoy that ask a relay, and Kong's JavaScript plugin server.
    tests.env("GATEPASS_NGINX", crate::nginx::install()?);
    tests.env("GATEPASS_KONG_PLUGIN", kong_plugin::install(&parts.filter)?);
    tests.env("GATEPASS_LUA", kong_plugin::lua()?);
    tests.env("GATEPASS_FILTER", parts.filter).env("GATEPASS_ENVOY", parts.envoy).envs(sizes.iter().copied());
    plain(
        tests.env("GATEPASS_CLI", parts.programs.gatepass).env("GATEPASS_EMULATOR", parts.programs.emulator),
    )
}

/// A step of the Konnect conformance suite, where Kong's documents are at hand.
fn with_documents(step: impl FnOnce(&std::path::Path) -> Result<(), TaskError>) -> Result<Ending, TaskError> {
    match konnect::documents() {
        Some(documents) => step(&documents).map(|()| Ending::Passed),
        None => Ok(Ending::NotRun(konnect::DOCUMENTS)),
    }
}

/// What dependencies may be. Advisories come over the network, so they are not looked at here.
fn deny() -> Result<Ending, TaskError> {
    let deny = CargoTool { name: "cargo-deny", version: "0.20.2", features: &[] }.install()?;
    let mut check = Command::new(deny);
    check.current_dir(crate::tools::root()).args([
        "--log-level",
        "error",
        "--offline",
        "--locked",
        "--all-features",
        "check",
    ]);
    plain(check.args(["licenses", "bans", "sources"]))
}

fn step(name: &'static str, run: impl FnOnce() -> Result<Ending, TaskError>) -> Step {
    println!("\n── {name}");
    let began = now_millis();
    let ending = run().unwrap_or_else(|error| Ending::Failed(error.to_string()));
    Step { name, ending, seconds: now_millis().saturating_sub(began) / 1000 }
}

fn summary(steps: &[Step]) -> Result<(), TaskError> {
    println!("\n── summary");
    let (mut passed, mut failed, mut skipped) = (0_usize, 0_usize, 0_usize);
    for step in steps {
        let (word, note) = match &step.ending {
            Ending::Passed => ("passed", String::new()),
            Ending::Failed(why) => ("FAILED", why.clone()),
            Ending::NotRun(remedy) => ("not run", format!("to run it: {remedy}")),
        };
        match step.ending {
            Ending::Passed => passed = passed.saturating_add(1),
            Ending::Failed(_) => failed = failed.saturating_add(1),
            Ending::NotRun(_) => skipped = skipped.saturating_add(1),
        }
        println!("{word:8} {:>5} s  {}  {note}", step.seconds, step.name);
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { Ok(()) } else { Err(TaskError::other(format!("{failed} steps failed"))) }
}
