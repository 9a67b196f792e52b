//! `gatepass check`.

use gatepass::{Problem, Problems, Snapshot};
use serde::Serialize;

use crate::arguments::{CheckArguments, OutputForm};
use crate::failure::{Failure, Findings, counted, lines};
use crate::files;
use crate::output::{self, Rows};

/// The problems as one JSON document.
#[derive(Serialize)]
struct Document<'p> {
    problems: &'p Problems,
    /// All of them, those past the cap included.
    total: usize,
}

/// Lists the problems of a snapshot; fails if it cannot be used.
pub(crate) fn run(arguments: &CheckArguments) -> Result<Findings, Failure> {
    match files::snapshot(&arguments.snapshot, arguments.reading.allow_partial) {
        Ok(reading) => {
            show(arguments, &reading.problems, Some(&reading.snapshot))?;
            Ok(if reading.problems.is_empty() { Findings::None } else { Findings::Some })
        }
        Err(Failure::Problems { path, problems }) => {
            show(arguments, &problems, None)?;
            Err(Failure::ProblemsShown { path, problems })
        }
        Err(other) => Err(other),
    }
}

fn show(arguments: &CheckArguments, problems: &Problems, snapshot: Option<&Snapshot>) -> Result<(), Failure> {
    if arguments.output.output == OutputForm::Table {
        anstream::eprint!("{}", lines(problems));
        let text = snapshot.map(|snapshot| summary(snapshot, problems)).unwrap_or_default();
        return output::write(&arguments.output, &text);
    }
    let items: Vec<&Problem> = problems.iter().collect();
    let rows = items.iter().map(|problem| {
        let severity = problem.severity.to_string();
        vec![
            severity,
            problem.code.into(),
            problem.path.clone(),
            problem.message.clone(),
            problem.remedy.into(),
        ]
    });
    let headings = ["severity", "code", "path", "message", "remedy"];
    let rows = Rows { headings: &headings, cells: rows.collect(), items: &items };
    let document = Document { problems, total: problems.total() };
    output::write(&arguments.output, &rows.text(arguments.output.output, &document)?)
}

/// One line that says what a snapshot holds.
pub(crate) fn summary(snapshot: &Snapshot, problems: &Problems) -> String {
    format!(
        "{} developers, {} teams, {} applications, {} registrations, {} resources, {} credentials; {} as of {}; {}\n",
        snapshot.developers().len(),
        snapshot.teams().len(),
        snapshot.applications().len(),
        snapshot.registrations().len(),
        snapshot.resources().len(),
        snapshot.credentials().len(),
        snapshot.completeness().as_str(),
        snapshot.as_of(),
        counted(problems),
    )
}
