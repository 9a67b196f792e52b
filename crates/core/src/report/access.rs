//! What reports know of everybody at once: what each team's roles amount to, and how far each application's
//! registrations got. One pass over roles and registrations; then every owner is a union of bits.

use crate::arrange::Arrange as _;
use std::ops::BitOr;

use crate::snapshot::{ApplicationOwner, AssignedRole, RegisteredResource, Resource, leniency};
use crate::{EntityId, Rbac, RegistrationFact, ResourceFact, ResourceId, RoleFact, Snapshot};

/// What the roles of some teams amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u8);

impl Roles {
    /// Some role assignment, even one that means nothing.
    pub(super) const ASSIGNED: Self = Self(1);
    /// Viewer (or Consumer, which includes it) on a published resource.
    pub(crate) const VIEWER: Self = Self(1 << 1);
    /// Consumer on a published resource.
    pub(crate) const CONSUMER: Self = Self(1 << 2);
    /// Consumer on a published resource that applications may register for.
    pub(super) const REGISTRABLE: Self = Self(1 << 3);
    /// A role on a published resource or on everything, but in a region that is not the portal's.
    pub(super) const ELSEWHERE: Self = Self(1 << 4);
    /// A role in the region on any resource of the portal, published or not.
    pub(super) const HERE: Self = Self(1 << 5);

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Roles {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How far an application's registrations got; of several for one resource the more restrictive counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Registered {
    pub(super) any: bool,
    pub(super) pending: bool,
    pub(super) approved: bool,
}

impl Registered {
    const fn count(&mut self, status: RegistrationFact) {
        self.any = true;
        self.pending |= matches!(status, RegistrationFact::Pending);
        self.approved |= matches!(status, RegistrationFact::Approved);
    }
}

/// What a team grants.
#[derive(Debug, Default)]
struct TeamAccess {
    roles: Roles,
    /// The published resources it grants Consumer on by name, in order of id.
    consumes: Vec<u32>,
    /// Whether it grants Consumer on everything.
    consumes_all: bool,
}

#[derive(Debug)]
pub(crate) struct Access<'s> {
    snapshot: &'s Snapshot,
    teams: Vec<TeamAccess>,
    applications: Vec<Registered>,
    /// The published resources that roles can be on, in order of id.
    published: Vec<u32>,
    /// The resources by what roles name, ascending.
    by_entity: Vec<(EntityId, u32)>,
    has_wildcard: bool,
}

