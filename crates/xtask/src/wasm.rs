//! Building the module that the npm and the PyPI package carry, with the JavaScript that goes with it.

use std::path::{Path, PathBuf};

use crate::filter::{WASM_TARGET, add_wasm_target};
use crate::tools::{TaskError, cargo, read_bytes, run, target};

/// The module's file name in both packages.
pub const MODULE: &str = "gatepass_bg.wasm";

/// Builds the module and the JavaScript beside it into `target/wasm-package`; returns the folder.
///
/// # Errors
///
/// [`TaskError`] if the wasm target is missing and cannot be added, or the build fails.
pub fn build() -> Result<PathBuf, TaskError> {
    add_wasm_target()?;
    let mut build = cargo();
    build.args(["build", "--locked", "--package", "gatepass-wasm", "--lib"]);
    build.args(["--profile", "wasm-small", "--target", WASM_TARGET]);
    run(&mut build, "install Rust from rustup.rs")?;
    let module = target().join(WASM_TARGET).join("wasm-small").join("gatepass_wasm.wasm");
    let package = target().join("wasm-package");
    glue(&module, &package)?;
    check(&package)?;
    Ok(package)
}

/// wasm-bindgen is a program of its own, so that nothing else of the repository waits for it to be built.
fn glue(module: &Path, package: &Path) -> Result<(), TaskError> {
    let mut glue = cargo();
    glue.args([
        "run",
        "--locked",
        "--quiet",
        "--package",
        "xtask",
        "--features",
        "bindgen",
        "--bin",
        "bindgen",
    ]);
    run(glue.arg("--").arg(module).arg(package), "install Rust from rustup.rs")
}

/// What the module asks of JavaScript is only what throws errors and starts it: every host can give that.
fn check(package: &Path) -> Result<(), TaskError> {
    let bytes = read_bytes(&package.join(MODULE))?;
    let imports = crate::filter::imports(&bytes)?;
    let refused: Vec<&String> = imports.iter().filter(|import| !import.contains("__wbindgen_")).collect();
    if !refused.is_empty() {
        return Err(TaskError::other(format!(
            "the module imports {refused:?}; a feature of a dependency leaked in"
        )));
    }
    println!("module: {} bytes, {} imports, all of wasm-bindgen", bytes.len(), imports.len());
    Ok(())
}
