//! Sorting, in as little WebAssembly as possible.
//!
//! The standard library's sorts are compiled anew for every type, some ten kilobytes each: a quarter of the module
//! that browsers load. There one sort of positions serves every type; elsewhere the library's own is used. Both are
//! stable, so that every host puts equal things in the same order.

use std::cmp::Ordering;

/// Sorting by the methods of slices, under names of their own.
pub(crate) trait Arrange<T> {
    /// Sorts by a comparison.
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key.
    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.arrange_by(|one, other| key(one).cmp(&key(other)));
    }

    /// Sorts by the order of the items.
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }
}

impl<T> Arrange<T> for [T] {
    fn arrange_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        if cfg!(target_arch = "wasm32") {
            arrange_by_positions(self, &mut compare);
        } else {
            self.sort_by(compare);
        }
    }
}

/// Sorts positions, then moves each item to its place, once.
fn arrange_by_positions<T>(items: &mut [T], compare: &mut dyn FnMut(&T, &T) -> Ordering) {
    let mut order = positions(items.len(), &mut |one, other| match (items.get(one), items.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    for place in 0..order.len() {
        // Follows the item to where earlier swaps have put it.
        let mut from = at(&order, place);
        while from < place {
            from = at(&order, from);
        }
        if let Some(entry) = order.get_mut(place) {
            *entry = from;
        }
        items.swap(place, from);
    }
}

fn at(order: &[usize], place: usize) -> usize {
    order.get(place).copied().unwrap_or(place)
}

/// The positions in sorted order: the one sort that every type shares.
fn positions(length: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_sort_as_the_library_does() {
        let mut state = 7_u32;
        for length in 0..200_usize {
            let items: Vec<(u32, usize)> = (0..length)
                .map(|place| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 28, place)
                })
                .collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            arrange_by_positions(&mut ours, &mut |one, other| one.0.cmp(&other.0));
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
        }
    }
}
