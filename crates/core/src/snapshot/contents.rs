//! What a snapshot contributes to a bundle.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;

use super::Snapshot;
use super::model::ApplicationOwner;
use crate::bundle::{
    ApplicationContents, CredentialContents, CredentialHolder, Owner, PortalContents, ResourceContents,
    RoleSetContents,
};
use crate::{RegistrationFact, ResourceId, RoleFact, TeamId};

/// A snapshot that cannot become a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot names no region, so it is not known which roles hold; set `region` and build again")]
pub struct RegionMissing;

impl Snapshot {
    /// What this portal contributes to a bundle.
    ///
    /// # Errors
    ///
    /// [`RegionMissing`] if the snapshot does not say where the portal is.
    pub fn contents(&self) -> Result<PortalContents, RegionMissing> {
        let region = self.region().ok_or(RegionMissing)?;
        let mut role_sets = RoleSets { snapshot: self, known: OrderedMap::new(), sets: Vec::new() };
        let applications =
            self.applications().iter().zip(0u32..).map(|(application, position)| ApplicationContents {
                id: application.id,
                status: application.status,
                owner: self.bundle_owner(application.owner),
                role_set: role_sets.of(self.teams_behind(application.owner).as_slice()),
                registrations: self.bundle_registrations(position),
            });
        let applications = applications.collect();
        let resources = self.resources().iter();
        let services = self
            .resources()
            .iter()
            .flat_map(|resource| resource.services.iter().map(move |service| (*service, resource.id)));
        let mut routes: Vec<_> = services.collect();
        routes.arrange();
        routes.dedup();
        Ok(PortalContents {
            id: self.portal().id,
            region,
            rbac: self.portal().rbac,
            resources: resources
                .map(|resource| ResourceContents {
                    id: resource.id,
                    state: resource.state,
                    deprecated: resource.deprecated,
                })
                .collect(),
            role_sets: role_sets.sets,
            applications,
            credentials: self.bundle_credentials(),
            routes,
        })
    }

    fn bundle_owner(&self, owner: ApplicationOwner) -> Owner {
        match owner {
            ApplicationOwner::Unknown => Owner::Unknown,
            ApplicationOwner::Developer(at) => self
                .developer_at(at)
                .map_or(Owner::Unknown, |developer| Owner::Developer(developer.id, developer.status)),
            ApplicationOwner::Team(at) => {
                self.team_at(at).map_or(Owner::Unknown, |team| Owner::Team(team.id))
            }
        }
    }

    fn bundle_registrations(&self, application: u32) -> Vec<(ResourceId, RegistrationFact)> {
        let first = self.pairs.partition_point(|pair| pair.application < application);
        let own = self.pairs.iter().skip(first).take_while(|pair| pair.application == application);
        let mut found: Vec<_> = own
            .filter_map(|pair| {
                Some((self.resource_at(pair.resource)?.id, self.registration_at(pair.registration)?.status))
            })
            .collect();
        // Of one pair the first counts.
        found.dedup_by_key(|(resource, _)| *resource);
        found
    }

    fn bundle_credentials(&self) -> Vec<CredentialContents> {
        let mut contents: Vec<CredentialContents> = Vec::with_capacity(self.credentials().len());
        for same in self.credentials().chunk_by(|one, other| one.key == other.key) {
            let [credential, others @ ..] = same else { continue };
            let holder = if others.iter().any(|other| other.application != credential.application) {
                CredentialHolder::Several
            } else if let Some(application) = credential.application.and_then(|at| self.application_at(at)) {
                CredentialHolder::One {
                    application: application.id,
                    state: credential.state,
                    expires_at: credential.expires_at,
                }
            } else {
                continue;
            };
            contents.push(CredentialContents { key: credential.key, holder });
        }
        contents
    }
}

/// The distinct sets of teams behind applications, with what each grants.
struct RoleSets<'s> {
    snapshot: &'s Snapshot,
    known: OrderedMap<Vec<u32>, usize>,
    sets: Vec<RoleSetContents>,
}

impl RoleSets<'_> {
    fn of(&mut self, teams: &[u32]) -> usize {
        if let Some(known) = self.known.get(teams) {
            return *known;
        }
        let mut ids: Vec<TeamId> =
            teams.iter().filter_map(|team| self.snapshot.team_at(*team)).map(|team| team.id).collect();
        ids.arrange();
        let resources = self.snapshot.resources().iter();
        let roles =
            resources.map(|resource| (resource.id, self.snapshot.role_of_teams(teams, resource).role));
        let roles = roles.filter(|(_, role)| *role != RoleFact::None).collect();
        self.sets.push(RoleSetContents { teams: ids, roles });
        let position = self.sets.len().saturating_sub(1);
        self.known.insert(teams.to_vec(), position);
        position
    }
}
