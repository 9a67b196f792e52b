//! Joins that Konnect leaves to its callers: what a portal says of a product version with what API Products
//! says of it, and an application's client id with its auth strategy's issuer.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use super::Crawl;
use super::lists::ListName;
use crate::json::{Entries, Entry, Exact, Field, List, lenient_object};
use crate::konnect::page::Item;

lenient_object! {
    RawVersion<'a> { product_version_id: Field<'a>, gateway_service: Entry<RawService<'a>> }
}

lenient_object! {
    RawService<'a> { id: Field<'a> }
}

lenient_object! {
    RawClient<'a> {
        reference_id: Field<'a>,
        client_id: Field<'a>,
        auth_strategy: Entry<RawStrategyOf<'a>>,
    }
}

lenient_object! {
    RawStrategyOf<'a> { id: Field<'a>, credential_type: Field<'a> }
}

lenient_object! {
    RawStrategy<'a> { configs: Entry<RawConfigs<'a>> }
}

lenient_object! {
    RawConfigs<'a> { openid: Entry<RawOpenid<'a>> = "openid-connect" }
}

lenient_object! {
    RawOpenid<'a> { issuer: Field<'a> }
}

type Members<'a> = Entries<'a, Exact<'a>>;

/// Product versions as the snapshot holds them, sorted by id, and how many could not be joined.
pub(super) struct JoinedVersions {
    pub(super) versions: Vec<(String, String)>,
    pub(super) unjoined: Vec<String>,
}

/// The id of the product version that a portal's product version is the state of.
fn version_of(item: &Item) -> Option<String> {
    match crate::json::from_str::<Entry<RawVersion<'_>>>(item.json()) {
        Ok(Entry::Object(raw)) => raw.product_version_id.text().map(str::to_owned),
        _ => None,
    }
}

/// A member copied as it was written, or not at all.
fn copy(members: &Members<'_>, name: &str, json: &mut String) {
    if let Some(value) = members.get(name) {
        member(name, value.0, json);
    }
}

pub(super) fn member(name: &str, value: &str, json: &mut String) {
    json.push_str(if json.ends_with('{') { "\"" } else { ",\"" });
    json.push_str(name);
    json.push_str("\":");
    json.push_str(value);
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Crawl {
    /// By id of the version: its product and itself.
    fn versions_by_id(&self) -> OrderedMap<&str, (&str, &Item)> {
        let mut versions = OrderedMap::new();
        for (name, list) in &self.lists {
            let (ListName::ProductVersions(product), Some(done)) = (name, &list.done) else { continue };
            versions.extend(done.items.iter().map(|item| (item.key(), (&**product, item))));
        }
        versions
    }

    /// How many of the portal's product versions belong to no product read so far.
    pub(super) fn unjoined(&self) -> usize {
        let versions = self.versions_by_id();
        let known = |item: &Item| version_of(item).is_some_and(|id| versions.contains_key(id.as_str()));
        self.items(&ListName::PortalVersions).iter().filter(|item| !known(item)).count()
    }

    /// The portal's state of each product version, with the product, name and gateway service that only API
    /// Products knows.
    pub(super) fn joined_versions(&self) -> JoinedVersions {
        let versions = self.versions_by_id();
        let mut joined = JoinedVersions { versions: Vec::new(), unjoined: Vec::new() };
        for item in self.items(&ListName::PortalVersions) {
            let id = version_of(item).unwrap_or_default();
            match versions.get(id.as_str()) {
                Some((product, version)) => {
                    joined.versions.push((id.clone(), joined_version(&id, product, version, item)));
                }
                None => joined.unjoined.push(id),
            }
        }
        joined.versions.arrange();
        joined
    }

    /// The products of joined versions that the portal's own list lacks, because only unpublished versions of
    /// theirs are in the portal.
    pub(super) fn further_products(&self, versions: &JoinedVersions) -> Vec<Item> {
        let by_id = self.versions_by_id();
        let owners: crate::ordered::OrderedSet<&str> = versions
            .versions
            .iter()
            .filter_map(|(id, _)| by_id.get(id.as_str()).map(|(product, _)| *product))
            .collect();
        let listed: crate::ordered::OrderedSet<&str> =
            self.items(&ListName::Products).iter().map(Item::key).collect();
        self.items(&ListName::ApiProducts)
            .iter()
            .filter(|item| owners.contains(item.key()) && !listed.contains(item.key()))
            .cloned()
            .collect()
    }

    /// Client ids with their issuers. Without an issuer a client id identifies nobody, so it is left out and
    /// noted: two identity providers may give out the same one.
    pub(super) fn credentials(&mut self) -> Vec<String> {
        let issuers: OrderedMap<&str, String> = self
            .items(&ListName::Strategies)
            .iter()
            .filter_map(|strategy| Some((strategy.key(), issuer(strategy.json())?)))
            .collect();
        let mut credentials = Vec::new();
        let mut without: Vec<&str> = Vec::new();
        for item in self.items(&ListName::Applications) {
            let json = self.owners.get(item.key()).map_or(item.json(), |json| json);
            let Ok(Entry::Object(raw)) = crate::json::from_str::<Entry<RawClient<'_>>>(json) else {
                continue;
            };
            let by_key = raw.auth_strategy.object().and_then(|strategy| strategy.credential_type.text());
            // v2 calls the client id `reference_id`, and gives one to applications with API keys too.
            let client = raw.client_id.text().or(raw.reference_id.text()).filter(|id| !id.is_empty());
            let (Some(client), false) = (client, by_key == Some("key_auth")) else { continue };
            let strategy = raw.auth_strategy.object().and_then(|strategy| strategy.id.text());
            let Some(issuer) = strategy.and_then(|id| issuers.get(id)) else {
                // Portal Management 2.0 names no strategy; its applications with API keys look the same.
                without.extend(strategy.is_some().then_some(item.key()));
                continue;
            };
            let mut credential = String::from("{");
            member("application_id", &quoted(item.key()), &mut credential);
            member("kind", "\"client_id\"", &mut credential);
            member("client_id", &quoted(client), &mut credential);
            member("issuer", &quoted(issuer), &mut credential);
            credential.push('}');
            credentials.push(credential);
        }
        if let Some(first) = without.first() {
            let message = format!(
                "the client ids of {} applications are left out (first `{first}`), because the issuers of their auth strategies are unknown; add them to `credentials` by hand",
                without.len()
            );
            self.note("issuer_unknown", message);
        }
        credentials
    }
}

