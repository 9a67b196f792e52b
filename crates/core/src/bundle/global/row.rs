//! The rows of the global chunk's tables.

use crate::{PortalId, Rbac, Region, ResourceFact, ResourceId, ServiceId};

use super::super::code::WireCode as _;
use super::super::format::{PORTAL_ROW, RESOURCE_ROW, ROLE_SET_ROW, ROUTE_ROW};
use super::super::wire::{array_at, u16_at, u32_at};

/// The bit that says "deprecated" beside a resource's state.
const DEPRECATED: u8 = 1 << 2;

/// One portal.
#[derive(Clone, Copy)]
pub(in crate::bundle) struct PortalRow {
    pub(in crate::bundle) id: PortalId,
    pub(in crate::bundle) region: Region,
    pub(in crate::bundle) rbac: Rbac,
    /// Position of its first resource; the next portal's is the end.
    pub(in crate::bundle) first_resource: u32,
}

impl PortalRow {
    /// Whether roles decide, which is all that a decision needs.
    #[inline]
    pub(in crate::bundle) fn rbac(row: &[u8; PORTAL_ROW]) -> Option<Rbac> {
        let [rbac] = *array_at(row, 17)?;
        Rbac::from_number(rbac)
    }

    #[inline]
    pub(in crate::bundle) fn read(row: &[u8; PORTAL_ROW]) -> Option<Self> {
        let [region, rbac] = *array_at(row, 16)?;
        Some(Self {
            id: PortalId::from_bytes(*array_at(row, 0)?),
            region: Region::from_number(region)?,
            rbac: Rbac::from_number(rbac)?,
            first_resource: u32_at(row, 18)?,
        })
    }

    pub(in crate::bundle) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend([self.region.number(), self.rbac.number()].into_iter().flatten());
        bytes.extend_from_slice(&self.first_resource.to_le_bytes());
    }
}

/// One resource of a portal.
#[derive(Clone, Copy)]
pub(in crate::bundle) struct ResourceRow {
    pub(in crate::bundle) key: u32,
    pub(in crate::bundle) id: ResourceId,
    pub(in crate::bundle) state: ResourceFact,
    pub(in crate::bundle) deprecated: bool,
}

impl ResourceRow {
    /// The key alone, which is what searches compare.
    #[inline]
    pub(in crate::bundle) fn key(row: &[u8; RESOURCE_ROW]) -> u32 {
        u32_at(row, 0).unwrap_or(u32::MAX)
    }

    #[inline]
    pub(in crate::bundle) fn read(row: &[u8; RESOURCE_ROW]) -> Option<Self> {
        let [.., codes] = *row;
        Some(Self {
            key: Self::key(row),
            id: ResourceId::from_bytes(*array_at(row, 4)?),
            state: ResourceFact::from_number(codes & !DEPRECATED)?,
            deprecated: codes & DEPRECATED != 0,
        })
    }

    pub(in crate::bundle) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.key.to_le_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend(self.state.number().map(|state| state | if self.deprecated { DEPRECATED } else { 0 }));
    }
}

/// One role set.
#[derive(Clone, Copy)]
pub(in crate::bundle) struct RoleSetRow {
    pub(in crate::bundle) key: u32,
    /// Position of its portal.
    pub(in crate::bundle) portal: u16,
    /// Position of its first entry; the next role set's is the end.
    pub(in crate::bundle) first_entry: u32,
}

impl RoleSetRow {
    /// The key alone, which is what searches compare.
    #[inline]
    pub(in crate::bundle) fn key(row: &[u8; ROLE_SET_ROW]) -> u32 {
        u32_at(row, 0).unwrap_or(u32::MAX)
    }

    #[inline]
    pub(in crate::bundle) fn read(row: &[u8; ROLE_SET_ROW]) -> Option<Self> {
        Some(Self { key: Self::key(row), portal: u16_at(row, 4)?, first_entry: u32_at(row, 6)? })
    }

    pub(in crate::bundle) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.key.to_le_bytes());
        bytes.extend_from_slice(&self.portal.to_le_bytes());
        bytes.extend_from_slice(&self.first_entry.to_le_bytes());
    }
}

/// One resource that a gateway service serves. Ordered as the rows are: portals that know the same
/// resource stand side by side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::bundle) struct RouteRow {
    pub(in crate::bundle) service: ServiceId,
    pub(in crate::bundle) resource_key: u32,
    /// Position of the portal that says so.
    pub(in crate::bundle) portal: u16,
}

impl RouteRow {
    pub(in crate::bundle) fn read(row: &[u8; ROUTE_ROW]) -> Option<Self> {
        Some(Self {
            service: ServiceId::from_bytes(*array_at(row, 0)?),
            resource_key: u32_at(row, 16)?,
            portal: u16_at(row, 20)?,
        })
    }

    pub(in crate::bundle) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.service.as_bytes());
        bytes.extend_from_slice(&self.resource_key.to_le_bytes());
        bytes.extend_from_slice(&self.portal.to_le_bytes());
    }
}
