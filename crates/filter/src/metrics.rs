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

/// What is counted besides requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    FetchFailure,
    FetchInstalled,
    FetchRenewed,
    FetchUnchanged,
    /// Bytes of bodies that were used.
    FetchedBytes,
    Logged,
    SampledOut,
    Dropped,
    /// Of the denials, those that passed.
    WouldDeny,
    RouteChanged,
    DecisionMissing,
}

impl Event {
    const ALL: [(Self, &'static str); 11] = [
        (Self::FetchFailure, "gatepass_fetch_failures"),
        (Self::FetchInstalled, "gatepass_fetch_installed"),
        (Self::FetchRenewed, "gatepass_fetch_renewed"),
        (Self::FetchUnchanged, "gatepass_fetch_unchanged"),
        (Self::FetchedBytes, "gatepass_fetch_bytes"),
        (Self::Logged, "gatepass_log_logged"),
        (Self::SampledOut, "gatepass_log_sampled_out"),
        (Self::Dropped, "gatepass_log_dropped"),
        (Self::WouldDeny, "gatepass_would_deny"),
        (Self::RouteChanged, "gatepass_responses_route_changed"),
        (Self::DecisionMissing, "gatepass_responses_decision_missing"),
    ];
}

/// Counters and gauges, and what the host last heard of them.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    decisions: Table<Decision, i64>,
    events: Table<Event, i64>,
    ids: Table<String, Option<u32>>,
    published: Table<String, u64>,
}

/// The values of the gauges.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gauges {
    pub(crate) serial: u64,
    /// The first 48 bits of the content digest: the same on every gateway that has the same contents.
    pub(crate) revision: u64,
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

    pub(crate) fn count_event(&mut self, event: Event, by: u64) {
        if let Some(count) = self.events.of(event) {
            *count = count.saturating_add(i64::try_from(by).unwrap_or(i64::MAX));
        }
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
        let events = std::mem::take(&mut self.events);
        for (event, name) in Event::ALL {
            self.increment(host, name, events.get(&event).copied().unwrap_or(0));
        }
        self.record(host, "gatepass_bundle_serial", gauges.serial);
        self.record(host, "gatepass_bundle_revision", gauges.revision);
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
