//! What to aim at when there are several ways: the resource a row's fixes are about. The fixes themselves are
//! those of decisions.

use crate::ordered::OrderedMap;

use super::access::{Access, is_published};
use crate::explain::{fixes, grant};
use crate::snapshot::{ApplicationOwner, Joined, Resource};
use crate::{
    Action, Change, DeveloperId, Fix, Policy, Question, RegistrationFact, ResourceFact, RoleFact, Snapshot,
    StrategyFact,
};

/// What a row's fixes are for, and the fixes.
#[derive(Clone, Debug, Default)]
pub(super) struct Remedy {
    /// The resource, by position.
    pub(super) resource: Option<u32>,
    /// As in a decision: `None` if no listed change helps.
    pub(super) fixes: Option<Vec<Fix>>,
}

/// How good a resource is to aim at; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Aim {
    /// Viewer is there, Consumer is missing.
    Viewed,
    /// The role is there, in another region.
    RoleElsewhere,
    /// Consumer is there, the resource is not published.
    Unpublished,
}

/// Finds remedies, and remembers them by the teams they are for.
#[derive(Debug)]
pub(super) struct Remedies<'a, 's> {
    snapshot: &'s Snapshot,
    access: &'a Access<'s>,
    aims: OrderedMap<Vec<u32>, Option<u32>>,
    granted: OrderedMap<u32, OrderedMap<Vec<u32>, Option<Vec<Change>>>>,
    /// What to aim at for teams whose roles say nothing, and for somebody without teams.
    default_aims: [Option<u32>; 2],
}

impl<'a, 's> Remedies<'a, 's> {
    pub(super) fn new(snapshot: &'s Snapshot, access: &'a Access<'s>) -> Self {
        let default_aims = [false, true].map(|join| default_aim(snapshot, join));
        Self { snapshot, access, aims: OrderedMap::new(), granted: OrderedMap::new(), default_aims }
    }

    /// The smallest change that gives an owner Consumer on some published resource: if possible one of
    /// `asked_for`, which somebody wanted already.
    pub(super) fn consume_somewhere(
        &mut self,
        owner: ApplicationOwner,
        asked_for: impl Iterator<Item = u32>,
    ) -> Remedy {
        let aim = self.aim(owner);
        let asked = asked_for.filter(|at| self.is_one_change(owner, *at));
        let asked = asked.min_by_key(|at| self.snapshot.resource_at(*at).map(|resource| resource.id));
        let Some(resource) = asked.or(aim) else { return Remedy::default() };
        let fixes = self.consume(owner, resource);
        Remedy { resource: Some(resource), fixes }
    }

    /// Whether one change gives the owner Consumer on a resource: a role for a team they are in, or a team that
    /// has the role, or, if there are no teams, a new one.
    fn is_one_change(&self, owner: ApplicationOwner, resource: u32) -> bool {
        let Some((found, entity)) =
            self.snapshot.resource_at(resource).and_then(|found| Some((found, found.entity?)))
        else {
            return false;
        };
        let has_team = !self.snapshot.teams_behind(owner).as_slice().is_empty();
        is_published(found)
            && (has_team
                || self.snapshot.teams().is_empty()
                || self.snapshot.role_index().granting(entity, RoleFact::Consumer).next().is_some())
    }

    fn consume(&mut self, owner: ApplicationOwner, resource: u32) -> Option<Vec<Fix>> {
        let found = self.snapshot.resource_at(resource)?;
        let mut changes = Vec::with_capacity(1);
        if !is_published(found) {
            changes.push(Change::PublishResource { resource_id: found.id });
        }
        let teams = self.snapshot.teams_behind(owner);
        if self.snapshot.role_of_teams(teams.as_slice(), found).role < RoleFact::Consumer {
            changes.append(&mut self.granted(owner, resource)?);
        }
        let api = self.snapshot.api();
        Some(changes.into_iter().map(|change| Fix { executable: change.executable(api), change }).collect())
    }

    /// The changes that give the role. They are the same for all developers in the same teams, but for those
    /// to whom a membership would open more.
    fn granted(&mut self, owner: ApplicationOwner, resource: u32) -> Option<Vec<Change>> {
        let mut joined = self.snapshot.join_consume(None, Some(resource));
        let developer = match owner {
            ApplicationOwner::Unknown => return None,
            ApplicationOwner::Team(team) => {
                joined.team = Some(team);
                return grant(self.snapshot, &joined, RoleFact::Consumer);
            }
            ApplicationOwner::Developer(developer) => developer,
        };
        joined.developer = Some(developer);
        if self.snapshot.role_index().closed_of_developer(developer).next().is_some() {
            return grant(self.snapshot, &joined, RoleFact::Consumer);
        }
        let teams = self.snapshot.teams_of(developer);
        if !self.granted.get(&resource).is_some_and(|known| known.contains_key(teams)) {
            let changes = grant(self.snapshot, &joined, RoleFact::Consumer);
            self.granted.update(resource, |known| {
                known.insert(teams.to_vec(), changes);
            });
        }
        let id = self.snapshot.developer_at(developer)?.id;
        let changes = self.granted.get(&resource)?.get(teams)?.as_ref()?;
        Some(changes.iter().map(|change| on_behalf(change, id)).collect())
    }

    fn aim(&mut self, owner: ApplicationOwner) -> Option<u32> {
        let teams = self.snapshot.teams_behind(owner);
        let teams = teams.as_slice();
        let [with_team, without] = self.default_aims;
        if teams.is_empty() {
            return without;
        }
        if let Some(known) = self.aims.get(teams) {
            return *known;
        }
        let aim = self.aim_of_roles(teams).or(with_team);
        self.aims.insert(teams.to_vec(), aim);
        aim
    }

