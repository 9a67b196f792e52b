//! Which team to give a role, or a developer, so that the least else is opened.

use super::fixes::join_team;
use crate::snapshot::{ApplicationOwner, Change, Joined, Question, Resource, RoleAssignment, RoleName};
use crate::{Action, ApplicationId, EntityId, Policy, Rbac, Reason, RoleFact, Snapshot, TeamId, decide};

/// One way to grant the role.
struct Candidate {
    /// How many other pairs of application and resource it would open.
    opens: usize,
    /// Roles for a team the developer is in come before a new membership.
    joins: bool,
    team: TeamId,
    changes: Vec<Change>,
}

/// The changes that give the asker `needed` on the resource.
pub(super) fn grant(snapshot: &Snapshot, joined: &Joined, needed: RoleFact) -> Option<Vec<Change>> {
    let resource = snapshot.resource_at(joined.resource?)?;
    let entity = resource.entity?;
    let asked =
        joined.application.and_then(|at| snapshot.application_at(at)).map(|application| application.id);
    let search = Search { snapshot, resource, entity, needed, asked };
    if let Some(team) = joined.team {
        // A team-owned application has that team's roles only.
        return Some(vec![search.assign(team)?]);
    }
    let developer = joined.developer?;
    search.best(developer).or_else(|| search.new_team(developer))
}

struct Search<'s> {
    snapshot: &'s Snapshot,
    resource: &'s Resource,
    entity: EntityId,
    needed: RoleFact,
    asked: Option<ApplicationId>,
}

impl Search<'_> {
    /// The option that opens the fewest other pairs, then the smallest team id.
    fn best(&self, developer: u32) -> Option<Vec<Change>> {
        let own = self.snapshot.teams_of(developer);
        let mut options: Vec<Candidate> = own.iter().filter_map(|team| self.assign_to(*team)).collect();
        let all = 0..u32::try_from(self.snapshot.teams().len()).unwrap_or(u32::MAX);
        let others = || all.clone().filter(|team| own.binary_search(team).is_err());
        let grants = |team: &u32| self.snapshot.team_role(*team, self.resource).role >= self.needed;
        options.extend(others().filter(grants).filter_map(|team| self.join(team, developer)));
        if options.is_empty() {
            options.extend(others().filter_map(|team| self.assign_and_join(team, developer)));
        }
        options
            .into_iter()
            .min_by_key(|option| (option.opens, option.joins, option.team))
            .map(|option| option.changes)
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

    fn assign_to(&self, team: u32) -> Option<Candidate> {
        let id = self.snapshot.team_at(team)?.id;
        Some(Candidate {
            opens: self.opened_by_role(team),
            joins: false,
            team: id,
            changes: vec![self.assign(team)?],
        })
    }

    fn join(&self, team: u32, developer: u32) -> Option<Candidate> {
        let id = self.snapshot.team_at(team)?.id;
        let changes = vec![join_team(self.snapshot, team, developer)?];
        Some(Candidate { opens: self.opened_by_membership(team, developer), joins: true, team: id, changes })
    }

    fn assign_and_join(&self, team: u32, developer: u32) -> Option<Candidate> {
        let id = self.snapshot.team_at(team)?.id;
        let changes = vec![self.assign(team)?, join_team(self.snapshot, team, developer)?];
        let opens = self.opened_by_role(team).saturating_add(self.opened_by_membership(team, developer));
        Some(Candidate { opens, joins: true, team: id, changes })
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
        let Some(found) = self.snapshot.team_at(team) else { return 0 };
        let members = found.members.iter().flat_map(|member| self.snapshot.applications_of(*member));
        let resources: Vec<&Resource> = self
            .snapshot
            .resources()
            .iter()
            .filter(|resource| resource.entity == Some(self.entity))
            .collect();
        let by_members: usize =
            members.map(|application| self.opened(*application, resources.iter().copied())).sum();
        let owned = self.snapshot.applications().iter().zip(0u32..);
        let owned = owned.filter(|(application, _)| application.owner == ApplicationOwner::Team(team));
        by_members.saturating_add(owned.map(|(_, at)| self.opened(at, resources.iter().copied())).sum())
    }

    /// Pairs that the developer's membership of the team would open, but the one asked about.
    fn opened_by_membership(&self, team: u32, developer: u32) -> usize {
        let granted = self.snapshot.resources().iter();
        let granted: Vec<&Resource> = granted
            .filter(|resource| self.snapshot.team_role(team, resource).role == RoleFact::Consumer)
            .collect();
        let applications = self.snapshot.applications_of(developer).iter();
        applications.map(|application| self.opened(*application, granted.iter().copied())).sum()
    }

    /// Of these resources, those that only lack of a role closes to the application.
    fn opened<'r>(&self, application: u32, resources: impl Iterator<Item = &'r Resource>) -> usize {
        let Some(found) = self.snapshot.application_at(application) else { return 0 };
        let id = found.id;
        resources
            .filter(|resource| self.asked != Some(id) || resource.id != self.resource.id)
            .filter(|resource| {
                let facts = self.snapshot.facts(&Question::consume(id, resource.id, Policy::Strict));
                let blockers = decide(&facts, Action::Consume, Policy::Strict).blockers();
                let mut reasons = blockers.iter();
                let only = reasons
                    .next()
                    .is_some_and(|reason| matches!(reason, Reason::RoleMissing | Reason::RoleViewerOnly));
                facts.rbac == Rbac::On && only && reasons.next().is_none()
            })
            .count()
    }
}
