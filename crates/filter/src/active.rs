//! A configuration in use: what it fetches, holds and counts.

use gatepass::bundle::{Bundle, BundlePart, BundleTimestamp, ChunkDigest, Manifest};
use gatepass::{Freshness, Timestamp};

use crate::config::Config;
use crate::fetch::{Answer, Due, Fetcher, read_chunk};
use crate::generation::{Floor, Judgement, Store};
use crate::headers::Pairs;
use crate::host::{Host, HostError, Level, Map};
use crate::loading::Loading;
use crate::log::DecisionLog;
use crate::metrics::{Event, Gauges, Metrics};

/// How often the serial is tried to be kept: others may keep theirs at the same time.
const SHARE_TRIES: u32 = 3;

#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) fetcher: Option<Fetcher>,
    pub(crate) metrics: Metrics,
    pub(crate) log: DecisionLog,
    pub(crate) published_ms: i64,
    /// A bundle that is being fetched in chunks; kept over failures.
    loading: Option<Loading>,
    /// The chunk that the call under way is for; `None`: the bundle, or its manifest.
    asked: Option<(BundlePart, ChunkDigest)>,
    /// Where the host keeps the serial for instances to come.
    shared_key: Option<String>,
    /// The last failure of fetching, logged once while it stays the same.
    failure: String,
}

/// What an answer led to.
enum Progress {
    Installed,
    Renewed,
    Unchanged,
    /// Another call is under way.
    More,
}

impl Active {
    pub(crate) fn new(mut config: Config, host: &dyn Host) -> Self {
        let nanos = host.now_nanos().ok();
        // The clock differs enough between instances.
        let seed = nanos.unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut store = Store::default();
        store.now(nanos);
        let inline = config.inline.take();
        store.seed(inline, &config);
        let shared_key = config.fetch.as_ref().filter(|_| !config.host.is_nginx()).map(|fetch| {
            let audience = config.trust.audience.as_deref().unwrap_or_default();
            format!("gatepass.serial {}{} {audience}", fetch.upstream, fetch.path)
        });
        if let Some(Ok((bytes, _))) = shared_key.as_ref().map(|key| host.shared(key)) {
            store.remember(Floor::from_bytes(&bytes));
        }
        let fetcher =
            config.fetch.clone().map(|settings| Fetcher::new(settings, config.age.max_age_ms, seed));
        Self {
            log: DecisionLog::new(config.log, seed),
            config,
            store,
            fetcher,
            metrics: Metrics::default(),
            published_ms: 0,
            loading: None,
            asked: None,
            shared_key,
            failure: String::new(),
        }
    }

    pub(crate) fn fetch_if_due(&mut self, host: &dyn Host, now_ms: i64) {
        let Some(fetcher) = &mut self.fetcher else { return };
        match fetcher.due(now_ms) {
            Due::Nothing => {}
            Due::Lost => self.finish_call(host, Err("it was never answered".to_owned()), now_ms),
            Due::Call => {
                let digest = self.store.current().map(|generation| generation.bundle.content_digest());
                match host.call(&fetcher.call(digest)) {
                    Ok(token) => {
                        self.asked = None;
                        fetcher.called(token, now_ms);
                    }
                    Err(error) => self.finish_call(host, Err(no_call(error)), now_ms),
                }
            }
        }
    }

    /// Takes the answer to the call under way.
    pub(crate) fn answered(&mut self, host: &dyn Host, headers: usize, body: usize) {
        let now = self.store.now(host.now_nanos().ok());
        let result = self.take_answer(host, headers, body, now);
        let now_ms = self.store.reading().map_or(0, Timestamp::millis);
        self.finish_call(host, result, now_ms);
    }

    fn finish_call(&mut self, host: &dyn Host, result: Result<Progress, String>, now_ms: i64) {
        let event = match &result {
            Ok(Progress::More) => return,
            Ok(Progress::Installed) => Event::FetchInstalled,
            Ok(Progress::Renewed) => Event::FetchRenewed,
            Ok(Progress::Unchanged) => Event::FetchUnchanged,
            Err(_) => Event::FetchFailure,
        };
        self.metrics.count_event(event, 1);
        if let Some(fetcher) = &mut self.fetcher {
            fetcher.done(result.is_ok(), now_ms);
        }
        match result {
            Ok(_) if !self.failure.is_empty() => {
                host.log(Level::Info, "gatepass: fetching the bundle works again");
                self.failure.clear();
            }
            Ok(_) => {}
            Err(text) => {
                if text != self.failure {
                    host.log(Level::Warn, &format!("gatepass: fetching the bundle failed: {text}"));
                    self.failure = text;
                }
            }
        }
    }

