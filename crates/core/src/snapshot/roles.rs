//! What a team's role assignments grant, and what several teams grant together.

use super::Snapshot;
use super::ids::at;
use super::model::{ApplicationOwner, AssignedRole, Resource};
use crate::arrange::Arrange as _;
use crate::{EntityId, Region, RoleFact};

/// A role and whether it came only from an assignment on every entity (`*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrantedRole {
    pub(crate) role: RoleFact,
    pub(crate) by_wildcard: bool,
}

impl GrantedRole {
    pub(crate) const NONE: Self = Self { role: RoleFact::None, by_wildcard: false };

    /// The better of two; of equals the one that needs no assumption.
    fn or(self, other: Self) -> Self {
        match self.role.cmp(&other.role) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal => {
                Self { role: self.role, by_wildcard: self.by_wildcard && other.by_wildcard }
            }
        }
    }
}

/// A team's roles that hold in the portal's region.
#[derive(Clone, Debug)]
pub(crate) struct TeamRoles {
    everywhere: RoleFact,
    /// The best role by entity, ascending.
    by_entity: Vec<(EntityId, RoleFact)>,
}

impl TeamRoles {
    pub(super) fn new(assigned: &[AssignedRole], portal: Option<Region>) -> Self {
        // Without a known region only an assignment in every region holds for certain.
        let holds =
            |role: &&AssignedRole| role.region.is_none() || (portal.is_some() && role.region == portal);
        let mut everywhere = RoleFact::None;
        let mut by_entity: Vec<(EntityId, RoleFact)> = Vec::new();
        for assigned in assigned.iter().filter(holds) {
            match assigned.entity {
                None => everywhere = everywhere.max(assigned.role),
                Some(entity) => by_entity.push((entity, assigned.role)),
            }
        }
        by_entity.arrange_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        by_entity.dedup_by_key(|(entity, _)| *entity);
        Self { everywhere, by_entity }
    }

    /// The best role on an entity.
    pub(crate) fn on(&self, entity: EntityId) -> GrantedRole {
        let by_name = self.by_entity.binary_search_by(|(known, _)| known.cmp(&entity)).ok();
        let by_name =
            by_name.and_then(|found| self.by_entity.get(found)).map_or(RoleFact::None, |(_, role)| *role);
        let by_name = GrantedRole { role: by_name, by_wildcard: false };
        by_name.or(GrantedRole { role: self.everywhere, by_wildcard: self.everywhere != RoleFact::None })
    }
}

impl Snapshot {
    /// What one team grants on a resource.
    pub(crate) fn team_role(&self, team: u32, resource: &Resource) -> GrantedRole {
        match (at(&self.team_roles, team), resource.entity) {
            (Some(roles), Some(entity)) => roles.on(entity),
            _ => GrantedRole::NONE,
        }
    }

    /// What several teams grant together on a resource.
    pub(crate) fn role_of_teams(&self, teams: &[u32], resource: &Resource) -> GrantedRole {
        teams.iter().fold(GrantedRole::NONE, |best, team| best.or(self.team_role(*team, resource)))
    }

    /// The teams whose roles an application has: all its developer's, or only the team that owns it
    /// (Kong, "Self-service": a member's broader access through other teams does not count).
    pub(crate) fn teams_behind(&self, owner: ApplicationOwner) -> OwnerTeams<'_> {
        match owner {
            ApplicationOwner::Unknown => OwnerTeams::Of(&[]),
            ApplicationOwner::Developer(developer) => OwnerTeams::Of(self.teams_of(developer)),
            ApplicationOwner::Team(team) => OwnerTeams::One([team]),
        }
    }
}

/// The teams behind an application.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OwnerTeams<'s> {
    /// A developer's.
    Of(&'s [u32]),
    /// The owning team.
    One([u32; 1]),
}

impl OwnerTeams<'_> {
    pub(crate) fn as_slice(&self) -> &[u32] {
        match self {
            Self::Of(teams) => teams,
            Self::One(team) => team,
        }
    }
}
