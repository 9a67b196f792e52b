//! Reading and writing whole files.

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use gatepass::{ReadOptions, Reading, Snapshot};

use crate::failure::Failure;

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    bytes.map_err(|source| Failure::Read { path: path.to_owned(), source })
}

/// Reads a snapshot; problems that do not refuse it are returned beside it.
pub(crate) fn snapshot(path: &Path, allow_partial: bool) -> Result<Reading, Failure> {
    snapshot_of(path, &read(path)?, allow_partial)
}

/// As [`snapshot`], of bytes that were read from `path`.
pub(crate) fn snapshot_of(path: &Path, bytes: &[u8], allow_partial: bool) -> Result<Reading, Failure> {
    Snapshot::read(bytes, ReadOptions { allow_partial }).map_err(|error| Failure::Problems {
        path: path.to_owned(),
        problems: Box::new(error.problems().clone()),
    })
}

/// Writes a file whole or not at all, readable by its owner only: what Gatepass writes names applications.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write()`], piece by piece.
pub(crate) fn write_with(
    path: &Path,
    pieces: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|file| {
        let mut writer = std::io::BufWriter::new(file);
        pieces(&mut writer)?;
        let file = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|source| Failure::Write { path: path.to_owned(), source })
}

/// The file beside `path` with `suffix` added to its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
