//! Building the filter, and what every build of it must satisfy.

use std::path::PathBuf;

use crate::shipped::{self, Shipped};
use crate::tools::{TaskError, output, read_bytes, root, run, target};

/// What both modules are built for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// How the filter is built.
pub(crate) const MODULE: Shipped =
    Shipped { package: "gatepass-filter", profile: "filter", features: &[], flags: &[] };

/// The most the filter may weigh, in bytes (DESIGN: 300 KB).
pub const MAX_FILTER_BYTES: usize = 300_000;

/// Builds the filter and returns its file.
///
/// # Errors
///
/// [`TaskError`] if the wasm target is missing and cannot be added, or the build fails.
pub fn build() -> Result<PathBuf, TaskError> {
    add_wasm_target()?;
    MODULE.build(&root(), &target())
}

/// Builds the filter and checks what it asks of a host, and its size.
///
/// # Errors
///
/// [`TaskError`] if the build fails, or an import or the size is not allowed.
pub fn build_and_check() -> Result<PathBuf, TaskError> {
    let path = build()?;
    let bytes = read_bytes(&path)?;
    shipped::names_no_folder(&path, &bytes, &root())?;
    let imports = imports(&bytes)?;
    // ngx_wasm_module declares proxy_get_log_level with another signature: importing it stops the worker.
    let refused =
        |import: &&String| !import.starts_with("env.proxy_") || *import == "env.proxy_get_log_level";
    let refused: Vec<&String> = imports.iter().filter(refused).collect();
    if !refused.is_empty() {
        return Err(TaskError::other(format!(
            "the filter imports what hosts do not have: {refused:?}; a feature of a dependency leaked in"
        )));
    }
    if bytes.len() > MAX_FILTER_BYTES {
        return Err(TaskError::other(format!(
            "the filter has {} bytes, and may have {MAX_FILTER_BYTES}",
            bytes.len()
        )));
    }
    println!(
        "filter: {} bytes (at most {MAX_FILTER_BYTES}), {} imports, all env.proxy_*",
        bytes.len(),
        imports.len()
    );
    Ok(path)
}

/// What a module asks of its host, as `module.name`.
///
/// # Errors
///
/// [`TaskError::Other`] if the bytes are not a WebAssembly module.
pub fn imports(wasm: &[u8]) -> Result<Vec<String>, TaskError> {
    let mut imports = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::ImportSection(section) = payload.map_err(TaskError::other)? {
            for import in section.into_imports() {
                let import = import.map_err(TaskError::other)?;
                imports.push(format!("{}.{}", import.module, import.name));
            }
        }
    }
    Ok(imports)
}

/// Adds the target if the toolchain lacks it.
pub(crate) fn add_wasm_target() -> Result<(), TaskError> {
    let remedy =
        "install Rust from rustup.rs, or add the target wasm32-unknown-unknown in your toolchain's way";
    let mut sysroot = std::process::Command::new("rustc");
    let sysroot = output(sysroot.args(["--print", "sysroot"]), remedy)?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    println!("adding the Rust target {WASM_TARGET}");
    run(std::process::Command::new("rustup").args(["target", "add", WASM_TARGET]), remedy)
}