    fn take_answer(
        &mut self,
        host: &dyn Host,
        headers: usize,
        body: usize,
        now: Option<Timestamp>,
    ) -> Result<Progress, String> {
        // Hosts report a failed call by no headers at all, and some then trap on reading them.
        if headers == 0 {
            return Err("the upstream did not answer".to_owned());
        }
        let pairs = Pairs::decode(host.headers(Map::Call).map_err(unseen)?)
            .ok_or("the answer's headers are malformed")?;
        match self.asked.take() {
            None => self.take_head(host, &pairs, body, now),
            Some((part, entry)) => {
                read_chunk(&pairs, body, &entry)?;
                let bytes = self.body(host, body)?;
                let loading = self.loading.as_mut().ok_or("no chunk was asked for")?;
                loading.take(part, bytes).map_err(|error| error.to_string())?;
                self.proceed(host)
            }
        }
    }

    fn body(&mut self, host: &dyn Host, size: usize) -> Result<Vec<u8>, String> {
        let bytes = host.call_body(size).map_err(unseen)?;
        if bytes.len() != size {
            return Err("the body is not as long as announced".to_owned());
        }
        self.metrics.count_event(Event::FetchedBytes, u64::try_from(size).unwrap_or(u64::MAX));
        Ok(bytes)
    }

    /// Reads the bundle or its manifest and, if it is newer, puts it to use.
    fn take_head(
        &mut self,
        host: &dyn Host,
        pairs: &Pairs,
        body: usize,
        now: Option<Timestamp>,
    ) -> Result<Progress, String> {
        let Some(fetcher) = &self.fetcher else { return Ok(Progress::Unchanged) };
        let is_chunked = fetcher.is_chunked();
        let (timestamp, is_modified) = match fetcher.read(pairs, body) {
            Answer::Failure(text) => return Err(text),
            Answer::NotModified { timestamp } => (timestamp, false),
            Answer::Contents { timestamp } => (timestamp, true),
        };
        let timestamp = BundleTimestamp::from_header(&timestamp)
            .map_err(|error| format!("`x-gatepass-timestamp`: {error}"))?;
        let refused = |why: &dyn std::fmt::Display| format!("`x-gatepass-timestamp` is refused: {why}");
        let judgement = match self.store.judge(&timestamp, &self.config.age, now) {
            Judgement::Ignore => return Ok(Progress::Unchanged),
            Judgement::Refuse(why) => return Err(refused(&why)),
            other => other,
        };
        self.config.trust.timestamp(&timestamp).map_err(|error| refused(&error))?;
        if judgement == Judgement::Renew {
            self.store.renew(&timestamp);
            self.keep_serial(host);
            return Ok(Progress::Renewed);
        }
        if !is_modified {
            return Err("`x-gatepass-timestamp` is of contents that were not sent".to_owned());
        }
        let bytes = self.body(host, body)?;
        if is_chunked {
            return self.begin(host, &bytes, timestamp);
        }
        let bundle = Bundle::open(&bytes).map_err(|error| error.to_string())?;
        self.check_manifest(bundle.manifest(), &timestamp)?;
        self.install(host, bundle, &timestamp)?;
        host.log(Level::Info, &format!("gatepass: bundle with serial {} is in use", timestamp.serial()));
        Ok(Progress::Installed)
    }

    /// Begins to fetch what a manifest names and is not there yet.
    fn begin(
        &mut self,
        host: &dyn Host,
        bytes: &[u8],
        timestamp: BundleTimestamp,
    ) -> Result<Progress, String> {
        let manifest = Manifest::parse(bytes).map_err(|error| error.to_string())?;
        self.check_manifest(&manifest, &timestamp)?;
        let most = self.fetcher.as_ref().map_or(0, Fetcher::max_bundle_bytes);
        let size = manifest.file_bytes();
        if usize::try_from(size).is_ok_and(|size| size > most) {
            return Err(format!("the bundle has {size} bytes; at most {most} are taken"));
        }
        let mut loading = Loading::new(manifest, timestamp).map_err(|error| error.to_string())?;
        if let Some(generation) = self.store.current() {
            loading.keep_from(&generation.bundle);
        }
        if let Some(earlier) = self.loading.take() {
            loading.keep_all_from(earlier);
        }
        self.loading = Some(loading);
        self.proceed(host)
    }

