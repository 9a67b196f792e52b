//! A small bundle.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::bundle::{
    ApplicationContents, BundleTimestamp, CredentialContents, CredentialHolder, CredentialState, Owner,
    PortalContents, ResourceContents, RoleSetContents, build,
};
use gatepass::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, Policy, PortalId, Rbac,
    Region, RegistrationFact, ResourceFact, ResourceId, RoleFact, ServiceId, TeamId, Timestamp,
};

/// An id that shows its number.
pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u8) -> T {
    format!("00000000-0000-4000-8000-0000000000{number:02x}").parse().unwrap()
}

/// A bundle file and its timestamps.
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    digest: [u8; 32],
}

impl Sample {
    /// Resource 1 is published; application 0xa1 (developer 0xd1) may consume it with the key `good`; 0xa2 (team 0xe1)
    /// waits with the key `waiting`; service 0x51 serves resource 1; resource 2 is not
    /// published.
    pub(crate) fn new() -> Self {
        Self::with(RegistrationFact::Approved)
    }

    /// The same with another registration of application 0xa1.
    pub(crate) fn with(registration: RegistrationFact) -> Self {
        let resource: ResourceId = id(1);
        let (alice, bob): (ApplicationId, ApplicationId) = (id(0xa1), id(0xa2));
        let application = |application, owner, role_set, registration| ApplicationContents {
            id: application,
            status: ApplicationFact::Approved,
            owner,
            role_set,
            registrations: vec![(resource, registration)],
        };
        let credential = |key, application, state, expires_at: Option<i64>| CredentialContents {
            key,
            holder: CredentialHolder::One {
                application,
                state,
                expires_at: expires_at.map(Timestamp::from_millis),
            },
        };
        let team: TeamId = id(0xe1);
        let portal = PortalContents {
            id: id::<PortalId>(0xff),
            region: Region::Eu,
            rbac: Rbac::On,
            resources: vec![
                ResourceContents { id: resource, state: ResourceFact::Published, deprecated: false },
                ResourceContents { id: id(2), state: ResourceFact::Unpublished, deprecated: false },
            ],
            role_sets: vec![RoleSetContents {
                teams: vec![team],
                roles: vec![(resource, RoleFact::Consumer), (id(2), RoleFact::Consumer)],
            }],
            applications: vec![
                application(
                    alice,
                    Owner::Developer(id::<DeveloperId>(0xd1), DeveloperStatus::Approved),
                    0,
                    registration,
                ),
                application(bob, Owner::Team(team), 0, RegistrationFact::Pending),
            ],
            credentials: vec![
                credential(CredentialKey::api_key(b"good"), alice, CredentialState::Active, None),
                credential(
                    CredentialKey::api_key(b"brief"),
                    alice,
                    CredentialState::Active,
                    Some(super::host::NOW_MS),
                ),
                credential(CredentialKey::custom_id(b"alice"), alice, CredentialState::Active, None),
                credential(
                    CredentialKey::client_id(b"https://idp", b"alice"),
                    alice,
                    CredentialState::Active,
                    None,
                ),
                credential(CredentialKey::api_key(b"waiting"), bob, CredentialState::Active, None),
            ],
            routes: vec![(id::<ServiceId>(0x51), resource)],
        };
        let built = build(Policy::Strict, &[portal]).unwrap();
        Self { bytes: built.to_bytes(), digest: *built.content_digest() }
    }

    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// The entity tag of the contents.
    pub(crate) fn tag(&self) -> String {
        format!("\"{}\"", self.digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
    }

    pub(crate) fn timestamp(&self, as_of_ms: i64) -> String {
        let portals = [(id::<PortalId>(0xff), Region::Eu)];
        let as_of = Timestamp::from_millis(as_of_ms);
        BundleTimestamp::new("", portals, Policy::Strict, as_of, self.digest).unwrap().to_header()
    }
}
