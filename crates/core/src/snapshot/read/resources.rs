//! What applications register for: product versions (v2), APIs and API packages (v3), with their state in
//! this portal.

use crate::ordered::OrderedMap;

use super::Reader;
use super::repeated::{InFile, Indexed};
use crate::json::{Entry, Field, Kind, List};
use crate::problem::Place;
use crate::snapshot::model::{Portal, Resource, ResourceKind};
use crate::snapshot::raw::{RawApi, RawProductVersion, RawPublication, RawSnapshot};
use crate::{EntityId, PortalFact, PortalId, ResourceFact, ResourceId, ServiceId, StrategyId, Visibility};

/// What a publication says of an API in this portal.
struct Publication {
    visibility: Visibility,
    strategies: Vec<StrategyId>,
    auto_approve: bool,
}

impl Reader {
    pub(super) fn resources(&mut self, raw: &RawSnapshot<'_>, portal: Option<&Portal>) -> Indexed<Resource> {
        let root = Place::Root;
        let names = self.product_names(raw);
        let list = root.member("product_versions");
        self.check_list(&raw.product_versions, list);
        let mut read = Vec::new();
        for (position, entry) in raw.product_versions.items().iter().enumerate() {
            let place = list.item(position);
            let Some(version) = self.object(entry, place) else { continue };
            read.extend(
                self.product_version(version, &names, portal, place)
                    .map(|resource| (InFile { list: "product_versions", position }, resource)),
            );
        }
        let publications = self.publications(raw, portal.map(|portal| portal.id));
        let services = self.implementations(raw);
        for (name, kind, list) in [
            ("apis", ResourceKind::Api, &raw.apis),
            ("api_packages", ResourceKind::ApiPackage, &raw.api_packages),
        ] {
            let place = root.member(name);
            self.check_list(list, place);
            for (position, entry) in list.items().iter().enumerate() {
                let place = place.item(position);
                let Some(described) = self.object(entry, place) else { continue };
                let Some(id) = self.id(&described.id, place.member("id")) else { continue };
                let deprecated = self.flag(&described.deprecated, place.member("deprecated"));
                let resource = described_api(
                    id,
                    kind,
                    described,
                    deprecated,
                    publications.get(&id),
                    services.get(&id),
                    portal,
                );
                read.push((InFile { list: name, position }, resource));
            }
        }
        self.unique(read)
    }

    fn product_names(&mut self, raw: &RawSnapshot<'_>) -> OrderedMap<EntityId, Box<str>> {
        let root = Place::Root;
        let list = root.member("products");
        self.check_list(&raw.products, list);
        let mut names = OrderedMap::new();
        for (position, entry) in raw.products.items().iter().enumerate() {
            let place = list.item(position);
            let Some(product) = self.object(entry, place) else { continue };
            if let Some(id) = self.id(&product.id, place.member("id")) {
                names.insert(id, Self::name(&product.name));
            }
        }
        names
    }

    fn product_version(
        &mut self,
        raw: &RawProductVersion<'_>,
        names: &OrderedMap<EntityId, Box<str>>,
        portal: Option<&Portal>,
        place: Place<'_>,
    ) -> Option<Resource> {
        for (name, field) in [("product_version_id", &raw.product_version_id), ("portals", &raw.portals)] {
            if *field != Field::Absent {
                let remedy = "join the portal's product versions with the API product versions, as `gatepass export` does";
                self.error(
                    "product_version_not_joined",
                    place.member(name),
                    format!("an object with `{name}` is one half of a product version"),
                    remedy,
                );
                return None;
            }
        }
        let id = self.id(&raw.id, place.member("id"));
        let entity: Option<EntityId> = self.id(&raw.product_id, place.member("product_id"));
        let state = match &raw.publish_status {
            Field::Absent => ResourceFact::Unpublished,
            Field::Text(word) if word == "published" => ResourceFact::Published,
            Field::Text(word) if word == "unpublished" => ResourceFact::Unpublished,
            odd => {
                let message = format!("the publish status is {odd}, and can be `published` or `unpublished`");
                self.record(
                    "status_unrecognized",
                    place.member("publish_status"),
                    message,
                    "publish or unpublish it again in Konnect; until then it denies",
                );
                ResourceFact::Unrecognized
            }
        };
        let services = self.gateway_service(&raw.gateway_service, place.member("gateway_service"));
        let version = raw.name.text().unwrap_or_default();
        let product = entity.and_then(|entity| names.get(&entity)).map_or("", |name| name);
        Some(Resource {
            id: id?,
            entity,
            kind: ResourceKind::ProductVersion,
            name: joined_name(product, version),
            entity_name: product.into(),
            state,
            deprecated: self.flag(&raw.deprecated, place.member("deprecated")),
            registration_enabled: self.flag(
                &raw.application_registration_enabled,
                place.member("application_registration_enabled"),
            ),
            auto_approve: self
                .flag(&raw.auto_approve_registration, place.member("auto_approve_registration")),
            visibility: portal.map_or(Visibility::Private, |portal| portal.visibility),
            strategies: self.strategies(&raw.auth_strategy_ids, place.member("auth_strategy_ids")),
            services,
        })
    }

