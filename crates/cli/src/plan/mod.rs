//! `gatepass plan`: what is to be changed, written down before anything is.
//!
//! The plan goes to the file asked for, or to standard output; what it says, in words, to standard error.

mod approvals;
mod arguments;
mod invite;
mod revoke_stale;
mod rules_file;
mod status;
mod summary;

pub(crate) use arguments::PlanCommand;
pub(crate) use rules_file::{RulesFileError, rules};

use std::path::Path;

use gatepass::plan::Plan;
use gatepass::{ReadOptions, Snapshot};

use crate::failure::{Failure, Findings, counted};
use crate::{files, output};

/// Makes a plan.
pub(crate) fn run(command: &PlanCommand) -> Result<Findings, Failure> {
    match command {
        PlanCommand::Approvals(arguments) => approvals::run(arguments),
        PlanCommand::Status(arguments) => status::run(arguments),
        PlanCommand::RevokeStale(arguments) => revoke_stale::run(arguments),
        PlanCommand::Invite(arguments) => invite::run(arguments),
    }
}

/// Reads the snapshot to plan for, and the bytes it was read from, which the plan names by their digest.
fn snapshot(path: &Path, allow_partial: bool) -> Result<(Snapshot, Vec<u8>), Failure> {
    let bytes = files::read(path)?;
    let reading = Snapshot::read(&bytes, ReadOptions { allow_partial }).map_err(|error| {
        Failure::Problems { path: path.to_owned(), problems: Box::new(error.problems().clone()) }
    })?;
    if !reading.problems.is_empty() {
        let (path, counted) = (path.display(), counted(&reading.problems));
        anstream::eprintln!("note: `{path}` has {counted}; `gatepass check` lists them");
    }
    Ok((reading.snapshot, bytes))
}

/// Writes the plan, and says what is in it.
fn write(plan: &Plan, snapshot: &Snapshot, source: &Path, file: Option<&Path>) -> Result<Findings, Failure> {
    match file {
        Some(path) => files::write(path, plan.to_json().as_bytes())?,
        None => output::write_bytes(plan.to_json().as_bytes())?,
    }
    anstream::eprint!("{}", summary::text(plan, snapshot, source, file));
    Ok(if plan.held().next().is_some() { Findings::Some } else { Findings::None })
}
