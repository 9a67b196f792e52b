//! The snapshot file. Konnect's objects keep their members as they were written; the order is that of ids, so
//! that two exports of the same state differ in nothing but `exported_at`.

use super::join::{member, quoted};
use super::lists::ListName;
use super::redact::Redactor;
use super::{Crawl, CrawlResult, Listed, PartialList};
use crate::SNAPSHOT_FORMAT;
use crate::arrange::Arrange as _;
use crate::json::{Entry, Field, lenient_object};
use crate::konnect::ApiVersion;
use crate::konnect::page::{Item, Kind};

lenient_object! {
    RawMapping<'a> { groups: crate::json::List<Field<'a>> }
}

lenient_object! {
    RawPublication<'a> { portal_id: Field<'a> }
}

impl Crawl {
    /// Writes the snapshot and says what is wrong with it.
    pub(super) fn write(&mut self) -> CrawlResult {
        let credentials = self.credentials();
        let mut json = String::from("{");
        member("format", &quoted(SNAPSHOT_FORMAT), &mut json);
        let exported_at = self.started.map(|at| at.to_string()).unwrap_or_default();
        member("exported_at", &quoted(&exported_at), &mut json);
        member("api", &quoted(self.api.as_str()), &mut json);
        let region = self.options.region.map_or_else(|| "null".into(), |region| quoted(region.as_str()));
        member("region", &region, &mut json);
        member("portal", self.portal.as_deref().unwrap_or("null"), &mut json);
        member("auth_settings", self.auth_settings.as_deref().unwrap_or("null"), &mut json);
        let secret = self.options.redact.clone();
        let redactor = secret.as_deref().map(Redactor::new);
        let redactor = redactor.as_ref();
        let mut collected = String::from("{");

        self.list("developers", &ListName::Developers, redactor, &mut json, &mut collected);
        self.list("teams", &ListName::Teams, redactor, &mut json, &mut collected);
        self.by_team("team_developers", redactor, &mut json, &mut collected);
        self.by_team("team_roles", redactor, &mut json, &mut collected);
        self.group_mappings(&mut json, &mut collected);
        self.list("applications", &ListName::Applications, redactor, &mut json, &mut collected);
        self.list("registrations", &ListName::Registrations, redactor, &mut json, &mut collected);
        self.products(&mut json, &mut collected);
        for (name, list) in [
            ("apis", ListName::Apis),
            ("api_packages", ListName::Packages),
            ("publications", ListName::Publications),
            ("implementations", ListName::Implementations),
        ] {
            self.list(name, &list, redactor, &mut json, &mut collected);
        }
        member("credentials", &format!("[{}]", credentials.join(",\n")), &mut json);
        collected.push('}');
        member("collected", &collected, &mut json);
        json.push_str("}\n");

        let mut partial = std::mem::take(&mut self.partial);
        for (name, list) in &self.lists {
            let Some(Listed { items, total, partial: Some(reason), .. }) = &list.done else { continue };
            let items = items.len() as u64;
            partial.push(PartialList {
                list: name.to_string(),
                total: *total,
                items,
                reason: reason.clone(),
            });
        }
        partial.arrange();
        let mut notices = std::mem::take(&mut self.notices);
        notices.arrange();
        notices.dedup();
        let known_owners = self.known_owners();
        CrawlResult { snapshot: json.into_bytes(), partial, notices, known_owners }
    }

    fn done(&self, name: &ListName) -> Option<&Listed> {
        self.lists.get(name).and_then(|list| list.done.as_ref())
    }

    /// A list as the API gave it, and its count.
    fn list(
        &self,
        name: &str,
        list: &ListName,
        redactor: Option<&Redactor<'_>>,
        json: &mut String,
        collected: &mut String,
    ) {
        let items = self.items(list).iter().map(|item| self.object(list, item, redactor));
        member(name, &lines(items), json);
        if let Some(done) = self.done(list) {
            count(name, done, done.items.len() as u64, collected);
        }
    }

    fn object(&self, list: &ListName, item: &Item, redactor: Option<&Redactor<'_>>) -> String {
        let json = match list {
            ListName::Applications => self.owners.get(item.key()).map_or(item.json(), |json| json),
            _ => item.json(),
        };
        match (list, redactor) {
            (ListName::Publications, _) => self.publication(json),
            (_, Some(redactor)) => redactor.object(list.kind(), json),
            (_, None) => json.to_owned(),
        }
    }

