//! Applications and their registrations.

use super::Reader;
use super::repeated::{Identified as _, InFile, Indexed};
use crate::arrange::Arrange as _;
use crate::json::{Entry, Field, Kind};
use crate::problem::Place;
use crate::snapshot::model::{
    Api, Application, ApplicationOwner, Developer, RegisteredResource, Registration, Resource, Team,
};
use crate::snapshot::raw::{RawApplication, RawRegistration, RawSnapshot};
use crate::{ApplicationFact, ApplicationId, DeveloperId, RegistrationFact, ResourceId, TeamId};

impl Reader {
    pub(super) fn applications(
        &mut self,
        raw: &RawSnapshot<'_>,
        api: Option<Api>,
        developers: &Indexed<Developer>,
        teams: &Indexed<Team>,
    ) -> Indexed<Application> {
        let root = Place::Root;
        let list = root.member("applications");
        self.check_list(&raw.applications, list);
        let mut read = Vec::with_capacity(raw.applications.items().len());
        for (position, entry) in raw.applications.items().iter().enumerate() {
            let place = list.item(position);
            let Some(raw) = self.object(entry, place) else { continue };
            let id = self.id(&raw.id, place.member("id"));
            let owner = self.owner(raw, developers, teams, place);
            let status = match &raw.status {
                // v2 and v3 have no such field.
                Field::Absent => ApplicationFact::Approved,
                field => self.status(field, api, place.member("status")).into(),
            };
            let strategy = if self.entry_kind_ok(&raw.auth_strategy, place.member("auth_strategy")) {
                let strategy = raw.auth_strategy.object();
                strategy.and_then(|strategy| self.optional_id(&strategy.id, place.member("auth_strategy")))
            } else {
                None
            };
            let created_at = self.time(&raw.created_at, place.member("created_at"));
            let updated_at = self.time(&raw.updated_at, place.member("updated_at"));
            let Some(id) = id else { continue };
            read.push((
                InFile { list: "applications", position },
                Application {
                    id,
                    name: Self::name(&raw.name),
                    owner,
                    status,
                    strategy,
                    created_at,
                    updated_at,
                },
            ));
        }
        self.unique(read)
    }

    /// v3's `owner` if there is one, v2's `developer` otherwise; both only if they agree.
    fn owner(
        &mut self,
        raw: &RawApplication<'_>,
        developers: &Indexed<Developer>,
        teams: &Indexed<Team>,
        place: Place<'_>,
    ) -> ApplicationOwner {
        let by_owner = match &raw.owner {
            Entry::Absent | Entry::Other(Kind::Null) => None,
            entry => {
                let place = place.member("owner");
                let Some(owner) = self.object(entry, place) else { return ApplicationOwner::Unknown };
                Some(match owner.kind.text() {
                    Some("developer") => self.owning_developer(&owner.id, developers, place.member("id")),
                    Some("team") => self.owning_team(&owner.id, teams, place.member("id")),
                    _ => {
                        let message =
                            format!("the owner's type is {}, and can be `developer` or `team`", owner.kind);
                        self.record(
                            "owner_unrecognized",
                            place.member("type"),
                            message,
                            "export again; until then the application is denied",
                        );
                        ApplicationOwner::Unknown
                    }
                })
            }
        };
        let by_developer = match &raw.developer {
            Entry::Absent | Entry::Other(Kind::Null) => None,
            entry => {
                let place = place.member("developer");
                let Some(developer) = self.object(entry, place) else { return ApplicationOwner::Unknown };
                Some(self.owning_developer(&developer.id, developers, place.member("id")))
            }
        };
        match (by_owner, by_developer) {
            (Some(one), Some(other)) if one != other => {
                self.record(
                    "owner_unrecognized",
                    place.member("owner"),
                    "`owner` and `developer` name different owners",
                    "export again; until then the application is denied",
                );
                ApplicationOwner::Unknown
            }
            (Some(owner), _) | (None, Some(owner)) => owner,
            (None, None) => {
                self.record("owner_missing", place, "the application names no owner", "read the application by its id, which names the owner, and export again; until then it is denied");
                ApplicationOwner::Unknown
            }
        }
    }

    fn owning_developer(
        &mut self,
        field: &Field<'_>,
        developers: &Indexed<Developer>,
        place: Place<'_>,
    ) -> ApplicationOwner {
        let Some(id) = self.id::<DeveloperId>(field, place) else { return ApplicationOwner::Unknown };
        developers.get(id).map_or_else(
            || {
                self.error(
                    "owner_dangling",
                    place,
                    format!("developer `{id}` is not among the developers"),
                    "export again; the lists were read at different times",
                );
                ApplicationOwner::Unknown
            },
            ApplicationOwner::Developer,
        )
    }

