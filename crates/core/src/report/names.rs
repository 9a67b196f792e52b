//! Names as a report shows them: as they are, or hidden behind the same made-up ones everywhere.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use crate::explain::MessageNames;
use crate::snapshot::Joined;
use crate::{ApplicationId, ResourceId, Snapshot, TeamId};

/// A team in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamName<'s> {
    /// The id.
    pub team_id: TeamId,
    /// The name.
    pub team_name: Cow<'s, str>,
}

/// An application in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationName<'s> {
    /// The id.
    pub application_id: ApplicationId,
    /// The name, as its developer typed it.
    pub application_name: Cow<'s, str>,
}

/// A resource in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceName<'s> {
    /// The id.
    pub resource_id: ResourceId,
    /// The name, with the version.
    pub resource_name: Cow<'s, str>,
}

/// Where a report takes its names from. What people typed at sign-up can be hidden: the names of developers
/// and applications, and the local part of addresses. Teams and resources are the admins' own words.
#[derive(Debug)]
pub(crate) struct Names<'s> {
    snapshot: &'s Snapshot,
    hidden: Option<Hidden>,
}

/// The number each object is called by: its place in the order of ids, so that no other order shows.
#[derive(Debug)]
struct Hidden {
    developers: Vec<u32>,
    applications: Vec<u32>,
}

impl<'s> Names<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot, redact: bool) -> Self {
        let hidden = redact.then(|| Hidden {
            developers: numbers(snapshot.developers().iter().map(|developer| developer.id)),
            applications: numbers(snapshot.applications().iter().map(|application| application.id)),
        });
        Self { snapshot, hidden }
    }

    pub(super) const fn are_hidden(&self) -> bool {
        self.hidden.is_some()
    }

    pub(crate) fn developer(&self, position: u32) -> Cow<'s, str> {
        match &self.hidden {
            Some(hidden) => Cow::Owned(format!("Developer {}", number(&hidden.developers, position))),
            None => self.snapshot.developer_at(position).map_or("", |developer| &developer.name).into(),
        }
    }

    pub(crate) fn email(&self, position: u32) -> Cow<'s, str> {
        let email = self.snapshot.developer_at(position).map_or("", |developer| &*developer.email);
        match &self.hidden {
            Some(hidden) => {
                Cow::Owned(hidden_email("developer", number(&hidden.developers, position), email))
            }
            None => email.into(),
        }
    }

    pub(super) fn application(&self, position: u32) -> Cow<'s, str> {
        match &self.hidden {
            Some(hidden) => Cow::Owned(format!("Application {}", number(&hidden.applications, position))),
            None => self.snapshot.application_at(position).map_or("", |application| &application.name).into(),
        }
    }

    /// The names of what a question joined, for sentences.
    pub(super) fn in_sentences(&self, joined: &Joined) -> MessageNames {
        let resource = joined.resource.and_then(|at| self.snapshot.resource_at(at));
        let team = joined.team.and_then(|at| self.snapshot.team_at(at));
        MessageNames {
            application: joined.application.map(|at| self.application(at).into_owned()).unwrap_or_default(),
            developer: joined.developer.map(|at| self.developer(at).into_owned()).unwrap_or_default(),
            team: team.map(|team| team.name.to_string()).unwrap_or_default(),
            resource: resource.map(|resource| resource.name.to_string()).unwrap_or_default(),
        }
    }

    pub(super) fn team(&self, position: u32) -> Option<TeamName<'s>> {
        let team = self.snapshot.team_at(position)?;
        Some(TeamName { team_id: team.id, team_name: (&*team.name).into() })
    }

    /// Teams in order of id: no row depends on the order of the file.
    pub(super) fn teams(&self, positions: &[u32]) -> Vec<TeamName<'s>> {
        let mut teams: Vec<TeamName<'s>> =
            positions.iter().filter_map(|position| self.team(*position)).collect();
        teams.arrange_by_key(|team| team.team_id);
        teams
    }

    /// Applications in order of id.
    pub(super) fn applications(&self, positions: &[u32]) -> Vec<ApplicationName<'s>> {
        let mut applications: Vec<ApplicationName<'s>> =
            positions.iter().filter_map(|position| self.named_application(*position)).collect();
        applications.arrange_by_key(|application| application.application_id);
        applications
    }

    fn named_application(&self, position: u32) -> Option<ApplicationName<'s>> {
        let application = self.snapshot.application_at(position)?;
        Some(ApplicationName { application_id: application.id, application_name: self.application(position) })
    }

    pub(super) fn resource(&self, position: u32) -> Option<ResourceName<'s>> {
        let resource = self.snapshot.resource_at(position)?;
        Some(ResourceName { resource_id: resource.id, resource_name: (&*resource.name).into() })
    }
}

/// An address with its local part hidden. The domain stays, if there is an ordinary one.
pub(super) fn hidden_email(what: &str, number: u32, email: &str) -> String {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let ordinary = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    if domain.is_empty() || !domain.chars().all(ordinary) {
        return format!("{what}-{number}");
    }
    format!("{what}-{number}@{domain}")
}

/// Of each item, its place in the order of ids, from 1.
fn numbers<Id: Ord>(ids: impl Iterator<Item = Id>) -> Vec<u32> {
    let mut order: Vec<(Id, u32)> = ids.zip(0u32..).collect();
    order.arrange();
    let mut numbers = vec![0; order.len()];
    for ((_, position), number) in order.iter().zip(1u32..) {
        if let Some(slot) = numbers.get_mut(*position as usize) {
            *slot = number;
        }
    }
    numbers
}

fn number(numbers: &[u32], position: u32) -> u32 {
    numbers.get(position as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_address_is_hidden_whole() {
        assert_eq!(hidden_email("developer", 7, "ada@arsenal.com"), "developer-7@arsenal.com");
        assert_eq!(hidden_email("developer", 7, "\"ada@arsenal.com\"@evil.test"), "developer-7@evil.test");
        for odd in ["ada", "ada@", "ada@ada lovelace", "ada@x?bcc=me@y z"] {
            assert_eq!(hidden_email("developer", 7, odd), "developer-7");
        }
        assert_eq!(numbers([3, 1, 2].into_iter()), [3, 1, 2]);
    }
}
