//! A sorted list of keys and values: where a map is small or grows at its end, it does what a B-tree does in a
//! twentieth of the code, and code is what a filter's size is made of.

use std::borrow::Borrow;
use std::cmp::Ordering;

/// Values by key, in the order of the keys.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: Ord, V> Table<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.entries.iter()
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.find(key).ok()?).map(|(_, value)| value)
    }

    /// The value of the key that a comparison calls equal, where the key itself need not be made for it.
    pub(crate) fn get_by(&self, mut compare: impl FnMut(&K) -> Ordering) -> Option<&V> {
        let position = self.entries.binary_search_by(|(key, _)| compare(key)).ok()?;
        self.entries.get(position).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let position = self.find(key).ok()?;
        self.entries.get_mut(position).map(|(_, value)| value)
    }

    /// The value before, if there was one.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(key.borrow()) {
            Ok(position) => {
                self.entries.get_mut(position).map(|entry| std::mem::replace(&mut entry.1, value))
            }
            Err(position) => {
                self.entries.insert(position, (key, value));
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|position| self.entries.remove(position).1)
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.entries.binary_search_by(|(other, _)| other.borrow().cmp(key))
    }
}

impl<K: Ord, V: Default> Table<K, V> {
    /// The value of `key`, which is made if it is missing.
    pub(crate) fn of(&mut self, key: K) -> Option<&mut V> {
        let position = match self.find(key.borrow()) {
            Ok(position) => position,
            Err(position) => {
                self.entries.insert(position, (key, V::default()));
                position
            }
        };
        self.entries.get_mut(position).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_a_map() {
        let mut table = Table::default();
        let mut map = std::collections::BTreeMap::new();
        let mut random = 1_u32;
        for _ in 0..2000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (key, value) = ((random >> 8) % 50, random >> 24);
            match random % 3 {
                0 => assert_eq!(table.remove(&key), map.remove(&key)),
                1 => assert_eq!(table.insert(key, value), map.insert(key, value)),
                _ => {
                    let sum = map.entry(key).or_insert(0);
                    *sum += value;
                    *table.of(key).unwrap() += value;
                }
            }
            assert_eq!(table.get(&key), map.get(&key));
            assert_eq!(table.get_mut(&key), map.get_mut(&key));
        }
        assert!(table.iter().map(|(key, value)| (key, value)).eq(map.iter()));
    }
}