    fn owning_team(
        &mut self,
        field: &Field<'_>,
        teams: &Indexed<Team>,
        place: Place<'_>,
    ) -> ApplicationOwner {
        let Some(id) = self.id::<TeamId>(field, place) else { return ApplicationOwner::Unknown };
        teams.get(id).map_or_else(
            || {
                self.error(
                    "owner_dangling",
                    place,
                    format!("team `{id}` is not among the teams"),
                    "export again; the lists were read at different times",
                );
                ApplicationOwner::Unknown
            },
            ApplicationOwner::Team,
        )
    }

    pub(super) fn registrations(
        &mut self,
        raw: &RawSnapshot<'_>,
        api: Option<Api>,
        applications: &mut Indexed<Application>,
        resources: &Indexed<Resource>,
    ) -> Vec<Registration> {
        let root = Place::Root;
        let list = root.member("registrations");
        self.check_list(&raw.registrations, list);
        let mut read = Vec::with_capacity(raw.registrations.items().len());
        for (position, entry) in raw.registrations.items().iter().enumerate() {
            let place = list.item(position);
            let Some(raw) = self.object(entry, place) else { continue };
            let application = self.registering_application(raw, applications, place);
            match self.registration(raw, api, application, resources, place) {
                Some(registration) => read.push((InFile { list: "registrations", position }, registration)),
                // It may have been the one that restricts its application: nothing is granted past it.
                None => {
                    if let Some(application) =
                        application.and_then(|at| applications.items.get_mut(at as usize))
                    {
                        application.distrust();
                    }
                }
            }
        }
        let registrations = self.unique(read);
        self.note_repeated_pairs(&registrations, applications, list);
        registrations.items
    }

    fn registration(
        &mut self,
        raw: &RawRegistration<'_>,
        api: Option<Api>,
        application: Option<u32>,
        resources: &Indexed<Resource>,
        place: Place<'_>,
    ) -> Option<Registration> {
        let id = self.id(&raw.id, place.member("id"));
        let status = RegistrationFact::from(self.status(&raw.status, api, place.member("status")));
        let created_at = self.time(&raw.created_at, place.member("created_at"));
        let updated_at = self.time(&raw.updated_at, place.member("updated_at"));
        let resource = self.registered_resource(raw, resources, place);
        Some(Registration {
            id: id?,
            application: application?,
            resource: resource?,
            status,
            created_at,
            updated_at,
        })
    }

    fn registering_application(
        &mut self,
        raw: &RawRegistration<'_>,
        applications: &Indexed<Application>,
        place: Place<'_>,
    ) -> Option<u32> {
        let place = place.member("application");
        let reference = self.object(&raw.application, place)?;
        let id: ApplicationId = self.id(&reference.id, place.member("id"))?;
        let application = applications.get(id);
        if application.is_none() {
            self.error(
                "application_dangling",
                place.member("id"),
                format!("application `{id}` is not among the applications"),
                "export again; the lists were read at different times",
            );
        }
        application
    }

    fn registered_resource(
        &mut self,
        raw: &RawRegistration<'_>,
        resources: &Indexed<Resource>,
        place: Place<'_>,
    ) -> Option<RegisteredResource> {
        let (name, entry) = match (&raw.product_version, &raw.api) {
            (Entry::Absent | Entry::Other(Kind::Null), api) if *api != Entry::Absent => ("api", api),
            (version, _) => ("product_version", version),
        };
        let place = place.member(name);
        let reference = self.object(entry, place)?;
        let id: ResourceId = self.id(&reference.id, place.member("id"))?;
        Some(if let Some(resource) = resources.get(id) {
            RegisteredResource::Here(resource)
        } else {
            self.warning(
                "registration_elsewhere",
                place.member("id"),
                format!("resource `{id}` is not in this portal"),
                "nothing to do if it was unpublished or is in another region",
            );
            RegisteredResource::Elsewhere(id)
        })
    }

    /// Two registrations of one application for one resource: the more restrictive counts.
    fn note_repeated_pairs(
        &mut self,
        registrations: &Indexed<Registration>,
        applications: &Indexed<Application>,
        list: Place<'_>,
    ) {
        let mut pairs: Vec<(u32, u32, usize)> = registrations
            .items
            .iter()
            .zip(&registrations.places)
            .filter_map(|(registration, place)| match registration.resource {
                RegisteredResource::Here(resource) => {
                    Some((registration.application, resource, place.position))
                }
                RegisteredResource::Elsewhere(_) => None,
            })
            .collect();
        pairs.arrange();
        for two in pairs.windows(2) {
            let [(application, resource, _), (same_application, same_resource, position)] = two else {
                continue;
            };
            if (application, resource) != (same_application, same_resource) {
                continue;
            }
            let name = applications
                .items
                .get(*application as usize)
                .map(|application| application.id.to_string())
                .unwrap_or_default();
            self.record(
                "registration_repeated",
                list.item(*position),
                format!("application `{name}` is registered twice for one resource"),
                "delete one of the two in Konnect; until then the more restrictive counts",
            );
        }
    }
}
