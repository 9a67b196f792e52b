//! `gatepass export`: a portal out of Konnect, whole and checked, into one file.

use std::path::Path;

use gatepass::Problems;
use gatepass::konnect::crawl::PartialList;

use crate::arguments_konnect::ExportArguments;
use crate::failure::{Failure, Findings, counted, lines};
use crate::konnect::{Bar, Checked, CheckedError, Connection, Keys, KonnectError, Secret};
use crate::{check, files};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("nothing is written, because {}; export again, or write what there is with --allow-partial", listed(.0))]
    Partial(Vec<PartialList>),
    #[error("nothing is written, because what Konnect told has {}; cure that in Konnect, or write it all the same with --allow-partial", counted(.0))]
    Problems(Box<Problems>),
    #[error("the folder of `{0}` is not there; make it first")]
    NoFolder(String),
}

fn listed(partial: &[PartialList]) -> String {
    let first = partial.first().map(ToString::to_string).unwrap_or_default();
    match partial.len() {
        0 | 1 => first,
        n => format!("{first}, and so are {} more lists", n.saturating_sub(1)),
    }
}

/// Exports a portal.
pub(crate) fn run(arguments: &ExportArguments) -> Result<Findings, Failure> {
    if let Some(path) = &arguments.file {
        // Before Konnect is asked for a minute in vain.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(ExportError::NoFolder(path.display().to_string()).into());
        }
    }
    let keys = arguments.keys.as_deref().map(Keys::read).transpose()?;
    let connection = Connection::new(&arguments.connection)?;
    let mut options = connection.options();
    options.allow_partial = arguments.allow_partial;
    options.redact = pseudonyms(arguments)?;
    let result = {
        let bar = Bar::new();
        let (result, _) =
            connection.read(&arguments.portal, arguments.api, &options, |progress| bar.show(progress))?;
        result
    };
    if !arguments.allow_partial && !result.partial.is_empty() {
        return Err(ExportError::Partial(result.partial).into());
    }
    for notice in &result.notices {
        anstream::eprintln!("note: {}", notice.message);
    }
    for partial in &result.partial {
        anstream::eprintln!("warning: {partial}");
    }
    let checked =
        Checked::new(result.snapshot, keys.as_ref(), arguments.allow_partial).map_err(
            |error| match error {
                CheckedError::Problems(problems) => {
                    anstream::eprint!("{}", lines(&problems));
                    Failure::from(ExportError::Problems(problems))
                }
                CheckedError::Keys(error) => error.into(),
            },
        )?;
    let Checked { bytes, reading, left_out } = checked;
    if left_out > 0 {
        anstream::eprintln!(
            "note: {left_out} credentials are left out, because their applications are not in the portal"
        );
    }
    match &arguments.file {
        Some(path) => files::write(path, &bytes)?,
        None => crate::output::write_bytes(&bytes)?,
    }
    anstream::eprint!("{}", check::summary(&reading.snapshot, &reading.problems));
    if let (Some(path), false) = (&arguments.file, reading.problems.is_empty()) {
        anstream::eprintln!("note: `gatepass check {}` lists the problems", path.display());
    }
    Ok(Findings::None)
}

/// What pseudonyms are made with, if they are wanted.
fn pseudonyms(arguments: &ExportArguments) -> Result<Option<Box<[u8]>>, Failure> {
    if !arguments.redact {
        return Ok(None);
    }
    if let Some(path) = &arguments.redact_secret_file {
        let secret = Secret::from_file(path).map_err(KonnectError::from)?;
        return Ok(Some(secret.expose().as_bytes().into()));
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| std::io::Error::other(error.to_string()))?;
    anstream::eprintln!(
        "note: pseudonyms are different in every export; name a secret with --redact-secret-file to keep them"
    );
    Ok(Some(Box::new(secret)))
}