fn joined_version(id: &str, product: &str, version: &Item, state: &Item) -> String {
    // Both texts were read as objects before; one that is none has no members to copy.
    let state_members: Members<'_> = crate::json::from_str(state.json()).unwrap_or_default();
    let version_members: Members<'_> = crate::json::from_str(version.json()).unwrap_or_default();
    let mut json = String::from("{");
    member("id", &quoted(id), &mut json);
    member("product_id", &quoted(product), &mut json);
    copy(&version_members, "name", &mut json);
    for name in
        ["publish_status", "application_registration_enabled", "auto_approve_registration", "deprecated"]
    {
        copy(&state_members, name, &mut json);
    }
    member("auth_strategy_ids", &strategy_ids(&state_members), &mut json);
    member("gateway_service", gateway_service(version.json(), &version_members), &mut json);
    json.push('}');
    json
}

/// The ids of `auth_strategies`. What is no list of objects is copied as it is, for the reader to report.
fn strategy_ids(members: &Members<'_>) -> String {
    let Some(strategies) = members.get("auth_strategies") else { return "[]".into() };
    let ids = crate::json::from_str(strategies.0).ok().and_then(|list| match list {
        List::Items(list) => list.iter().map(id_of).collect::<Option<Vec<&str>>>(),
        _ => None,
    });
    ids.map_or_else(|| strategies.0.to_owned(), |ids| format!("[{}]", ids.join(",")))
}

/// An object's id as it was written; `None` of what is no object.
fn id_of<'a>(object: &Members<'a>) -> Option<&'a str> {
    match object {
        Entries::Items(_) => Some(object.get("id").map_or("null", |id| id.0)),
        _ => None,
    }
}

/// The gateway service, or null: a service without an id, which the documents allow, is none.
fn gateway_service<'a>(version: &'a str, members: &Members<'a>) -> &'a str {
    let given = match crate::json::from_str::<Entry<RawVersion<'_>>>(version) {
        Ok(Entry::Object(raw)) => raw.gateway_service.object().is_none_or(|service| !service.id.is_silent()),
        _ => false,
    };
    match members.get("gateway_service") {
        Some(service) if given => service.0,
        _ => "null",
    }
}

fn issuer(strategy: &str) -> Option<String> {
    match crate::json::from_str::<Entry<RawStrategy<'_>>>(strategy) {
        Ok(Entry::Object(raw)) => {
            let openid = raw.configs.object()?.openid.object()?;
            openid.issuer.text().filter(|issuer| !issuer.is_empty()).map(str::to_owned)
        }
        _ => None,
    }
}