    /// Whose a manifest is, of what, and that its signature does not go back behind the one in use.
    fn check_manifest(&self, manifest: &Manifest, timestamp: &BundleTimestamp) -> Result<(), String> {
        if manifest.content_digest() != timestamp.content_digest() {
            return Err("`x-gatepass-timestamp` is of other contents".to_owned());
        }
        let trust = &self.config.trust;
        trust.manifest(manifest).map_err(|error| format!("the bundle is refused: {error}"))?;
        let current =
            self.store.current().and_then(|generation| generation.bundle.manifest().signed_serial());
        if trust.wants_signatures() && manifest.signed_serial() < current {
            return Err("the bundle is refused: it was signed before the one in use".to_owned());
        }
        Ok(())
    }

    /// Asks for the next chunk, or puts all of them to use.
    fn proceed(&mut self, host: &dyn Host) -> Result<Progress, String> {
        let (Some(loading), Some(fetcher)) = (&mut self.loading, &mut self.fetcher) else {
            return Err("nothing is being fetched".to_owned());
        };
        if let Some((part, entry)) = loading.missing() {
            let call = fetcher.chunk_call(&entry).ok_or("chunks are not fetched")?;
            let token = host.call(&call).map_err(no_call)?;
            fetcher.called_again(token, self.store.reading().map_or(0, Timestamp::millis));
            self.asked = Some((part, entry));
            return Ok(Progress::More);
        }
        let Some(loading) = self.loading.take() else { return Ok(Progress::Unchanged) };
        let (chunks, bytes) = loading.fetched;
        let (bundle, timestamp) = loading.finish().map_err(|error| error.to_string())?;
        self.install(host, bundle, &timestamp)?;
        let serial = timestamp.serial();
        host.log(
            Level::Info,
            &format!(
                "gatepass: bundle with serial {serial} is in use, after {bytes} bytes in {chunks} chunks"
            ),
        );
        Ok(Progress::Installed)
    }

    fn install(
        &mut self,
        host: &dyn Host,
        bundle: Bundle,
        timestamp: &BundleTimestamp,
    ) -> Result<(), String> {
        self.config.trust.bundle(&bundle).map_err(|error| format!("the bundle is refused: {error}"))?;
        self.store.install(bundle, timestamp, &self.config);
        self.keep_serial(host);
        Ok(())
    }

    /// Has the host keep the serial, so that a later instance takes nothing older.
    fn keep_serial(&self, host: &dyn Host) {
        let (Some(key), Some(generation)) = (&self.shared_key, self.store.current()) else { return };
        let own = Floor::of(generation);
        for _ in 0..SHARE_TRIES {
            let (kept, version) = host.shared(key).unwrap_or_default();
            let is_news = Floor::from_bytes(&kept).is_none_or(|kept| own.is_above(&kept));
            if !is_news || host.share(key, &own.to_bytes(), version).is_ok() {
                return;
            }
        }
    }

    pub(crate) fn publish(&mut self, host: &dyn Host, now: Option<Timestamp>) {
        let generation = self.store.current();
        let age = generation
            .and_then(|generation| generation.as_of)
            .zip(now)
            .map(|(as_of, now)| now.millis_since(as_of));
        let revision = generation.map_or(0, |generation| {
            let digest = generation.bundle.content_digest();
            digest.iter().take(6).fold(0_u64, |revision, byte| (revision << 8) | u64::from(*byte))
        });
        let gauges = Gauges {
            serial: generation.map_or(0, |generation| generation.serial),
            revision,
            age_seconds: age.and_then(|age| u64::try_from(age / 1000).ok()).unwrap_or(0),
            ready: self.store.freshness(&self.config.age, now) == Freshness::Fresh,
            unsigned: self.config.fetch.is_some() && !self.config.trust.wants_signatures(),
            monitor: self.config.monitors(),
        };
        self.metrics.publish(host, &gauges);
    }
}

fn no_call(error: HostError) -> String {
    format!("the host does not call the upstream (status {})", error.0)
}

fn unseen(error: HostError) -> String {
    format!("the host does not show the answer (status {})", error.0)
}
