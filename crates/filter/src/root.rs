//! One configured filter: its configuration, its data, its ticks.

use gatepass::bundle::{Bundle, BundleTimestamp};
use gatepass::{Freshness, Timestamp};

use crate::config::Config;
use crate::fetch::{Answer, Due, Fetcher};
use crate::generation::{Judgement, Store};
use crate::headers::Pairs;
use crate::host::{Host, Level, Map};
use crate::metrics::{Gauges, Metrics};
use crate::request::{Judge, Verdict};

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

#[derive(Debug)]
struct Active {
    config: Config,
    store: Store,
    fetcher: Option<Fetcher>,
    metrics: Metrics,
    published_ms: i64,
    /// The last failure of fetching, logged once while it stays the same.
    failure: String,
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
        let mut config = match Config::read(&text) {
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
        let nanos = host.now_nanos().ok();
        let mut store = Store::default();
        let now = store.now(nanos);
        let inline = config.inline.take();
        store.seed(inline, &config);
        let fetcher = config.fetch.clone().map(|settings| {
            // The address of something on this instance's stack differs little; the clock differs enough.
            Fetcher::new(
                settings,
                config.age.max_age_ms,
                nanos.unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15),
            )
        });
        let mut active = Active {
            config,
            store,
            fetcher,
            metrics: Metrics::default(),
            published_ms: 0,
            failure: String::new(),
        };
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
        let now = active.store.now(host.now_nanos().ok());
        let result = active.take_answer(host, headers, body, now);
        let reading = active.store.reading();
        active.finish_call(host, result, reading);
        if let Some(reading) = reading {
            self.schedule(host, reading.millis());
        }
    }

    /// Judges a request; `None` without a configuration.
    pub(crate) fn request_headers(&mut self, host: &dyn Host, ends: bool) -> Option<Verdict> {
        let Active { config, store, metrics, .. } = self.active.as_mut()?;
        Some(Judge { host, config, store, metrics }.judge(ends))
    }
}

impl Active {
    fn fetch_if_due(&mut self, host: &dyn Host, now_ms: i64) {
        let Some(fetcher) = &mut self.fetcher else { return };
        match fetcher.due(now_ms) {
            Due::Nothing => {}
            Due::Lost => self.finish_call(
                host,
                Err("it was never answered".to_owned()),
                Some(Timestamp::from_millis(now_ms)),
            ),
            Due::Call => {
                let digest = self.store.current().map(|generation| generation.bundle.content_digest());
                match host.call(&fetcher.call(digest)) {
                    Ok(token) => fetcher.called(token, now_ms),
                    Err(error) => {
                        let text = format!("the host does not call the upstream (status {})", error.0);
                        self.finish_call(host, Err(text), Some(Timestamp::from_millis(now_ms)));
                    }
                }
            }
        }
    }

    fn finish_call(&mut self, host: &dyn Host, result: Result<(), String>, now: Option<Timestamp>) {
        if let Some(fetcher) = &mut self.fetcher {
            fetcher.done(result.is_ok(), now.map_or(0, Timestamp::millis));
        }
        match result {
            Ok(()) if !self.failure.is_empty() => {
                host.log(Level::Info, "gatepass: fetching the bundle works again");
                self.failure.clear();
            }
            Ok(()) => {}
            Err(text) => {
                self.metrics.count_fetch_failure();
                if text != self.failure {
                    host.log(Level::Warn, &format!("gatepass: fetching the bundle failed: {text}"));
                    self.failure = text;
                }
            }
        }
    }

    /// Reads an answer and, if it is newer, puts it to use.
    fn take_answer(
        &mut self,
        host: &dyn Host,
        headers: usize,
        body: usize,
        now: Option<Timestamp>,
    ) -> Result<(), String> {
        let Some(fetcher) = &self.fetcher else { return Ok(()) };
        // Hosts report a failed call by no headers at all, and some then trap on reading them.
        if headers == 0 {
            return Err("the upstream did not answer".to_owned());
        }
        let status =
            |error: crate::HostError| format!("the host does not show the answer (status {})", error.0);
        let pairs = Pairs::decode(host.headers(Map::Call).map_err(status)?)
            .ok_or("the answer's headers are malformed")?;
        let (timestamp, is_modified) = match fetcher.read(&pairs, body) {
            Answer::Failure(text) => return Err(text),
            Answer::NotModified { timestamp } => (timestamp, false),
            Answer::Contents { timestamp } => (timestamp, true),
        };
        let timestamp = BundleTimestamp::from_header(&timestamp)
            .map_err(|error| format!("`x-gatepass-timestamp`: {error}"))?;
        match self.store.judge(&timestamp, &self.config.age, now) {
            Judgement::Ignore => Ok(()),
            Judgement::Refuse(why) => Err(format!("`x-gatepass-timestamp` is refused: {why}")),
            Judgement::Renew => {
                self.store.renew(&timestamp);
                Ok(())
            }
            Judgement::Install if !is_modified => {
                Err("`x-gatepass-timestamp` is of contents that were not sent".to_owned())
            }
            Judgement::Install => {
                let bytes = host.call_body(body).map_err(status)?;
                if bytes.len() != body {
                    return Err("the body is not as long as announced".to_owned());
                }
                let bundle = Bundle::open(&bytes).map_err(|error| error.to_string())?;
                if bundle.content_digest() != timestamp.content_digest() {
                    return Err("`x-gatepass-timestamp` is of other contents".to_owned());
                }
                self.store.install(bundle, &timestamp, &self.config);
                host.log(
                    Level::Info,
                    &format!("gatepass: bundle with serial {} is in use", timestamp.serial()),
                );
                Ok(())
            }
        }
    }

    fn publish(&mut self, host: &dyn Host, now: Option<Timestamp>) {
        let generation = self.store.current();
        let age = generation
            .and_then(|generation| generation.as_of)
            .zip(now)
            .map(|(as_of, now)| now.millis_since(as_of));
        let gauges = Gauges {
            serial: generation.map_or(0, |generation| generation.serial),
            age_seconds: age.and_then(|age| u64::try_from(age / 1000).ok()).unwrap_or(0),
            ready: self.store.freshness(&self.config.age, now) == Freshness::Fresh,
            unsigned: self.config.fetch.is_some(),
            monitor: self.config.monitors(),
        };
        self.metrics.publish(host, &gauges);
    }
}
