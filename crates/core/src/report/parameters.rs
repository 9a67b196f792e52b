//! What a report is asked with, and what is wrong with that.

use std::collections::BTreeMap;

use serde::Serialize;

use super::span::Span;
use super::words::words;
use crate::{DeveloperId, DeveloperStatus, Snapshot, Timestamp};

words! {
    /// Whom `follow_ups` writes to.
    Audience {
        /// The developers who are stuck and can go on by themselves.
        Developers = "developers",
        /// The owners of APIs somebody waits for.
        Owners = "owners",
    }
}

words! {
    /// What `developers` is sorted by: Konnect's own sort keys.
    SortKey {
        /// Oldest sign-up first.
        CreatedAt = "created_at",
        /// Longest untouched first.
        UpdatedAt = "updated_at",
        /// By e-mail address.
        Email = "email",
        /// By name.
        Name = "name",
        /// By status: approved, pending, rejected, revoked, unrecognized.
        Status = "status",
    }
}

/// The order of `developers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The other way round.
    pub descending: bool,
}

impl std::str::FromStr for Sort {
    type Err = super::UnknownWord;

    /// Reads a key, with `-` before it for the other way round.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, descending) = text.strip_prefix('-').map_or((text, false), |key| (key, true));
        Ok(Self { key: key.parse()?, descending })
    }
}

impl Serialize for Sort {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", if self.descending { "-" } else { "" }, self.key))
    }
}

/// That somebody was written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contact {
    /// Who.
    pub developer_id: DeveloperId,
    /// When.
    pub at: Timestamp,
    /// How: `mail`, `slack`, whatever the log says.
    pub channel: String,
}

/// What a report is asked with. A report that does not read a member ignores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The time the report is about; ages are counted up to it.
    pub now: Timestamp,
    /// How old an application must be before its developer counts as blocked.
    pub older_than: Span,
    /// Only what belongs to these teams, by name or id; everything if empty.
    pub teams: Vec<String>,
    /// `needs_consume_permission` also of developers who own no application.
    pub include_without_application: bool,
    /// `developers` with this text in name, e-mail address or id; case does not matter.
    pub search: Option<String>,
    /// `developers` with this status.
    pub status: Option<DeveloperStatus>,
    /// The order of `developers`; by id if left out.
    pub sort: Option<Sort>,
    /// Whom `follow_ups` writes to.
    pub audience: Audience,
    /// Who owns an API: from product or API, by name or id, to e-mail address.
    pub owners: BTreeMap<String, String>,
    /// How often members of a team are written to at most: from team, by name or id.
    pub cadence: BTreeMap<String, Span>,
    /// How often everybody else is written to at most.
    pub default_cadence: Span,
    /// Who was written to.
    pub contacts: Vec<Contact>,
    /// Names become `Developer 1`, local parts of e-mail addresses `developer-1`; the same ones everywhere.
    pub redact: bool,
}

impl Parameters {
    /// The defaults, at this time.
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now,
            older_than: Span::from_hours(48),
            teams: Vec::new(),
            include_without_application: false,
            search: None,
            status: None,
            sort: None,
            audience: Audience::Developers,
            owners: BTreeMap::new(),
            cadence: BTreeMap::new(),
            default_cadence: Span::from_hours(7 * 24),
            contacts: Vec::new(),
            redact: false,
        }
    }

    /// The parameters as the report repeats them.
    pub(super) fn echoed(&self) -> EchoedParameters {
        let searched = self.search.clone();
        EchoedParameters {
            older_than: self.older_than,
            teams: self.teams.clone(),
            include_without_application: self.include_without_application,
            // What was searched for can be the very name that is hidden.
            search: if self.redact { searched.map(|_| "(redacted)".to_owned()) } else { searched },
            status: self.status.map(super::status_word),
            sort: self.sort,
            audience: self.audience,
            owners: if self.redact { redacted_owners(&self.owners) } else { self.owners.clone() },
            cadence: self.cadence.clone(),
            default_cadence: self.default_cadence,
            contacts: self.contacts.len(),
            redact: self.redact,
        }
    }
}

fn redacted_owners(owners: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let numbered = owners.iter().zip(1u32..);
    numbered
        .map(|((name, email), number)| (name.clone(), super::names::hidden_email("owner", number, email)))
        .collect()
}

/// The parameters as a report repeats them: with the snapshot and `now`, all that its bytes depend on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EchoedParameters {
    older_than: Span,
    teams: Vec<String>,
    include_without_application: bool,
    search: Option<String>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::StatusWord>"))]
    status: Option<&'static str>,
    sort: Option<Sort>,
    audience: Audience,
    owners: BTreeMap<String, String>,
    cadence: BTreeMap<String, Span>,
    default_cadence: Span,
    contacts: usize,
    redact: bool,
}

impl EchoedParameters {
    /// Whether names are hidden.
    pub(super) const fn redact(&self) -> bool {
        self.redact
    }
}

/// Parameters that do not fit the portal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No team has this name or id.
    #[error("the portal has no team `{name}`; name one by its exact name or its id")]
    TeamUnknown {
        /// What was asked for.
        name: String,
    },
    /// Several teams have this name.
    #[error("several teams are called `{name}`; name the team by its id")]
    TeamAmbiguous {
        /// What was asked for.
        name: String,
    },
    /// No product or API has this name or id.
    #[error("the portal has no product or API `{name}`; name one by its exact name or its id")]
    ProductUnknown {
        /// What was asked for.
        name: String,
    },
}

/// The position of the team with this id or name.
pub(super) fn team(snapshot: &Snapshot, name: &str) -> Result<u32, ReportError> {
    let shown = || crate::plain::Shown(name).to_string();
    let by_id = name.parse::<crate::TeamId>().ok();
    let numbered = || snapshot.teams().iter().zip(0u32..);
    if let Some((_, position)) = numbered().find(|(team, _)| Some(team.id) == by_id) {
        return Ok(position);
    }
    let mut named = numbered().filter(|(team, _)| *team.name == *name);
    match (named.next(), named.next()) {
        (Some((_, position)), None) => Ok(position),
        (None, _) => Err(ReportError::TeamUnknown { name: shown() }),
        (Some(_), Some(_)) => Err(ReportError::TeamAmbiguous { name: shown() }),
    }
}
