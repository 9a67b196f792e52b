//! What the choice between teams needs of the whole portal, derived once: who grants what, and which pairs of
//! application and resource are closed by the lack of a role alone.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use crate::snapshot::ApplicationOwner;
use crate::{Action, EntityId, Policy, Rbac, Reason, RegistrationFact, RoleFact, Snapshot, decide};

/// Who grants what, and what more roles would open.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoleIndex {
    /// The pairs of application and resource that only the lack of a role closes, ascending.
    closed: Vec<(u32, u32)>,
    /// The same by the developer who owns the application: (developer, application, resource), ascending.
    by_developer: Vec<(u32, u32, u32)>,
    /// How many of them a Consumer role of the team on the entity would open.
    by_role: OrderedMap<(u32, EntityId), usize>,
    /// Teams with a role on an entity by name: (entity, team, role), ascending; the same team twice if it has two.
    by_name: Vec<(EntityId, u32, RoleFact)>,
    /// Teams with a role on every entity.
    everywhere: Vec<(u32, RoleFact)>,
}

impl RoleIndex {
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let mut index = Self::default();
        let here = snapshot.region();
        for (team, position) in snapshot.teams().iter().zip(0u32..) {
            for assigned in &team.roles {
                // As in `TeamRoles`: without a known region only a role in every region holds for certain.
                if assigned.region.is_some() && (here.is_none() || assigned.region != here) {
                    continue;
                }
                match assigned.entity {
                    Some(entity) => index.by_name.push((entity, position, assigned.role)),
                    None => index.everywhere.push((position, assigned.role)),
                }
            }
        }
        index.by_name.arrange();
        index.find_closed(snapshot);
        index
    }

    fn find_closed(&mut self, snapshot: &Snapshot) {
        if snapshot.portal().rbac == Rbac::Off {
            return;
        }
        for pair in snapshot.counted_registrations() {
            let status = snapshot.registration_at(pair.registration).map(|found| found.status);
            if status != Some(RegistrationFact::Approved) {
                continue;
            }
            let joined = snapshot.join_consume(Some(pair.application), Some(pair.resource));
            let blockers = decide(&joined.facts, Action::Consume, Policy::Strict).blockers();
            let only_role = |reason| matches!(reason, Reason::RoleMissing | Reason::RoleViewerOnly);
            if blockers.is_empty() || !blockers.iter().all(only_role) {
                continue;
            }
            self.closed.push((pair.application, pair.resource));
            let entity = snapshot.resource_at(pair.resource).and_then(|resource| resource.entity);
            let owner = snapshot.application_at(pair.application).map(|application| application.owner);
            let (Some(entity), Some(owner)) = (entity, owner) else { continue };
            if let ApplicationOwner::Developer(developer) = owner {
                self.by_developer.push((developer, pair.application, pair.resource));
            }
            for team in snapshot.teams_behind(owner).as_slice() {
                self.by_role.update((*team, entity), |count: &mut usize| *count = count.saturating_add(1));
            }
        }
        self.closed.arrange();
        self.by_developer.arrange();
    }

    /// Whether only the lack of a role closes the pair.
    pub(super) fn is_closed(&self, application: u32, resource: u32) -> bool {
        self.closed.binary_search(&(application, resource)).is_ok()
    }

    /// How many pairs a Consumer role of the team on the entity would open.
    pub(super) fn opened_by_role(&self, team: u32, entity: EntityId) -> usize {
        self.by_role.get(&(team, entity)).copied().unwrap_or_default()
    }

    /// The pairs of a developer's applications that only the lack of a role closes.
    pub(crate) fn closed_of_developer(&self, developer: u32) -> impl Iterator<Item = (u32, u32)> {
        let first = self.by_developer.partition_point(|(known, ..)| *known < developer);
        let own = self.by_developer.iter().skip(first).take_while(move |(known, ..)| *known == developer);
        own.map(|(_, application, resource)| (*application, *resource))
    }

    /// The teams that grant at least `needed` on an entity; one may come twice.
    pub(crate) fn granting(&self, entity: EntityId, needed: RoleFact) -> impl Iterator<Item = u32> {
        let first = self.by_name.partition_point(|(known, ..)| *known < entity);
        let by_name = self.by_name.iter().skip(first).take_while(move |(known, ..)| *known == entity);
        let by_name = by_name.map(|(_, team, role)| (*team, *role));
        let all = by_name.chain(self.everywhere.iter().copied());
        all.filter(move |(_, role)| *role >= needed).map(|(team, _)| team)
    }
}
