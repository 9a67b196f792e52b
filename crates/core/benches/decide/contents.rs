//! Contents of a given size: per application 4 registrations and 1.2 API keys, as the size budget has it.

use gatepass::bundle::{
    ApplicationContents, CredentialContents, CredentialHolder, CredentialState, Owner, PortalContents,
    ResourceContents, RoleSetContents,
};
use gatepass::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, PortalId, Rbac, Region,
    RegistrationFact, ResourceFact, ResourceId, RoleFact, TeamId,
};

/// Resources of the portal.
pub(crate) const RESOURCES: u128 = 200;
/// Distinct role sets.
pub(crate) const ROLE_SETS: u128 = 100;

/// The point from which an infinite supply of distinct, evenly spread ids is taken.
fn spread(number: u128, step: u128) -> [u8; 16] {
    (number + 1).wrapping_mul(step | 1).to_be_bytes()
}

/// The id of a resource.
pub(crate) fn resource(number: u128) -> ResourceId {
    ResourceId::from_bytes(spread(number, 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
}

/// The key of an application's API key.
pub(crate) fn key(application: u128, which: u128) -> CredentialKey {
    CredentialKey::api_key(format!("key {which} of {application}").as_bytes())
}

/// Which resources an application registers for.
pub(crate) fn registered(application: u128) -> impl Iterator<Item = u128> {
    let first = application.wrapping_mul(0x9E37_79B9) % RESOURCES;
    (0..4).map(move |step| (first + step * 37) % RESOURCES)
}

fn status(application: u128, resource: u128) -> RegistrationFact {
    if (application + resource).is_multiple_of(10) {
        RegistrationFact::Pending
    } else {
        RegistrationFact::Approved
    }
}

fn application(number: u128) -> ApplicationContents {
    ApplicationContents {
        id: ApplicationId::from_bytes(spread(number, 0xC2B2_AE3D_27D4_EB4F_1656_67B1_9E37_79F9)),
        status: ApplicationFact::Approved,
        owner: Owner::Developer(
            DeveloperId::from_bytes(spread(number / 2, 0x27D4_EB2F_1656_67C5_85EB_CA77_C2B2_AE63)),
            DeveloperStatus::Approved,
        ),
        role_set: usize::try_from(number % ROLE_SETS).unwrap_or(0),
        registrations: registered(number)
            .map(|resource_number| (resource(resource_number), status(number, resource_number)))
            .collect(),
    }
}

/// The contents of one portal with this many applications.
pub(crate) fn portal(applications: u128) -> PortalContents {
    let state = ResourceFact::Published;
    let resources: Vec<_> = (0..RESOURCES)
        .map(|number| ResourceContents { id: resource(number), state, deprecated: false })
        .collect();
    let role_sets = (0..ROLE_SETS).map(|number| RoleSetContents {
        teams: vec![TeamId::from_bytes(spread(number, 3))],
        roles: resources.iter().map(|known| (known.id, RoleFact::Consumer)).collect(),
    });
    let credentials = (0..applications).flat_map(|number| {
        let id = application(number).id;
        let holder =
            CredentialHolder::One { application: id, state: CredentialState::Active, expires_at: None };
        (0..=u128::from(number % 5 == 0))
            .map(move |which| CredentialContents { key: key(number, which), holder })
    });
    PortalContents {
        id: PortalId::from_bytes(spread(0, 7)),
        region: Region::Eu,
        rbac: Rbac::On,
        role_sets: role_sets.collect(),
        applications: (0..applications).map(application).collect(),
        credentials: credentials.collect(),
        routes: vec![],
        resources,
    }
}
