//! Building the module that the npm and the PyPI package carry, with the JavaScript that goes with it.

use std::path::{Path, PathBuf};

use crate::filter::add_wasm_target;
use crate::shipped::{self, Shipped};
use crate::tools::{TaskError, cargo, read_bytes, root, run, target};

/// The module's file name in both packages.
pub const MODULE: &str = "gatepass_bg.wasm";

/// What a module can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// Everything: the npm package's main entry, and the whole of the PyPI package.
    Whole,
    /// What a portal's pages ask: access, validation, sentences. `gatepass/view` of the npm package.
    View,
}

impl Module {
    /// Where it is built, under `target`, and what builds it. Pages load the small one whatever browser they run in;
    /// the whole one reads files of a hundred megabytes, and takes the vector instructions that every engine has since 2023.
    pub(crate) const fn recipe(self) -> (&'static str, Shipped) {
        let (folder, profile, features, flags): (_, _, &[&str], &[&str]) = match self {
            Self::Whole => ("wasm-package", "wasm-small", &[], &["-Ctarget-feature=+simd128"]),
            Self::View => ("wasm-view-package", "wasm-view", &["--no-default-features"], &[]),
        };
        (folder, Shipped { package: "gatepass-wasm", profile, features, flags })
    }
}

/// Builds the whole module and the JavaScript beside it into `target/wasm-package`; returns the folder.
///
/// # Errors
///
/// [`TaskError`] if the wasm target is missing and cannot be added, or the build fails.
pub fn build() -> Result<PathBuf, TaskError> {
    build_module(Module::Whole)
}

/// Builds a module and the JavaScript beside it; returns the folder.
///
/// # Errors
///
/// As [`build()`].
pub fn build_module(module: Module) -> Result<PathBuf, TaskError> {
    add_wasm_target()?;
    let (folder, module) = module.recipe();
    let module = module.build(&root(), &target())?;
    let package = target().join(folder);
    glue(&module, &package)?;
    check(&package)?;
    Ok(package)
}

/// Writes the JavaScript beside a module, and the module as it calls it, into a folder.
///
/// wasm-bindgen is a program of its own, so that nothing else of the repository waits for it to be built.
pub(crate) fn glue(module: &Path, package: &Path) -> Result<(), TaskError> {
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
    shipped::names_no_folder(Path::new(MODULE), &bytes, &root())?;
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
