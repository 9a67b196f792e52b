//! Whole exchanges: what the client is told and what the upstream sees, never in which order the host was called.

mod chunked;
mod envoy;
mod fetching;
mod logging;
mod mutated;
mod nginx;
mod responses;
mod signed;
mod two_relays;
