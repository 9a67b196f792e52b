//! The door for Kong without Wasm: `bindings/kong-plugin` in a real plugin server, of which this plays Kong's side. The
//! same vectors must have the same answers; and whatever happens to the server, nothing gets past the guard.

mod chain;
mod faults;
mod fetching;
mod guard;
mod kong;
mod packed;
mod sample;
mod server;
mod vectors;
