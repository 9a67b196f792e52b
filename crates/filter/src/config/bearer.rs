//! The token that a relay asks for.

use std::fmt;

/// A secret that is sent, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BearerToken(String);

impl BearerToken {
    pub(super) const fn new(token: String) -> Self {
        Self(token)
    }

    /// The value of `authorization`.
    pub(crate) fn to_header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}
