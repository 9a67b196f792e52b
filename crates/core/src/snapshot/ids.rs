//! From id to position.

/// The positions of objects by id: sorted once, then found by bisection. Deterministic, unlike a hash map
/// with a random seed, and needs no source of randomness.
#[derive(Clone, Debug)]
pub(crate) struct Positions<Id> {
    sorted: Vec<(Id, u32)>,
}

use crate::arrange::Arrange as _;

impl<Id: Ord + Copy> Positions<Id> {
    /// Indexes `ids`, given in order of position. Of equal ids the first position counts.
    pub(crate) fn new(ids: impl Iterator<Item = Id>) -> Self {
        let mut sorted: Vec<(Id, u32)> = ids.zip(0u32..).collect();
        sorted.arrange();
        sorted.dedup_by_key(|(id, _)| *id);
        Self { sorted }
    }

    pub(crate) fn get(&self, id: Id) -> Option<u32> {
        let found = self.sorted.binary_search_by(|(known, _)| known.cmp(&id)).ok()?;
        self.sorted.get(found).map(|(_, position)| *position)
    }
}

/// The item at a position that was made for this list.
pub(crate) fn at<T>(items: &[T], position: u32) -> Option<&T> {
    items.get(position as usize)
}
