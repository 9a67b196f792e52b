//! Writing the global chunk.

use crate::Policy;
use crate::arrange::Arrange as _;

use super::super::code::WireCode as _;
use super::super::contents::{PortalContents, RoleSetContents};
use super::super::format::{
    CODE_BITS, GLOBAL_BYTES_MAX, GLOBAL_HEADER, GLOBAL_MAGIC, PORTAL_ROW, RESOURCE_ROW, ROLE_SET_ROW,
    ROLE_SETS_PER_BUCKET, ROUTE_ROW,
};
use super::super::global::{PortalRow, ResourceRow, RoleSetRow, RouteRow};
use super::super::key::role_set_bucket;
use super::super::wire::{count, wide};
use super::keys::Keys;
use super::problem::BuildProblem;

/// The tables, each in the order in which it is written.
struct Tables<'a> {
    /// Portals with their resources.
    portals: Vec<(&'a PortalContents, Vec<ResourceRow>)>,
    /// Key, portal and roles of each role set.
    role_sets: Vec<(u32, u16, &'a RoleSetContents)>,
    routes: Vec<RouteRow>,
}

/// The bytes of the global chunk; the portals are sorted by id and their contents agree with themselves.
pub(super) fn encode(
    policy: Policy,
    portals: &[&PortalContents],
    keys: &Keys,
) -> Result<Vec<u8>, BuildProblem> {
    let tables = Tables::new(portals, keys);
    let (bytes, limit) = (tables.length(), u64::from(GLOBAL_BYTES_MAX));
    if bytes > limit {
        return Err(BuildProblem::GlobalTooLarge { bytes, limit });
    }
    Ok(tables.write(policy, keys))
}

impl<'a> Tables<'a> {
    fn new(portals: &[&'a PortalContents], keys: &Keys) -> Self {
        let mut tables = Self { portals: Vec::new(), role_sets: Vec::new(), routes: Vec::new() };
        for (place, (ordinal, portal)) in (0_u16..).zip(portals.iter().copied()).enumerate() {
            tables.portals.push((portal, resource_rows(portal, keys)));
            for (position, set) in portal.role_sets.iter().enumerate() {
                tables.role_sets.extend(keys.role_set(place, position).map(|key| (key, ordinal, set)));
            }
            tables.routes.extend(portal.routes.iter().filter_map(|(service, resource)| {
                let resource_key = keys.resource(resource)?;
                Some(RouteRow { service: *service, resource_key, portal: ordinal })
            }));
        }
        tables.role_sets.arrange_by_key(|(key, ..)| *key);
        tables.routes.arrange();
        // Several versions of a service's routes say the same; once is enough.
        tables.routes.dedup();
        tables
    }

    fn resource_count(&self) -> usize {
        self.portals.iter().map(|(_, resources)| resources.len()).sum()
    }

    fn entry_count(&self) -> usize {
        self.role_sets.iter().map(|(.., set)| set.roles.len()).sum()
    }

    fn buckets(&self) -> u32 {
        count(self.role_sets.len()).div_ceil(ROLE_SETS_PER_BUCKET)
    }

    fn length(&self) -> u64 {
        let tables = [
            (self.portals.len(), PORTAL_ROW),
            (self.resource_count(), RESOURCE_ROW),
            (self.role_sets.len(), ROLE_SET_ROW),
            (self.entry_count(), 4),
            (self.routes.len(), ROUTE_ROW),
        ];
        let directory = (u64::from(self.buckets()) + 1) * 4;
        tables.iter().fold(wide(GLOBAL_HEADER).saturating_add(directory), |sum, (rows, width)| {
            sum.saturating_add(wide(*rows).saturating_mul(wide(*width)))
        })
    }

    fn write(&self, policy: Policy, keys: &Keys) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length()).unwrap_or(0));
        bytes.extend_from_slice(&GLOBAL_MAGIC);
        bytes.extend(policy.number());
        bytes.extend_from_slice(&[0; 3]);
        bytes.extend_from_slice(&keys.salt.to_le_bytes());
        let counts = [
            self.portals.len(),
            self.resource_count(),
            self.role_sets.len(),
            self.entry_count(),
            self.routes.len(),
        ];
        for rows in counts {
            bytes.extend_from_slice(&count(rows).to_le_bytes());
        }
        self.write_portals(&mut bytes);
        self.write_role_sets(&mut bytes, keys);
        for route in &self.routes {
            route.write(&mut bytes);
        }
        bytes
    }

    fn write_portals(&self, bytes: &mut Vec<u8>) {
        let mut first_resource = 0_usize;
        for (portal, resources) in &self.portals {
            let row = PortalRow {
                id: portal.id,
                region: portal.region,
                rbac: portal.rbac,
                first_resource: count(first_resource),
            };
            row.write(bytes);
            first_resource = first_resource.saturating_add(resources.len());
        }
        for resource in self.portals.iter().flat_map(|(_, resources)| resources) {
            resource.write(bytes);
        }
    }

    fn write_role_sets(&self, bytes: &mut Vec<u8>, keys: &Keys) {
        let buckets = self.buckets();
        for bucket in 0..=buckets {
            let before = |(key, ..): &(u32, u16, &RoleSetContents)| role_set_bucket(*key, buckets) < bucket;
            bytes.extend_from_slice(&count(self.role_sets.partition_point(before)).to_le_bytes());
        }
        let mut first_entry = 0_usize;
        for (key, portal, set) in &self.role_sets {
            RoleSetRow { key: *key, portal: *portal, first_entry: count(first_entry) }.write(bytes);
            first_entry = first_entry.saturating_add(set.roles.len());
        }
        for (.., set) in &self.role_sets {
            for word in role_words(set, keys) {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
        }
    }
}

fn resource_rows(portal: &PortalContents, keys: &Keys) -> Vec<ResourceRow> {
    let rows = portal.resources.iter().filter_map(|resource| {
        let key = keys.resource(&resource.id)?;
        Some(ResourceRow { key, id: resource.id, state: resource.state, deprecated: resource.deprecated })
    });
    let mut rows: Vec<ResourceRow> = rows.collect();
    rows.arrange_by_key(|row| row.key);
    rows
}

/// The entries of a role set, in the order of their resource keys.
fn role_words(set: &RoleSetContents, keys: &Keys) -> Vec<u32> {
    let words = set.roles.iter().filter_map(|(resource, role)| {
        Some(keys.resource(resource)? << CODE_BITS | u32::from(role.number()?))
    });
    let mut words: Vec<u32> = words.collect();
    words.arrange();
    words
}
