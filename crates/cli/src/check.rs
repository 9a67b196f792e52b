//! `gatepass check`: of a snapshot, of a request body before it is sent, or of a configuration of Kong.

mod kong;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use gatepass::konnect::ApiVersion;
use gatepass::validate::{Choice, RequestType, Sender};
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

/// Lists the problems of a file; fails if it cannot be used.
pub(crate) fn run(arguments: &CheckArguments) -> Result<Findings, Failure> {
    match arguments.kind {
        _ if arguments.kong => kong(arguments),
        Some(kind) => request(arguments, kind),
        None => snapshot(arguments),
    }
}

fn kong(arguments: &CheckArguments) -> Result<Findings, Failure> {
    let bytes = files::read(&arguments.file)?;
    let read = serde_yaml_ng::from_slice(&bytes);
    let configuration: serde_json::Value =
        read.map_err(|source| Failure::Kong { path: arguments.file.clone(), source })?;
    let (problems, routes) = kong::check(&configuration);
    let summary = format!("{routes} routes; {}\n", counted(&problems));
    show(arguments, &problems, &summary)?;
    if problems.has_errors() {
        let problems = Box::new(problems);
        return Err(Failure::ProblemsShown { path: arguments.file.clone(), problems });
    }
    Ok(found(&problems))
}

fn snapshot(arguments: &CheckArguments) -> Result<Findings, Failure> {
    match files::snapshot(&arguments.file, arguments.reading.allow_partial) {
        Ok(reading) => {
            show(arguments, &reading.problems, &summary(&reading.snapshot, &reading.problems))?;
            Ok(found(&reading.problems))
        }
        Err(Failure::Problems { path, problems }) => {
            show(arguments, &problems, "")?;
            Err(Failure::ProblemsShown { path, problems })
        }
        Err(other) => Err(other),
    }
}

fn request(arguments: &CheckArguments, kind: &RequestType) -> Result<Findings, Failure> {
    let body = files::read(&arguments.file)?;
    let checked = kind.check(&body, Choice { api: arguments.api, sender: arguments.by });
    let form = checked.form.map(ToString::to_string).unwrap_or_default();
    if checked.problems.has_errors() {
        show(arguments, &checked.problems, "")?;
        if kind.forms().len() > 1 && !form.is_empty() {
            anstream::eprintln!("compared with {form}");
        }
        let problems = Box::new(checked.problems);
        return Err(Failure::ProblemsShown { path: arguments.file.clone(), problems });
    }
    let summary = format!("fits {form}; {}\n", counted(&checked.problems));
    show(arguments, &checked.problems, &summary)?;
    Ok(found(&checked.problems))
}

fn found(problems: &Problems) -> Findings {
    if problems.is_empty() { Findings::None } else { Findings::Some }
}

fn show(arguments: &CheckArguments, problems: &Problems, summary: &str) -> Result<(), Failure> {
    if arguments.output.output == OutputForm::Table {
        anstream::eprint!("{}", lines(problems));
        return output::write(&arguments.output, summary);
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

/// Reads the name of a request, and lists all in the help.
pub(crate) fn request_type() -> impl TypedValueParser<Value = &'static RequestType> {
    let values = RequestType::ALL.iter().map(|kind| PossibleValue::new(kind.name()).help(kind.about()));
    PossibleValuesParser::new(values).try_map(|name| RequestType::named(&name).ok_or("no such type"))
}

/// Reads a generation of the portal API.
pub(crate) fn api(word: &str) -> Result<ApiVersion, &'static str> {
    ApiVersion::ALL.iter().copied().find(|api| api.as_str() == word).ok_or("it can be v2 or v3")
}

/// Reads who sends a request.
pub(crate) fn sender(word: &str) -> Result<Sender, &'static str> {
    Sender::ALL.iter().copied().find(|sender| sender.as_str() == word).ok_or("it can be developer or admin")
}
