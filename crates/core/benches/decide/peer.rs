//! The peer: what one would write without a format. A `HashMap` from the digest to everything known of the
//! caller, registrations inline; resources are positions, resolved before as a handle is.

use std::collections::HashMap;

use gatepass::bundle::{ApplicationContents, CredentialHolder, Owner, PortalContents};
use gatepass::{
    CredentialFact, CredentialKey, Facts, Freshness, OwnerFact, RegistrationFact, ResourceFact, ResourceId,
    RoleFact,
};

/// What the map holds by digest.
#[derive(Clone, Copy)]
struct Known {
    facts: Facts,
    role_set: usize,
    /// Position of the resource and status.
    registrations: [(u32, RegistrationFact); 4],
}

/// The maps.
pub(crate) struct Peer {
    known: HashMap<[u8; 32], Known>,
    /// By role set, then by position of the resource.
    roles: Vec<Vec<RoleFact>>,
    /// By position.
    resources: Vec<ResourceFact>,
}

impl Peer {
    /// The maps of one portal.
    pub(crate) fn new(portal: &PortalContents) -> Self {
        let positions: HashMap<ResourceId, u32> =
            portal.resources.iter().zip(0..).map(|(known, position)| (known.id, position)).collect();
        let applications: HashMap<_, _> = portal.applications.iter().map(|known| (known.id, known)).collect();
        let known = portal.credentials.iter().filter_map(|credential| {
            let CredentialHolder::One { application, .. } = credential.holder else { return None };
            let application = applications.get(&application)?;
            Some((*credential.key.digest(), known(portal, application, &positions)))
        });
        let roles = portal.role_sets.iter().map(|set| {
            let roles: HashMap<_, _> = set.roles.iter().copied().collect();
            portal
                .resources
                .iter()
                .map(|known| roles.get(&known.id).copied().unwrap_or(RoleFact::None))
                .collect()
        });
        Self {
            known: known.collect(),
            roles: roles.collect(),
            resources: portal.resources.iter().map(|known| known.state).collect(),
        }
    }

    /// The facts about a key and the resource at a position.
    pub(crate) fn facts(&self, key: &CredentialKey, resource: usize) -> Facts {
        let Some(known) = self.known.get(key.digest()) else {
            return Facts { credential: CredentialFact::Unknown, ..Facts::UNKNOWN };
        };
        let position = u32::try_from(resource).unwrap_or(u32::MAX);
        let registration = known.registrations.iter().find(|(registered, _)| *registered == position);
        let role = self.roles.get(known.role_set).and_then(|roles| roles.get(resource));
        Facts {
            resource: self.resources.get(resource).copied().unwrap_or(ResourceFact::Unknown),
            registration: registration.map_or(RegistrationFact::Missing, |(_, status)| *status),
            role: role.copied().unwrap_or(RoleFact::None),
            ..known.facts
        }
    }
}

fn known(
    portal: &PortalContents,
    application: &ApplicationContents,
    positions: &HashMap<ResourceId, u32>,
) -> Known {
    let mut registrations = [(u32::MAX, RegistrationFact::Missing); 4];
    for (slot, (resource, status)) in registrations.iter_mut().zip(&application.registrations) {
        *slot = (positions.get(resource).copied().unwrap_or(u32::MAX), *status);
    }
    let facts = Facts {
        freshness: Freshness::Fresh,
        credential: CredentialFact::Valid,
        application: application.status,
        owner: match application.owner {
            Owner::Unknown => OwnerFact::Unknown,
            Owner::Developer(_, status) => OwnerFact::Developer(status),
            Owner::Team(_) => OwnerFact::Team,
        },
        rbac: portal.rbac,
        ..Facts::UNKNOWN
    };
    Known { facts, role_set: application.role_set, registrations }
}
