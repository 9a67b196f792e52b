//! The journal file: lines are only ever added, and are on disk before anything is sent.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use gatepass::konnect::apply::JournalEntry;

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error("cannot read the journal `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("line {line} of the journal `{}` is damaged: {source}; put it right, or name another journal with --journal", path.display())]
    Line { path: PathBuf, line: usize, source: serde_json::Error },
    #[error("cannot write the journal `{}`: {source}; nothing more is changed, make room and run apply again", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

impl Journal {
    /// Opens a journal, or makes one that only its owner can read, with what earlier runs wrote.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<JournalEntry>), JournalError> {
        let failed = |source| JournalError::Read { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        // A run that was killed while it wrote may leave half a line, whose change was not sent yet.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1));
        if whole < bytes.len() {
            bytes.truncate(whole);
            file.set_len(whole as u64).map_err(failed)?;
            file.seek(SeekFrom::End(0)).map_err(failed)?;
        }
        let lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let entries = lines.map(|(position, line)| {
            let line_number = position.saturating_add(1);
            serde_json::from_slice(line).map_err(|source| JournalError::Line {
                path: path.to_owned(),
                line: line_number,
                source,
            })
        });
        let entries = entries.collect::<Result<Vec<JournalEntry>, _>>()?;
        // The file's name is on disk, too.
        #[cfg(unix)]
        {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))
                .and_then(|folder| folder.sync_all())
                .map_err(failed)?;
        }
        Ok((Self { path: path.to_owned(), file }, entries))
    }

    /// Adds entries; they are on disk when this returns.
    pub(super) fn append(&mut self, entries: &[JournalEntry]) -> Result<(), JournalError> {
        let mut text = String::new();
        for entry in entries {
            let line = serde_json::to_string(entry).map_err(|error| self.failed(error.into()))?;
            text.push_str(&line);
            text.push('\n');
        }
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> JournalError {
        JournalError::Write { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str =
        r#"{"entry":"begin","format":"gatepass.journal/1","plan":"p","portal_id":"i","api":"v2","at":"t"}"#;

    #[test]
    fn half_a_line_is_cut_off_and_others_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, format!("{BEGIN}\n{{\"entry\":\"do")).unwrap();
        let (mut journal, entries) = Journal::open(&path).unwrap();
        assert_eq!(entries.len(), 1);
        journal.append(&entries).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{BEGIN}\n{BEGIN}\n"));
        assert_eq!(Journal::open(&path).unwrap().1.len(), 2);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, format!("{BEGIN}\nnothing\n{BEGIN}\n")).unwrap();
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.starts_with("line 2 of the journal `"), "{error}");
    }
}
