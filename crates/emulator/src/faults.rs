//! Faults that can be switched on while the emulator runs, and which request gets which.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::random::share;

/// What goes wrong. `Faults::default()` is nothing; `POST /_emulator/faults` takes the same as JSON.
///
/// Which requests are hit depends on the seed, the method, the target and how often that target was asked for, and on
/// nothing else: not on time, and not on the order in which different targets arrive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// What chance is derived from.
    pub seed: u64,
    /// Operations that are hit, by name (`v2:list-applications`) or id; all if empty.
    pub operations: Vec<String>,
    /// After so many faults in a row a target is answered rightly; 0 is no limit.
    pub most_in_a_row: u32,
    /// Server errors.
    pub errors: Errors,
    /// 429 with `Retry-After`.
    pub throttle: Throttle,
    /// Answers that are late.
    pub slow: Slow,
    /// The share of requests whose connection is closed without an answer.
    pub drop: f64,
    /// The share of answers that end in the middle of the body.
    pub truncate: f64,
    /// For requests that change something: whether an error or a drop comes instead of the change or after it.
    pub when: When,
    /// What is added to every `meta.page.total`.
    pub total: i64,
    /// Changes of a list between its pages.
    pub moving: Vec<Moving>,
    /// How numbers are written.
    pub numbers: Numbers,
    /// How times are written.
    pub timestamps: Timestamps,
}

/// Server errors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Errors {
    /// The share of requests, from 0 to 1.
    pub rate: f64,
    /// The statuses to choose from; 500, 502 and 503 if empty.
    pub statuses: Vec<u16>,
    /// Whether the body is a proxy's HTML page instead of a problem document.
    pub html: bool,
}

/// 429 with `Retry-After`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// The share of requests, from 0 to 1.
    pub rate: f64,
    /// How many requests are throttled at once, whatever the share: a burst.
    pub next: u32,
    /// The seconds of `Retry-After`.
    pub retry_after: u32,
}

/// Answers that are late.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slow {
    /// The share of requests, from 0 to 1.
    pub rate: f64,
    /// How late.
    pub millis: u64,
}

/// When a request that changes something fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing was changed.
    #[default]
    Before,
    /// The change was made, and only the answer is lost.
    After,
    /// One or the other.
    Either,
}

/// One change of a list while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moving {
    /// The list of the portal that changes.
    pub list: List,
    /// How.
    pub change: Change,
    /// After which page's answer.
    #[serde(default = "one")]
    pub after_page: u32,
    /// How often.
    #[serde(default = "one")]
    pub times: u32,
}

/// A list of a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// Its developers.
    Developers,
    /// Its teams.
    Teams,
    /// Its applications.
    Applications,
    /// Its registrations.
    Registrations,
}

/// How a list changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An item appears before the first: the next page repeats one.
    InsertFirst,
    /// An item appears after the last: the list grows.
    InsertLast,
    /// The first item is deleted: the next page misses one.
    DeleteFirst,
    /// The last item is deleted.
    DeleteLast,
}

/// How numbers are written. The documents say `number`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbers {
    /// `10`
    #[default]
    Integers,
    /// `10.0`
    Floats,
}

/// How times are written: the three shapes of Kong's own examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// `2022-11-15T20:37:41.450Z`
    #[default]
    Millis,
    /// `2022-11-15T20:37:41.45Z`: the third digit is cut.
    Centis,
    /// `2022-11-15T20:37:41Z`: the fraction is cut.
    Seconds,
    /// Any of the three.
    Mixed,
}

const fn one() -> u32 {
    1
}

/// What happens to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fate {
    pub(crate) delay_millis: u64,
    pub(crate) fault: Option<Fault>,
    /// Whether the request is carried out although its answer is lost.
    pub(crate) carried_out: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error { status: u16, html: bool },
    Throttled { retry_after: u32 },
    Dropped,
    Truncated,
}

