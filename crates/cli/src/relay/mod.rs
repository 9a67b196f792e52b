//! `gatepass relay`: polls, builds, serves the newest good bundle.

mod answer;
mod authzen;
mod forward;
mod parts;
mod publish;
mod report;
mod server;
mod source;
mod state;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gatepass::bundle::{Bundle, PortalContents};
use gatepass::{ApplicationId, Timestamp};
use tokio::sync::oneshot;

use answer::Doors;
use authzen::Decisions;
use forward::Forward;
pub(crate) use forward::Profile;
use publish::Publisher;
use source::{Polled, Source};
use state::{PollEnd, Shared};

use crate::arguments_konnect::RelayArguments;
use crate::failure::{Failure, Findings};
use crate::konnect::{Clock, KonnectError, Secret, SecretError};

/// Why a relay cannot run, or a poll did not lead to a bundle.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RelayError {
    #[error("cannot listen on {address}: {source}; choose another with --listen")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(
        "`{0}` can be reached from other machines, and a bundle names every application; protect it with --bundle-token-file, or listen on 127.0.0.1"
    )]
    Exposed(SocketAddr),
    #[error("what was read is incomplete: {0}; the bundle of before stays")]
    Partial(String),
    #[error("{name} has {counted}, the first: {first}; the bundle of before stays")]
    Problems { name: String, counted: String, first: String },
    #[error("{name}: {source}")]
    Region { name: String, source: gatepass::RegionMissing },
    #[error(
        "what was read is as of {as_of}, which is not after {before}; gateways would refuse it, so the bundle of before stays; export again, and look at the clock"
    )]
    NotLater { as_of: Timestamp, before: Timestamp },
    #[error(
        "what was read is as of {as_of}, and here it is {now}; gateways would refuse it, so the bundle of before stays; set the clocks right"
    )]
    Ahead { as_of: Timestamp, now: Timestamp },
    #[error("`{name}` is no configuration of /v1/authorize:\n  {}", .wrong.join("\n  "))]
    Door { name: String, wrong: Vec<String> },
    #[error("the bundle that was just built cannot be opened: {0}; report this to the Gatepass project")]
    Unopened(gatepass::bundle::BundleError),
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    #[error("polling has ended unexpectedly; start the relay again, and report this to the Gatepass project")]
    PollerDied,
}

/// What a bundle is made for, and how often.
struct Poller {
    source: Source,
    publisher: Publisher,
    interval: Duration,
    refresh_interval: Duration,
    /// Whether AuthZEN's door is open, which needs a bundle to look things up in.
    decides: bool,
    shared: Arc<Shared>,
}

/// Runs a relay until it is asked to stop.
pub(crate) fn run(arguments: &RelayArguments) -> Result<Findings, Failure> {
    let secret = |file: Option<&std::path::Path>| -> Result<Option<Secret>, SecretError> {
        file.map(Secret::from_file).transpose()
    };
    let bundle_token = secret(arguments.bundle_token_file.as_deref()).map_err(KonnectError::from)?;
    let refresh_secret = secret(arguments.refresh_secret_file.as_deref()).map_err(KonnectError::from)?;
    let authzen_token = secret(arguments.authzen_token_file.as_deref()).map_err(KonnectError::from)?;
    if !arguments.listen.ip().is_loopback() && bundle_token.is_none() {
        return Err(RelayError::Exposed(arguments.listen).into());
    }
    let keys = arguments.signing_key_file.iter().map(|path| crate::signing::read(path));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let shared = Arc::new(Shared::default());
    let poller = Poller {
        source: Source::new(arguments)?,
        publisher: Publisher { policy: arguments.policy, audience: arguments.audience.clone(), keys },
        interval: arguments.interval,
        refresh_interval: arguments.refresh_interval,
        decides: authzen_token.is_some(),
        shared: Arc::clone(&shared),
    };
    let forward = match (&arguments.authorize, arguments.authorize_profile) {
        (Some(path), Some(profile)) => Some(Forward::open(path, profile, &shared)?),
        _ => None,
    };
    let (alive, polling) = oneshot::channel();
    // It ends with the process: a poll changes nothing but what is in memory.
    std::thread::Builder::new()
        .name("poll".into())
        .spawn(move || poller.run(&alive))
        .map_err(RelayError::Thread)?;
    let doors = Doors { bundle_token, refresh_secret, authzen_token, forward, max_age: arguments.max_age };
    server::serve(arguments.listen, doors, &shared, polling)?;
    Ok(Findings::None)
}

