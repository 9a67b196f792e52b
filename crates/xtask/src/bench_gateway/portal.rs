//! Portals of any size, and a relay for each.

use std::collections::BTreeMap;

use gatepass::bundle::{
    ApplicationContents, BundleTimestamp, CredentialContents, CredentialHolder, CredentialState, Owner,
    PortalContents, ResourceContents, RoleSetContents, build,
};
use gatepass::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, Policy, PortalId, Rbac,
    Region, RegistrationFact, ResourceFact, ResourceId, RoleFact, Timestamp,
};
use serde_json::json;

use crate::package::digest;
use crate::servers::{Running, start_files};
use crate::tools::TaskError;

/// A relay with the bundle of so many applications, in chunks; application `N` has the key `key-N`, four registrations
/// and a role on all of them.
pub(super) fn relay(applications: u32) -> Result<Running, TaskError> {
    let contents = contents(applications);
    let portals = [(contents.id, contents.region)];
    let built = build(Policy::Strict, &[contents]).map_err(TaskError::other)?;
    let now = Timestamp::from_millis(crate::now_millis());
    let stamp = BundleTimestamp::new("", portals, Policy::Strict, now, *built.content_digest());
    let stamp = stamp.map_err(TaskError::other)?.to_header();
    let mut files = BTreeMap::from([("/v1/manifest".to_owned(), built.manifest.to_bytes())]);
    for chunk in std::iter::once(built.global).chain(built.chunks) {
        files.insert(format!("/v1/chunks/{}", digest(&chunk)), chunk);
    }
    start_files(files, vec![("x-gatepass-timestamp", stamp)])
}

/// The filter's configuration with a relay in the cluster `relay`, whose bundle it may use for hours.
pub(super) fn configuration() -> String {
    let config = json!({
        "version": 1, "host": "envoy",
        "bundle": {"fetch": {"upstream": "relay", "chunk_path": "/v1/chunks/", "interval_ms": 2000}},
        "allow_unsigned": true, "max_age_seconds": 86_400,
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/orders", "resource_id": resource(0)}],
    });
    config.to_string()
}

fn id(kind: u128, number: u32) -> [u8; 16] {
    (kind << 112 | 0x4000_8000_0000_0000_u128 << 32 | u128::from(number)).to_be_bytes()
}

fn resource(number: u32) -> ResourceId {
    ResourceId::from_bytes(id(0xe, number))
}

fn contents(applications: u32) -> PortalContents {
    let application = |number| ApplicationId::from_bytes(id(0xa, number));
    let developer = |number| DeveloperId::from_bytes(id(0xd, number));
    let registrations: Vec<_> = (0..4).map(|at| (resource(at), RegistrationFact::Approved)).collect();
    let resources = (0..4)
        .map(|number| ResourceContents {
            id: resource(number),
            state: ResourceFact::Published,
            deprecated: false,
        })
        .collect();
    PortalContents {
        id: PortalId::from_bytes(id(0xb, 0)),
        region: Region::Eu,
        rbac: Rbac::On,
        resources,
        role_sets: vec![RoleSetContents {
            teams: vec![],
            roles: (0..4).map(|at| (resource(at), RoleFact::Consumer)).collect(),
        }],
        applications: (0..applications)
            .map(|number| ApplicationContents {
                id: application(number),
                status: ApplicationFact::Approved,
                owner: Owner::Developer(developer(number), DeveloperStatus::Approved),
                role_set: 0,
                registrations: registrations.clone(),
            })
            .collect(),
        credentials: (0..applications)
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
    }
}
