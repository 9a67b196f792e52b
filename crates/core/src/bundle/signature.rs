//! Ed25519 keys and signatures. Verification is strict: a signature has one encoding, and keys and
//! commitments of small order are refused, so that what one reader accepts every reader accepts.

use crate::arrange::Arrange as _;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, VerifyingKey};

use super::wire::{Reader, Short, count16};

/// What a public key's text begins with.
const PUBLIC: &str = "ed25519:";

/// What a signing key's text begins with.
const SIGNING: &str = "gatepass-signing-key-1:";

/// Most signatures of one statement: a rotation needs two, and each costs a verification.
pub(super) const SIGNATURES_MAX: usize = 8;

/// A key that signatures are verified with. Written `ed25519:` and the 32 bytes in base64.
///
/// ```
/// use gatepass::bundle::{PublicKey, SigningKey};
/// let key = SigningKey::from_seed([7; 32]).public_key();
/// assert_eq!(key.to_string(), "ed25519:6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=");
/// assert_eq!(key.to_string().parse::<PublicKey>().unwrap(), key);
/// let error = "ed25519:AAAA".parse::<PublicKey>().unwrap_err();
/// assert_eq!(error.to_string(), "not a public key: write `ed25519:` and 44 characters of base64");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A key that signs. Its text is a secret: it is never shown by `Debug`, and zeroed when it is dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the text of a public key.
    #[error("not a public key: write `ed25519:` and 44 characters of base64")]
    Public,
    /// The text of a key under which anybody's signature could pass.
    #[error("not a public key: the point it names is not on the curve, or of small order")]
    Weak,
    /// Not the text of a signing key.
    #[error("not a signing key: use the file that `gatepass key new --signing` wrote")]
    Signing,
}

/// Why no signature of a statement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is none.
    #[error("it is not signed")]
    Unsigned,
    /// None is by a key that is trusted for this.
    #[error("none of its signatures is by a trusted key")]
    UnknownKey,
    /// One names a trusted key and is not that key's.
    #[error("its signature is wrong")]
    Wrong,
}

impl PublicKey {
    /// The key with these bytes.
    ///
    /// # Errors
    ///
    /// If they are not a point on the curve, or one of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Weak)?;
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self(key)) }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether the signature is this key's on the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&key_bytes(text, PUBLIC).ok_or(KeyError::Public)?)
    }
}

impl SigningKey {
    /// The key of these 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Reads what [`SigningKey::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// If it is anything else.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        key_bytes(text, SIGNING).map(Self::from_seed).ok_or(KeyError::Signing)
    }

    /// The key as one line of text, to be kept where only its owner can read it.
    pub fn to_text(&self) -> String {
        format!("{SIGNING}{}", STANDARD.encode(self.0.to_bytes()))
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {})", self.public_key())
    }
}

fn key_bytes(text: &str, beginning: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.strip_prefix(beginning)?).ok()?.try_into().ok()
}

/// One signature, and the key it says it is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signature {
    key: [u8; 32],
    signature: [u8; 64],
}

/// The signatures of one statement, in strictly ascending order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signatures(Vec<Signature>);

impl Signatures {
    pub(super) const NONE: Self = Self(Vec::new());

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys they say they are by.
    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.0.iter().map(|signature| &signature.key)
    }

    /// Adds a key's signature, or replaces it.
    pub(super) fn sign(&mut self, message: &[u8], key: &SigningKey) {
        let public = *key.public_key().as_bytes();
        self.0.retain(|signature| signature.key != public);
        self.0.push(Signature { key: public, signature: key.sign(message) });
        self.0.arrange_by_key(|signature| signature.key);
    }

    /// Whether one of the keys has signed the message. Every signature by one of them must be right: a file
    /// with a broken signature was tampered with, whoever else signed it.
    pub(super) fn verify(&self, message: &[u8], keys: &[PublicKey]) -> Result<(), SignatureError> {
        if self.is_empty() {
            return Err(SignatureError::Unsigned);
        }
        let mut is_signed = false;
        for Signature { key, signature } in &self.0 {
            let Some(key) = keys.iter().find(|known| known.as_bytes() == key) else { continue };
            if !key.verifies(message, signature) {
                return Err(SignatureError::Wrong);
            }
            is_signed = true;
        }
        if is_signed { Ok(()) } else { Err(SignatureError::UnknownKey) }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u16 {
        count16(self.0.len())
    }

    /// Bytes that [`Signatures::write`] writes.
    pub(super) fn length(&self) -> usize {
        2 + self.0.len() * 96
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.count().to_le_bytes());
        self.write_entries(bytes);
    }

    pub(super) fn write_entries(&self, bytes: &mut Vec<u8>) {
        for Signature { key, signature } in &self.0 {
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(signature);
        }
    }

    /// Reads `count` signatures.
    pub(super) fn read(reader: &mut Reader<'_>, count: u16) -> Result<Self, SignaturesError> {
        let count = usize::from(count);
        if count > SIGNATURES_MAX {
            return Err(SignaturesError::Malformed("there are more than 8 signatures"));
        }
        let mut signatures = Vec::with_capacity(count);
        for _ in 0..count {
            signatures.push(Signature { key: reader.array()?, signature: reader.array()? });
        }
        if !signatures.is_sorted_by(|left, right| left.key < right.key) {
            return Err(SignaturesError::Malformed(
                "signatures are not in strictly ascending order of their keys",
            ));
        }
        Ok(Self(signatures))
    }
}

/// Why bytes are no signatures.
#[derive(Clone, Copy, Debug)]
pub(super) enum SignaturesError {
    Short(Short),
    Malformed(&'static str),
}

impl From<Short> for SignaturesError {
    fn from(short: Short) -> Self {
        Self::Short(short)
    }
}
