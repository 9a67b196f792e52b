//! What the builder refuses, by name.

use super::generator::{active, id, portals, resource, service};
use crate::bundle::build::build_within;
use crate::bundle::{
    BuildError, BuildProblem, CredentialContents, CredentialHolder, PortalContents, RoleSetContents, build,
};
use crate::{
    ApplicationFact, CredentialKey, CredentialKind, Policy, RegistrationFact, ResourceFact, RoleFact,
};

/// The problems after a change to portals that are clean.
fn problems(change: impl FnOnce(&mut Vec<PortalContents>)) -> Vec<BuildProblem> {
    let mut contents = portals(4, 20);
    build(Policy::Strict, &contents).unwrap();
    change(&mut contents);
    build(Policy::Strict, &contents).unwrap_err().problems().to_vec()
}

#[test]
fn portals_and_resources() {
    assert_eq!(problems(Vec::clear), [BuildProblem::NoPortal]);
    let twice = problems(|portals| {
        let id = portals[0].id;
        portals[1].id = id;
    });
    assert!(matches!(twice[..], [BuildProblem::PortalTwice { .. }]));
    let twice = problems(|portals| {
        let first = portals[0].resources[0];
        portals[0].resources.push(first);
    });
    assert!(matches!(twice[..], [BuildProblem::ResourceTwice { .. }]));
    let unknown = problems(|portals| portals[0].resources[0].state = ResourceFact::Unknown);
    assert!(matches!(unknown[..], [BuildProblem::ResourceWithoutState { .. }]));
    let foreign = problems(|portals| portals[0].routes.push((service(1), resource(999))));
    assert!(matches!(foreign[..], [BuildProblem::RouteToForeignResource { .. }]));
}

#[test]
fn role_sets() {
    let twice = problems(|portals| {
        let teams = portals[0].role_sets[3].teams.iter().rev().copied().collect();
        portals[0].role_sets.push(RoleSetContents { teams, roles: vec![] });
    });
    assert!(matches!(twice[..], [BuildProblem::RoleSetTwice { position: 7, .. }]));
    let foreign = problems(|portals| {
        portals[0].role_sets[2].roles.push((resource(999), RoleFact::Viewer));
        let known = portals[0].resources[0].id;
        portals[0].role_sets[2].roles.retain(|(id, _)| *id != known);
        portals[0].role_sets[2].roles.push((known, RoleFact::None));
        portals[0].role_sets[2].roles.push((known, RoleFact::Viewer));
    });
    assert!(matches!(
        foreign[..],
        [
            BuildProblem::RoleOnForeignResource { position: 2, .. },
            BuildProblem::RoleMissing { .. },
            BuildProblem::RoleTwice { .. }
        ]
    ));
}

#[test]
fn applications() {
    let twice = problems(|portals| {
        let other = portals[0].applications[0].clone();
        portals[1].applications.push(other.clone());
        portals[1].applications.last_mut().unwrap().registrations.clear();
        portals[1].credentials.clear();
        portals[0].credentials.clear();
    });
    assert!(matches!(twice[..], [BuildProblem::ApplicationTwice { .. }]));
    let all = problems(|portals| {
        let known = portals[0].resources[0].id;
        let application = &mut portals[0].applications[0];
        application.status = ApplicationFact::Unknown;
        application.role_set = 7;
        application.registrations = vec![
            (resource(999), RegistrationFact::Approved),
            (known, RegistrationFact::Missing),
            (known, RegistrationFact::Approved),
        ];
    });
    assert!(matches!(
        all[..],
        [
            BuildProblem::ApplicationWithoutStatus { .. },
            BuildProblem::RoleSetOutOfRange { position: 7, count: 7, .. },
            BuildProblem::RegistrationForForeignResource { .. },
            BuildProblem::RegistrationMissing { .. },
            BuildProblem::RegistrationTwice { .. },
        ]
    ));
}

#[test]
fn too_many_problems_are_counted() {
    let mut contents = portals(4, 0);
    contents[0].routes = (0..250).map(|number| (service(1), resource(number + 500))).collect();
    let error = build(Policy::Strict, &contents).unwrap_err();
    assert_eq!((error.count(), error.problems().len()), (250, BuildError::LISTED_MAX));
    let text = error.to_string();
    assert!(text.starts_with("the bundle cannot be built: service `"), "{text}");
    assert!(text.ends_with("; and 150 more"), "{text}");
}

#[test]
fn too_many_registrations() {
    let all = problems(|portals| {
        let known = portals[0].resources[0].id;
        portals[0].applications[0].registrations = vec![(known, RegistrationFact::Approved); 65_536];
    });
    assert!(matches!(
        all[..],
        [BuildProblem::TooManyRegistrations { count: 65_536, .. }, BuildProblem::RegistrationTwice { .. }]
    ));
}

#[test]
fn credentials() {
    let digest = |last: u8| {
        let mut digest = [5; 32];
        digest[31] = last;
        CredentialKey::api_key_digest(digest)
    };
    let add = |portal: &mut PortalContents, key| {
        portal.credentials.push(CredentialContents { key, holder: CredentialHolder::Several });
    };
    let twice = problems(|portals| {
        add(&mut portals[0], digest(1));
        add(&mut portals[0], digest(1));
    });
    assert!(matches!(twice[..], [BuildProblem::CredentialTwice { application: None, .. }]));
    let foreign = problems(|portals| {
        let elsewhere = active(portals[1].applications[0].id);
        portals[0].credentials.push(CredentialContents { key: digest(1), holder: elsewhere });
    });
    assert!(matches!(foreign[..], [BuildProblem::CredentialOfForeignApplication { .. }]));
    let collide = problems(|portals| {
        add(&mut portals[0], digest(1));
        add(&mut portals[1], digest(2));
    });
    assert!(matches!(
        collide[..],
        [BuildProblem::CredentialsCollide { kind: CredentialKind::ApiKey, application: None }]
    ));
    assert_eq!(
        collide[0].to_string(),
        "two different `api_key` credentials have the same first 128 bits of SHA-256"
    );
}

#[test]
fn what_does_not_fit() {
    let error = build_within(Policy::Strict, &portals(4, 20), 40).unwrap_err();
    assert!(matches!(error.problems(), [BuildProblem::ChunkTooLarge { limit: 40, .. }]));
    let large = problems(|portals| {
        let (first, id) = (portals[0].resources[0].id, |number| crate::ServiceId::from_bytes(id(4, number)));
        portals[0].routes = (0..400_000).map(|number| (id(number), first)).collect();
    });
    assert!(matches!(large[..], [BuildProblem::GlobalTooLarge { limit: 8_388_608, .. }]));
}
