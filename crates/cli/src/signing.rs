//! Signing keys: made here, kept in files that only their owner can read, never shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use gatepass::bundle::{KeyError, PublicKey, SigningKey};

use crate::failure::{Failure, Findings};

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    #[error("cannot read the signing key `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[cfg(unix)]
    #[error("others can read the signing key `{}` (mode {mode:o}); make a new one, and keep it at mode 600", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("`{}` is {source}", path.display())]
    Text { path: PathBuf, source: KeyError },
    #[error("cannot write the signing key `{}`: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("`{}` is there already; a signing key is never overwritten, name another file", path.display())]
    Exists { path: PathBuf },
    #[error("this machine gives no random bytes: {0}")]
    Random(getrandom::Error),
    #[error("`{}` is not signed by a key that counts: {source}", path.display())]
    Untrusted { path: PathBuf, source: gatepass::bundle::TrustError },
    #[error("there is no `{}`, so nothing says how fresh the bundle is", path.display())]
    NoTimestamp { path: PathBuf },
    #[error("`{}` is of another bundle", path.display())]
    OtherBundle { path: PathBuf },
    #[error("the bundle is {age_seconds} seconds old, and may be {max_age_seconds}")]
    Expired { age_seconds: i64, max_age_seconds: u64 },
}

/// Reads a signing key from a file that nobody else can read.
pub(crate) fn read(path: &Path) -> Result<SigningKey, SigningError> {
    let failed = |source| SigningError::Read { path: path.to_owned(), source };
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).map_err(failed)?.permissions());
        if mode & 0o077 != 0 {
            return Err(SigningError::Open { path: path.to_owned(), mode: mode & 0o777 });
        }
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    SigningKey::from_text(text.trim()).map_err(|source| SigningError::Text { path: path.to_owned(), source })
}

/// `gatepass key new --signing`: writes the key, and prints what gateways verify with.
pub(crate) fn new(file: &Path) -> Result<Findings, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(SigningError::Random)?;
    let key = SigningKey::from_seed(seed);
    write(file, &key)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", key.public_key())?;
    anstream::eprintln!(
        "the signing key is in `{}`; give gateways the line above as `public_keys`",
        file.display()
    );
    Ok(Findings::None)
}

fn write(path: &Path, key: &SigningKey) -> Result<(), SigningError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => SigningError::Exists { path: path.to_owned() },
        _ => SigningError::Write { path: path.to_owned(), source },
    })?;
    let text = key.to_text() + "\n";
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|source| SigningError::Write { path: path.to_owned(), source })
}

/// Keys' bytes as they are written elsewhere.
pub(crate) fn shown<'k>(signers: impl Iterator<Item = &'k [u8; 32]>) -> Vec<String> {
    // Bytes that are no key are shown as what they are: nothing that could have signed.
    signers
        .map(|key| PublicKey::from_bytes(key).map_or_else(|error| error.to_string(), |key| key.to_string()))
        .collect()
}
