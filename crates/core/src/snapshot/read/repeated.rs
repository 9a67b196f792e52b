//! One id, several objects: the same twice is harmless, two different ones are an error.

use super::Reader;
use crate::arrange::Arrange as _;
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

/// Where in the file an object stood.
#[derive(Clone, Copy)]
pub(super) struct InFile {
    pub(super) list: &'static str,
    pub(super) position: usize,
}

/// Objects by position, and the positions by id.
pub(super) struct Indexed<T: Identified> {
    pub(super) items: Vec<T>,
    /// By position: where in the file it stood.
    pub(super) places: Vec<InFile>,
    positions: Positions<T::Id>,
    /// Positions of objects whose id another object has, too.
    pub(super) distrusted: Vec<u32>,
}

impl<T: Identified> Indexed<T> {
    pub(super) fn get(&self, id: T::Id) -> Option<u32> {
        self.positions.get(id)
    }
}

impl Reader {
    /// Keeps the first object of each id.
    pub(super) fn unique<T: Identified>(&mut self, read: Vec<(InFile, T)>) -> Indexed<T> {
        let mut order: Vec<(T::Id, usize)> =
            read.iter().enumerate().map(|(n, (_, item))| (item.id(), n)).collect();
        order.arrange();
        let mut drop = vec![false; read.len()];
        let mut conflicting = Vec::new();
        for same in order.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(((id, first), others)) = same.split_first() else { continue };
            for (_, other) in others {
                if self.repeated(*id, read.get(*first), read.get(*other)) {
                    conflicting.push(*id);
                }
                if let Some(flag) = drop.get_mut(*other) {
                    *flag = true;
                }
            }
        }
        let kept = read.into_iter().zip(drop).filter(|(_, drop)| !drop).map(|(kept, _)| kept);
        let (places, mut items): (Vec<InFile>, Vec<T>) = kept.unzip();
        let positions = Positions::new(items.iter().map(Identified::id));
        let distrusted: Vec<u32> = conflicting.into_iter().filter_map(|id| positions.get(id)).collect();
        for position in &distrusted {
            if let Some(item) = items.get_mut(*position as usize) {
                item.distrust();
            }
        }
        Indexed { items, places, positions, distrusted }
    }

    /// Notes an id that is there again; returns whether with other contents.
    fn repeated<T: Identified>(
        &mut self,
        id: T::Id,
        first: Option<&(InFile, T)>,
        other: Option<&(InFile, T)>,
    ) -> bool {
        let (Some((_, first)), Some((place, other))) = (first, other) else { return false };
        let root = Place::Root;
        let list = root.member(place.list);
        let item = list.item(place.position);
        if first == other {
            self.warning(
                "id_repeated",
                item,
                format!("`{id}` is there twice, identically"),
                "nothing to do; it is counted once",
            );
            return false;
        }
        let remedy = "export again; a list that changed while it was read cannot be trusted";
        self.error("id_conflict", item, format!("`{id}` is there twice, with different contents"), remedy);
        true
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
    /// A team has no status: its roles are cleared once they are read.
    fn distrust(&mut self) {}
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
