//! The bundle: what a gateway needs and no more, in bytes that are their own index.

mod contents;

pub use contents::{
    ApplicationContents, CredentialContents, CredentialHolder, CredentialState, Owner, PortalContents,
    ResourceContents, RoleSetContents,
};
