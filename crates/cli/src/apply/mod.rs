//! `gatepass apply`: carries out a plan, and can be stopped and started again anywhere.

mod journal;
pub(crate) mod plan;
mod report;

use std::path::{Path, PathBuf};

use gatepass::konnect::apply::{self, Apply, ApplyError, JournalEntry, Options, Step, Summary};
use gatepass::plan::{Plan, digest};

use journal::Journal;
pub(crate) use journal::JournalError;
pub(crate) use plan::PlanError;

use crate::arguments_konnect::ApplyArguments;
use crate::failure::{Failure, Findings};
use crate::files;
use crate::konnect::{Clock, Connection, random};

/// Why a plan was not carried out, or not wholly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyFailure {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error("a plan from standard input has no file to keep its journal beside; name one with --journal")]
    NoJournal,
    #[error(
        "{failed} of {of} subjects are not done; see why above, put it right, and run apply again: it goes on where it stopped"
    )]
    Some { failed: usize, of: usize },
    #[error(
        "apply waits for an answer that nobody asked for; run it again, and report this to the Gatepass project"
    )]
    Lost,
}

/// Carries out a plan, or says what that would do.
pub(crate) fn run(arguments: &ApplyArguments) -> Result<Findings, Failure> {
    let bytes = files::read(&arguments.plan)?;
    let mut plan = plan::read(&arguments.plan, &bytes)?;
    if let Some(path) = &arguments.snapshot {
        plan::complete(&mut plan, path)?;
    }
    let api = plan::api(&plan, arguments.api).map_err(ApplyFailure::from)?;
    // A journal belongs to one plan: to the bytes of its file.
    let mut options = Options::new(api, plan.portal_id, digest(&bytes));
    options.even_if_moved = arguments.even_if_moved;
    if !arguments.even_if_moved {
        plan::check_seen(&plan).map_err(ApplyFailure::from)?;
    }
    let outline = apply::outline(&options, &plan.subjects);
    if !arguments.yes {
        report::outline(&arguments.output, &plan, &options.plan, &outline)?;
        return Ok(Findings::None);
    }
    let connection = Connection::new(&arguments.connection.or_region(plan.region))?;
    options.retry = connection.retry;
    let summary = carry_out(&connection, options.clone(), &plan, &journal_path(arguments)?)?;
    report::summary(&arguments.output, &plan, &options.plan, &summary, &outline)?;
    if summary.is_success() {
        return Ok(Findings::None);
    }
    let failed = summary.subjects.iter().filter(|(_, outcome)| *outcome != apply::Outcome::Done).count();
    Err(ApplyFailure::Some { failed, of: plan.subjects.len() }.into())
}

/// `plan.json` has its journal in `plan.journal.jsonl`.
fn journal_path(arguments: &ApplyArguments) -> Result<PathBuf, ApplyFailure> {
    match &arguments.journal {
        Some(path) => Ok(path.clone()),
        None if arguments.plan == Path::new("-") => Err(ApplyFailure::NoJournal),
        None => Ok(arguments.plan.with_extension("journal.jsonl")),
    }
}

/// Sends what the machine asks for, one request at a time, and writes down what it says before going on.
fn carry_out(
    connection: &Connection,
    options: Options,
    plan: &Plan,
    path: &Path,
) -> Result<Summary, ApplyFailure> {
    let (mut journal, earlier) = Journal::open(path)?;
    let mut machine = Apply::new(options, plan.subjects.clone(), &earlier)?;
    let clock = Clock::start();
    let bar = crate::konnect::Bar::new();
    loop {
        match machine.next(clock.now()) {
            Step::Record(entries) => {
                journal.append(&entries)?;
                if let Some(subject) = entries.iter().filter_map(subject).next_back() {
                    bar.count(subject, plan.subjects.len(), "subjects");
                }
            }
            Step::Send(request) => {
                let answer = connection.transport.send(&request);
                machine.answer(request.id, &answer, clock.now(), random());
            }
            Step::Wait { until: Some(at) } => std::thread::sleep(clock.until(at)),
            Step::Wait { until: None } => return Err(ApplyFailure::Lost),
            Step::Done(summary) => return Ok(summary),
        }
    }
}

fn subject(entry: &JournalEntry) -> Option<usize> {
    match entry {
        JournalEntry::Begin { .. } => None,
        JournalEntry::Checked { subject, .. }
        | JournalEntry::Sending { subject, .. }
        | JournalEntry::Done { subject, .. }
        | JournalEntry::Left { subject, .. }
        | JournalEntry::Failed { subject, .. }
        | JournalEntry::Moved { subject, .. } => Some(*subject),
    }
}
