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

/// The relay and the emulator, and all that a gateway needs.
pub(crate) fn parts() -> Parts {
    let programs = Programs { gatepass: program(), emulator: named("GATEPASS_EMULATOR") };
    Parts { programs, filter: filter(), envoy: envoy() }
}

/// `gatepass`, as the relay.
pub(crate) fn program() -> PathBuf {
    named("GATEPASS_CLI")
}

/// The program of nginx.
pub(crate) fn nginx() -> PathBuf {
    named("GATEPASS_NGINX")
}

/// Never skipped: a test that cannot run has failed.
fn named(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from);
    let path = path.unwrap_or_else(|| panic!("`{variable}` is not set: run `cargo xtask test`"));
    assert!(path.is_file(), "`{variable}` names no file: run `cargo xtask test`");
    path
}
