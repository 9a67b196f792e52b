//! The plugin for Kong's JavaScript plugin server: packed as npm publishes it, installed, and tested.

use std::path::{Path, PathBuf};

use crate::debian::DebianProgram;
use crate::tools::{TaskError, read_bytes, root, run, target, write};
use crate::{filter, node};

const LUA: DebianProgram = DebianProgram {
    variable: "LUA",
    usual: "/usr/bin/lua5.1",
    package: "lua5.1",
    remedy: "install Lua 5.1 (on Debian: apt-get install lua5.1), or name one in LUA",
};

/// What the package takes from elsewhere in the repository, besides the filter.
const COPIED: [(&str, &str); 2] =
    [("crates/filter/gatepass_filter.meta.json", "filter/gatepass_filter.meta.json"), ("LICENSE", "LICENSE")];

fn folder() -> PathBuf {
    root().join("bindings/kong-plugin")
}

/// Builds the filter, packs it with the plugin, and installs that. Returns the folder of the installed package; what npm
/// publishes is beside it.
///
/// # Errors
///
/// [`TaskError`] if the filter cannot be built, or Node.js with npm is missing.
pub fn build() -> Result<PathBuf, TaskError> {
    install(&filter::build_and_check()?)
}

/// Puts everything into the package, and packs it; returns the archive.
pub(crate) fn pack(filter: &Path) -> Result<PathBuf, TaskError> {
    let folder = folder();
    write(&folder.join("filter/gatepass_filter.wasm"), &read_bytes(filter)?)?;
    for (from, to) in COPIED {
        write(&folder.join(to), &read_bytes(&root().join(from))?)?;
    }
    node::install(&folder)?;
    let packed = target().join("kong-plugin");
    std::fs::create_dir_all(&packed).map_err(|source| TaskError::File { path: packed.clone(), source })?;
    let mut pack = node::npm(&folder);
    run(pack.args(["pack", "--silent", "--pack-destination"]).arg(&packed), "install npm")?;
    Ok(packed.join(format!("gatepass-kong-plugin-{}.tgz", env!("CARGO_PKG_VERSION"))))
}

/// Packs the plugin with a filter and installs it as who uses it does, with exactly the packages of its lock file.
/// Returns the folder of the installed package.
///
/// # Errors
///
/// As [`build`], or if a file cannot be read or written.
pub fn install(filter: &Path) -> Result<PathBuf, TaskError> {
    let archive = pack(filter)?;
    let package = archive.with_file_name("package");
    remove_all_but_modules(&package)?;
    let bytes = read_bytes(&archive)?;
    let failed = |source| TaskError::File { path: archive.clone(), source };
    tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()))
        .unpack(archive.with_file_name(""))
        .map_err(failed)?;
    // npm publishes no lock file; here what is installed shall not depend on the day.
    write(&package.join("package-lock.json"), &read_bytes(&folder().join("package-lock.json"))?)?;
    node::install(&package)?;
    Ok(package)
}

/// What an earlier version had and this one has not must not stay.
fn remove_all_but_modules(package: &Path) -> Result<(), TaskError> {
    let Ok(entries) = std::fs::read_dir(package) else { return Ok(()) };
    for entry in entries.flatten().filter(|entry| entry.file_name() != "node_modules") {
        let path = entry.path();
        let removed =
            if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.map_err(|source| TaskError::File { path, source })?;
    }
    Ok(())
}

/// Runs the package's own tests. That it decides as the filter does is shown by the gateway tests.
///
/// # Errors
///
/// As [`build`], or if a test fails.
pub fn test() -> Result<(), TaskError> {
    build()?;
    node::script(&folder(), "test")
}

/// Finds Lua 5.1, which Kong's LuaJIT speaks, or installs Debian's where that is allowed.
///
/// # Errors
///
/// [`TaskError`] if there is none and it cannot be installed, saying how to get it.
pub fn lua() -> Result<PathBuf, TaskError> {
    LUA.install()
}
