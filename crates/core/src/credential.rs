//! What a caller can show: one look-up key per kind, so that a key of one kind is never found as another.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The kinds of credential a look-up can be made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CredentialKind {
    /// An API key; Gatepass knows only its SHA-256.
    ApiKey = 0,
    /// An OIDC client id together with its issuer.
    ClientId = 1,
    /// A Kong consumer's `custom_id`, asserted by an earlier auth plugin.
    CustomId = 2,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::ApiKey, Self::ClientId, Self::CustomId];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::ClientId => "client_id",
            Self::CustomId => "custom_id",
        }
    }
}

/// A look-up key: a kind and a SHA-256. Never the secret itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialKey {
    kind: CredentialKind,
    digest: [u8; 32],
}

impl CredentialKey {
    /// The key of an API key that a caller showed.
    ///
    /// ```
    /// use gatepass::CredentialKey;
    /// let shown = CredentialKey::api_key(b"hunter2");
    /// assert_eq!(CredentialKey::api_key_digest(*shown.digest()), shown);
    /// ```
    pub fn api_key(value: &[u8]) -> Self {
        Self { kind: CredentialKind::ApiKey, digest: Sha256::digest(value).into() }
    }

    /// The key of an API key whose SHA-256 is known.
    pub const fn api_key_digest(digest: [u8; 32]) -> Self {
        Self { kind: CredentialKind::ApiKey, digest }
    }

    /// The key of an OIDC client id at an issuer; both are compared byte for byte.
    pub fn client_id(issuer: &[u8], client_id: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"gatepass/client_id\0");
        // The length keeps ("a", "bc") and ("ab", "c") apart.
        hash.update((issuer.len() as u64).to_be_bytes());
        hash.update(issuer);
        hash.update(client_id);
        Self { kind: CredentialKind::ClientId, digest: hash.finalize().into() }
    }

    /// The key of a Kong consumer's `custom_id`, compared byte for byte.
    pub fn custom_id(custom_id: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"gatepass/custom_id\0");
        hash.update(custom_id);
        Self { kind: CredentialKind::CustomId, digest: hash.finalize().into() }
    }

    /// The kind.
    pub const fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// The SHA-256.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

impl fmt::Debug for CredentialKey {
    /// Shows the kind only: a digest of a weak key betrays the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialKey({}, …)", self.kind.as_str())
    }
}
