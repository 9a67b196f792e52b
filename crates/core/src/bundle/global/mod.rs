//! The global chunk: policy, portals, resources, role sets and route keys.

mod row;
mod verify;

use std::fmt;

use crate::{Policy, Rbac, ResourceId, RoleFact, ServiceId};

use super::code::WireCode as _;
use super::error::{BundleError, BundlePart};
use super::format::{
    CODE_BITS, CODE_MASK, GLOBAL_HEADER, GLOBAL_MAGIC, PORTAL_ROW, RESOURCE_ROW, ROLE_SET_ROW,
    ROLE_SETS_PER_BUCKET, ROUTE_ROW,
};
use super::key::{resource_key, role_set_bucket};
use super::manifest::{ChunkDigest, Manifest};
use super::wire::{Reader, array_at, position, u32_pair_at, wide};

pub(super) use row::{PortalRow, ResourceRow, RoleSetRow, RouteRow};

/// A verified global chunk. Its bytes are held once, and nothing else is held per entry.
pub struct GlobalChunk {
    bytes: Box<[u8]>,
    layout: Layout,
    digest: ChunkDigest,
}

/// Entries to either side of the place where a role is expected.
const NEAR: usize = 16;

/// The roles of one set of teams in its portal.
#[derive(Clone, Copy)]
pub(super) struct RoleSet<'b> {
    /// Position of the portal.
    pub(super) portal: u16,
    roles: &'b [[u8; 4]],
}

impl RoleSet<'_> {
    /// The best role on the resource with this key.
    #[inline]
    pub(super) fn role(&self, resource_key: u32) -> RoleFact {
        self.find(resource_key).and_then(|word| role(*word)).unwrap_or(RoleFact::None)
    }

    /// The entry of the resource with this key. Keys are hashes, evenly spread: most are near the place that
    /// their size suggests, and counting there is faster than halving.
    #[inline]
    fn find(&self, resource_key: u32) -> Option<&[u8; 4]> {
        let guess = (wide(self.roles.len()) * u64::from(resource_key)) >> (u32::BITS - CODE_BITS);
        let guess = usize::try_from(guess).ok()?;
        let end = self.roles.len().min(guess.saturating_add(NEAR));
        let near = self.roles.get(guess.saturating_sub(NEAR)..end)?;
        // Counted without a branch: at most 2 × NEAR, so nothing wraps.
        let before = near
            .iter()
            .fold(0_u32, |before, word| before.wrapping_add(u32::from(role_resource(*word) < resource_key)));
        if let Some(word) = near.get(position(before)).filter(|word| role_resource(**word) == resource_key) {
            return Some(word);
        }
        let place = self.roles.binary_search_by_key(&resource_key, |word| role_resource(*word)).ok()?;
        self.roles.get(place)
    }
}

#[inline]
fn role_resource(word: [u8; 4]) -> u32 {
    u32::from_le_bytes(word) >> CODE_BITS
}

#[inline]
fn role(word: [u8; 4]) -> Option<RoleFact> {
    u8::try_from(u32::from_le_bytes(word) & CODE_MASK).ok().and_then(RoleFact::from_number)
}

impl GlobalChunk {
    /// Verifies the bytes of the global chunk: length and digest first, then everything that look-ups rely
    /// on. Needs no other chunk.
    ///
    /// # Errors
    ///
    /// If the manifest names other bytes, or the bytes keep a promise of the format not.
    pub fn verify(bytes: Vec<u8>, manifest: &Manifest) -> Result<Self, BundleError> {
        manifest.check(BundlePart::Global, &bytes)?;
        let malformed = |what| BundleError::Malformed { part: BundlePart::Global, what };
        let layout = Layout::read(&bytes).map_err(malformed)?;
        let global = Self { bytes: bytes.into_boxed_slice(), layout, digest: manifest.global() };
        global.verify_rows().map_err(malformed)?;
        Ok(global)
    }

    /// The chunk's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The policy the bundle was built for.
    pub const fn policy(&self) -> Policy {
        self.layout.policy
    }

    /// Distinct role sets.
    pub fn role_set_count(&self) -> u64 {
        wide(self.role_sets().len())
    }

    pub(super) const fn digest(&self) -> ChunkDigest {
        self.digest
    }

    pub(super) const fn salt(&self) -> u32 {
        self.layout.salt
    }

    #[inline]
    pub(super) fn portals(&self) -> &[[u8; PORTAL_ROW]] {
        self.rows(self.layout.portals)
    }

    #[inline]
    pub(super) fn portal(&self, ordinal: u16) -> Option<PortalRow> {
        self.portals().get(usize::from(ordinal)).and_then(PortalRow::read)
    }

    /// The resources of a portal, in the order of their keys.
    #[inline]
    pub(super) fn resources_of(&self, ordinal: u16) -> &[[u8; RESOURCE_ROW]] {
        let resources: &[[u8; RESOURCE_ROW]] = self.rows(self.layout.resources);
        let Some(portal) = self.portal(ordinal) else { return &[] };
        let following = ordinal.checked_add(1).and_then(|next| self.portal(next));
        let end = following.map_or(resources.len(), |following| position(following.first_resource));
        resources.get(position(portal.first_resource)..end).unwrap_or_default()
    }

    /// The resource with this key in a portal.
    #[inline]
    pub(super) fn resource_in(&self, ordinal: u16, key: u32) -> Option<ResourceRow> {
        let resources = self.resources_of(ordinal);
        let place = resources.binary_search_by_key(&key, ResourceRow::key).ok()?;
        resources.get(place).and_then(ResourceRow::read)
    }

