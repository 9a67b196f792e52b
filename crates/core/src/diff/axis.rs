//! The applications, or the resources, of both sides: each with its place on either, and its class.

use crate::Facts;
use crate::arrange::Arrange as _;

/// An application or a resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<Id> {
    pub(super) id: Id,
    at: [Option<u32>; 2],
    pub(super) class: usize,
}

impl<Id> Item<Id> {
    /// Its position before; `None` if it is not there.
    pub(super) const fn before(&self) -> Option<u32> {
        let [before, _] = self.at;
        before
    }

    /// Its position after; `None` if it is not there.
    pub(super) const fn after(&self) -> Option<u32> {
        let [_, after] = self.at;
        after
    }
}

/// The applications, or the resources, of both sides by id.
#[derive(Clone, Debug)]
pub(super) struct Axis<Id> {
    items: Vec<Item<Id>>,
    /// The facts of each class on both sides, the place of its first item, and how many it has.
    classes: Vec<Class>,
}

#[derive(Clone, Copy, Debug)]
struct Class {
    facts: [Facts; 2],
    first: usize,
    size: u64,
}

impl<Id: Ord + Copy> Axis<Id> {
    pub(super) fn new(
        [before, after]: [Vec<Id>; 2],
        position: impl Fn(Id) -> [Option<u32>; 2],
        facts: impl Fn([Option<u32>; 2]) -> [Facts; 2],
    ) -> Self {
        let mut ids = before;
        ids.extend(after);
        ids.arrange();
        ids.dedup();
        let mut axis = Self { items: Vec::with_capacity(ids.len()), classes: Vec::new() };
        for (place, id) in ids.into_iter().enumerate() {
            let at = position(id);
            let class = axis.class(facts(at), place);
            axis.items.push(Item { id, at, class });
        }
        axis
    }

    /// The class with these facts. There are few: facts of one object are a status or two.
    fn class(&mut self, facts: [Facts; 2], place: usize) -> usize {
        let known = self.classes.iter().position(|class| class.facts == facts);
        let class = known.unwrap_or_else(|| {
            self.classes.push(Class { facts, first: place, size: 0 });
            self.classes.len().saturating_sub(1)
        });
        if let Some(class) = self.classes.get_mut(class) {
            class.size = class.size.saturating_add(1);
        }
        class
    }

    pub(super) fn items(&self) -> &[Item<Id>] {
        &self.items
    }

    pub(super) fn get(&self, place: u32) -> Option<&Item<Id>> {
        self.items.get(place as usize)
    }

    /// One item of each class.
    pub(super) fn classes(&self) -> impl Iterator<Item = &Item<Id>> {
        self.classes.iter().filter_map(|class| self.items.get(class.first))
    }

    /// How many items each class has.
    pub(super) fn sizes(&self) -> impl Iterator<Item = u64> {
        self.classes.iter().map(|class| class.size)
    }

    pub(super) fn place(&self, id: Id) -> Option<u32> {
        let found = self.items.binary_search_by(|item| item.id.cmp(&id)).ok()?;
        u32::try_from(found).ok()
    }
}
