//! Portals of any size, as the filter is configured with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::bundle::{
    ApplicationContents, CredentialContents, CredentialHolder, CredentialState, Owner, PortalContents,
    ResourceContents, RoleSetContents, build,
};
use gatepass::{
    ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, Policy, PortalId, Rbac,
    Region, RegistrationFact, ResourceFact, ResourceId, RoleFact,
};
use serde_json::json;

use crate::tools::TaskError;

/// The filter's configuration with an inline bundle of so many applications; application `N` has the key `key-N`, four
/// registrations and a role on all of them.
pub(super) fn configuration(applications: u32) -> Result<String, TaskError> {
    let built = build(Policy::Strict, &[contents(applications)]).map_err(TaskError::other)?;
    let config = json!({
        "version": 1, "host": "envoy",
        "bundle": {"inline": STANDARD.encode(built.to_bytes())},
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/orders", "resource_id": resource(0)}],
    });
    Ok(config.to_string())
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
