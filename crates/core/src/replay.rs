//! What a gateway decided, asked again of the portal as it is now.
//!
//! A gateway decides from a bundle that is seconds old, a snapshot is as old as its crawl, and somebody may have
//! approved or revoked in between: the drift between the two is what this shows. Lines about what a snapshot cannot
//! know (whether a credential was good, whether a bundle was fresh, which resource a path means) are counted, not asked.
//!
//! ```
//! # let file = include_bytes!("../testdata/small.json");
//! use gatepass::replay::{Drift, Replay};
//! use gatepass::{DecisionLine, LoggedDecision, ReadOptions, Snapshot};
//! let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
//! let mut replay = Replay::new(&portal, None);
//! let mut line = DecisionLine::new(LoggedDecision::Allow);
//! line.application_id = Some("a0000000-0000-4000-8000-000000000001".parse().unwrap());
//! line.resource_ids = vec!["e0000000-0000-4000-8000-000000000001".parse().unwrap()];
//! assert_eq!(replay.ask(&line), Drift::NowDenied);
//! assert_eq!(replay.rows()[0].reason_now.unwrap().code(), "registration_pending");
//! assert_eq!(replay.ask(&DecisionLine::new(LoggedDecision::Open)), Drift::NotAsked);
//! ```

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use serde::Serialize;

use crate::report::words;
use crate::{
    ApplicationId, Completeness, DecisionLine, LoggedDecision, Policy, Question, Reason, ResourceId,
    Snapshot, Timestamp,
};

/// The format of replays.
pub const REPLAY_FORMAT: &str = "gatepass.replay/1";

words! {
    /// How a logged decision and the portal now differ.
    Drift {
        /// The gateway let through what the portal denies now.
        NowDenied = "now_denied",
        /// The gateway denied what the portal allows now.
        NowAllowed = "now_allowed",
        /// Both deny, for another first reason.
        ReasonChanged = "reason_changed",
        /// Both say the same.
        Same = "same",
        /// A snapshot cannot be asked this: nobody was identified, or the reason is the gateway's own.
        NotAsked = "not_asked",
    }
}

/// How many logged decisions there were of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReplayCounts {
    /// Let through then, denied now.
    pub now_denied: u64,
    /// Denied then, allowed now.
    pub now_allowed: u64,
    /// Denied for another reason.
    pub reason_changed: u64,
    /// As it was.
    pub same: u64,
    /// Not asked.
    pub not_asked: u64,
}

impl ReplayCounts {
    /// Whether the portal now says something else than the gateway did.
    pub const fn has_drift(&self) -> bool {
        self.now_denied > 0 || self.now_allowed > 0 || self.reason_changed > 0
    }

    const fn of(&mut self, drift: Drift) -> &mut u64 {
        match drift {
            Drift::NowDenied => &mut self.now_denied,
            Drift::NowAllowed => &mut self.now_allowed,
            Drift::ReasonChanged => &mut self.reason_changed,
            Drift::Same => &mut self.same,
            Drift::NotAsked => &mut self.not_asked,
        }
    }
}

/// Requests of one application to one resource for which the portal now says something else than the gateway did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReplayRow<'s> {
    /// How they differ.
    pub drift: Drift,
    /// Why the gateway denied; null if it let through.
    pub reason_logged: Option<String>,
    /// Why the portal denies now; null if it allows.
    pub reason_now: Option<Reason>,
    /// How many requests.
    pub requests: u64,
    /// When the first of them was decided, if the gateway knew.
    pub first_at: Option<Timestamp>,
    /// When the last of them was decided, if the gateway knew.
    pub last_at: Option<Timestamp>,
    /// The application.
    pub application_id: ApplicationId,
    /// Its name; null if the portal does not have it.
    pub application_name: Option<&'s str>,
    /// The resource: of several that would have been enough, the one the gateway named.
    pub resource_id: ResourceId,
    /// Its name; null if the portal does not have it.
    pub resource_name: Option<&'s str>,
}

/// The whole on the wire. Every member is always present.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayDocument<'s> {
    /// [`REPLAY_FORMAT`].
    pub format: &'static str,
    /// When the crawl that wrote the snapshot began.
    pub as_of: Timestamp,
    /// How much of the portal it is known to hold.
    pub completeness: Completeness,
    /// Under which policy everything was asked; null for each line's own.
    pub policy: Option<Policy>,
    /// How many decisions of each kind.
    pub counts: ReplayCounts,
    /// What differs: let through and denied now first, then by the number of requests.
    pub rows: Vec<ReplayRow<'s>>,
}

