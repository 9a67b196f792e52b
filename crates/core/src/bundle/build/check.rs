//! Checks that the contents agree with themselves. They come from a snapshot, which reports and leaves out
//! what does not fit; whatever is left that does not fit is a mistake, and is refused by name.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedSet;

use crate::{ApplicationId, ResourceId, TeamId};

use super::super::code::WireCode as _;
use super::super::contents::{ApplicationContents, CredentialHolder, PortalContents, RoleSetContents};
use super::problem::{BuildError, BuildProblem, Problems};

/// Lists every problem of the portals, which are sorted by id.
pub(super) fn contents(portals: &[&PortalContents]) -> Result<(), BuildError> {
    let mut problems = Problems::default();
    if portals.is_empty() {
        problems.add(BuildProblem::NoPortal);
    }
    if portals.len() > usize::from(u16::MAX) {
        problems.add(BuildProblem::TooManyPortals { count: portals.len() });
    }
    for twice in repeated(portals.iter().map(|portal| portal.id).collect()) {
        problems.add(BuildProblem::PortalTwice { portal: twice });
    }
    let homes = application_homes(portals, &mut problems);
    for (ordinal, portal) in portals.iter().enumerate() {
        let resources = Resources::of(portal, &mut problems);
        resources.check_role_sets(&mut problems);
        resources.check_routes(&mut problems);
        for application in &portal.applications {
            resources.check_application(application, &mut problems);
        }
        check_credentials(portal, ordinal, &homes, &mut problems);
    }
    problems.finish()
}

/// The values that stand more than once, each once.
fn repeated<T: Ord + Copy>(mut values: Vec<T>) -> Vec<T> {
    values.arrange();
    let mut repeated: Vec<T> =
        values.iter().zip(values.iter().skip(1)).filter(|(a, b)| a == b).map(|(a, _)| *a).collect();
    repeated.dedup();
    repeated
}

/// The applications with the positions of their portals, sorted.
fn application_homes(portals: &[&PortalContents], problems: &mut Problems) -> Vec<(ApplicationId, usize)> {
    let mut homes: Vec<(ApplicationId, usize)> = Vec::new();
    for (ordinal, portal) in portals.iter().enumerate() {
        homes.extend(portal.applications.iter().map(|application| (application.id, ordinal)));
    }
    homes.arrange();
    for application in repeated(homes.iter().map(|(id, _)| *id).collect()) {
        problems.add(BuildProblem::ApplicationTwice { application });
    }
    homes
}

/// A portal and the resources it knows.
struct Resources<'a> {
    portal: &'a PortalContents,
    known: OrderedSet<ResourceId>,
}

impl<'a> Resources<'a> {
    fn of(portal: &'a PortalContents, problems: &mut Problems) -> Self {
        let mut known = OrderedSet::new();
        for resource in &portal.resources {
            if !known.insert(resource.id) {
                problems.add(BuildProblem::ResourceTwice { portal: portal.id, resource: resource.id });
            }
            if resource.state.number().is_none() {
                problems.add(BuildProblem::ResourceWithoutState { portal: portal.id, resource: resource.id });
            }
        }
        Self { portal, known }
    }

    fn check_role_sets(&self, problems: &mut Problems) {
        let portal = self.portal.id;
        let mut seen = OrderedSet::new();
        for (position, set) in self.portal.role_sets.iter().enumerate() {
            if !seen.insert(distinct_teams(set)) {
                problems.add(BuildProblem::RoleSetTwice { portal, position });
            }
            for (resource, role) in &set.roles {
                let resource = *resource;
                if !self.known.contains(&resource) {
                    problems.add(BuildProblem::RoleOnForeignResource { portal, position, resource });
                }
                if role.number().is_none() {
                    problems.add(BuildProblem::RoleMissing { portal, position, resource });
                }
            }
            for resource in repeated(set.roles.iter().map(|(resource, _)| *resource).collect()) {
                problems.add(BuildProblem::RoleTwice { portal, position, resource });
            }
        }
    }

    fn check_routes(&self, problems: &mut Problems) {
        for (service, resource) in &self.portal.routes {
            if !self.known.contains(resource) {
                problems.add(BuildProblem::RouteToForeignResource {
                    portal: self.portal.id,
                    service: *service,
                    resource: *resource,
                });
            }
        }
    }

    fn check_application(&self, contents: &ApplicationContents, problems: &mut Problems) {
        let application = contents.id;
        if contents.status.number().is_none() {
            problems.add(BuildProblem::ApplicationWithoutStatus { application });
        }
        let (position, count) = (contents.role_set, self.portal.role_sets.len());
        if position >= count {
            problems.add(BuildProblem::RoleSetOutOfRange { application, position, count });
        }
        let count = contents.registrations.len();
        if count > usize::from(u16::MAX) {
            problems.add(BuildProblem::TooManyRegistrations { application, count });
        }
        for (resource, status) in &contents.registrations {
            let resource = *resource;
            if !self.known.contains(&resource) {
                problems.add(BuildProblem::RegistrationForForeignResource { application, resource });
            }
            if status.number().is_none() {
                problems.add(BuildProblem::RegistrationMissing { application, resource });
            }
        }
        for resource in repeated(contents.registrations.iter().map(|(resource, _)| *resource).collect()) {
            problems.add(BuildProblem::RegistrationTwice { application, resource });
        }
    }
}

/// The teams of a role set, sorted and each once.
pub(super) fn distinct_teams(set: &RoleSetContents) -> Vec<TeamId> {
    let mut teams = set.teams.clone();
    teams.arrange();
    teams.dedup();
    teams
}

fn check_credentials(
    portal: &PortalContents,
    ordinal: usize,
    homes: &[(ApplicationId, usize)],
    problems: &mut Problems,
) {
    for credential in &portal.credentials {
        let CredentialHolder::One { application, .. } = credential.holder else { continue };
        let home = homes.binary_search_by_key(&application, |(id, _)| *id).ok();
        let home = home.and_then(|place| homes.get(place));
        // An application that nobody knows stays one: the credential is good, the application unknown.
        if home.is_some_and(|(_, home)| *home != ordinal) {
            problems.add(BuildProblem::CredentialOfForeignApplication { portal: portal.id, application });
        }
    }
    let mut sorted: Vec<_> = portal.credentials.iter().collect();
    sorted.arrange_by_key(|credential| credential.key);
    for (credential, next) in sorted.iter().zip(sorted.iter().skip(1)) {
        if credential.key == next.key {
            problems.add(BuildProblem::CredentialTwice {
                portal: portal.id,
                kind: credential.key.kind(),
                application: super::credential::holder_application(&credential.holder),
            });
        }
    }
}
