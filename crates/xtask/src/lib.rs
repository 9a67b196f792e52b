//! Everything a developer runs, and the real parts that the gateway tests start: Konnect (emulated), the relay, Envoy
//! and an upstream, all on loopback. The tools that other tests need (Node.js, Chromium, Python) are found or installed
//! here as well, each saying on the terminal what it brings.

pub mod bench_gateway;
pub mod bench_revoke;
pub mod browser;
pub mod cargo_tool;
pub mod chain;
pub mod chromium;
pub mod client;
pub mod debian;
pub mod demo;
pub mod docs;
pub mod envoy;
pub mod filter;
pub mod fuzz;
pub mod gateway;
pub mod js;
pub mod kong_plugin;
pub mod konnect;
pub mod mutants;
pub mod nginx;
pub mod node;
pub mod package;
pub mod portal;
pub mod python;
pub mod release;
pub mod reproducible;
pub mod revoke;
pub mod scale;
pub mod schema;
pub mod servers;
pub mod shipped;
pub mod suite;
pub mod tools;
pub mod wasm;
pub mod wheel;
pub mod wheel_tests;

/// Milliseconds since 1970: the dev tools' only clock.
pub fn now_millis() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "dev tools stamp what they publish with the real time")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