/// Same requests are one row.
type Key = (Drift, ApplicationId, ResourceId, Option<String>, Option<Reason>);

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    requests: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// Asks logged decisions again, and sums up what differs. Memory grows with what differs, not with the log.
#[derive(Clone, Debug)]
pub struct Replay<'s> {
    snapshot: &'s Snapshot,
    policy: Option<Policy>,
    counts: ReplayCounts,
    sums: OrderedMap<Key, Sum>,
}

impl<'s> Replay<'s> {
    /// Nothing asked yet. Without a policy each line is asked under its own.
    pub const fn new(snapshot: &'s Snapshot, policy: Option<Policy>) -> Self {
        let counts = ReplayCounts { now_denied: 0, now_allowed: 0, reason_changed: 0, same: 0, not_asked: 0 };
        Self { snapshot, policy, counts, sums: OrderedMap::new() }
    }

    /// Asks one logged decision again.
    pub fn ask(&mut self, line: &DecisionLine) -> Drift {
        let drift = self.drift(line).unwrap_or(Drift::NotAsked);
        let count = self.counts.of(drift);
        *count = count.saturating_add(1);
        drift
    }

    /// `None` if a snapshot cannot be asked.
    fn drift(&mut self, line: &DecisionLine) -> Option<Drift> {
        let application = line.application_id?;
        let named = line.resource_id.or(line.resource_ids.first().copied())?;
        let logged = match line.decision {
            LoggedDecision::Open => return None,
            LoggedDecision::Allow => None,
            LoggedDecision::Deny | LoggedDecision::WouldDeny => {
                Some(line.reason.as_deref()?.parse::<Reason>().ok().filter(|reason| knowable(*reason))?)
            }
        };
        let policy = self.policy.or(line.policy).unwrap_or(Policy::Strict);
        let asked =
            |resource| self.snapshot.outcome(&Question::consume(application, resource, policy)).reason();
        // Any of the resources that were asked for would have been enough.
        let allowed = line.resource_ids.iter().any(|resource| asked(*resource).is_none());
        let now = if allowed { None } else { asked(named) };
        let drift = match (logged, now) {
            (None, Some(_)) => Drift::NowDenied,
            (Some(_), None) => Drift::NowAllowed,
            (logged, now) if logged == now => Drift::Same,
            _ => Drift::ReasonChanged,
        };
        if drift != Drift::Same {
            let key = (drift, application, named, logged.map(|reason| reason.code().to_owned()), now);
            self.sums.update(key, |sum: &mut Sum| {
                sum.requests = sum.requests.saturating_add(1);
                sum.first = [sum.first, line.at].into_iter().flatten().min();
                sum.last = sum.last.max(line.at);
            });
        }
        Some(drift)
    }

    /// How many decisions of each kind there were so far.
    pub const fn counts(&self) -> ReplayCounts {
        self.counts
    }

    /// What differs so far: let through and denied now first, then by the number of requests.
    pub fn rows(&self) -> Vec<ReplayRow<'s>> {
        let snapshot = self.snapshot;
        let row = |(key, sum): (&Key, &Sum)| {
            let (drift, application_id, resource_id, reason_logged, reason_now) = key.clone();
            let application = snapshot.application_position(application_id);
            let resource = snapshot.resource_position(resource_id);
            ReplayRow {
                drift,
                reason_logged,
                reason_now,
                requests: sum.requests,
                first_at: sum.first,
                last_at: sum.last,
                application_id,
                application_name: application
                    .and_then(|at| snapshot.application_at(at))
                    .map(|found| &*found.name),
                resource_id,
                resource_name: resource.and_then(|at| snapshot.resource_at(at)).map(|found| &*found.name),
            }
        };
        let mut rows: Vec<ReplayRow<'s>> = self.sums.iter().map(row).collect();
        // Stable: of equally many requests, by id.
        rows.arrange_by_key(|row| (row.drift, std::cmp::Reverse(row.requests)));
        rows
    }

    /// The whole as one JSON document.
    pub fn document(&self) -> ReplayDocument<'s> {
        ReplayDocument {
            format: REPLAY_FORMAT,
            as_of: self.snapshot.as_of(),
            completeness: self.snapshot.completeness(),
            policy: self.policy,
            counts: self.counts,
            rows: self.rows(),
        }
    }
}

/// Whether a snapshot knows what a reason speaks of: not of credentials as they were shown, nor of a bundle's age.
const fn knowable(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::BundleStale
            | Reason::CredentialMissing
            | Reason::CredentialAmbiguous
            | Reason::CredentialUnknown
            | Reason::CredentialUnrecognized
            | Reason::CredentialRevoked
            | Reason::CredentialExpired
    )
}
