//! A snapshot file as every other command will read it, with the operator's credentials.

use gatepass::{Problems, ReadOptions, Reading, Snapshot};

use super::keys::{Keys, KeysError};

/// A snapshot file, and what reading it gave.
pub(crate) struct Checked {
    pub(crate) bytes: Vec<u8>,
    pub(crate) reading: Reading,
    /// How many of the operator's credentials are left out, because their applications are gone.
    pub(crate) left_out: usize,
}

/// Why a snapshot file is not good.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckedError {
    #[error("{}", crate::failure::counted(.0))]
    Problems(Box<Problems>),
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl Checked {
    /// Reads a file and adds credentials to it.
    pub(crate) fn new(
        bytes: Vec<u8>,
        keys: Option<&Keys>,
        allow_partial: bool,
    ) -> Result<Self, CheckedError> {
        let read = |bytes: &[u8]| {
            Snapshot::read(bytes, ReadOptions { allow_partial })
                .map_err(|error| CheckedError::Problems(Box::new(error.problems().clone())))
        };
        let reading = read(&bytes)?;
        let Some(keys) = keys else { return Ok(Self { bytes, reading, left_out: 0 }) };
        let (bytes, left_out) = keys.add_to(&bytes, &reading.snapshot)?;
        let reading = read(&bytes)?;
        Ok(Self { bytes, reading, left_out })
    }
}