impl<'s> Access<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot) -> Self {
        let numbered = || snapshot.resources().iter().zip(0u32..);
        let mut by_entity: Vec<(EntityId, u32)> =
            numbered().filter_map(|(resource, position)| Some((resource.entity?, position))).collect();
        by_entity.arrange();
        let mut published: Vec<(ResourceId, u32)> = numbered()
            .filter(|(resource, _)| is_published(resource) && resource.entity.is_some())
            .map(|(resource, position)| (resource.id, position))
            .collect();
        published.arrange();
        let mut access = Self {
            snapshot,
            teams: Vec::new(),
            applications: registered(snapshot),
            published: published.into_iter().map(|(_, position)| position).collect(),
            by_entity,
            has_wildcard: false,
        };
        access.teams =
            snapshot.teams().iter().map(|team| access.team(&team.roles, team.assignments)).collect();
        let holding = |role: &AssignedRole| role.entity.is_none() && access.holds(role);
        access.has_wildcard = snapshot.teams().iter().flat_map(|team| &team.roles).any(holding);
        access
    }

    fn team(&self, assigned: &[AssignedRole], assignments: usize) -> TeamAccess {
        let mut team = TeamAccess::default();
        if assignments > 0 {
            team.roles = Roles::ASSIGNED;
        }
        for role in assigned {
            let everything = role.entity.is_none();
            let mut on = Roles::default();
            let mut count = |position: u32, resource: &Resource| {
                on = on | Roles::HERE;
                if is_published(resource) {
                    on = on | Roles::VIEWER;
                    if role.role == RoleFact::Consumer {
                        on = on | Roles::CONSUMER;
                        if resource.registration_enabled {
                            on = on | Roles::REGISTRABLE;
                        }
                        if !everything && self.holds(role) {
                            team.consumes.push(position);
                        }
                    }
                }
            };
            match role.entity {
                Some(entity) => self.on_entity(entity).for_each(|(at, resource)| count(at, resource)),
                None => self.by_entity.iter().for_each(|(_, at)| {
                    if let Some(resource) = self.snapshot.resource_at(*at) {
                        count(*at, resource);
                    }
                }),
            }
            if self.holds(role) {
                team.roles = team.roles | on;
                team.consumes_all |= everything && role.role == RoleFact::Consumer;
            } else if everything || on.has(Roles::VIEWER) {
                team.roles = team.roles | Roles::ELSEWHERE;
            }
        }
        let id = |at: &u32| self.snapshot.resource_at(*at).map(|resource| resource.id);
        team.consumes.arrange_by_key(id);
        team.consumes.dedup();
        team
    }

    /// Whether a role assignment holds in the portal's region; without a known one only in every region.
    pub(super) fn holds(&self, role: &AssignedRole) -> bool {
        let here = self.snapshot.region();
        role.region.is_none() || (here.is_some() && role.region == here)
    }

    /// The resources that a role on this entity is about.
    pub(super) fn on_entity(&self, entity: EntityId) -> impl Iterator<Item = (u32, &'s Resource)> {
        let first = self.by_entity.partition_point(|(known, _)| *known < entity);
        let same = self.by_entity.iter().skip(first).take_while(move |(known, _)| *known == entity);
        same.filter_map(|(_, position)| Some((*position, self.snapshot.resource_at(*position)?)))
    }

    /// What the roles of these teams amount to together.
    pub(crate) fn roles_of(&self, teams: &[u32]) -> Roles {
        let of = |team: &u32| self.teams.get(*team as usize).map(|team| team.roles).unwrap_or_default();
        teams.iter().map(of).fold(Roles::default(), BitOr::bitor)
    }

    /// What the roles behind an owner amount to.
    pub(super) fn roles_behind(&self, owner: ApplicationOwner) -> Roles {
        self.roles_of(self.snapshot.teams_behind(owner).as_slice())
    }

    /// How far an application's registrations got.
    pub(super) fn registered(&self, application: u32) -> Registered {
        self.applications.get(application as usize).copied().unwrap_or_default()
    }

    /// Whether roles decide.
    pub(crate) fn rbac(&self) -> bool {
        self.snapshot.portal().rbac == Rbac::On
    }

    /// Whether some role that holds is on everything (`*`).
    pub(super) const fn has_wildcard(&self) -> bool {
        self.has_wildcard
    }

    /// The published resources that roles can be on, in order of id.
    pub(super) fn published(&self) -> &[u32] {
        &self.published
    }

    /// Of the published resources that these teams grant Consumer on, the first in order of id that is wanted.
    /// With RBAC off every published resource.
    pub(super) fn first_consumed(&self, teams: &[u32], wanted: impl Fn(&Resource) -> bool) -> Option<u32> {
        let found = |list: &[u32]| {
            let resources = list.iter().filter_map(|at| Some((self.snapshot.resource_at(*at)?, *at)));
            resources.filter(|(resource, _)| wanted(resource)).map(|(resource, at)| (resource.id, at)).next()
        };
        let of = |team: &u32| self.teams.get(*team as usize);
        let first = if !self.rbac() || teams.iter().filter_map(of).any(|team| team.consumes_all) {
            found(&self.published)
        } else {
            teams.iter().filter_map(of).filter_map(|team| found(&team.consumes)).min()
        };
        first.map(|(_, position)| position)
    }
}

pub(super) fn is_published(resource: &Resource) -> bool {
    resource.state == ResourceFact::Published
}

/// How far the registrations of each application got.
fn registered(snapshot: &Snapshot) -> Vec<Registered> {
    let mut applications = vec![Registered::default(); snapshot.applications().len()];
    let mut count = |application: u32, status: RegistrationFact| {
        if let Some(registered) = applications.get_mut(application as usize) {
            registered.count(status);
        }
    };
    for pair in snapshot.counted_registrations() {
        if let Some(registration) = snapshot.registration_at(pair.registration) {
            count(pair.application, registration.status);
        }
    }
    // Those for resources the snapshot does not have count as well: the developer did register.
    let mut elsewhere: Vec<_> = snapshot
        .registrations()
        .iter()
        .filter_map(|registration| match registration.resource {
            RegisteredResource::Here(_) => None,
            RegisteredResource::Elsewhere(id) => {
                Some((registration.application, id, leniency(registration.status), registration.status))
            }
        })
        .collect();
    elsewhere.arrange();
    elsewhere.dedup_by_key(|(application, id, ..)| (*application, *id));
    for (application, .., status) in elsewhere {
        count(application, status);
    }
    applications
}
