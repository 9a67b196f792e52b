//! What all reports of one snapshot have in common.

use super::access::Access;
use super::names::Names;
use super::parameters::{self, Parameters, ReportError};
use crate::arrange::Arrange as _;
use crate::snapshot::{Application, ApplicationOwner, Developer};
use crate::{DeveloperStatus, Fix, Snapshot, Timestamp};

/// The snapshot, the parameters, and what is derived from both.
#[derive(Debug)]
pub(super) struct Context<'s, 'p> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) parameters: &'p Parameters,
    pub(super) access: Access<'s>,
    pub(super) names: Names<'s>,
    /// The teams the report is limited to, by position; `None` is no limit.
    teams: Option<Vec<u32>>,
}

impl<'s, 'p> Context<'s, 'p> {
    pub(super) fn new(snapshot: &'s Snapshot, parameters: &'p Parameters) -> Result<Self, ReportError> {
        let mut teams = Vec::with_capacity(parameters.teams.len());
        for name in &parameters.teams {
            teams.push(parameters::team(snapshot, name)?);
        }
        teams.arrange();
        Ok(Self {
            snapshot,
            parameters,
            access: Access::new(snapshot),
            names: Names::new(snapshot, parameters.redact),
            teams: (!teams.is_empty()).then_some(teams),
        })
    }

    pub(super) fn includes_team(&self, team: u32) -> bool {
        self.teams.as_ref().is_none_or(|teams| teams.binary_search(&team).is_ok())
    }

    pub(super) fn includes_developer(&self, developer: u32) -> bool {
        self.teams.is_none() || self.snapshot.teams_of(developer).iter().any(|team| self.includes_team(*team))
    }

    pub(super) fn includes_owner(&self, owner: ApplicationOwner) -> bool {
        match owner {
            ApplicationOwner::Unknown => self.teams.is_none(),
            ApplicationOwner::Developer(developer) => self.includes_developer(developer),
            ApplicationOwner::Team(team) => self.includes_team(team),
        }
    }

    /// The developers the report is about, with their positions.
    pub(super) fn developers(&self) -> impl Iterator<Item = (&'s Developer, u32)> {
        let all = self.snapshot.developers().iter().zip(0u32..);
        all.filter(|(_, position)| self.includes_developer(*position))
    }

    /// The applications the report is about, with their positions.
    pub(super) fn applications(&self) -> impl Iterator<Item = (&'s Application, u32)> {
        let all = self.snapshot.applications().iter().zip(0u32..);
        all.filter(|(application, _)| self.includes_owner(application.owner))
    }

    /// Whether an owner may own something that works: an approved developer, or a team.
    pub(super) fn is_approved(&self, owner: ApplicationOwner) -> bool {
        match owner {
            ApplicationOwner::Unknown => false,
            ApplicationOwner::Developer(developer) => self
                .snapshot
                .developer_at(developer)
                .is_some_and(|developer| developer.status == DeveloperStatus::Approved),
            ApplicationOwner::Team(_) => true,
        }
    }

    /// Whole hours up to `now`; negative for what is yet to come.
    pub(super) fn age_hours(&self, from: Option<Timestamp>) -> Option<i64> {
        from.map(|from| self.parameters.now.millis_since(from).div_euclid(3_600_000))
    }

    /// A change as a fix: with who can carry it out in this portal.
    pub(super) fn fix(&self, change: crate::Change) -> Fix {
        Fix { executable: change.executable(self.snapshot.api()), change }
    }
}
