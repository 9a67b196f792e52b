//! What the tests are given: the filter that ships, and Envoy.

use std::path::PathBuf;

use gatepass_proxy_host::Plugin;
use xtask::chain::Programs;
use xtask::gateway::Parts;

/// The file of the filter.
pub(crate) fn filter() -> PathBuf {
    named("GATEPASS_FILTER")
}

/// The filter, compiled for the proxy-host.
pub(crate) fn plugin() -> Plugin {
    let path = filter();
    let wasm = std::fs::read(&path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    Plugin::compile(&wasm).unwrap()
}

/// The program of Envoy.
pub(crate) fn envoy() -> PathBuf {
    named("GATEPASS_ENVOY")
}

/// The relay and the emulator.
pub(crate) fn programs() -> Programs {
    Programs { gatepass: program(), emulator: named("GATEPASS_EMULATOR") }
}

/// The relay and the emulator, and all that a gateway needs.
pub(crate) fn parts() -> Parts {
    Parts { programs: programs(), filter: filter(), envoy: envoy() }
}

/// `gatepass`, as the relay.
pub(crate) fn program() -> PathBuf {
    named("GATEPASS_CLI")
}

/// The program of nginx.
pub(crate) fn nginx() -> PathBuf {
    named("GATEPASS_NGINX")
}

/// The folder of the Kong plugin as npm would install it, with what it needs.
pub(crate) fn kong_plugin() -> PathBuf {
    let folder = told("GATEPASS_KONG_PLUGIN");
    let is_installed = folder.join("node_modules/kong-pdk").is_dir();
    assert!(is_installed, "`GATEPASS_KONG_PLUGIN` names no installed plugin: run `cargo xtask test`");
    folder
}

/// The program of Lua 5.1, which Kong's language is.
pub(crate) fn lua() -> PathBuf {
    named("GATEPASS_LUA")
}

fn named(variable: &str) -> PathBuf {
    let path = told(variable);
    assert!(path.is_file(), "`{variable}` names no file: run `cargo xtask test`");
    path
}

/// Never skipped: a test that cannot run has failed.
fn told(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from);
    path.unwrap_or_else(|| panic!("`{variable}` is not set: run `cargo xtask test`"))
}
