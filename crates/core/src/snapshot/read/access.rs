//! Role assignments: which mean something, and which only look as if.

use super::Reader;
use super::repeated::Indexed;
use crate::arrange::Arrange as _;
use crate::json::Field;
use crate::problem::Place;
use crate::snapshot::model::{AssignedRole, Resource, Team};
use crate::snapshot::raw::{RawAssignedRole, RawSnapshot};
use crate::{EntityId, Region, RoleFact};

impl Reader {
    pub(super) fn team_roles(
        &mut self,
        raw: &RawSnapshot<'_>,
        teams: &mut Indexed<Team>,
        region: Option<Region>,
    ) {
        let root = Place::Root;
        let place = root.member("team_roles");
        self.check_entries(&raw.team_roles, place);
        for (key, list) in raw.team_roles.items() {
            let place = place.member(key);
            self.check_list(list, place);
            let team = self.team_of_key(key, teams, place);
            let mut roles = Vec::with_capacity(list.items().len());
            for (position, entry) in list.items().iter().enumerate() {
                let place = place.item(position);
                let Some(assigned) = self.object(entry, place) else { continue };
                roles.extend(self.assigned_role(assigned, region, place));
            }
            if let Some(team) = team.and_then(|team| teams.items.get_mut(team as usize)) {
                team.assignments = team.assignments.saturating_add(list.items().len());
                team.roles.append(&mut roles);
                // An assignment is identified by role, entity and region: Konnect repeats its `id`.
                team.roles.arrange();
                team.roles.dedup();
            }
        }
    }

    /// The assignment, if it can grant anything at all.
    fn assigned_role(
        &mut self,
        raw: &RawAssignedRole<'_>,
        region: Option<Region>,
        place: Place<'_>,
    ) -> Option<AssignedRole> {
        let remedy = "assign the role again in Konnect; until then it grants nothing";
        let mut missing = false;
        for (name, field) in [
            ("role_name", &raw.role_name),
            ("entity_id", &raw.entity_id),
            ("entity_region", &raw.entity_region),
        ] {
            if field.text().is_none() {
                missing = true;
                self.warning("role_incomplete", place.member(name), format!("{name} is {field}"), remedy);
            }
        }
        if missing {
            return None;
        }
        let role = match raw.role_name.text() {
            Some("API Consumer") => Some(RoleFact::Consumer),
            Some("API Viewer") => Some(RoleFact::Viewer),
            _ => {
                let message =
                    format!("the role is {}, and can be `API Viewer` or `API Consumer`", raw.role_name);
                self.warning("role_unrecognized", place.member("role_name"), message, remedy);
                None
            }
        };
        let entity = match raw.entity_id.text() {
            Some("*") if raw.entity_type_name.text() == Some("Services") => Some(None),
            Some("*") => {
                let message = format!(
                    "the entity is every one of type {}, and only `Services` can be meant as a whole",
                    raw.entity_type_name
                );
                self.warning("role_unrecognized", place.member("entity_type_name"), message, remedy);
                None
            }
            _ => self.id::<EntityId>(&raw.entity_id, place.member("entity_id")).map(Some),
        };
        let region_of_role = match raw.entity_region.text() {
            Some("*") => Some(None),
            Some(code) => {
                if let Some(known) = Region::from_code(code) {
                    Some(Some(known))
                } else {
                    let message = format!(
                        "the region is {}, and can be `*`, `au`, `eu`, `in`, `me`, `sg` or `us`",
                        Field::Text(code.into())
                    );
                    self.warning("role_unrecognized", place.member("entity_region"), message, remedy);
                    None
                }
            }
            None => None,
        };
        let assigned = AssignedRole { entity: entity?, region: region_of_role?, role: role? };
        if let (Some(here), Some(there)) = (region, assigned.region)
            && here != there
        {
            self.warning(
                "role_region_elsewhere",
                place.member("entity_region"),
                format!("the role holds in `{there}`, and the portal is in `{here}`"),
                "assign it in the portal's region, or in `*`",
            );
        }
        Some(assigned)
    }

    /// Warns about roles on something that is no resource here: they grant nothing.
    pub(super) fn check_role_entities(&mut self, raw: &RawSnapshot<'_>, resources: &Indexed<Resource>) {
        let mut known: Vec<EntityId> =
            resources.items.iter().filter_map(|resource| resource.entity).collect();
        known.extend(
            raw.products
                .items()
                .iter()
                .filter_map(|entry| entry.object()?.id.text()?.parse::<EntityId>().ok()),
        );
        known.arrange();
        let root = Place::Root;
        let place = root.member("team_roles");
        for (key, list) in raw.team_roles.items() {
            let place = place.member(key);
            for (position, entry) in list.items().iter().enumerate() {
                let entity = entry.object().and_then(|role| role.entity_id.text()?.parse::<EntityId>().ok());
                if let Some(entity) = entity
                    && known.binary_search(&entity).is_err()
                {
                    let item = place.item(position);
                    self.warning(
                        "role_entity_elsewhere",
                        item.member("entity_id"),
                        format!("`{entity}` is nothing in this portal"),
                        "remove the role, or publish what it is on",
                    );
                }
            }
        }
    }
}
