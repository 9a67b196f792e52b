//! The salt, and the keys it gives to resources, role sets and applications.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use crate::{ApplicationId, PortalId, ResourceId, TeamId};

use super::super::contents::PortalContents;
use super::super::key::{application_ref, resource_key, role_set_key};
use super::check::distinct_teams;
use super::credential::{Credential, holder_application};
use super::problem::BuildProblem;

/// Salts that are tried. Keys of 29 bits keep 30 000 resources apart under every second salt.
const TRIES: u32 = 64;

/// Keys under which everything that is named across chunks differs.
pub(super) struct Keys {
    pub(super) salt: u32,
    resources: OrderedMap<ResourceId, u32>,
    /// By portal and position of the role set.
    role_sets: Vec<Vec<u32>>,
}

impl Keys {
    /// The keys of the smallest salt that lets none collide: the same contents have the same.
    pub(super) fn choose(
        portals: &[&PortalContents],
        credentials: &[Credential],
    ) -> Result<Self, BuildProblem> {
        let mut resources: Vec<ResourceId> =
            portals.iter().flat_map(|portal| portal.resources.iter().map(|resource| resource.id)).collect();
        distinct(&mut resources);
        let role_sets: Vec<(PortalId, Vec<Vec<TeamId>>)> = portals
            .iter()
            .map(|portal| (portal.id, portal.role_sets.iter().map(distinct_teams).collect()))
            .collect();
        // A credential may name an application that nobody knows: its ref must not be another's.
        let named = credentials.iter().filter_map(|credential| holder_application(&credential.holder));
        let known = portals.iter().flat_map(|portal| portal.applications.iter().map(|known| known.id));
        let mut applications: Vec<ApplicationId> = known.chain(named).collect();
        distinct(&mut applications);

        let chosen = (0..TRIES).find_map(|salt| Self::under(salt, &resources, &role_sets, &applications));
        chosen.ok_or_else(|| BuildProblem::KeysCollide {
            resources: resources.len(),
            role_sets: role_sets.iter().map(|(_, sets)| sets.len()).sum(),
            applications: applications.len(),
            tries: TRIES,
        })
    }

    fn under(
        salt: u32,
        resources: &[ResourceId],
        role_sets: &[(PortalId, Vec<Vec<TeamId>>)],
        applications: &[ApplicationId],
    ) -> Option<Self> {
        let resources: OrderedMap<ResourceId, u32> =
            resources.iter().map(|id| (*id, resource_key(salt, id))).collect();
        let role_sets: Vec<Vec<u32>> = role_sets
            .iter()
            .map(|(portal, sets)| sets.iter().map(|teams| role_set_key(salt, portal, teams)).collect())
            .collect();
        let apart = all_differ(resources.values().copied().collect())
            && all_differ(role_sets.iter().flatten().copied().collect())
            && all_differ(applications.iter().map(|id| application_ref(salt, id)).collect());
        apart.then_some(Self { salt, resources, role_sets })
    }

    /// The key of a resource that some portal knows.
    pub(super) fn resource(&self, id: &ResourceId) -> Option<u32> {
        self.resources.get(id).copied()
    }

    /// The key of a portal's role set.
    pub(super) fn role_set(&self, portal: usize, position: usize) -> Option<u32> {
        self.role_sets.get(portal)?.get(position).copied()
    }

    /// The ref of an application.
    pub(super) fn application(&self, id: &ApplicationId) -> u64 {
        application_ref(self.salt, id)
    }
}

fn distinct<T: Ord>(values: &mut Vec<T>) {
    values.arrange();
    values.dedup();
}

fn all_differ<T: Ord>(mut values: Vec<T>) -> bool {
    values.arrange();
    values.is_sorted_by(|a, b| a < b)
}
