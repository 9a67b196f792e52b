//! What is in a portal, as ids and names, for lists to choose from.

use gatepass::{
    ApplicationFact, ApplicationId, ApplicationOwner, Developer, DeveloperId, DeveloperStatus, EntityId,
    RegisteredResource, RegistrationFact, RegistrationId, Resource, ResourceFact, ResourceId, ResourceKind,
    Snapshot, Team, TeamId,
};
use serde::Serialize;

use crate::surface::body::Body;
use crate::surface::{Answer, Refusal, json};

/// What is in a portal, as ids and names.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Contents<'s> {
    developers: Vec<DeveloperEntry<'s>>,
    teams: Vec<TeamEntry<'s>>,
    applications: Vec<ApplicationEntry<'s>>,
    resources: Vec<ResourceEntry<'s>>,
    registrations: Vec<RegistrationEntry>,
}

/// A developer.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DeveloperEntry<'s> {
    id: DeveloperId,
    name: &'s str,
    email: &'s str,
    status: &'static str,
}

/// A team.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TeamEntry<'s> {
    id: TeamId,
    name: &'s str,
}

/// An application.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ApplicationEntry<'s> {
    id: ApplicationId,
    name: &'s str,
    status: &'static str,
    developer_id: Option<DeveloperId>,
    team_id: Option<TeamId>,
}

/// A resource.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ResourceEntry<'s> {
    id: ResourceId,
    name: &'s str,
    kind: &'static str,
    entity_id: Option<EntityId>,
    status: &'static str,
    deprecated: bool,
    registration_enabled: bool,
}

/// A registration.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RegistrationEntry {
    id: RegistrationId,
    application_id: Option<ApplicationId>,
    resource_id: Option<ResourceId>,
    status: &'static str,
}

pub(super) fn contents(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    json(&Contents {
        developers: snapshot.developers().iter().map(developer).collect(),
        teams: snapshot
            .teams()
            .iter()
            .map(|team: &Team| TeamEntry { id: team.id, name: &team.name })
            .collect(),
        applications: snapshot.applications().iter().map(|found| application(snapshot, found)).collect(),
        resources: snapshot.resources().iter().map(resource).collect(),
        registrations: snapshot.registrations().iter().map(|found| registration(snapshot, found)).collect(),
    })
}

fn developer(developer: &Developer) -> DeveloperEntry<'_> {
    let status = match developer.status {
        DeveloperStatus::Approved => "approved",
        DeveloperStatus::Pending => "pending",
        DeveloperStatus::Rejected => "rejected",
        DeveloperStatus::Revoked => "revoked",
        DeveloperStatus::Unrecognized => "unrecognized",
    };
    DeveloperEntry { id: developer.id, name: &developer.name, email: &developer.email, status }
}

fn application<'s>(snapshot: &'s Snapshot, found: &'s gatepass::Application) -> ApplicationEntry<'s> {
    let (developer_id, team_id) = match found.owner {
        ApplicationOwner::Unknown => (None, None),
        ApplicationOwner::Developer(at) => {
            (snapshot.developers().get(at as usize).map(|developer| developer.id), None)
        }
        ApplicationOwner::Team(at) => (None, snapshot.teams().get(at as usize).map(|team| team.id)),
    };
    let status = match found.status {
        ApplicationFact::Approved => "approved",
        ApplicationFact::Pending => "pending",
        ApplicationFact::Rejected => "rejected",
        ApplicationFact::Revoked => "revoked",
        ApplicationFact::Unknown | ApplicationFact::Unrecognized => "unrecognized",
    };
    ApplicationEntry { id: found.id, name: &found.name, status, developer_id, team_id }
}

fn resource(found: &Resource) -> ResourceEntry<'_> {
    ResourceEntry {
        id: found.id,
        name: &found.name,
        kind: match found.kind {
            ResourceKind::ProductVersion => "product_version",
            ResourceKind::Api => "api",
            ResourceKind::ApiPackage => "api_package",
        },
        entity_id: found.entity,
        status: match found.state {
            ResourceFact::Published => "published",
            ResourceFact::Unpublished => "unpublished",
            ResourceFact::Unknown | ResourceFact::Unrecognized => "unrecognized",
        },
        deprecated: found.deprecated,
        registration_enabled: found.registration_enabled,
    }
}

fn registration(snapshot: &Snapshot, found: &gatepass::Registration) -> RegistrationEntry {
    let resource_id = match found.resource {
        RegisteredResource::Here(at) => snapshot.resources().get(at as usize).map(|resource| resource.id),
        RegisteredResource::Elsewhere(id) => Some(id),
    };
    let status = match found.status {
        RegistrationFact::Approved => "approved",
        RegistrationFact::Pending => "pending",
        RegistrationFact::Rejected => "rejected",
        RegistrationFact::Revoked => "revoked",
        RegistrationFact::Missing | RegistrationFact::Unrecognized => "unrecognized",
    };
    let application = snapshot.applications().get(found.application as usize);
    RegistrationEntry { id: found.id, application_id: application.map(|found| found.id), resource_id, status }
}
