//! Building and testing the npm package.

use std::path::{Path, PathBuf};

use crate::tools::{TaskError, cargo, root, run, target};
use crate::{chromium, node, wasm};

/// Where the package is.
fn folder() -> PathBuf {
    root().join("bindings/js")
}

/// Builds the modules and, from them, the package's `dist`.
///
/// # Errors
///
/// [`TaskError`] if the module cannot be built, Node.js is missing, or the package does not compile.
pub fn build() -> Result<PathBuf, TaskError> {
    let whole = wasm::build()?;
    let view = wasm::build_module(wasm::Module::View)?;
    let folder = folder();
    node::install(&folder)?;
    let mut build = node::node(&folder);
    build
        .arg("scripts/build.mjs")
        .env("GATEPASS_WASM_PACKAGE", whole)
        .env("GATEPASS_WASM_VIEW_PACKAGE", view);
    run(&mut build, "see above")?;
    Ok(folder)
}

/// Runs the package's tests: as it is published, in every bundler, in node and in Chromium.
///
/// # Errors
///
/// [`TaskError`] as [`build()`], if Chromium is missing, or if a test fails.
pub fn test() -> Result<(), TaskError> {
    tests("test")
}

/// The long forms of the package's tests.
///
/// # Errors
///
/// As [`test()`].
pub fn soak() -> Result<(), TaskError> {
    tests("soak")
}

/// Times the package beside others that decide.
///
/// # Errors
///
/// As [`test()`].
pub fn bench() -> Result<(), TaskError> {
    tests("bench")
}

fn tests(script: &str) -> Result<(), TaskError> {
    let browser = chromium::install()?;
    let emulator = emulator()?;
    let folder = build()?;
    // What its tests run as users would.
    node::install(&root().join("examples/admin-scripts"))?;
    let mut tests = node::npm(&folder);
    tests.args(["run", "--silent", script]).env("CHROMIUM", browser).env("GATEPASS_EMULATOR", emulator);
    run(&mut tests, "see above")
}

/// The emulator's program, which the tests start on ports of their own.
fn emulator() -> Result<PathBuf, TaskError> {
    run(
        cargo().args(["build", "--locked", "--package", "gatepass-emulator"]),
        "install Rust from rustup.rs",
    )?;
    let program = Path::new("debug").join(format!("gatepass-emulator{}", std::env::consts::EXE_SUFFIX));
    Ok(target().join(program))
}
