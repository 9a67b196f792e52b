//! Gatepass as one WebAssembly module.
//!
//! [`surface`] is what can be asked, as a table of methods over JSON text. Two thin doors lead to it: `js` through
//! wasm-bindgen, and `abi` as plain `extern "C"` functions for hosts that have no JavaScript. Both give the same
//! bytes. No rule is here.

pub mod abi;
pub mod js;
pub mod surface;
