//! A small bundle.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::bundle::{
    ApplicationContents, Built, BundleTimestamp, CredentialContents, CredentialHolder, CredentialState,
    Owner, PortalContents, ResourceContents, RoleSetContents, SigningKey, build,
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
    pub(crate) built: Built,
    digest: [u8; 32],
}

/// A signing key that shows its number.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed([number; 32])
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
        Self::of(registration, false)
    }

    /// The same with a deprecated resource 1.
    pub(crate) fn deprecated() -> Self {
        Self::of(RegistrationFact::Approved, true)
    }

    /// `count` applications, each with a key `key-N`; one of them may be revoked. Several chunks if there are
    /// thousands.
    pub(crate) fn many(count: u32, revoked: Option<u32>) -> Self {
        let resource: ResourceId = id(1);
        let application = |number: u32| {
            let bytes = (0x4000_8000_0000_0000_u128 << 32 | u128::from(number)).to_be_bytes();
            ApplicationId::from_bytes(bytes)
        };
        let portal = PortalContents {
            id: id::<PortalId>(0xff),
            region: Region::Eu,
            rbac: Rbac::Off,
            resources: vec![ResourceContents {
                id: resource,
                state: ResourceFact::Published,
                deprecated: false,
            }],
            role_sets: vec![RoleSetContents { teams: vec![], roles: vec![] }],
            applications: (0..count)
                .map(|number| ApplicationContents {
                    id: application(number),
                    status: ApplicationFact::Approved,
                    owner: Owner::Developer(id::<DeveloperId>(0xd1), DeveloperStatus::Approved),
                    role_set: 0,
                    registrations: vec![(
                        resource,
                        if revoked == Some(number) {
                            RegistrationFact::Revoked
                        } else {
                            RegistrationFact::Approved
                        },
                    )],
                })
                .collect(),
            credentials: (0..count)
                .map(|number| CredentialContents {
                    key: CredentialKey::api_key(format!("key-{number}").as_bytes()),
                    holder: CredentialHolder::One {
                        application: application(number),
                        state: CredentialState::Active,
                        expires_at: None,
                    },
                })
                .collect(),
            routes: vec![],
        };
        Self::built(build(Policy::Strict, &[portal]).unwrap())
    }

    fn built(built: Built) -> Self {
        Self { bytes: built.to_bytes(), digest: *built.content_digest(), built }
    }

    fn of(registration: RegistrationFact, deprecated: bool) -> Self {
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
                ResourceContents { id: resource, state: ResourceFact::Published, deprecated },
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
        Self::built(build(Policy::Strict, &[portal]).unwrap())
    }

    /// The file and the header, signed by two keys' purposes.
    pub(crate) fn signed(&self, as_of_ms: i64, bundle_key: u8, timestamp_key: u8) -> (Vec<u8>, String) {
        let stamp = self.stamp(as_of_ms);
        let manifest = self.built.manifest.clone().signed(&stamp, &key(bundle_key)).unwrap();
        let bytes = Built { manifest, ..self.built.clone() }.to_bytes();
        (bytes, stamp.signed(&key(timestamp_key)).to_header())
    }

    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// The entity tag of the contents.
    pub(crate) fn tag(&self) -> String {
        format!("\"{}\"", self.digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
    }

    pub(crate) fn timestamp(&self, as_of_ms: i64) -> String {
        self.stamp(as_of_ms).to_header()
    }

    fn stamp(&self, as_of_ms: i64) -> BundleTimestamp {
        let portals = [(id::<PortalId>(0xff), Region::Eu)];
        let as_of = Timestamp::from_millis(as_of_ms);
        BundleTimestamp::new("", portals, Policy::Strict, as_of, self.digest).unwrap()
    }
}
