//! The owners of v3 applications: `owner` is optional in the list, and absent from Kong's own example of it, so each
//! application without one is asked for by itself. Whoever polls keeps what was answered.

use crate::ordered::OrderedMap;

use super::lists::ListName;
use super::{Crawl, Purpose};
use crate::Timestamp;
use crate::json::{Entry, Field, Kind as JsonKind, lenient_object};
use crate::konnect::outbox::Draft;
use crate::konnect::path::path;

/// How long what is known of an owner stands at most. An application whose owner changed is listed with another
/// `updated_at`; where it is not, the change is noticed after this time.
pub const KNOWN_OWNER_MAX_AGE_MS: i64 = 10 * 60 * 1000;

/// Owners that an earlier crawl of the same portal has read, for [`Options::known_owners`](super::Options).
///
/// An owner is used again only for an application that is listed exactly as it was, to the byte, and for at most
/// [`KNOWN_OWNER_MAX_AGE_MS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownOwners(OrderedMap<Box<str>, Known>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    /// The application as it was listed.
    listed: Box<str>,
    /// And as it was when asked for by itself.
    whole: Box<str>,
    read_at: Timestamp,
}

impl KnownOwners {
    /// How many are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, application: &str, listed: &str, now: Timestamp) -> Option<&Known> {
        let known = self.0.get(application)?;
        let age = now.millis_since(known.read_at);
        ((0..KNOWN_OWNER_MAX_AGE_MS).contains(&age) && *known.listed == *listed).then_some(known)
    }
}

lenient_object! {
    RawOwned<'a> { owner: Entry<RawId<'a>>, developer: Entry<RawId<'a>>, updated_at: Field<'a> }
}

lenient_object! {
    RawId<'a> { id: Field<'a> }
}

fn owned(json: &str) -> Option<RawOwned<'_>> {
    match crate::json::from_str::<Entry<RawOwned<'_>>>(json) {
        Ok(Entry::Object(owned)) => Some(owned),
        _ => None,
    }
}

fn names_owner(json: &str) -> bool {
    let given = |entry: &Entry<RawId<'_>>| !matches!(entry, Entry::Absent | Entry::Other(JsonKind::Null));
    owned(json).is_some_and(|owned| given(&owned.owner) || given(&owned.developer))
}

impl Crawl {
    /// Reads v3 applications whose listed form names no owner, unless it is known.
    pub(super) fn ask_for_owners(&mut self) {
        let round = self.lists.get(&ListName::Applications).map_or(0, |list| list.round);
        self.owners.clear();
        let now = self.started.unwrap_or(Timestamp::from_millis(0));
        let mut unknown: Vec<Box<str>> = Vec::new();
        let mut known: OrderedMap<Box<str>, Box<str>> = OrderedMap::new();
        let without =
            |item: &&crate::konnect::page::Item| !item.key().is_empty() && !names_owner(item.json());
        for item in self.items(&ListName::Applications).iter().filter(without) {
            match self.options.known_owners.of(item.key(), item.json(), now) {
                Some(found) => drop(known.insert(item.key().into(), found.whole.clone())),
                None => unknown.push(item.key().into()),
            }
        }
        self.owners_wanted = (known.len() as u64).saturating_add(unknown.len() as u64);
        self.owners = known;
        for application in unknown {
            let draft =
                Draft::get(path(self.api, &["portals", &self.portal_id, "applications", &application]));
            self.outbox.push(Purpose::Owner { application, round }, draft);
        }
    }

    /// What a later crawl of this portal may use again.
    pub(super) fn known_owners(&self) -> KnownOwners {
        let now = self.started.unwrap_or(Timestamp::from_millis(0));
        let mut known = OrderedMap::new();
        for item in self.items(&ListName::Applications) {
            let Some(whole) = self.owners.get(item.key()) else { continue };
            // Without it nothing would tell that the application has changed.
            if owned(item.json()).is_none_or(|owned| owned.updated_at.text().is_none()) {
                continue;
            }
            let before = self.options.known_owners.of(item.key(), item.json(), now);
            let read_at = before.map_or(now, |before| before.read_at);
            known.insert(
                item.key().into(),
                Known { listed: item.json().into(), whole: whole.clone(), read_at },
            );
        }
        KnownOwners(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stands_for_a_while_and_for_the_same_listing_only() {
        let read_at = Timestamp::from_millis(1_000_000);
        let known = Known { listed: "{}".into(), whole: "{1}".into(), read_at };
        let known = KnownOwners(OrderedMap::from_iter([("a".into(), known)]));
        let at = |millis: i64| Timestamp::from_millis(read_at.millis() + millis);
        assert!(known.of("a", "{}", at(0)).is_some());
        assert!(known.of("a", "{}", at(KNOWN_OWNER_MAX_AGE_MS - 1)).is_some());
        assert!(known.of("a", "{}", at(KNOWN_OWNER_MAX_AGE_MS)).is_none());
        // A clock that was set back tells nothing about age.
        assert!(known.of("a", "{}", at(-1)).is_none());
        assert!(known.of("a", "{ }", at(0)).is_none());
        assert!(known.of("b", "{}", at(0)).is_none());
    }
}