    /// API Builder 3.2.0 lists a portal's publications with `portal_ids`, and `portal_id` only in the list of
    /// all portals. This list is the portal's, so the portal is known.
    fn publication(&self, json: &str) -> String {
        let named = match crate::json::from_str::<Entry<RawPublication<'_>>>(json) {
            Ok(Entry::Object(raw)) => raw.portal_id != Field::Absent,
            _ => true,
        };
        let rest = json.strip_prefix('{').map(str::trim_start);
        match rest {
            Some(rest) if !named => {
                let comma = if rest.starts_with('}') { "" } else { "," };
                format!("{{\"portal_id\":{}{comma}{rest}", quoted(&self.portal_id))
            }
            _ => json.to_owned(),
        }
    }

    /// Members or roles, team by team. A member's id is enough: the status is the developer's.
    fn by_team(
        &self,
        name: &str,
        redactor: Option<&Redactor<'_>>,
        json: &mut String,
        collected: &mut String,
    ) {
        let mut teams = String::from("{");
        let mut counts = String::from("{");
        for (list, state) in &self.lists {
            let team = match list {
                ListName::TeamDevelopers(team) if name == "team_developers" => team,
                ListName::TeamRoles(team) if name == "team_roles" => team,
                _ => continue,
            };
            let Some(done) = &state.done else { continue };
            let items = done.items.iter().map(|item| match list.kind() {
                Kind::TeamDeveloper if !item.key().is_empty() => quoted(item.key()),
                _ => self.object(list, item, redactor),
            });
            let team_key = quoted(team);
            let team_key = team_key.trim_matches('"');
            member(team_key, &format!("[{}]", items.collect::<Vec<_>>().join(",")), &mut teams);
            count(team_key, done, done.items.len() as u64, &mut counts);
        }
        teams.push('}');
        counts.push('}');
        member(name, &teams, json);
        member(name, &counts, collected);
    }

    fn group_mappings(&mut self, json: &mut String, collected: &mut String) {
        let mut mappings = String::from("{");
        let mut elsewhere = 0_usize;
        let teams: crate::ordered::OrderedSet<&str> =
            self.items(&ListName::Teams).iter().map(Item::key).collect();
        let mut last = "";
        for item in self.items(&ListName::GroupMappings) {
            if !teams.contains(item.key()) || item.key() == last {
                elsewhere = elsewhere.saturating_add(1);
                continue;
            }
            last = item.key();
            let groups = match crate::json::from_str::<Entry<RawMapping<'_>>>(item.json()) {
                Ok(Entry::Object(raw)) => {
                    let groups = raw.groups.items().iter().filter_map(Field::text).map(quoted);
                    format!("[{}]", groups.collect::<Vec<_>>().join(","))
                }
                _ => "[]".to_owned(),
            };
            let team_key = quoted(item.key());
            member(team_key.trim_matches('"'), &groups, &mut mappings);
        }
        mappings.push('}');
        member("team_group_mappings", &mappings, json);
        if let Some(done) = self.done(&ListName::GroupMappings) {
            count("team_group_mappings", done, done.items.len() as u64, collected);
        }
        if elsewhere > 0 {
            let message =
                format!("{elsewhere} group mappings of teams that are not in the portal are left out");
            self.note("mapping_elsewhere", message);
        }
    }

    /// v2: products, and the product versions joined.
    fn products(&mut self, json: &mut String, collected: &mut String) {
        let joined = self.joined_versions();
        let mut products: Vec<Item> = self.further_products(&joined);
        let further = products.len() as u64;
        products.extend_from_slice(self.items(&ListName::Products));
        products.arrange();
        member("products", &lines(products.iter().map(|item| item.json().to_owned())), json);
        member("product_versions", &lines(joined.versions.iter().map(|(_, version)| version.clone())), json);
        if let Some(done) = self.done(&ListName::Products) {
            let done =
                Listed { total: done.total.map(|total| total.saturating_add(further)), ..done.clone() };
            count("products", &done, products.len() as u64, collected);
        }
        if let Some(done) = self.done(&ListName::PortalVersions) {
            count("product_versions", done, joined.versions.len() as u64, collected);
        }
        if let Some(first) = joined.unjoined.first() {
            self.partial.push(PartialList {
                list: "product_versions".into(),
                total: Some((joined.versions.len() as u64).saturating_add(joined.unjoined.len() as u64)),
                items: joined.versions.len() as u64,
                reason: format!(
                    "API Products knows nothing of product version `{first}` and {} others; give the token's owner the role to view all API products",
                    joined.unjoined.len().saturating_sub(1)
                ),
            });
        }
        debug_assert!(self.api == ApiVersion::V2 || joined.versions.is_empty());
    }
}

/// One object a line, so that files can be compared with everyday tools.
fn lines(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "[]".into() } else { format!("[\n{}\n]", items.join(",\n")) }
}

/// The count of a list in `collected`. A list in doubt must read as partial whatever the numbers are, even
/// where the API gave more than its total: then the smaller of both counts as collected, and the larger as
/// what there is. A list that the portal does without, or whose total nobody stated, has no count.
fn count(name: &str, done: &Listed, items: u64, collected: &mut String) {
    let (total, items) = match (done.total, &done.partial) {
        _ if done.absent => return,
        (total, Some(_)) => {
            let total = total
                .unwrap_or_default()
                .max(items.saturating_add(u64::from(total.is_none_or(|total| total <= items))))
                .max(1);
            (total, items.min(done.total.unwrap_or_default()).min(total.saturating_sub(1)))
        }
        (Some(total), None) => (total, items),
        (None, None) => return,
    };
    member(name, &format!("{{\"total\":{total},\"items\":{items}}}"), collected);
}
