//! Archives that are the same bytes wherever and whenever they are made.

use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

use crate::tools::TaskError;

/// A `.tar.gz` of these files, in their order: no time, nobody's name, the same rights.
pub(super) fn tar_gz<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Result<Vec<u8>, TaskError> {
    let tar = tar(files)?;
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut encoder, &tar).map_err(TaskError::other)?;
    encoder.finish().map_err(TaskError::other)
}

/// The same, not compressed.
pub(super) fn tar<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Result<Vec<u8>, TaskError> {
    let mut builder = Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).map_err(TaskError::other)?);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).map_err(TaskError::other)?;
    }
    builder.into_inner().map_err(TaskError::other)
}
