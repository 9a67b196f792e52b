//! Where snapshots come from: Konnect, or files.

use std::path::PathBuf;
use std::time::SystemTime;

use gatepass::bundle::PortalContents;
use gatepass::konnect::ApiVersion;
use gatepass::konnect::crawl::{KnownOwners, Options};
use gatepass::{Severity, Timestamp};
use sha2::{Digest as _, Sha256};

use super::RelayError;
use crate::arguments_konnect::RelayArguments;
use crate::failure::Failure;
use crate::files;
use crate::konnect::{Checked, CheckedError, Connection, Keys};

/// What a poll found.
pub(super) enum Polled {
    /// The same files as before.
    Unchanged,
    /// All portals, and the time from which the oldest of them is.
    Read {
        portals: Vec<PortalContents>,
        as_of: Timestamp,
        /// What is worth a look, such as credentials that had to be left out.
        notes: Vec<String>,
    },
}

/// Where snapshots come from.
pub(super) enum Source {
    Konnect { connection: Box<Connection>, portals: Vec<Polling>, keys: Option<PathBuf> },
    Files { paths: Vec<PathBuf>, keys: Option<PathBuf>, seen: Option<Seen> },
}

/// A portal that is polled, and what is kept of it between polls.
pub(super) struct Polling {
    /// Its id or name.
    portal: String,
    /// Where it was found once it is looked for from then on.
    api: Option<ApiVersion>,
    owners: KnownOwners,
}

/// The files as they were when they were last read.
pub(super) struct Seen {
    stamps: Vec<Stamp>,
    digest: [u8; 32],
}

/// What changes when a file does, as a rule; its digest is compared if any of it did.
type Stamp = (Option<SystemTime>, u64, u64);

impl Source {
    /// The source that the options name.
    pub(super) fn new(arguments: &RelayArguments) -> Result<Self, Failure> {
        let keys = arguments.keys.clone();
        if arguments.portal.is_empty() {
            return Ok(Self::Files { paths: arguments.snapshot.clone(), keys, seen: None });
        }
        let connection = Box::new(Connection::new(&arguments.connection)?);
        let portals = arguments.portal.iter().map(|portal| Polling {
            portal: portal.clone(),
            api: arguments.api,
            owners: KnownOwners::default(),
        });
        let portals = portals.collect();
        Ok(Self::Konnect { connection, portals, keys })
    }

    /// Reads everything, or says why not.
    pub(super) fn poll(&mut self) -> Result<Polled, Failure> {
        match self {
            Self::Konnect { connection, portals, keys } => {
                let keys = keys.as_deref().map(Keys::read).transpose()?;
                let mut read = Vec::with_capacity(portals.len());
                let mut notes = Vec::new();
                for Polling { portal, api, owners } in portals {
                    let options = Options { known_owners: owners.clone(), ..connection.options() };
                    let (result, answered) = connection.read(portal, *api, &options, |_| ())?;
                    *api = Some(answered);
                    *owners = result.known_owners;
                    if let Some(partial) = result.partial.first() {
                        return Err(RelayError::Partial(partial.to_string()).into());
                    }
                    notes.extend(result.notices.into_iter().map(|notice| notice.message));
                    read.push((format!("portal `{portal}`"), result.snapshot));
                }
                together(read, keys.as_ref(), notes)
            }
            Self::Files { paths, keys, seen } => {
                let all: Vec<&PathBuf> = paths.iter().chain(keys.as_ref()).collect();
                let stamps = all.iter().map(|path| stamp(path)).collect::<Result<Vec<Stamp>, Failure>>()?;
                if seen.as_ref().is_some_and(|seen| seen.stamps == stamps) {
                    return Ok(Polled::Unchanged);
                }
                let mut contents = Vec::with_capacity(all.len());
                let mut digest = Sha256::new();
                for path in &all {
                    let bytes = files::read(path)?;
                    digest.update(Sha256::digest(&bytes));
                    contents.push(bytes);
                }
                let digest: [u8; 32] = digest.finalize().into();
                if let Some(seen) = seen.as_mut().filter(|seen| seen.digest == digest) {
                    seen.stamps = stamps;
                    return Ok(Polled::Unchanged);
                }
                // A file that is not good is read again with every poll: it may be half written.
                *seen = None;
                let keys = match keys {
                    Some(path) => Some(Keys::from_bytes(path, &contents.pop().unwrap_or_default())?),
                    None => None,
                };
                let names = paths.iter().map(|path| format!("`{}`", path.display()));
                let read = names.zip(contents).collect();
                let polled = together(read, keys.as_ref(), Vec::new())?;
                *seen = Some(Seen { stamps, digest });
                Ok(polled)
            }
        }
    }

    /// Reads files again with the next poll, even if they do not change.
    pub(super) fn forget(&mut self) {
        if let Self::Files { seen, .. } = self {
            *seen = None;
        }
    }
}

fn stamp(path: &PathBuf) -> Result<Stamp, Failure> {
    let metadata = std::fs::metadata(path).map_err(|source| Failure::Read { path: path.clone(), source })?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Ok((metadata.modified().ok(), metadata.len(), inode))
}

/// What several snapshots contribute to one bundle, which is as old as the oldest of them.
fn together(
    read: Vec<(String, Vec<u8>)>,
    keys: Option<&Keys>,
    mut notes: Vec<String>,
) -> Result<Polled, Failure> {
    let mut as_of = Timestamp::from_millis(i64::MAX);
    let mut portals = Vec::with_capacity(read.len());
    for (name, bytes) in read {
        let checked = Checked::new(bytes, keys, false).map_err(|error| match error {
            CheckedError::Keys(error) => Failure::from(error),
            CheckedError::Problems(problems) => RelayError::Problems {
                name: name.clone(),
                counted: crate::failure::counted(&problems),
                first: problems.iter().next().map(ToString::to_string).unwrap_or_default(),
            }
            .into(),
        })?;
        if checked.left_out > 0 {
            let left_out = checked.left_out;
            notes.push(format!("{left_out} keys are of no application in {name}, and are left out of it"));
        }
        let odd = checked.reading.problems.count(Severity::Record);
        if odd > 0 {
            notes.push(format!("{odd} records of {name} are odd and denied; `gatepass check` lists them"));
        }
        as_of = as_of.min(checked.reading.snapshot.as_of());
        let contents = checked.reading.snapshot.contents();
        portals.push(contents.map_err(|source| RelayError::Region { name, source })?);
    }
    Ok(Polled::Read { portals, as_of, notes })
}
