//! The bundle in use, and which other may take its place.

use gatepass::bundle::{Bundle, BundleTimestamp, ResourceHandle};
use gatepass::{Freshness, ResourceId, Timestamp};

use crate::config::{AgeLimits, Config, Inline};
use crate::freshness::Clock;

/// A bundle with its age, and the resources of the configuration looked up in it.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) bundle: Bundle,
    pub(crate) serial: u64,
    pub(crate) as_of: Option<Timestamp>,
    /// By position of the target, then of the resource in it.
    handles: Vec<Vec<(ResourceId, Option<ResourceHandle>)>>,
}

impl Generation {
    /// The resources of a target.
    pub(crate) fn resources(&self, target: usize) -> &[(ResourceId, Option<ResourceHandle>)] {
        self.handles.get(target).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What holds the generation.
#[derive(Debug, Default)]
pub(crate) struct Store {
    current: Option<Generation>,
    clock: Clock,
}

/// What to do about a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is newer and about the contents in use: only the date changes.
    Renew,
    /// It is newer and about other contents.
    Install,
    /// It is older, or known; there is nothing wrong with that.
    Ignore,
    /// It cannot be true.
    Refuse(&'static str),
}

impl Store {
    /// Starts with what came with the configuration.
    pub(crate) fn seed(&mut self, inline: Option<Inline>, config: &Config) {
        if let Some(Inline { bundle, timestamp }) = inline {
            self.current = Some(generation(bundle, timestamp.as_ref(), config));
        }
    }

    pub(crate) fn current(&self) -> Option<&Generation> {
        self.current.as_ref()
    }

    /// Takes a reading of the host's clock.
    pub(crate) fn now(&mut self, nanos: Option<u64>) -> Option<Timestamp> {
        self.clock.observe(nanos)
    }

    /// The last reading itself, which may be earlier than others before: for what is due, not for what is believed.
    pub(crate) fn reading(&self) -> Option<Timestamp> {
        self.clock.latest()
    }

    /// Whether the generation in use can be believed at `now`.
    pub(crate) fn freshness(&self, limits: &AgeLimits, now: Option<Timestamp>) -> Freshness {
        match &self.current {
            Some(generation) => limits.freshness(generation.as_of, now),
            None => Freshness::Stale,
        }
    }

    /// Judges a timestamp that arrived at `now`.
    pub(crate) fn judge(
        &self,
        timestamp: &BundleTimestamp,
        limits: &AgeLimits,
        now: Option<Timestamp>,
    ) -> Judgement {
        let Some(now) = now else { return Judgement::Refuse("the clock cannot be read") };
        if !limits.is_past(timestamp.as_of(), now) {
            return Judgement::Refuse("it is from the future");
        }
        let Some(current) = &self.current else { return Judgement::Install };
        let is_same = current.bundle.content_digest() == timestamp.content_digest();
        match timestamp.serial().cmp(&current.serial) {
            std::cmp::Ordering::Less => Judgement::Ignore,
            std::cmp::Ordering::Equal if is_same => Judgement::Ignore,
            std::cmp::Ordering::Equal => Judgement::Refuse("it has the serial of other contents"),
            std::cmp::Ordering::Greater if is_same => Judgement::Renew,
            std::cmp::Ordering::Greater => Judgement::Install,
        }
    }

    /// Dates the generation in use anew. Only after [`Judgement::Renew`].
    pub(crate) fn renew(&mut self, timestamp: &BundleTimestamp) {
        if let Some(current) = &mut self.current {
            current.serial = timestamp.serial();
            current.as_of = Some(timestamp.as_of());
            self.clock.reset();
        }
    }

    /// Puts a verified bundle in the place of the one in use. Only after [`Judgement::Install`].
    pub(crate) fn install(&mut self, bundle: Bundle, timestamp: &BundleTimestamp, config: &Config) {
        self.current = Some(generation(bundle, Some(timestamp), config));
        self.clock.reset();
    }
}

fn generation(bundle: Bundle, timestamp: Option<&BundleTimestamp>, config: &Config) -> Generation {
    let look_up = |id: &ResourceId| (*id, bundle.resource(id));
    let handles =
        config.targets.iter().map(|target| target.resources.iter().map(look_up).collect()).collect();
    Generation {
        handles,
        serial: timestamp.map_or(0, BundleTimestamp::serial),
        as_of: timestamp.map(BundleTimestamp::as_of),
        bundle,
    }
}
