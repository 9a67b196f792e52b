//! What the tests share: an HTTP client that keeps every status, and Kong's documents.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

pub mod client;
pub mod documents;
