//! Placeholder.
pub mod bundle;
mod credential;
mod id;
mod region;
pub mod rule;
mod time;
pub use credential::{CredentialKey, CredentialKind};
pub use id::*;
pub use region::Region;
pub use rule::*;
pub use time::*;
