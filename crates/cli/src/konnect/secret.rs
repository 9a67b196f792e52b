//! Secrets: from the environment or a file, never from an argument, and never shown.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The environment variable that Kong's own tools read.
const TOKEN_VARIABLE: &str = "KONNECT_TOKEN";

/// A secret in one line of visible ASCII.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("there is no token; set {TOKEN_VARIABLE}, or name a file with --konnect-token-file")]
    NoToken,
    #[error("cannot read the secret in `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{place} is empty; put the secret there, in one line")]
    Empty { place: String },
    #[error("{place} has a character that no HTTP header can carry; put the bare secret there, in one line")]
    Odd { place: String },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Konnect's token: from the file if one is named, else from the environment.
    pub(crate) fn token(file: Option<&Path>) -> Result<Self, SecretError> {
        match file {
            Some(path) => Self::from_file(path),
            None => match std::env::var(TOKEN_VARIABLE) {
                Ok(text) => Self::new(&text, || TOKEN_VARIABLE.to_owned()),
                Err(std::env::VarError::NotPresent) => Err(SecretError::NoToken),
                Err(std::env::VarError::NotUnicode(_)) => {
                    Err(SecretError::Odd { place: TOKEN_VARIABLE.to_owned() })
                }
            },
        }
    }

    /// The secret that a file holds.
    pub(crate) fn from_file(path: &Path) -> Result<Self, SecretError> {
        let place = || format!("`{}`", path.display());
        let bytes =
            std::fs::read(path).map_err(|source| SecretError::Read { path: path.to_owned(), source })?;
        let text = String::from_utf8(bytes).map_err(|_| SecretError::Odd { place: place() })?;
        Self::new(&text, place)
    }

    fn new(text: &str, place: impl Fn() -> String) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SecretError::Empty { place: place() });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::Odd { place: place() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a header's value is this secret, with or without `Bearer` before it. How long it takes does not
    /// depend on how much of it is right: digests are compared, and all of their bytes.
    pub(crate) fn is_in(&self, header: &[u8]) -> bool {
        let given = match header.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"bearer ") => rest.trim_ascii(),
            _ => header.trim_ascii(),
        };
        let (own, given) = (Sha256::digest(self.0.as_bytes()), Sha256::digest(given));
        own.iter().zip(given.iter()).fold(0, |wrong, (a, b)| wrong | (a ^ b)) == 0
    }

    /// A text without the secret, should somebody have put it there.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_whole_and_never_shown() {
        let secret = Secret::new(" abcdef\n", String::new).unwrap();
        for good in ["abcdef", "Bearer abcdef", "bearer  abcdef "] {
            assert!(secret.is_in(good.as_bytes()), "{good}");
        }
        for bad in ["", "abcde", "abcdefg", "Bearer", "Bearer abcdeg", "Basic abcdef"] {
            assert!(!secret.is_in(bad.as_bytes()), "{bad}");
        }
        assert!(!format!("{secret:?}").contains("abc"));
        assert_eq!(secret.hidden_in("Invalid: abcdef."), "Invalid: ….");
    }

    #[test]
    fn what_no_header_can_carry_is_refused() {
        let error = |text| Secret::new(text, || "`f`".into()).unwrap_err().to_string();
        assert_eq!(error("  \n"), "`f` is empty; put the secret there, in one line");
        assert!(error("a\nb").starts_with("`f` has a character that no HTTP header can carry"));
        assert!(error("kpat_ä").starts_with("`f` has a character"));
    }
}
