//! The bundle in use, and which other may take its place.

use std::cmp::Ordering;

use gatepass::bundle::{Bundle, BundleTimestamp, ResourceHandle};
use gatepass::{Freshness, ResourceId, Timestamp};

use crate::config::{AgeLimits, Config, Dated, Inline};
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
    /// What an instance before this one had: nothing older is taken.
    floor: Option<Floor>,
}

/// The serial and the contents of a generation, to be remembered beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Floor {
    serial: u64,
    content_digest: [u8; 32],
}

impl Floor {
    pub(crate) fn of(generation: &Generation) -> Self {
        Self { serial: generation.serial, content_digest: *generation.bundle.content_digest() }
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [&self.serial.to_le_bytes()[..], &self.content_digest].concat()
    }

    /// What [`Floor::to_bytes`] wrote; anything else is forgotten.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (serial, digest) = bytes.split_first_chunk()?;
        Some(Self { serial: u64::from_le_bytes(*serial), content_digest: digest.try_into().ok()? })
    }

    /// Whether this is later than another.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        self.serial > other.serial
    }

    /// Whether it can be true: a clock that was wrong must not keep good bundles out for years.
    fn is_past(&self, limits: &AgeLimits, now: Timestamp) -> bool {
        i64::try_from(self.serial).is_ok_and(|millis| limits.is_past(Timestamp::from_millis(millis), now))
    }
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
        if let Some(Inline { bundle, dated }) = inline {
            self.current = Some(generation(bundle, dated, config));
        }
    }

    /// Takes nothing older than this from now on.
    pub(crate) fn remember(&mut self, floor: Option<Floor>) {
        self.floor = floor;
    }

    pub(crate) fn current(&self) -> Option<&Generation> {
        self.current.as_ref()
    }

    /// Takes a reading of the host's clock.
    pub(crate) fn now(&mut self, nanos: Option<u64>) -> Option<Timestamp> {
        self.clock.observe(nanos)
    }

    /// The time as far as it is known without asking again.
    pub(crate) fn known_now(&self) -> Option<Timestamp> {
        self.clock.latest().and(self.clock.highest())
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
        if let Some(floor) = self.floor.filter(|floor| floor.is_past(limits, now)) {
            match timestamp.serial().cmp(&floor.serial) {
                Ordering::Less if self.current.is_some() => return Judgement::Ignore,
                Ordering::Less => return Judgement::Refuse("it is older than what this proxy has had"),
                Ordering::Equal if *timestamp.content_digest() != floor.content_digest => {
                    return Judgement::Refuse("it has the serial of other contents");
                }
                Ordering::Equal | Ordering::Greater => {}
            }
        }
        let Some(current) = &self.current else { return Judgement::Install };
        let is_same = current.bundle.content_digest() == timestamp.content_digest();
        match timestamp.serial().cmp(&current.serial) {
            Ordering::Less => Judgement::Ignore,
            Ordering::Equal if is_same => Judgement::Ignore,
            Ordering::Equal => Judgement::Refuse("it has the serial of other contents"),
            Ordering::Greater if is_same => Judgement::Renew,
            Ordering::Greater => Judgement::Install,
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
        self.current = Some(generation(bundle, Some(Dated::from(timestamp)), config));
        self.clock.reset();
    }
}

fn generation(bundle: Bundle, dated: Option<Dated>, config: &Config) -> Generation {
    let look_up = |id: &ResourceId| (*id, bundle.resource(id));
    let handles =
        config.targets.iter().map(|target| target.resources.iter().map(look_up).collect()).collect();
    Generation {
        handles,
        serial: dated.map_or(0, |dated| dated.serial),
        as_of: dated.map(|dated| dated.as_of),
        bundle,
    }
}
