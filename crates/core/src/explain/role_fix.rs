//! Which team to give a role, or a developer, so that the least else is opened.

use super::fixes::join_team;
use crate::snapshot::{ApplicationOwner, Change, Joined, RoleAssignment, RoleName};
use crate::{EntityId, RoleFact, Snapshot, TeamId};

/// One way to grant the role.
struct Candidate {
    /// How many other pairs of application and resource it would open.
    opens: usize,
    /// Roles for a team the developer is in come before a new membership.
    joins: bool,
    team: TeamId,
    position: u32,
    assigns: bool,
}

/// The changes that give the asker `needed` on the resource.
pub(crate) fn grant(snapshot: &Snapshot, joined: &Joined, needed: RoleFact) -> Option<Vec<Change>> {
    let (asked, position) = (joined.application, joined.resource?);
    let entity = snapshot.resource_at(position)?.entity?;
    let search = Search { snapshot, position, entity, needed, asked };
    if let Some(team) = joined.team {
        // A team-owned application has that team's roles only.
        return Some(vec![search.assign(team)?]);
    }
    let developer = joined.developer?;
    search.best(developer).or_else(|| search.new_team(developer))
}

struct Search<'s> {
    snapshot: &'s Snapshot,
    position: u32,
    entity: EntityId,
    needed: RoleFact,
    asked: Option<u32>,
}

impl Search<'_> {
    /// The option that opens the fewest other pairs, then the smallest team id.
    fn best(&self, developer: u32) -> Option<Vec<Change>> {
        let own = self.snapshot.teams_of(developer);
        let mut options: Vec<Candidate> = own.iter().filter_map(|team| self.assign_to(*team)).collect();
        let granting = self.snapshot.role_index().granting(self.entity, self.needed);
        let others = granting.filter(|team| own.binary_search(team).is_err());
        options.extend(others.filter_map(|team| self.join(team, developer)));
        if options.is_empty() {
            let all = 0..u32::try_from(self.snapshot.teams().len()).unwrap_or(u32::MAX);
            options.extend(all.filter_map(|team| self.assign_and_join(team, developer)));
        }
        let best = options.into_iter().min_by_key(|option| (option.opens, option.joins, option.team))?;
        let mut changes = Vec::with_capacity(2);
        if best.assigns {
            changes.push(self.assign(best.position)?);
        }
        if best.joins {
            changes.push(join_team(self.snapshot, best.position, developer)?);
        }
        Some(changes)
    }

    fn role_name(&self) -> RoleName {
        if self.needed == RoleFact::Viewer { RoleName::Viewer } else { RoleName::Consumer }
    }

    fn region(&self) -> &'static str {
        // Without a known region only a role in every region is sure to hold.
        self.snapshot.region().map_or("*", |region| region.as_str())
    }

    fn assign(&self, team: u32) -> Option<Change> {
        Some(Change::AssignRole(RoleAssignment {
            team_id: self.snapshot.team_at(team)?.id,
            role_name: self.role_name(),
            entity_id: self.entity,
            entity_type_name: "Services",
            entity_region: self.region(),
        }))
    }

    fn assign_to(&self, position: u32) -> Option<Candidate> {
        let team = self.snapshot.team_at(position)?.id;
        let opens = self.opened_by_role(position);
        Some(Candidate { opens, joins: false, team, position, assigns: true })
    }

    fn join(&self, position: u32, developer: u32) -> Option<Candidate> {
        let team = self.snapshot.team_at(position)?.id;
        let opens = self.opened_by_membership(position, developer);
        Some(Candidate { opens, joins: true, team, position, assigns: false })
    }

    fn assign_and_join(&self, position: u32, developer: u32) -> Option<Candidate> {
        let team = self.snapshot.team_at(position)?.id;
        let by_membership = self.opened_by_membership(position, developer);
        let opens = self.opened_by_role(position).saturating_add(by_membership);
        Some(Candidate { opens, joins: true, team, position, assigns: true })
    }

    fn new_team(&self, developer: u32) -> Option<Vec<Change>> {
        Some(vec![Change::CreateTeam {
            developer_id: self.snapshot.developer_at(developer)?.id,
            role_name: self.role_name(),
            entity_id: self.entity,
            entity_type_name: "Services",
            entity_region: self.region(),
        }])
    }

    /// Pairs that a Consumer role of the team on the entity would open, but the one asked about.
    fn opened_by_role(&self, team: u32) -> usize {
        if self.needed != RoleFact::Consumer {
            return 0;
        }
        let index = self.snapshot.role_index();
        let all = index.opened_by_role(team, self.entity);
        let asked = self.asked_pair().is_some_and(|(application, resource)| {
            let owner = self.snapshot.application_at(application).map(|found| found.owner);
            let through_team = match owner {
                Some(ApplicationOwner::Developer(developer)) => {
                    self.snapshot.teams_of(developer).binary_search(&team).is_ok()
                }
                Some(ApplicationOwner::Team(owner)) => owner == team,
                _ => false,
            };
            through_team && index.is_closed(application, resource)
        });
        all.saturating_sub(usize::from(asked))
    }

    /// Pairs that the developer's membership of the team would open, but the one asked about.
    fn opened_by_membership(&self, team: u32, developer: u32) -> usize {
        let asked = self.asked_pair();
        let closed = self.snapshot.role_index().closed_of_developer(developer);
        let others = closed.filter(|pair| Some(*pair) != asked);
        let granted = |resource: u32| {
            let resource = self.snapshot.resource_at(resource);
            resource.is_some_and(|found| self.snapshot.team_role(team, found).role == RoleFact::Consumer)
        };
        others.filter(|(_, resource)| granted(*resource)).count()
    }

    fn asked_pair(&self) -> Option<(u32, u32)> {
        Some((self.asked?, self.position))
    }
}
