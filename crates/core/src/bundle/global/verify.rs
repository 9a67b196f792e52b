//! What is checked of the global chunk before any look-up: order, ranges, references and every number.

use super::super::format::{GLOBAL_HEADER, PORTAL_ROW, RESOURCE_ROW, ROLE_SET_ROW, ROUTE_ROW};
use super::super::key::{resource_key, role_set_bucket};
use super::super::wire::{position, u32_at};
use super::{GlobalChunk, PortalRow, ResourceRow, RoleSetRow, RouteRow, role, role_resource};

type Check = Result<(), &'static str>;

/// Checks that each value is greater than the one before it.
struct Ascending<T>(Option<T>);

impl<T: PartialOrd> Ascending<T> {
    const NEW: Self = Self(None);

    fn next(&mut self, value: T, what: &'static str) -> Check {
        let ascends = self.0.as_ref().is_none_or(|last| *last < value);
        self.0 = Some(value);
        if ascends { Ok(()) } else { Err(what) }
    }
}

impl GlobalChunk {
    pub(super) fn verify_rows(&self) -> Check {
        self.verify_portals()?;
        self.verify_resources()?;
        self.verify_directory()?;
        self.verify_role_sets()?;
        self.verify_routes()
    }

    fn verify_portals(&self) -> Check {
        let rows: &[[u8; PORTAL_ROW]] = self.portals();
        if rows.is_empty() || rows.len() > usize::from(u16::MAX) {
            return Err("the number of portals is not between 1 and 65535");
        }
        let mut order = Ascending::NEW;
        let mut starts = Starts::new(self.rows::<RESOURCE_ROW>(self.layout.resources).len());
        for row in rows {
            let portal = PortalRow::read(row).ok_or("a portal's region or RBAC is not a known number")?;
            order.next(portal.id, "portals are not in strictly ascending order")?;
            starts.next(portal.first_resource, "the resources of portals are not in order")?;
        }
        Ok(())
    }

    fn verify_resources(&self) -> Check {
        for ordinal in 0..u16::try_from(self.portals().len()).unwrap_or(u16::MAX) {
            let mut order = Ascending::NEW;
            for row in self.resources_of(ordinal) {
                let resource = ResourceRow::read(row).ok_or("a resource's state is not a known number")?;
                if resource.key != resource_key(self.layout.salt, &resource.id) {
                    return Err("a resource's key is not that of its id");
                }
                order.next(resource.key, "resources are not in strictly ascending order")?;
            }
        }
        Ok(())
    }

    fn verify_directory(&self) -> Check {
        let what = "the role-set directory is not in order";
        let start = |at: usize| u32_at(&self.bytes, at).map(position);
        let last = self.layout.directory.end.saturating_sub(4);
        if last < GLOBAL_HEADER
            || start(self.layout.directory.start) != Some(0)
            || start(last) != Some(self.role_sets().len())
        {
            return Err(what);
        }
        for place in 0..self.layout.role_set_buckets {
            let range = self.role_set_bucket(place).ok_or(what)?;
            // A range whose end lies before its start gives no rows.
            for row in self.role_sets().get(range).ok_or(what)? {
                if role_set_bucket(RoleSetRow::key(row), self.layout.role_set_buckets) != place {
                    return Err("a role set belongs to another bucket");
                }
            }
        }
        Ok(())
    }

    fn verify_role_sets(&self) -> Check {
        let rows: &[[u8; ROLE_SET_ROW]] = self.role_sets();
        let entries: &[[u8; 4]] = self.rows(self.layout.entries);
        if rows.is_empty() && !entries.is_empty() {
            return Err("roles belong to no role set");
        }
        let mut order = Ascending::NEW;
        let mut starts = Starts::new(entries.len());
        for (place, row) in rows.iter().enumerate() {
            let row = RoleSetRow::read(row).ok_or("a role set is cut short")?;
            order.next(row.key, "role sets are not in strictly ascending order")?;
            if usize::from(row.portal) >= self.portals().len() {
                return Err("a role set names a portal that is not there");
            }
            starts.next(row.first_entry, "the roles of role sets are not in order")?;
            self.verify_roles(place, row)?;
        }
        Ok(())
    }

    fn verify_roles(&self, place: usize, row: RoleSetRow) -> Check {
        let set = self.roles_of(place, row).ok_or("the roles of role sets are not in order")?;
        let mut order = Ascending::NEW;
        for word in set.roles {
            let key = role_resource(*word);
            order.next(key, "the roles of a role set are not in strictly ascending order")?;
            if role(*word).is_none() {
                return Err("a role is not a known number");
            }
            if self.resource_in(set.portal, key).is_none() {
                return Err("a role names a resource that its portal does not know");
            }
        }
        Ok(())
    }

    fn verify_routes(&self) -> Check {
        let rows: &[[u8; ROUTE_ROW]] = self.rows(self.layout.routes);
        let mut order = Ascending::NEW;
        for row in rows {
            let route = RouteRow::read(row).ok_or("a route is cut short")?;
            order.next(route, "routes are not in strictly ascending order")?;
            if self.resource_in(route.portal, route.resource_key).is_none() {
                return Err("a route names a resource that its portal does not know");
            }
        }
        Ok(())
    }
}

/// Checks where the parts of a table begin: the first at 0, none before the one before it, none beyond the
/// end.
struct Starts {
    last: Option<u32>,
    length: usize,
}

impl Starts {
    const fn new(length: usize) -> Self {
        Self { last: None, length }
    }

    fn next(&mut self, start: u32, what: &'static str) -> Check {
        let in_order = self.last.map_or(start == 0, |last| last <= start);
        self.last = Some(start);
        if in_order && position(start) <= self.length { Ok(()) } else { Err(what) }
    }
}
