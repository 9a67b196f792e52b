//! The explained decision: what was decided, why in words, and what would change it.

mod account;
mod decision;
mod fixes;
mod message;
mod params;
mod remedy;
mod role_fix;
mod role_index;
mod text;

pub(crate) use fixes::fixes;
pub(crate) use message::{
    MessageNames, allowed_template, denial, denied_template, nobody_template, sentence,
};
pub(crate) use role_fix::grant;
pub(crate) use role_index::RoleIndex;

pub use account::{Account, Bearing, KnownFact};
pub use decision::{Assumption, Decision, Fix, RegistrationOutcome, Verdict, Warning};
pub use params::MessageParams;
