//! The handle: the records and what is derived from them, once.

use crate::arrange::Arrange as _;
use std::sync::OnceLock;

use super::ids::{Positions, at};
use super::model::{
    Api, Application, ApplicationOwner, Completeness, Credential, Developer, Portal, Records,
    RegisteredResource, Registration, Resource, Team,
};
use super::read::{self, ReadOptions, Reading, SnapshotError};
use super::roles::TeamRoles;
use crate::explain::RoleIndex;
use crate::{
    ApplicationId, DeveloperId, Region, RegistrationFact, RegistrationId, ResourceId, TeamId, Timestamp,
};

/// One portal at one time, ready to be asked. Immutable.
///
/// ```
/// use gatepass::{ReadOptions, Snapshot};
/// let error = Snapshot::read(b"{}", ReadOptions::default()).unwrap_err();
/// let first = error.problems().iter().next().unwrap();
/// assert_eq!(first.code, "format_unsupported");
/// assert_eq!(first.path, "/format");
/// ```
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) records: Records,
    pub(super) developers: Positions<DeveloperId>,
    pub(super) teams: Positions<TeamId>,
    pub(super) applications: Positions<ApplicationId>,
    pub(super) resources: Positions<ResourceId>,
    pub(super) registrations: Positions<RegistrationId>,
    /// By developer: the teams they are in, ascending.
    pub(super) teams_of_developer: Vec<Vec<u32>>,
    /// By team: what its roles grant in the portal's region.
    pub(super) team_roles: Vec<TeamRoles>,
    /// The registrations by (application, resource), ascending; of one pair the one that counts first.
    pub(super) pairs: Vec<Pair>,
    /// By developer: their applications, ascending.
    pub(super) applications_of_developer: Vec<Vec<u32>>,
    /// What fixes that give roles are chosen by; derived when the first is asked for.
    pub(super) role_index: OnceLock<RoleIndex>,
}

/// A registration of an application for a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) application: u32,
    pub(crate) resource: u32,
    /// More restrictive first.
    pub(super) leniency: u8,
    pub(crate) registration: u32,
}

impl Snapshot {
    /// Reads a snapshot file, collecting all problems at once.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] with every problem, if one has severity error and `options.allow_partial` is not set,
    /// or if the bytes are no snapshot at all.
    pub fn read(bytes: &[u8], options: ReadOptions) -> Result<Reading, SnapshotError> {
        read::read(bytes, options)
    }

    /// Derives everything that is looked up.
    pub(super) fn index(records: Records) -> Self {
        let mut teams_of_developer = vec![Vec::new(); records.developers.len()];
        for (team, position) in records.teams.iter().zip(0u32..) {
            for member in &team.members {
                if let Some(teams) = teams_of_developer.get_mut(*member as usize) {
                    teams.push(position);
                }
            }
        }
        let mut applications_of_developer = vec![Vec::new(); records.developers.len()];
        for (application, position) in records.applications.iter().zip(0u32..) {
            if let ApplicationOwner::Developer(developer) = application.owner
                && let Some(applications) = applications_of_developer.get_mut(developer as usize)
            {
                applications.push(position);
            }
        }
        let team_roles =
            records.teams.iter().map(|team| TeamRoles::new(&team.roles, records.region)).collect();
        let mut pairs: Vec<Pair> = records.registrations.iter().zip(0u32..).filter_map(pair).collect();
        // Of equally restrictive ones the smaller id counts, so that the file's order never shows.
        let id =
            |pair: &Pair| at(&records.registrations, pair.registration).map(|registration| registration.id);
        pairs.arrange_by(|one, other| {
            let order = |pair: &Pair| (pair.application, pair.resource, pair.leniency);
            order(one).cmp(&order(other)).then_with(|| id(one).cmp(&id(other)))
        });
        Self {
            developers: Positions::new(records.developers.iter().map(|developer| developer.id)),
            teams: Positions::new(records.teams.iter().map(|team| team.id)),
            applications: Positions::new(records.applications.iter().map(|application| application.id)),
            resources: Positions::new(records.resources.iter().map(|resource| resource.id)),
            registrations: Positions::new(records.registrations.iter().map(|registration| registration.id)),
            teams_of_developer,
            team_roles,
            pairs,
            applications_of_developer,
            role_index: OnceLock::new(),
            records,
        }
    }

    /// When the crawl that wrote the file sent its first request.
    pub const fn as_of(&self) -> Timestamp {
        self.records.exported_at
    }

    /// Which API it was read from.
    pub const fn api(&self) -> Api {
        self.records.api
    }

    /// Where the portal is, if that is known.
    pub const fn region(&self) -> Option<Region> {
        self.records.region
    }

    /// How much of the portal it is known to hold.
    pub const fn completeness(&self) -> Completeness {
        self.records.completeness
    }

    /// The portal itself.
    pub const fn portal(&self) -> &Portal {
        &self.records.portal
    }

    /// The developers, in file order.
    pub fn developers(&self) -> &[Developer] {
        &self.records.developers
    }