    /// The key of a resource and the portals that know it, in the order of their ids.
    pub(super) fn standings(&self, id: &ResourceId) -> (u32, impl Iterator<Item = (u16, ResourceRow)>) {
        let (key, id) = (resource_key(self.layout.salt, id), *id);
        let ordinals = 0..u16::try_from(self.portals().len()).unwrap_or(u16::MAX);
        let found = ordinals.filter_map(move |ordinal| {
            let resource = self.resource_in(ordinal, key).filter(|resource| resource.id == id)?;
            Some((ordinal, resource))
        });
        (key, found)
    }

    /// Whether roles decide in a portal.
    #[inline]
    pub(super) fn rbac(&self, ordinal: u16) -> Option<Rbac> {
        let row = self.layout.portals.start.wrapping_add(usize::from(ordinal) * PORTAL_ROW);
        array_at(&self.bytes, row).and_then(PortalRow::rbac)
    }

    /// The role set with this key.
    #[inline]
    pub(super) fn role_set(&self, key: u32) -> Option<RoleSet<'_>> {
        let range = self.role_set_bucket(role_set_bucket(key, self.layout.role_set_buckets))?;
        range.into_iter().find_map(|place| {
            let row = self.role_set_row(place)?;
            if row.key == key { self.roles_of(place, row) } else { None }
        })
    }

    #[inline]
    fn role_set_row(&self, place: usize) -> Option<RoleSetRow> {
        let at = self.layout.role_sets.start.wrapping_add(place.wrapping_mul(ROLE_SET_ROW));
        if at >= self.layout.role_sets.end {
            return None;
        }
        array_at(&self.bytes, at).and_then(RoleSetRow::read)
    }

    #[inline]
    fn roles_of(&self, place: usize, row: RoleSetRow) -> Option<RoleSet<'_>> {
        let entries = self.layout.entries;
        let entry = |first: u32| entries.start.wrapping_add(position(first).wrapping_mul(4));
        let following = self.role_set_row(place.wrapping_add(1));
        let end = following.map_or(entries.end, |following| entry(following.first_entry));
        let roles = self.bytes.get(entry(row.first_entry)..end.min(entries.end))?;
        Some(RoleSet { portal: row.portal, roles: roles.as_chunks().0 })
    }

    /// The positions of the role sets of a bucket.
    #[inline]
    fn role_set_bucket(&self, place: u32) -> Option<std::ops::Range<usize>> {
        if place >= self.layout.role_set_buckets {
            return None;
        }
        let at = self.layout.directory.start.wrapping_add(position(place).wrapping_mul(4));
        let (start, end) = u32_pair_at(&self.bytes, at)?;
        Some(position(start)..position(end))
    }

    #[inline]
    fn role_sets(&self) -> &[[u8; ROLE_SET_ROW]] {
        self.rows(self.layout.role_sets)
    }

    /// The rows of a service's routes.
    pub(super) fn routes_of(&self, service: &ServiceId) -> &[[u8; ROUTE_ROW]] {
        let rows: &[[u8; ROUTE_ROW]] = self.rows(self.layout.routes);
        let before =
            |row: &[u8; ROUTE_ROW]| RouteRow::read(row).is_some_and(|route| route.service < *service);
        let among =
            |row: &[u8; ROUTE_ROW]| RouteRow::read(row).is_some_and(|route| route.service == *service);
        let rows = rows.get(rows.partition_point(before)..).unwrap_or_default();
        rows.get(..rows.partition_point(among)).unwrap_or_default()
    }

    #[inline]
    fn rows<const N: usize>(&self, span: Span) -> &[[u8; N]] {
        self.bytes.get(span.start..span.end).unwrap_or_default().as_chunks().0
    }
}

impl fmt::Debug for GlobalChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GlobalChunk").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Where a section stands.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// Where the sections of the global chunk stand, as its header implies.
#[derive(Clone, Copy)]
struct Layout {
    policy: Policy,
    salt: u32,
    role_set_buckets: u32,
    portals: Span,
    resources: Span,
    directory: Span,
    role_sets: Span,
    entries: Span,
    routes: Span,
}

impl Layout {
    /// Reads the header and checks that its sections fill the bytes exactly.
    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let header = |_| "the header is cut short";
        let mut reader = Reader::new(bytes);
        if reader.array().map_err(header)? != GLOBAL_MAGIC {
            return Err("it does not begin with `GPG` and version 1");
        }
        let policy =
            Policy::from_number(reader.u8().map_err(header)?).ok_or("its policy is not a known number")?;
        if reader.array().map_err(header)? != [0; 3] {
            return Err("a reserved byte is not 0");
        }
        let salt = reader.u32().map_err(header)?;
        let mut counts = [0; 5];
        for slot in &mut counts {
            *slot = reader.u32().map_err(header)?;
        }
        let [portals, resources, role_sets, entries, routes] = counts;
        let role_set_buckets = role_sets.div_ceil(ROLE_SETS_PER_BUCKET);

        let mut at = wide(GLOBAL_HEADER);
        // Each section is below 2^38 bytes: no sum of six overflows.
        let mut section = |rows: u64, width: usize| {
            let start = at;
            at += rows * wide(width);
            match (usize::try_from(start), usize::try_from(at)) {
                (Ok(start), Ok(end)) => Ok(Span { start, end }),
                _ => Err("a section lies beyond memory"),
            }
        };
        let layout = Self {
            policy,
            salt,
            role_set_buckets,
            portals: section(portals.into(), PORTAL_ROW)?,
            resources: section(resources.into(), RESOURCE_ROW)?,
            directory: section(u64::from(role_set_buckets) + 1, 4)?,
            role_sets: section(role_sets.into(), ROLE_SET_ROW)?,
            entries: section(entries.into(), 4)?,
            routes: section(routes.into(), ROUTE_ROW)?,
        };
        if at != wide(bytes.len()) {
            return Err("its sections do not fill it");
        }
        Ok(layout)
    }
}
