//! `gatepass report`: one report in any form, or all of them on a page.

use std::path::Path;

use gatepass::report::{Contact, Parameters, Report, ReportName};
use gatepass::{ReadOptions, Snapshot, Timestamp};
use serde::Deserialize;

use crate::arguments::{OutputArguments, OutputForm};
use crate::failure::{Failure, Findings, counted};
use crate::report_arguments::{Choice, ReportArguments};
use crate::{files, output, report_forms, report_page};

/// What a page of all reports is made of; its order.
const PAGE: [ReportName; 7] = [
    ReportName::Funnel,
    ReportName::PendingApprovals,
    ReportName::NeedsConsumePermission,
    ReportName::BlockedDevelopers,
    ReportName::StaleAccess,
    ReportName::TeamReadiness,
    ReportName::AccessMatrix,
];

/// Makes and writes the report.
pub(crate) fn run(arguments: &ReportArguments) -> Result<Findings, Failure> {
    let bytes = files::read(&arguments.snapshot)?;
    let options = ReadOptions { allow_partial: arguments.reading.allow_partial };
    let reading = Snapshot::read(&bytes, options).map_err(|error| Failure::Problems {
        path: arguments.snapshot.clone(),
        problems: Box::new(error.problems().clone()),
    })?;
    if !reading.problems.is_empty() {
        let (path, counted) = (arguments.snapshot.display(), counted(&reading.problems));
        anstream::eprintln!("note: `{path}` has {counted}; `gatepass check` lists them");
    }
    let snapshot = &reading.snapshot;
    if snapshot.completeness() != gatepass::Completeness::Complete {
        anstream::eprintln!("note: {}", report_forms::completeness(snapshot.completeness()));
    }
    let (names, default): (&[ReportName], OutputForm) = match &arguments.name {
        Choice::One(name) => (std::slice::from_ref(name), OutputForm::Table),
        Choice::All => (&PAGE, OutputForm::Html),
    };
    let form = arguments.output.unwrap_or(default);
    let mut parameters = parameters(arguments)?;
    if let Some(path) = &arguments.rules {
        let rules = crate::plan::rules(path, snapshot)?;
        // What the command line says counts.
        for (product, email) in rules.owners {
            parameters.owners.entry(product).or_insert(email);
        }
        for (team, span) in rules.cadence {
            parameters.cadence.entry(team).or_insert(span);
        }
    }
    let reports = Report::run_all(names, snapshot, &parameters)?;
    let text = if form == OutputForm::Html {
        report_page::page(&reports, snapshot, &bytes, arguments.max_rows)?
    } else {
        report_forms::text(&reports, snapshot, form)?
    };
    let target = OutputArguments { output: form, output_file: arguments.output_file.clone() };
    output::write(&target, &text)?;
    // On a page of everything only what somebody should do something about is a finding.
    let found = |report: &Report<'_>| {
        let always = matches!(report.report, ReportName::Funnel | ReportName::AccessMatrix);
        !(report.rows.is_empty() || always && arguments.name == Choice::All)
    };
    Ok(if reports.iter().any(found) { Findings::Some } else { Findings::None })
}

fn parameters(arguments: &ReportArguments) -> Result<Parameters, Failure> {
    Ok(Parameters {
        older_than: arguments.older_than,
        teams: arguments.teams.clone(),
        include_without_application: arguments.include_without_application,
        search: arguments.search.clone(),
        status: arguments.status,
        sort: arguments.sort,
        audience: arguments.audience,
        owners: arguments.owners.iter().cloned().collect(),
        cadence: arguments.cadence.iter().cloned().collect(),
        contacts: arguments.contact_log.as_deref().map(contacts).transpose()?.unwrap_or_default(),
        redact: arguments.redact,
        ..Parameters::at(arguments.now.unwrap_or_else(clock))
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where time comes in, if --now does not say it"
)]
pub(crate) fn clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    // Whole seconds: a report is not made anew within one.
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

/// A line of the contact log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    developer_id: gatepass::DeveloperId,
    at: String,
    channel: String,
}

fn contacts(path: &Path) -> Result<Vec<Contact>, Failure> {
    let bytes = files::read(path)?;
    let mut contacts = Vec::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let number = number.saturating_add(1);
        let read: Line = serde_json::from_slice(line).map_err(|source| Failure::Contact {
            path: path.to_owned(),
            line: number,
            source,
        })?;
        let at = read.at.parse().map_err(|source| Failure::ContactTime {
            path: path.to_owned(),
            line: number,
            source,
        })?;
        contacts.push(Contact { developer_id: read.developer_id, at, channel: read.channel });
    }
    Ok(contacts)
}
