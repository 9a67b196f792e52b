//! Contents made from a seed, with every kind of value in them.

use std::collections::BTreeSet;

use crate::bundle::{
    ApplicationContents, CredentialContents, CredentialHolder, CredentialState, Owner, PortalContents,
    ResourceContents, RoleSetContents,
};
use crate::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, PortalId, Rbac, Region,
    RegistrationFact, ResourceFact, ResourceId, RoleFact, ServiceId, TeamId, Timestamp,
};

/// The point in time around which credentials expire.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A xorshift generator.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(super) fn one<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for end in (1..values.len()).rev() {
            values.swap(end, self.below(end + 1));
        }
    }
}

/// Ids as people write them in tests: they differ in the last digits only.
pub(super) fn id(group: u16, number: usize) -> [u8; 16] {
    let number = u128::try_from(number).unwrap() | u128::from(group) << 96;
    (0x0000_0000_0000_4000_8000_0000_0000_0000_u128 | number).to_be_bytes()
}

pub(super) fn resource(number: usize) -> ResourceId {
    ResourceId::from_bytes(id(2, number))
}

pub(super) fn application(number: usize) -> ApplicationId {
    ApplicationId::from_bytes(id(3, number))
}

pub(super) fn service(number: usize) -> ServiceId {
    ServiceId::from_bytes(id(4, number))
}

/// Resources that portals choose theirs from.
pub(super) const RESOURCES: usize = 20;
/// Gateway services.
pub(super) const SERVICES: usize = 10;

/// Three portals with `applications` in all.
pub(super) fn portals(seed: u64, applications: usize) -> Vec<PortalContents> {
    let mut random = Random::new(seed);
    let mut portals: Vec<PortalContents> = (0..3).map(|number| portal(&mut random, number)).collect();
    for number in 0..applications {
        let home = random.below(portals.len());
        add_application(&mut random, &mut portals[home], number);
    }
    // A few keys that two portals know, and one of an application that nobody knows.
    for from in 0..2 {
        let shared: Vec<_> = portals[from].credentials.iter().step_by(17).copied().collect();
        let known: BTreeSet<_> = portals[from + 1].credentials.iter().map(|known| known.key).collect();
        portals[from + 1].credentials.extend(
            shared.into_iter().filter(|credential| !known.contains(&credential.key)).map(|credential| {
                CredentialContents { key: credential.key, holder: CredentialHolder::Several }
            }),
        );
    }
    let key = CredentialKey::api_key(b"of an application that is gone");
    portals[0].credentials.push(CredentialContents { key, holder: active(application(9_999_999)) });
    portals
}

pub(super) fn active(application: ApplicationId) -> CredentialHolder {
    CredentialHolder::One { application, state: CredentialState::Active, expires_at: None }
}

fn portal(random: &mut Random, number: usize) -> PortalContents {
    let mut known = Vec::new();
    for number in 0..RESOURCES {
        if random.chance(60) {
            let state = random.one(&[
                ResourceFact::Published,
                ResourceFact::Published,
                ResourceFact::Unpublished,
                ResourceFact::Unrecognized,
            ]);
            known.push(ResourceContents { id: resource(number), state, deprecated: random.chance(20) });
        }
    }
    let role_sets = (0..7).map(|set| RoleSetContents {
        teams: (0..set).map(|team| TeamId::from_bytes(id(5, team))).collect(),
        roles: known
            .iter()
            .filter_map(|known| {
                let role = random.one(&[RoleFact::None, RoleFact::Viewer, RoleFact::Consumer]);
                (role != RoleFact::None).then_some((known.id, role))
            })
            .collect(),
    });
    let role_sets = role_sets.collect();
    let routes = known.iter().map(|known| (service(random.below(SERVICES)), known.id)).collect();
    PortalContents {
        id: PortalId::from_bytes(id(1, number)),
        region: random.one(Region::ALL),
        rbac: random.one(Rbac::ALL),
        resources: known,
        role_sets,
        applications: vec![],
        credentials: vec![],
        routes,
    }
}

fn add_application(random: &mut Random, portal: &mut PortalContents, number: usize) {
    let application = application(number);
    let status = random.one(&ApplicationFact::ALL[1..]);
    let owner = match random.below(8) {
        0 => Owner::Unknown,
        1 => Owner::Team(TeamId::from_bytes(id(5, random.below(9)))),
        _ => Owner::Developer(
            DeveloperId::from_bytes(id(6, number / 3)),
            if random.chance(60) { DeveloperStatus::Approved } else { random.one(DeveloperStatus::ALL) },
        ),
    };
    let mut registrations = Vec::new();
    for resource in &portal.resources {
        if random.chance(40) {
            let any = random.one(&RegistrationFact::ALL[1..]);
            let status = if random.chance(60) { RegistrationFact::Approved } else { any };
            registrations.push((resource.id, status));
        }
    }
    portal.applications.push(ApplicationContents {
        id: application,
        status: if random.chance(60) { ApplicationFact::Approved } else { status },
        owner,
        role_set: random.below(portal.role_sets.len()),
        registrations,
    });
    for which in 0..random.below(4) {
        let text = format!("{number}/{which}");
        let key = match random.below(4) {
            0 => CredentialKey::client_id(b"https://idp", text.as_bytes()),
            1 => CredentialKey::custom_id(text.as_bytes()),
            _ => CredentialKey::api_key(text.as_bytes()),
        };
        let holder = if random.chance(5) {
            CredentialHolder::Several
        } else {
            let any = random.one(&[
                CredentialState::Expired,
                CredentialState::Revoked,
                CredentialState::Unrecognized,
            ]);
            let state = if random.chance(70) { CredentialState::Active } else { any };
            let offset = i64::try_from(random.below(5)).unwrap() - 2;
            let expires_at = random.chance(40).then(|| Timestamp::from_millis(NOW.millis() + offset));
            CredentialHolder::One { application, state, expires_at }
        };
        portal.credentials.push(CredentialContents { key, holder });
    }
}
