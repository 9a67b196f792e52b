//! One id, several objects: the same twice is harmless, two different ones are an error.

use super::Reader;
use crate::problem::Place;
use crate::snapshot::ids::Positions;
use crate::snapshot::model::{Application, Developer, Registration, Resource, Team};
use crate::{
    ApplicationFact, ApplicationId, DeveloperId, DeveloperStatus, RegistrationFact, RegistrationId,
    ResourceFact, ResourceId, TeamId,
};

/// An object with an id that can be made to deny.
pub(super) trait Identified: PartialEq {
    type Id: Ord + Copy + std::fmt::Display;

    fn id(&self) -> Self::Id;

    /// Makes it deny: called under `allow_partial` when another object has the same id.
    fn distrust(&mut self);
}

/// Objects by position, and the positions by id.
pub(super) struct Indexed<T: Identified> {
    pub(super) items: Vec<T>,
    pub(super) positions: Positions<T::Id>,
}

impl<T: Identified> Indexed<T> {
    pub(super) fn get(&self, id: T::Id) -> Option<u32> {
        self.positions.get(id)
    }
}

impl Reader {
    /// Keeps the first object of each id. `read` holds each object with its position in the file.
    pub(super) fn unique<T: Identified>(&mut self, read: Vec<(usize, T)>, list: Place<'_>) -> Indexed<T> {
        let mut order: Vec<(T::Id, usize)> =
            read.iter().enumerate().map(|(n, (_, item))| (item.id(), n)).collect();
        order.sort_unstable();
        // What to do with each: keep it, drop it, or keep it distrusted.
        let mut drop = vec![false; read.len()];
        let mut distrust = Vec::new();
        for pair in order.windows(2) {
            let [(first_id, first), (second_id, second)] = pair else { continue };
            if first_id != second_id {
                continue;
            }
            let (Some((_, one)), Some((file_position, other))) = (read.get(*first), read.get(*second)) else {
                continue;
            };
            let item = list.item(*file_position);
            if one == other {
                self.warning(
                    "id_repeated",
                    item,
                    format!("`{first_id}` is there twice, identically"),
                    "nothing to do; it is counted once",
                );
            } else {
                let remedy = "export again; a list that changed while it was read cannot be trusted";
                self.error(
                    "id_conflict",
                    item,
                    format!("`{first_id}` is there twice, with different contents"),
                    remedy,
                );
                distrust.push(*first_id);
            }
            if let Some(flag) = drop.get_mut(*second) {
                *flag = true;
            }
        }
        let mut items: Vec<T> =
            read.into_iter().zip(drop).filter(|(_, drop)| !drop).map(|((_, item), _)| item).collect();
        let positions = Positions::new(items.iter().map(Identified::id));
        for id in distrust {
            if let Some(item) = positions.get(id).and_then(|position| items.get_mut(position as usize)) {
                item.distrust();
            }
        }
        Indexed { items, positions }
    }
}

impl Identified for Developer {
    type Id = DeveloperId;
    fn id(&self) -> DeveloperId {
        self.id
    }
    fn distrust(&mut self) {
        self.status = DeveloperStatus::Unrecognized;
    }
}

impl Identified for Team {
    type Id = TeamId;
    fn id(&self) -> TeamId {
        self.id
    }
    fn distrust(&mut self) {
        self.roles.clear();
    }
}

impl Identified for Application {
    type Id = ApplicationId;
    fn id(&self) -> ApplicationId {
        self.id
    }
    fn distrust(&mut self) {
        self.status = ApplicationFact::Unrecognized;
    }
}

impl Identified for Registration {
    type Id = RegistrationId;
    fn id(&self) -> RegistrationId {
        self.id
    }
    fn distrust(&mut self) {
        self.status = RegistrationFact::Unrecognized;
    }
}

impl Identified for Resource {
    type Id = ResourceId;
    fn id(&self) -> ResourceId {
        self.id
    }
    fn distrust(&mut self) {
        self.state = ResourceFact::Unrecognized;
    }
}
