//! Proves that the filter that ships keeps its contract (GATEWAY.md §3–§7) on real proxies: every reason, every
//! form of answer and every attack, with the real `.wasm` on Envoy 1.40 and on hosts that behave like Envoy and
//! like Kong. The requests are data in `tests/vectors/gateway`; what needs time, ticks or faults is code here.
//!
//! `cargo xtask test` builds the filter, installs Envoy and runs this.

// One module marked as test code: clippy looks at the attribute and not at the directory.
#[cfg(test)]
mod gateway {
    mod chain;
    mod chaos;
    mod check;
    mod chunks;
    mod clock;
    mod configuration;
    mod doors;
    mod environment;
    mod fetching;
    mod hostile;
    mod kong_plugin;
    mod malice;
    mod metrics;
    mod portal;
    mod proxy_host;
    mod real_envoy;
    mod reasons;
    mod relay;
    mod rerouted;
    mod samples;
    mod upstream;
    mod vector;
    mod vectors;
}