    /// The teams, in file order.
    pub fn teams(&self) -> &[Team] {
        &self.records.teams
    }

    /// The applications, in file order.
    pub fn applications(&self) -> &[Application] {
        &self.records.applications
    }

    /// The registrations, in file order.
    pub fn registrations(&self) -> &[Registration] {
        &self.records.registrations
    }

    /// The resources: product versions, then APIs, then API packages, each in file order.
    pub fn resources(&self) -> &[Resource] {
        &self.records.resources
    }

    /// The credentials, by key.
    pub fn credentials(&self) -> &[Credential] {
        &self.records.credentials
    }

    /// Positions of the registrations of an application for a resource; the one that counts first.
    pub(crate) fn registrations_of(&self, application: u32, resource: u32) -> impl Iterator<Item = u32> {
        let pair = (application, resource);
        let first = self.pairs.partition_point(|known| (known.application, known.resource) < pair);
        let own = self
            .pairs
            .iter()
            .skip(first)
            .take_while(move |known| (known.application, known.resource) == pair);
        own.map(|known| known.registration)
    }

    /// Position of the registration that counts for an application and a resource.
    pub(crate) fn registration_of(&self, application: u32, resource: u32) -> Option<u32> {
        self.registrations_of(application, resource).next()
    }

    /// Where a developer is.
    pub(crate) fn developer_position(&self, id: DeveloperId) -> Option<u32> {
        self.developers.get(id)
    }

    /// Where a team is.
    pub(crate) fn team_position(&self, id: TeamId) -> Option<u32> {
        self.teams.get(id)
    }

    /// Where an application is.
    pub(crate) fn application_position(&self, id: ApplicationId) -> Option<u32> {
        self.applications.get(id)
    }

    /// Where a resource is.
    pub(crate) fn resource_position(&self, id: ResourceId) -> Option<u32> {
        self.resources.get(id)
    }

    /// Where a registration is.
    pub(crate) fn registration_position(&self, id: RegistrationId) -> Option<u32> {
        self.registrations.get(id)
    }

    /// The registrations that count, by application and resource: one a pair.
    pub(crate) fn counted_registrations(&self) -> impl Iterator<Item = Pair> {
        let mut last = None;
        self.pairs.iter().copied().filter(move |pair| {
            last.replace((pair.application, pair.resource)) != Some((pair.application, pair.resource))
        })
    }

    /// The registrations of an application that count: one a resource, by position of the resource.
    pub(crate) fn counted_registrations_of(&self, application: u32) -> impl Iterator<Item = Pair> {
        let first = self.pairs.partition_point(|known| known.application < application);
        let own = self.pairs.iter().skip(first).take_while(move |known| known.application == application);
        let mut last = None;
        own.copied().filter(move |pair| last.replace(pair.resource) != Some(pair.resource))
    }

    /// What fixes that give roles are chosen by.
    pub(crate) fn role_index(&self) -> &RoleIndex {
        self.role_index.get_or_init(|| RoleIndex::new(self))
    }

    /// The developer at a position.
    pub(crate) fn developer_at(&self, position: u32) -> Option<&Developer> {
        at(&self.records.developers, position)
    }

    /// The team at a position.
    pub(crate) fn team_at(&self, position: u32) -> Option<&Team> {
        at(&self.records.teams, position)
    }

    /// The application at a position.
    pub(crate) fn application_at(&self, position: u32) -> Option<&Application> {
        at(&self.records.applications, position)
    }

    /// The resource at a position.
    pub(crate) fn resource_at(&self, position: u32) -> Option<&Resource> {
        at(&self.records.resources, position)
    }

    /// The registration at a position.
    pub(crate) fn registration_at(&self, position: u32) -> Option<&Registration> {
        at(&self.records.registrations, position)
    }

    /// The teams a developer is in, by position, ascending.
    pub(crate) fn teams_of(&self, developer: u32) -> &[u32] {
        at(&self.teams_of_developer, developer).map_or(&[], Vec::as_slice)
    }

    /// The applications a developer owns, by position, ascending.
    pub(crate) fn applications_of(&self, developer: u32) -> &[u32] {
        at(&self.applications_of_developer, developer).map_or(&[], Vec::as_slice)
    }
}

fn pair((registration, position): (&Registration, u32)) -> Option<Pair> {
    let RegisteredResource::Here(resource) = registration.resource else { return None };
    let leniency = leniency(registration.status);
    Some(Pair { application: registration.application, resource, leniency, registration: position })
}

/// Of several registrations of one pair the least lenient counts: approved < pending < rejected < revoked <
/// unrecognized is the order of restriction.
pub(crate) const fn leniency(status: RegistrationFact) -> u8 {
    match status {
        RegistrationFact::Missing | RegistrationFact::Unrecognized => 0,
        RegistrationFact::Revoked => 1,
        RegistrationFact::Rejected => 2,
        RegistrationFact::Pending => 3,
        RegistrationFact::Approved => 4,
    }
}