    fn gateway_service(
        &mut self,
        service: &Entry<crate::snapshot::raw::RawService<'_>>,
        place: Place<'_>,
    ) -> Vec<ServiceId> {
        match service {
            Entry::Absent | Entry::Other(Kind::Null) => Vec::new(),
            entry => {
                let service = self.object(entry, place);
                service.and_then(|service| self.id(&service.id, place.member("id"))).into_iter().collect()
            }
        }
    }

    fn strategies(&mut self, list: &List<Field<'_>>, place: Place<'_>) -> Vec<StrategyId> {
        self.check_list(list, place);
        list.items()
            .iter()
            .enumerate()
            .filter_map(|(position, id)| self.id(id, place.item(position)))
            .collect()
    }

    /// The publications in this portal. Two that differ count as the narrower of both.
    fn publications(
        &mut self,
        raw: &RawSnapshot<'_>,
        portal: Option<PortalId>,
    ) -> OrderedMap<ResourceId, Publication> {
        let root = Place::Root;
        let list = root.member("publications");
        self.check_list(&raw.publications, list);
        let mut publications: OrderedMap<ResourceId, Publication> = OrderedMap::new();
        for (position, entry) in raw.publications.items().iter().enumerate() {
            let place = list.item(position);
            let Some(raw) = self.object(entry, place) else { continue };
            let api = self.id(&raw.api_id, place.member("api_id"));
            let of = self.id::<PortalId>(&raw.portal_id, place.member("portal_id"));
            let publication = self.publication(raw, place);
            let (Some(api), true) = (api, of.is_some() && of == portal) else { continue };
            match publications.get_mut(&api) {
                None => {
                    publications.insert(api, publication);
                }
                Some(first) => {
                    self.record(
                        "publication_repeated",
                        place,
                        format!("`{api}` is published twice in the portal"),
                        "export again; until then the narrower of both counts",
                    );
                    first.narrow(&publication);
                }
            }
        }
        publications
    }

    fn publication(&mut self, raw: &RawPublication<'_>, place: Place<'_>) -> Publication {
        let visibility = match raw.visibility.text() {
            Some("public") => Visibility::Public,
            Some("private") => Visibility::Private,
            _ => {
                let message =
                    format!("the visibility is {}, and can be `public` or `private`", raw.visibility);
                self.record(
                    "status_unrecognized",
                    place.member("visibility"),
                    message,
                    "set it again in Konnect; until then it counts as private",
                );
                Visibility::Private
            }
        };
        Publication {
            visibility,
            strategies: self.strategies(&raw.auth_strategy_ids, place.member("auth_strategy_ids")),
            auto_approve: self
                .flag(&raw.auto_approve_registrations, place.member("auto_approve_registrations")),
        }
    }

    fn implementations(&mut self, raw: &RawSnapshot<'_>) -> OrderedMap<ResourceId, Vec<ServiceId>> {
        let root = Place::Root;
        let list = root.member("implementations");
        self.check_list(&raw.implementations, list);
        let mut services: OrderedMap<ResourceId, Vec<ServiceId>> = OrderedMap::new();
        for (position, entry) in raw.implementations.items().iter().enumerate() {
            let place = list.item(position);
            let Some(raw) = self.object(entry, place) else { continue };
            let Some(api) = self.id(&raw.api_id, place.member("api_id")) else { continue };
            // An implementation by a whole control plane (ACE) has no service, and is one all the same.
            let mut found = self.gateway_service(&raw.service, place.member("service"));
            services.update(api, |services: &mut Vec<_>| services.append(&mut found));
        }
        services
    }
}

impl Publication {
    fn narrow(&mut self, other: &Self) {
        if other.visibility == Visibility::Private {
            self.visibility = Visibility::Private;
        }
        self.strategies.retain(|strategy| other.strategies.contains(strategy));
        self.auto_approve &= other.auto_approve;
    }
}

fn described_api(
    id: ResourceId,
    kind: ResourceKind,
    raw: &RawApi<'_>,
    deprecated: bool,
    publication: Option<&Publication>,
    services: Option<&Vec<ServiceId>>,
    portal: Option<&Portal>,
) -> Resource {
    let authenticated = portal.is_some_and(|portal| portal.access == PortalFact::Authenticated);
    Resource {
        id,
        entity: Some(EntityId::from(id)),
        kind,
        name: joined_name(raw.name.text().unwrap_or_default(), raw.version.text().unwrap_or_default()),
        entity_name: raw.name.text().unwrap_or_default().into(),
        state: if publication.is_some() { ResourceFact::Published } else { ResourceFact::Unpublished },
        deprecated,
        registration_enabled: authenticated
            && publication.is_some_and(|publication| !publication.strategies.is_empty()),
        auto_approve: publication.is_some_and(|publication| publication.auto_approve),
        visibility: publication.map_or(Visibility::Private, |publication| publication.visibility),
        strategies: publication.map(|publication| publication.strategies.clone()).unwrap_or_default(),
        services: services.cloned().unwrap_or_default(),
    }
}

/// `Orders` and `v1` are called `Orders v1`.
fn joined_name(name: &str, version: &str) -> Box<str> {
    [name, version].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ").into()
}
