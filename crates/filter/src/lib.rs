#![doc = include_str!("../README.md")]

mod active;
mod answer;
mod authority;
pub mod config;
mod credential;
mod decision;
mod fetch;
mod filter;
mod freshness;
mod generation;
mod headers;
mod host;
mod identity;
mod loading;
mod log;
mod metrics;
mod path;
mod query;
mod random;
mod request;
mod response;
mod rewrite;
mod root;
mod route;
mod shown;
mod table;

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use answer::Code;
pub use filter::Filter;
pub use headers::{Pairs, encode};
pub use host::{Call, Host, HostError, Level, Map, MetricKind, Response};
pub use request::Flow;