impl Poller {
    /// Polls for ever. Dropping `alive` tells the server that this has ended.
    fn run(mut self, _alive: &oneshot::Sender<Infallible>) {
        loop {
            let clock = Clock::start();
            let began = clock.now();
            let since = || {
                let millis = clock.now().millis_since(began);
                Duration::from_millis(u64::try_from(millis).unwrap_or_default())
            };
            let result = self.poll();
            if result.is_err() {
                self.source.forget();
            }
            self.note(began, since(), result);
            self.shared.wait(since, self.interval, self.refresh_interval);
        }
    }

    fn poll(&mut self) -> Result<PollEnd, Failure> {
        let Polled::Read { portals, as_of, notes } = self.source.poll()? else {
            return Ok(PollEnd::Unchanged);
        };
        let before = self.shared.published();
        let new = self.publisher.publish(&portals, as_of, before.as_deref())?;
        new.may_follow(before.as_deref(), Clock::start().now())?;
        let end = match &before {
            Some(before) if new.has_contents_of(before) && new.as_of == before.as_of => PollEnd::Unchanged,
            Some(before) if new.has_contents_of(before) => PollEnd::Renewed,
            _ => PollEnd::Published,
        };
        if end == PollEnd::Published {
            anstream::eprintln!(
                "published content {} as of {as_of}: {} bytes, {} portals, {} applications",
                new.digest(),
                new.bytes(),
                portals.len(),
                portals.iter().map(|portal| portal.applications.len()).sum::<usize>(),
            );
        }
        let decisions = if self.decides {
            let bundle = Bundle::open(&new.file()).map_err(RelayError::Unopened)?;
            Some(Arc::new(Decisions { bundle, applications: applications(&portals), as_of: new.as_of }))
        } else {
            None
        };
        let mut state = self.shared.lock();
        state.decisions = decisions;
        for note in notes.iter().filter(|note| !state.notes.contains(note)) {
            anstream::eprintln!("note: {note}");
        }
        state.notes = notes;
        if end == PollEnd::Published {
            state.published_at = Some(Clock::start().now());
        }
        state.published = Some(Arc::new(new));
        Ok(end)
    }

    /// Writes down how a poll went, and says so if that is news.
    fn note(&self, began: Timestamp, took: Duration, result: Result<PollEnd, Failure>) {
        let mut state = self.shared.lock();
        let (end, error) = match result {
            Ok(end) => (end, None),
            Err(failure) => (PollEnd::Failed, Some((began, failure.to_string()))),
        };
        match (&state.last_error, &error) {
            (Some((_, before)), Some((_, now))) if before == now => {}
            (_, Some((_, now))) => anstream::eprintln!("error: {now}"),
            (Some(_), None) => anstream::eprintln!("polling works again"),
            (None, None) => {}
        }
        let count = state.polls.entry(end).or_default();
        *count = count.saturating_add(1);
        state.last_poll = Some(began);
        state.last_poll_took = took;
        state.last_error = error;
    }
}

/// Every application of the portals, once and sorted.
fn applications(portals: &[PortalContents]) -> Vec<ApplicationId> {
    let all = portals.iter().flat_map(|portal| &portal.applications).map(|application| application.id);
    let sorted: std::collections::BTreeSet<ApplicationId> = all.collect();
    sorted.into_iter().collect()
}
