//! `gatepass diff`: whose access a change gives, takes, or denies for another reason.

use std::path::Path;

use gatepass::diff::{Diff, Side};
use gatepass::plan::{self, Plan};
use gatepass::{Completeness, Reading, Snapshot};

use crate::arguments::{OutputForm, ReadingArguments};
use crate::diff_arguments::DiffArguments;
use crate::failure::{Failure, Findings, counted};
use crate::{diff_forms, diff_page, files, output, report_forms};

/// Compares and prints.
pub(crate) fn run(arguments: &DiffArguments) -> Result<Findings, Failure> {
    let policies = arguments.policy;
    let changes = arguments.plan.is_some() || arguments.rbac.is_some();
    if arguments.after.is_none() && !changes && policies.before == policies.after {
        return Err(Failure::NothingToCompare);
    }
    let (before, bytes) = read(&arguments.before, &arguments.reading)?;
    let mut after = match &arguments.after {
        Some(path) => read(path, &arguments.reading)?,
        None => (before.clone(), bytes),
    };
    if before.portal().id != after.0.portal().id {
        anstream::eprintln!("note: the snapshots are of different portals, so hardly an id will be in both");
    }
    if let Some(path) = &arguments.plan {
        after.0 = planned(path, &after.0, &after.1)?;
    }
    if let Some(rbac) = arguments.rbac {
        after.0 = after.0.with_rbac(rbac);
    }
    let side = |snapshot, policy| Side { snapshot, policy };
    let diff = Diff::new(side(&before, policies.before), side(&after.0, policies.after));
    show(arguments, &diff)?;
    let found: u64 = arguments.wanted().iter().map(|difference| diff.counts().of(*difference)).sum();
    Ok(if found > 0 { Findings::Some } else { Findings::None })
}

fn read(path: &Path, reading: &ReadingArguments) -> Result<(Snapshot, Vec<u8>), Failure> {
    let bytes = files::read(path)?;
    let Reading { snapshot, problems, .. } = files::snapshot_of(path, &bytes, reading.allow_partial)?;
    if !problems.is_empty() {
        anstream::eprintln!(
            "note: `{0}` has {1}; `gatepass check` lists them",
            path.display(),
            counted(&problems)
        );
    }
    if snapshot.completeness() != Completeness::Complete {
        anstream::eprintln!(
            "note: `{}`: {}",
            path.display(),
            report_forms::completeness(snapshot.completeness())
        );
    }
    Ok((snapshot, bytes))
}

/// The portal after a plan.
fn planned(path: &Path, snapshot: &Snapshot, file: &[u8]) -> Result<Snapshot, Failure> {
    let plan = Plan::read(&files::read(path)?).map_err(|error| Failure::Plan {
        path: path.to_owned(),
        problems: Box::new(error.problems().clone()),
    })?;
    if plan.portal_id != snapshot.portal().id {
        let (plan, snapshot) = (plan.portal_id, snapshot.portal().id);
        return Err(Failure::OtherPortal { path: path.to_owned(), plan, snapshot });
    }
    if plan.snapshot_sha256.as_ref().is_some_and(|made_from| *made_from != plan::digest(file)) {
        anstream::eprintln!("note: `{}` was made from another snapshot", path.display());
    }
    let held = plan.held().count();
    if held > 0 {
        anstream::eprintln!("note: `{}` holds {held} subjects; they stay as they are", path.display());
    }
    snapshot.with(&plan.changes()).map_err(|source| Failure::Change { path: path.to_owned(), source })
}

fn show(arguments: &DiffArguments, diff: &Diff<'_>) -> Result<(), Failure> {
    let (target, wanted) = (&arguments.output, arguments.wanted());
    match target.output {
        OutputForm::Json => output::stream(target, |writer| diff_forms::json(diff, wanted, writer)),
        OutputForm::Jsonl => output::stream(target, |writer| diff_forms::lines(diff, wanted, writer)),
        OutputForm::Csv => output::stream(target, |writer| diff_forms::csv(diff, wanted, writer)),
        OutputForm::Table | OutputForm::Markdown => {
            let text = diff_forms::for_people(diff, wanted, arguments.max_rows, target.output)?;
            output::write(target, &text)
        }
        OutputForm::Html => output::write(target, &diff_page::page(diff, wanted, arguments.max_rows)?),
    }
}
