//! What becomes known only from other lists: a team's lists, a product's versions,
//! and what must be read again.

use crate::ordered::OrderedSet;

use super::Crawl;
use super::lists::ListName;
use crate::json::{Entry, Field, List as JsonList, lenient_object};
use crate::konnect::ApiVersion;
use crate::konnect::page::Item;

/// How often lists that contradict each other are read again.
const MAX_REREADS: u32 = 3;

lenient_object! {
    RawApiProduct<'a> { portal_ids: JsonList<Field<'a>>, portals: JsonList<Entry<RawPortalOf<'a>>> }
}

lenient_object! {
    RawPortalOf<'a> { id: Field<'a>, portal_id: Field<'a> }
}

impl Crawl {
    /// The objects of a list that is over.
    pub(super) fn items(&self, name: &ListName) -> &[Item] {
        self.lists.get(name).and_then(|list| list.done.as_ref()).map_or(&[], |done| &done.items)
    }

    fn keys(&self, name: &ListName) -> OrderedSet<Box<str>> {
        self.items(name).iter().map(Item::key).filter(|key| !key.is_empty()).map(Into::into).collect()
    }

    pub(super) const fn may_reread(&self) -> bool {
        self.rereads < MAX_REREADS
    }

    /// Reads the members and roles of teams that are new, and forgets those of teams that are gone.
    pub(super) fn begin_team_lists(&mut self) {
        let teams = self.keys(&ListName::Teams);
        self.lists.retain(|name, _| match name {
            ListName::TeamDevelopers(team) | ListName::TeamRoles(team) => teams.contains(team),
            _ => true,
        });
        for team in teams {
            for name in [ListName::TeamDevelopers(team.clone()), ListName::TeamRoles(team.clone())] {
                if !self.lists.contains_key(&name) {
                    self.begin_list(&name);
                }
            }
        }
    }

    /// Everything asked for is answered: asks for what is still missing, or ends.
    pub(super) fn settle(&mut self) {
        if self.portal.is_none() {
            return;
        }
        if self.begin_again() {
            return;
        }
        if self.api == ApiVersion::V2 && self.begin_product_versions() {
            return;
        }
        if self.may_reread() {
            let dangling = self.dangling();
            self.again.extend(dangling);
            if self.begin_again() {
                return;
            }
        }
        let result = self.write();
        self.finish(result);
    }

    /// Reads lists again that are known to have changed; says whether there were any.
    fn begin_again(&mut self) -> bool {
        let again = std::mem::take(&mut self.again);
        if again.is_empty() {
            return false;
        }
        self.rereads = self.rereads.saturating_add(1);
        for name in again {
            self.begin_list(&name);
        }
        true
    }

    /// Reads the versions of the products in the portal; if the portal has versions of none of these, of the
    /// organization's other products too. Says whether anything was asked for.
    fn begin_product_versions(&mut self) -> bool {
        let known = self.keys(&ListName::ApiProducts);
        let published = self.keys(&ListName::Products);
        let in_portal: OrderedSet<Box<str>> = self
            .items(&ListName::ApiProducts)
            .iter()
            .filter(|item| published.contains(item.key()) || in_portal(item.json(), &self.portal_id))
            .map(Item::key)
            .filter(|key| !key.is_empty())
            .map(Into::into)
            .collect();
        let wanted = if self.joins == 0 || self.unjoined() == 0 { in_portal } else { known };
        self.joins = self.joins.saturating_add(1);
        let mut asked = false;
        for product in wanted {
            let name = ListName::ProductVersions(product);
            if !self.lists.contains_key(&name) {
                self.begin_list(&name);
                asked = true;
            }
        }
        // A first round with nothing to ask for may still leave versions to look for elsewhere.
        asked || (self.joins == 1 && self.unjoined() > 0 && self.begin_product_versions())
    }
}

fn in_portal(json: &str, portal: &str) -> bool {
    let Ok(Entry::Object(product)) = crate::json::from_str::<Entry<RawApiProduct<'_>>>(json) else {
        return false;
    };
    let by_id = product.portal_ids.items().iter().any(|id| id.text() == Some(portal));
    by_id
        || product
            .portals
            .items()
            .iter()
            .filter_map(Entry::object)
            .any(|of| of.id.text() == Some(portal) || of.portal_id.text() == Some(portal))
}