impl Fault {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Error { status, html: false } => format!("{status}"),
            Self::Error { status, html: true } => format!("{status} html"),
            Self::Throttled { .. } => "429".to_owned(),
            Self::Dropped => "dropped".to_owned(),
            Self::Truncated => "truncated".to_owned(),
        }
    }
}

/// The faults in force, and what they have done.
#[derive(Debug, Default)]
pub(crate) struct FaultState {
    pub(crate) faults: Faults,
    attempts: HashMap<String, (u32, u32)>,
}

impl FaultState {
    pub(crate) fn set(&mut self, faults: Faults) {
        *self = Self { faults, attempts: HashMap::new() };
    }

    /// Decides about a request.
    pub(crate) fn fate(&mut self, operation: &str, method: &str, target: &str) -> Fate {
        let faults = &mut self.faults;
        let hit =
            |name: &String| name == operation || operation.split_once(':').is_some_and(|(_, id)| id == name);
        if !faults.operations.is_empty() && !faults.operations.iter().any(hit) {
            return Fate::default();
        }
        let key = format!("{method} {target}");
        let (attempt, row) = self.attempts.entry(key.clone()).or_default();
        *attempt = attempt.saturating_add(1);
        let chance = |what: &str| share(faults.seed, &format!("{what} {key} {attempt}"));
        let delay_millis = if chance("slow") < faults.slow.rate { faults.slow.millis } else { 0 };
        let mut fault = if faults.throttle.next > 0 {
            Some(Fault::Throttled { retry_after: faults.throttle.retry_after })
        } else {
            drawn(faults, chance("fault"), chance("status"))
        };
        if faults.throttle.next == 0 && faults.most_in_a_row > 0 && *row >= faults.most_in_a_row {
            fault = None;
        }
        *row = if fault.is_some() { row.saturating_add(1) } else { 0 };
        let after = match faults.when {
            When::Before => false,
            When::After => true,
            When::Either => chance("when") < 0.5,
        };
        let carried_out = match fault {
            Some(Fault::Error { .. } | Fault::Dropped) => after && method != "GET",
            Some(Fault::Throttled { .. }) => false,
            Some(Fault::Truncated) | None => true,
        };
        faults.throttle.next = faults.throttle.next.saturating_sub(1);
        Fate { delay_millis, fault, carried_out }
    }

    /// The change of a list that is due after a page of it.
    pub(crate) fn moving(&mut self, operation: &str, page: u64) -> Option<(List, Change)> {
        let list = match operation.split_once(':').map(|(_, id)| id) {
            Some("list-portal-developers") => List::Developers,
            Some("list-portal-teams") => List::Teams,
            Some("list-applications") => List::Applications,
            Some("list-registrations") => List::Registrations,
            _ => return None,
        };
        let due =
            self.faults.moving.iter_mut().find(|moving| {
                moving.list == list && moving.times > 0 && u64::from(moving.after_page) == page
            })?;
        due.times = due.times.saturating_sub(1);
        Some((list, due.change))
    }
}

/// At most one fault, by shares that are laid side by side.
fn drawn(faults: &Faults, chance: f64, status: f64) -> Option<Fault> {
    let mut below = faults.errors.rate;
    if chance < below {
        let statuses: &[u16] =
            if faults.errors.statuses.is_empty() { &[500, 502, 503] } else { &faults.errors.statuses };
        let mut edge = 0.0;
        let width = 1.0 / f64::from(u32::try_from(statuses.len()).unwrap_or(1));
        for found in statuses {
            edge += width;
            if status < edge {
                return Some(Fault::Error { status: *found, html: faults.errors.html });
            }
        }
        return Some(Fault::Error { status: 500, html: faults.errors.html });
    }
    below += faults.throttle.rate;
    if chance < below {
        return Some(Fault::Throttled { retry_after: faults.throttle.retry_after });
    }
    below += faults.drop;
    if chance < below {
        return Some(Fault::Dropped);
    }
    below += faults.truncate;
    (chance < below).then_some(Fault::Truncated)
}
