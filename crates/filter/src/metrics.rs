//! Counting in our own memory, so that a request costs no host call for it; published from ticks.

use crate::answer::Code;
use crate::host::{Host, Level, MetricKind};
use crate::table::Table;

/// What became of a request, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Decision {
    Allow,
    Open,
    Deny(Code),
}

/// Counters and gauges, and what the host last heard of them.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    decisions: Table<Decision, i64>,
    fetch_failures: i64,
    ids: Table<String, Option<u32>>,
    published: Table<String, u64>,
}

/// The values of the gauges.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gauges {
    pub(crate) serial: u64,
    pub(crate) age_seconds: u64,
    pub(crate) ready: bool,
    pub(crate) unsigned: bool,
    pub(crate) monitor: bool,
}

impl Metrics {
    pub(crate) fn count(&mut self, decision: Decision) {
        if let Some(count) = self.decisions.of(decision) {
            *count = count.saturating_add(1);
        }
    }

    pub(crate) fn count_fetch_failure(&mut self) {
        self.fetch_failures = self.fetch_failures.saturating_add(1);
    }

    /// Tells the host what changed since the last time.
    pub(crate) fn publish(&mut self, host: &dyn Host, gauges: &Gauges) {
        for (decision, count) in std::mem::take(&mut self.decisions).iter() {
            let word = match decision {
                Decision::Allow => "allow",
                Decision::Open => "open",
                Decision::Deny(code) => code.as_str(),
            };
            self.increment(host, &format!("gatepass_decisions_{word}"), *count);
        }
        let failures = std::mem::take(&mut self.fetch_failures);
        self.increment(host, "gatepass_fetch_failures", failures);
        self.record(host, "gatepass_bundle_serial", gauges.serial);
        self.record(host, "gatepass_bundle_age_seconds", gauges.age_seconds);
        self.record(host, "gatepass_ready", u64::from(gauges.ready));
        self.record(host, "gatepass_unsigned", u64::from(gauges.unsigned));
        self.record(host, "gatepass_monitor", u64::from(gauges.monitor));
    }

    fn increment(&mut self, host: &dyn Host, name: &str, by: i64) {
        // Defined even when nothing is to be counted: a counter that shows 0 is known to work.
        let id = self.id(host, MetricKind::Counter, name);
        if let (Some(id), 1..) = (id, by) {
            // A host that stops counting must not stop serving.
            let _uncounted = host.increment_metric(id, by);
        }
    }

    fn record(&mut self, host: &dyn Host, name: &str, value: u64) {
        if self.published.get(name) == Some(&value) {
            return;
        }
        if let Some(id) = self.id(host, MetricKind::Gauge, name)
            && host.record_metric(id, value).is_ok()
        {
            self.published.insert(name.to_owned(), value);
        }
    }

    fn id(&mut self, host: &dyn Host, kind: MetricKind, name: &str) -> Option<u32> {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = host.define_metric(kind, name);
        if let Err(error) = id {
            host.log(
                Level::Warn,
                &format!("gatepass: the host defines no metric `{name}` (status {})", error.0),
            );
        }
        self.ids.insert(name.to_owned(), id.ok());
        id.ok()
    }
}
