//! One configured filter: its configuration, its data, its ticks.

use crate::Flow;
use crate::active::Active;
use crate::config::Config;
use crate::host::{Host, Level};
use crate::request::{About, Judge, Verdict};
use crate::response::{After, Responding};

/// The first bundle is asked for this soon after the configuration.
const FIRST_TICK_MS: u32 = 10;
/// How often metrics are published where nothing is fetched.
const METRICS_TICK_MS: u32 = 1000;

/// A root context.
#[derive(Debug, Default)]
pub(crate) struct Root {
    active: Option<Active>,
    tick_ms: Option<u32>,
}

impl Root {
    /// Takes a configuration; `false` if there is anything wrong with it, after logging all of that.
    pub(crate) fn configure(&mut self, host: &dyn Host, size: usize) -> bool {
        // A root that was told something it does not understand has no configuration any more.
        self.active = None;
        let text = match host.configuration(size) {
            Ok(text) => text,
            Err(error) => {
                host.log(
                    Level::Error,
                    &format!("gatepass: the host shows no configuration (status {})", error.0),
                );
                return false;
            }
        };
        let config = match Config::read(&text) {
            Ok(config) => config,
            Err(problems) => {
                for problem in problems.listed() {
                    host.log(Level::Error, &format!("gatepass: configuration: {problem}"));
                }
                if problems.omitted() > 0 {
                    host.log(
                        Level::Error,
                        &format!("gatepass: configuration: {} more mistakes", problems.omitted()),
                    );
                }
                return false;
            }
        };
        for warning in config.warnings() {
            host.log(Level::Warn, &format!("gatepass: configuration: {warning}"));
        }
        let mut active = Active::new(config, host);
        let now = active.store.known_now();
        active.publish(host, now);
        let tick_ms = if active.fetcher.is_some() { FIRST_TICK_MS } else { METRICS_TICK_MS };
        let is_nginx = active.config.host.is_nginx();
        self.active = Some(active);
        self.tick_every(host, tick_ms, is_nginx);
        true
    }

    /// Asks for ticks. nginx hosts trap when asked again, so there the first period stays.
    fn tick_every(&mut self, host: &dyn Host, milliseconds: u32, is_nginx: bool) {
        if self.tick_ms == Some(milliseconds) || (is_nginx && self.tick_ms.is_some()) {
            return;
        }
        match host.set_tick_period(milliseconds) {
            Ok(()) => self.tick_ms = Some(milliseconds),
            Err(error) => {
                host.log(Level::Error, &format!("gatepass: the host does not tick (status {})", error.0));
            }
        }
    }

    pub(crate) fn tick(&mut self, host: &dyn Host) {
        let Some(active) = &mut self.active else { return };
        let now = active.store.now(host.now_nanos().ok());
        // Without a clock everything is stale, and nothing that is fetched could be judged. What is due goes by the
        // clock as it is: it may have been set back, and the highest reading would then stand still for that long.
        let Some(reading) = active.store.reading() else { return };
        let now_ms = reading.millis();
        active.fetch_if_due(host, now_ms);
        let waited = now_ms.saturating_sub(active.published_ms);
        if waited >= i64::from(METRICS_TICK_MS) || waited < 0 {
            active.publish(host, now);
            active.published_ms = now_ms;
        }
        self.schedule(host, now_ms);
    }

    /// Has the next tick come when something is due: a call, or the metrics.
    fn schedule(&mut self, host: &dyn Host, now_ms: i64) {
        let Some(active) = &self.active else { return };
        let longest = i64::from(METRICS_TICK_MS);
        let next = active.fetcher.as_ref().map_or(longest, |fetcher| fetcher.remaining_ms(now_ms));
        let next = u32::try_from(next.clamp(i64::from(FIRST_TICK_MS), longest)).unwrap_or(METRICS_TICK_MS);
        let is_nginx = active.config.host.is_nginx();
        self.tick_every(host, next, is_nginx);
    }

    /// An answer to a call; one that is not expected (any more) changes nothing.
    pub(crate) fn call_response(&mut self, host: &dyn Host, token: u32, headers: usize, body: usize) {
        let Some(active) = &mut self.active else { return };
        if !active.fetcher.as_ref().is_some_and(|fetcher| fetcher.expects(token)) {
            return;
        }
        active.answered(host, headers, body);
        if let Some(reading) = active.store.reading() {
            self.schedule(host, reading.millis());
        }
    }

    /// Judges a request; `None` without a configuration.
    pub(crate) fn request_headers(&mut self, host: &dyn Host, ends: bool) -> Option<Verdict> {
        let Active { config, store, metrics, log, .. } = self.active.as_mut()?;
        Some(Judge { host, config, store, metrics, log, about: About::default() }.judge(ends))
    }

    /// Judges the response to a request that was let through, or to one that never came; `None` without a
    /// configuration.
    pub(crate) fn response_headers(&mut self, host: &dyn Host, after: Option<After>) -> Option<Flow> {
        let Active { config, metrics, .. } = self.active.as_mut()?;
        let mut responding = Responding { host, config, metrics };
        Some(match after {
            Some(after) => responding.finish(after),
            None => responding.undecided(),
        })
    }
}
