//! Maps and sets in the order of their keys, in as little WebAssembly as possible.
//!
//! The library's B-trees are compiled anew for every type, some six kilobytes each: with some thirty of them a sixth
//! of the module that browsers load. Here the tree is one for all types: it orders positions, and asks for comparisons.
//! What callers see of the outside (parameters, JSON) stays the library's own.

use std::borrow::Borrow;
use std::cmp::Ordering;

/// Positions in an order, in runs of at most [`RUN`], so that an insertion moves little.
#[derive(Clone, Debug, Default)]
struct Order {
    runs: Vec<Vec<u32>>,
}

/// How many positions a run holds before it is split.
const RUN: usize = 512;

/// Where a key is in the order, or would be.
struct Found {
    run: usize,
    place: usize,
    position: Option<u32>,
}

impl Order {
    /// Finds what `compare` says is equal; it tells how the key at a position stands to the one that is looked for.
    fn find(&self, compare: &mut dyn FnMut(u32) -> Ordering) -> Found {
        let is_before = |run: &Vec<u32>| run.last().is_some_and(|&last| compare(last).is_lt());
        let run = self.runs.partition_point(is_before);
        let Some(positions) = self.runs.get(run) else {
            let run = self.runs.len().saturating_sub(1);
            return Found { run, place: self.runs.get(run).map_or(0, Vec::len), position: None };
        };
        match positions.binary_search_by(|&position| compare(position)) {
            Ok(place) => Found { run, place, position: positions.get(place).copied() },
            Err(place) => Found { run, place, position: None },
        }
    }

    fn insert(&mut self, at: &Found, position: u32) {
        if self.runs.is_empty() {
            self.runs.push(Vec::new());
        }
        let Some(run) = self.runs.get_mut(at.run) else { return };
        run.insert(at.place.min(run.len()), position);
        if run.len() > RUN {
            let rest = run.split_off(RUN / 2);
            self.runs.insert(at.run.saturating_add(1), rest);
        }
    }

    fn remove(&mut self, at: &Found) {
        let Some(run) = self.runs.get_mut(at.run) else { return };
        if at.place < run.len() {
            run.remove(at.place);
        }
        if run.is_empty() {
            self.runs.remove(at.run);
        }
    }
}

fn index(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// A map in the order of its keys.
#[derive(Clone, Debug)]
pub(crate) struct OrderedMap<K, V> {
    /// In the order in which they came.
    entries: Vec<(K, V)>,
    order: Order,
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> OrderedMap<K, V> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), order: Order { runs: Vec::new() } }
    }

    fn in_order(&self) -> Iter<'_, K, V> {
        Iter { entries: &self.entries, order: self.order.runs.iter().flatten() }
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Found
    where
        K: Borrow<Q>,
    {
        self.order.find(&mut |position| match self.entries.get(index(position)) {
            Some((known, _)) => known.borrow().cmp(key),
            None => Ordering::Greater,
        })
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.find(key).position.and_then(|position| self.entries.get(index(position))).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(key).position?;
        self.entries.get_mut(index(position)).map(|(_, value)| value)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).position.is_some()
    }

    /// Puts a value under a key; gives back the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.find(&key);
        if let Some((_, known)) = at.position.and_then(|position| self.entries.get_mut(index(position))) {
            return Some(std::mem::replace(known, value));
        }
        // More than 2³² entries do not fit into the memory of a module, nor into that of most machines.
        if let Ok(position) = u32::try_from(self.entries.len()) {
            self.order.insert(&at, position);
            self.entries.push((key, value));
        }
        None
    }

    /// Changes the value under a key, which is the default first if there was none.
    pub(crate) fn update(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        self.update_or(key, V::default, change);
    }

    /// Changes the value under a key, which is made first if there was none.
    pub(crate) fn update_or(&mut self, key: K, make: impl FnOnce() -> V, change: impl FnOnce(&mut V)) {
        let at = self.find(&key);
        if let Some((_, known)) = at.position.and_then(|position| self.entries.get_mut(index(position))) {
            return change(known);
        }
        if let Ok(position) = u32::try_from(self.entries.len()) {
            let mut value = make();
            change(&mut value);
            self.order.insert(&at, position);
            self.entries.push((key, value));
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key);
        let position = at.position?;
        // The last entry takes the place of the one that goes, and its position with it.
        let last = self.entries.len().checked_sub(1)?;
        let moved = self.entries.get(last).map(|(key, _)| self.find_key(key))?;
        if let Some(entry) = self.order.runs.get_mut(moved.run).and_then(|run| run.get_mut(moved.place)) {
            *entry = position;
        }
        self.order.remove(&at);
        Some(self.entries.swap_remove(index(position)).1)
    }

    fn find_key(&self, key: &K) -> Found {
        self.find::<K>(key)
    }

    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        self.in_order()
    }

    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }

    /// Keeps the entries that `keep` says.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let entries = std::mem::take(self);
        self.extend(
            entries.into_iter().filter_map(|(key, mut value)| keep(&key, &mut value).then_some((key, value))),
        );
    }
}

/// The entries of a map, in the order of their keys.
#[derive(Clone, Debug)]
pub(crate) struct Iter<'m, K, V> {
    entries: &'m [(K, V)],
    order: std::iter::Flatten<std::slice::Iter<'m, Vec<u32>>>,
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        let &position = self.order.next()?;
        self.entries.get(index(position)).map(|(key, value)| (key, value))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let &position = self.order.next_back()?;
        self.entries.get(index(position)).map(|(key, value)| (key, value))
    }
}

impl<'m, K: Ord, V> IntoIterator for &'m OrderedMap<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Iter<'m, K, V> {
        self.iter()
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        let mut entries: Vec<Option<(K, V)>> = self.entries.into_iter().map(Some).collect();
        let take = |&position: &u32| entries.get_mut(index(position)).and_then(Option::take);
        self.order.runs.iter().flatten().filter_map(take).collect::<Vec<_>>().into_iter()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for OrderedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len() && self.in_order().eq(other.in_order())
    }
}

impl<K: Eq, V: Eq> Eq for OrderedMap<K, V> {}

impl<K: Ord, V> Extend<(K, V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for OrderedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

/// A set in the order of its members.
#[derive(Clone, Debug)]
pub(crate) struct OrderedSet<K>(OrderedMap<K, ()>);

impl<K> Default for OrderedSet<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> OrderedSet<K> {
    pub(crate) const fn new() -> Self {
        Self(OrderedMap::new())
    }
}

impl<K: Ord> OrderedSet<K> {
    /// Adds a member; whether it is new.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, ()).is_none()
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.keys()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K> IntoIterator for OrderedSet<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(key, ())| key).collect::<Vec<K>>().into_iter()
    }
}

impl<K: Ord> Extend<K> for OrderedSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl<K: Ord> FromIterator<K> for OrderedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is done, it is as the library's map after the same.
        #[test]
        fn it_is_as_the_librarys(steps in prop::collection::vec((0_u8..4, 0_u32..3000, any::<u16>()), 0..4000)) {
            let (mut ours, mut theirs) = (OrderedMap::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    1 => {
                        ours.update_or(key, || 7, |known| *known ^= value);
                        *theirs.entry(key).or_insert(7) ^= value;
                    }
                    _ => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                }
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
            }
            prop_assert_eq!(ours.len(), theirs.len());
            prop_assert!(ours.iter().eq(theirs.iter()));
            prop_assert!(ours.iter().rev().eq(theirs.iter().rev()));
            prop_assert!(ours.into_iter().eq(theirs));
        }
    }
}
