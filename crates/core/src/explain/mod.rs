//! The explained decision: what was decided, why in words, and what would change it.

mod decision;
mod fixes;
mod message;
mod role_fix;

pub use decision::{Assumption, Decision, Fix, RegistrationOutcome, Verdict, Warning};