    /// What the teams' roles nearly grant.
    fn aim_of_roles(&self, teams: &[u32]) -> Option<u32> {
        let roles = teams.iter().filter_map(|team| self.snapshot.team_at(*team)).flat_map(|team| &team.roles);
        let aims = roles.flat_map(|role| {
            let entity = role.entity;
            let named = entity.into_iter().flat_map(|entity| self.access.on_entity(entity));
            // A role on everything is nearly on the first of them.
            let everything = self.access.published().iter().filter(move |_| entity.is_none()).take(1);
            let everything =
                everything.filter_map(|position| Some((*position, self.snapshot.resource_at(*position)?)));
            named.chain(everything).filter_map(|(position, resource)| {
                let aim = match (self.access.holds(role), is_published(resource)) {
                    (true, true) => Aim::Viewed,
                    (false, true) => Aim::RoleElsewhere,
                    (true, false) if role.role == RoleFact::Consumer => Aim::Unpublished,
                    _ => return None,
                };
                Some((aim, resource.id, position))
            })
        });
        aims.min().map(|(.., position)| position)
    }

    /// What lets an application call one of these resources: the one that needs the fewest changes.
    pub(super) fn call_one_of(&self, application: u32, resources: impl Iterator<Item = u32>) -> Remedy {
        let remedies = resources.filter_map(|resource| {
            let fixes = self.fixes(Action::Consume, application, resource, None)?;
            Some((fixes.len(), self.snapshot.resource_at(resource)?.id, resource, fixes))
        });
        let best = remedies.min_by_key(|(changes, id, ..)| (*changes, *id));
        best.map_or_else(Remedy::default, |(.., resource, fixes)| Remedy {
            resource: Some(resource),
            fixes: Some(fixes),
        })
    }

    /// What lets an application that has Consumer somewhere register there.
    pub(super) fn register(&self, application: u32, owner: ApplicationOwner) -> Remedy {
        let snapshot = self.snapshot;
        let teams = snapshot.teams_behind(owner);
        let found = snapshot.application_at(application);
        let fits = |resource: &Resource| found.is_some_and(|found| fits(found.strategy, resource));
        let unpublished = || {
            let resources = snapshot.resources().iter().zip(0u32..);
            let open = resources.filter(|(resource, _)| {
                fits(resource) && resource.state != ResourceFact::Published && !self.access.rbac()
            });
            open.min_by_key(|(resource, _)| (!resource.registration_enabled, resource.id)).map(|(_, at)| at)
        };
        let Some(resource) = self.access.first_consumed(teams.as_slice(), fits).or_else(unpublished) else {
            return Remedy::default();
        };
        let asker = match owner {
            ApplicationOwner::Team(team) => self.approved_member(team),
            _ => None,
        };
        Remedy { resource: Some(resource), fixes: self.fixes(Action::Register, application, resource, asker) }
    }

    fn approved_member(&self, team: u32) -> Option<DeveloperId> {
        let members = self.snapshot.team_at(team)?.members.iter();
        let members = members.filter_map(|member| self.snapshot.developer_at(*member));
        let approved = members.filter(|member| member.status == crate::DeveloperStatus::Approved);
        approved.map(|member| member.id).min()
    }

    fn fixes(
        &self,
        action: Action,
        application: u32,
        resource: u32,
        developer: Option<DeveloperId>,
    ) -> Option<Vec<Fix>> {
        let question = Question {
            action,
            policy: Policy::Strict,
            application: Some(self.snapshot.application_at(application)?.id),
            developer,
            resource: Some(self.snapshot.resource_at(resource)?.id),
        };
        let joined = self.snapshot.join_consume(Some(application), Some(resource));
        let joined: Joined = match action {
            Action::Register => self.snapshot.asked_by(joined, developer),
            _ => joined,
        };
        fixes(self.snapshot, &question, &joined)
    }

    /// The resources an application is registered for with a status that is wanted.
    pub(super) fn registered_for(
        &self,
        application: u32,
        wanted: impl Fn(RegistrationFact) -> bool,
    ) -> impl Iterator<Item = u32> {
        let pairs = self.snapshot.counted_registrations_of(application);
        pairs
            .filter(move |pair| {
                let registration = self.snapshot.registration_at(pair.registration);
                registration.is_some_and(|registration| wanted(registration.status))
            })
            .map(|pair| pair.resource)
    }
}

/// Whether an application with this strategy can register for a resource.
pub(super) fn fits(strategy: Option<crate::StrategyId>, resource: &Resource) -> bool {
    crate::snapshot::strategy(strategy, resource) != StrategyFact::Different
}

/// What to aim at where roles say nothing: published, open for registration, and, for somebody who has to
/// `join` a team first, granted by one.
fn default_aim(snapshot: &Snapshot, join: bool) -> Option<u32> {
    let index = snapshot.role_index();
    let resources = snapshot.resources().iter().zip(0u32..);
    let named = resources.filter_map(|(resource, position)| Some((resource, resource.entity?, position)));
    let ranked = named.map(|(resource, entity, position)| {
        let granted = || index.granting(entity, RoleFact::Consumer).next().is_some();
        let harder = join && !granted();
        ((!is_published(resource), harder, !resource.registration_enabled, resource.id), position)
    });
    ranked.min().map(|(_, position)| position)
}

/// The same change for somebody else in the same teams.
fn on_behalf(change: &Change, developer: DeveloperId) -> Change {
    let mut change = change.clone();
    match &mut change {
        Change::AddToTeam { developer_id, .. }
        | Change::MapGroup { developer_id, .. }
        | Change::CreateTeam { developer_id, .. } => *developer_id = developer,
        _ => {}
    }
    change
}
