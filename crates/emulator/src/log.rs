//! What was asked and what was answered.

use std::collections::BTreeMap;

use serde::Serialize;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The operation: `v2:list-portals`.
    pub operation: String,
    /// The method.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// The status that was answered; 0 if the connection was dropped.
    pub status: u16,
    /// The fault that hit it.
    pub fault: Option<String>,
}

/// The requests since the start or the last [`clear`](crate::Running::clear_log), oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Log {
    /// How many requests each operation had.
    pub counts: BTreeMap<String, u64>,
    /// The requests; only the first 100,000 are kept.
    pub requests: Vec<Request>,
}

const KEPT: usize = 100_000;

impl Log {
    pub(crate) fn add(&mut self, request: Request) {
        let count = self.counts.entry(request.operation.clone()).or_default();
        *count = count.saturating_add(1);
        if self.requests.len() < KEPT {
            self.requests.push(request);
        }
    }

    /// How many requests an operation had.
    pub fn count(&self, operation: &str) -> u64 {
        self.counts.get(operation).copied().unwrap_or(0)
    }

    /// How many requests there were.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The requests that were hit by a fault.
    pub fn faults(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| request.fault.is_some())
    }
}
