//! Adding a digest to the operator's file of credentials.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::files;
use crate::konnect::{Keys, KeysError};

/// Why nothing was added; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppendError {
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("cannot write `{}`: {source}; no key was made", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "`{}` is there: another `gatepass key new` is at work, or was stopped; if none is, remove that file", path.display()
    )]
    Busy { path: PathBuf },
}

/// Adds a credential to the file, which is made if there is none; returns how many it has now. The file is replaced
/// whole, with every other credential as it was written, and is readable by its owner only.
pub(super) fn append(path: &Path, credential: &impl Serialize) -> Result<usize, AppendError> {
    let failed = |source: io::Error| AppendError::Write { path: path.to_owned(), source };
    // The new file's name is also the lock: of two that add at once, neither's digest may be lost.
    let new = files::beside(path, ".new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(&new) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(AppendError::Busy { path: new });
        }
        Err(error) => return Err(failed(error)),
    };
    let result = read(path).and_then(|mut keys| {
        keys.add(credential).map_err(|error| failed(error.into()))?;
        file.write_all(keys.to_file().as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&new, path))
            .map_err(failed)?;
        Ok(keys.len())
    });
    if result.is_err() {
        // What could not be written is not worth keeping; the old file is whole.
        let _ = fs::remove_file(&new);
    }
    result
}

fn read(path: &Path) -> Result<Keys, AppendError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Keys::default()),
        _ => Ok(Keys::read(path)?),
    }
}
