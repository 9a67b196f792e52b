//! Lists are read one after another while people sign up and admins work: an object may name one that its own
//! list did not have yet. Such lists are read again before anybody sees them.

use crate::ordered::OrderedSet;

use super::Crawl;
use super::lists::ListName;
use crate::json::{Entry, Field, lenient_object};
use crate::konnect::page::Item;

lenient_object! {
    RawReferences<'a> {
        application: Entry<RawReferred<'a>>,
        developer: Entry<RawReferred<'a>>,
        owner: Entry<RawReferred<'a>>,
    }
}

lenient_object! {
    RawReferred<'a> { kind: Field<'a> = "type", id: Field<'a> }
}

fn ids(items: &[Item]) -> OrderedSet<&str> {
    items.iter().map(Item::key).collect()
}

/// Whether a reference names something that is not there.
fn dangles(entry: &Entry<RawReferred<'_>>, known: &OrderedSet<&str>) -> bool {
    entry.object().and_then(|referred| referred.id.text()).is_some_and(|id| !known.contains(id))
}

impl Crawl {
    /// The lists on both sides of references that lead nowhere.
    pub(super) fn dangling(&self) -> OrderedSet<ListName> {
        let developers = ids(self.items(&ListName::Developers));
        let teams = ids(self.items(&ListName::Teams));
        let applications = ids(self.items(&ListName::Applications));
        let mut again = OrderedSet::new();
        for item in self.items(&ListName::Registrations) {
            let Some(raw) = references(item.json()) else { continue };
            if dangles(&raw.application, &applications) {
                again.extend([ListName::Applications, ListName::Registrations]);
            }
        }
        for item in self.items(&ListName::Applications) {
            let json = self.owners.get(item.key()).map_or(item.json(), |json| json);
            let Some(raw) = references(json) else { continue };
            let by_team = raw.owner.object().and_then(|owner| owner.kind.text()) == Some("team");
            let owner = if by_team { &teams } else { &developers };
            if dangles(&raw.owner, owner) || dangles(&raw.developer, &developers) {
                let owners = if by_team { ListName::Teams } else { ListName::Developers };
                again.extend([ListName::Applications, owners]);
            }
        }
        for (name, list) in &self.lists {
            let (ListName::TeamDevelopers(_), Some(done)) = (name, &list.done) else { continue };
            if done.items.iter().any(|member| !developers.contains(member.key())) {
                again.extend([ListName::Developers, name.clone()]);
            }
        }
        again.extend(
            self.items(&ListName::GroupMappings)
                .iter()
                .any(|mapping| !teams.contains(mapping.key()))
                .then_some(ListName::GroupMappings),
        );
        again
    }
}

fn references(json: &str) -> Option<RawReferences<'_>> {
    match crate::json::from_str::<Entry<RawReferences<'_>>>(json) {
        Ok(Entry::Object(raw)) => Some(raw),
        _ => None,
    }
}
