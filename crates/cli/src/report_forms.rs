//! Reports as texts: a table, JSON, JSON lines, CSV, Markdown. Each says how much of the portal the snapshot holds.

use gatepass::report::{ColumnKind, EchoedParameters, Report, ReportAssumption, ReportName, Rows, Table};
use gatepass::{Completeness, Snapshot, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::arguments::OutputForm;
use crate::failure::Failure;
use crate::output;

/// The reports in a form.
pub(crate) fn text(reports: &[Report<'_>], snapshot: &Snapshot, form: OutputForm) -> Result<String, Failure> {
    Ok(match (form, reports) {
        (OutputForm::Json, [report]) => {
            serde_json::to_string_pretty(report).map_err(std::io::Error::from)? + "\n"
        }
        (OutputForm::Json, reports) => {
            serde_json::to_string_pretty(&json!({ "reports": reports })).map_err(std::io::Error::from)? + "\n"
        }
        (OutputForm::Jsonl, reports) => {
            let mut text = String::new();
            for report in reports {
                lines(report, &mut text).map_err(std::io::Error::from)?;
            }
            text
        }
        (OutputForm::Csv, [report]) => csv(report, &report.table(snapshot))?,
        (OutputForm::Csv, _) => return Err(Failure::OneReport { form: "csv" }),
        (form, reports) => {
            let mut texts = Vec::with_capacity(reports.len());
            for report in reports {
                texts.push(for_people(report, snapshot, form)?);
            }
            texts.join("\n")
        }
    })
}

/// How much of the portal is known to be there, as a sentence.
pub(crate) const fn completeness(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "the snapshot is complete: every list has as many items as its API said",
        Completeness::Unverified => {
            "the snapshot is unverified: nobody counted every list, so rows may be missing"
        }
        Completeness::Partial => {
            "the snapshot is PARTIAL: part of the portal is missing or was refused, so rows may be missing or wrong"
        }
    }
}

/// What a report is about, without its rows: the first of its JSON lines.
#[derive(Serialize)]
struct Header<'r> {
    format: &'static str,
    report: ReportName,
    now: Timestamp,
    as_of: Timestamp,
    parameters: &'r EchoedParameters,
    completeness: Completeness,
    assumptions: &'r [ReportAssumption],
    row_count: usize,
}

fn lines(report: &Report<'_>, text: &mut String) -> Result<(), serde_json::Error> {
    let header = Header {
        format: report.format,
        report: report.report,
        now: report.now,
        as_of: report.as_of,
        parameters: &report.parameters,
        completeness: report.completeness,
        assumptions: &report.assumptions,
        row_count: report.rows.len(),
    };
    push(text, &header)?;
    match &report.rows {
        Rows::NeedsConsumePermission(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::BlockedDevelopers(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::StaleAccess(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::PendingApprovals(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::TeamReadiness(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::Developers(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::Funnel(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::AccessMatrix(rows) => rows.iter().try_for_each(|row| push(text, row)),
        Rows::FollowUps(rows) => rows.iter().try_for_each(|row| push(text, row)),
    }
}

fn push(text: &mut String, value: &impl Serialize) -> Result<(), serde_json::Error> {
    text.push_str(&serde_json::to_string(value)?);
    text.push('\n');
    Ok(())
}

fn csv(report: &Report<'_>, table: &Table) -> Result<String, std::io::Error> {
    let mut headings: Vec<&str> = table.columns.iter().map(|column| column.heading).collect();
    headings.extend(["as_of", "completeness"]);
    let about = [report.as_of.to_string(), report.completeness.as_str().to_owned()];
    let mut cells: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.cells.iter().chain(&about).cloned().collect()).collect();
    if cells.is_empty() && report.completeness != Completeness::Complete {
        // Nothing found in part of a portal is not nothing.
        let blank = vec![String::new(); table.columns.len()];
        cells.push(blank.into_iter().chain(about).collect());
    }
    output::Rows { headings: &headings, cells, items: &[(); 0] }.text(OutputForm::Csv, &())
}

/// A table without ids, under a title and over a line about the snapshot.
fn for_people(report: &Report<'_>, snapshot: &Snapshot, form: OutputForm) -> Result<String, std::io::Error> {
    let table = report.table(snapshot);
    // Ids are for programs, and a column in which nothing is said anywhere is for nobody.
    let said = |position: usize| {
        table.rows.iter().any(|row| row.cells.get(position).is_some_and(|cell| !cell.is_empty()))
    };
    let columns = table.columns.iter().enumerate();
    let wanted: Vec<bool> =
        columns.map(|(position, column)| column.kind != ColumnKind::Id && said(position)).collect();
    let keep = |position: &usize| wanted.get(*position).copied().unwrap_or_default();
    let columns = table.columns.iter().enumerate().filter(|(position, _)| keep(position));
    let headings: Vec<&str> = columns.map(|(_, column)| column.heading).collect();
    let cells = table.rows.into_iter().map(|row| {
        let cells = row.cells.into_iter().enumerate().filter(|(position, _)| keep(position));
        cells.map(|(_, cell)| cell).collect()
    });
    let rows = output::Rows { headings: &headings, cells: cells.collect(), items: &[(); 0] };
    let count = report.rows.len();
    let rows_word = if count == 1 { "row" } else { "rows" };
    let body = if count == 0 { "nothing found\n".to_owned() } else { rows.text(form, &())? };
    let assumptions: Vec<&str> = report.assumptions.iter().map(|assumption| assumption.as_str()).collect();
    let assumed = match assumptions.as_slice() {
        [] => String::new(),
        some => format!("; assumptions: {}", some.join(", ")),
    };
    let about = format!("as of {}, ages up to {}{assumed}", report.as_of, report.now);
    let whole = completeness(report.completeness);
    let name = report.report;
    Ok(if form == OutputForm::Markdown {
        let warning = if report.completeness == Completeness::Complete { "" } else { "**Beware:** " };
        format!("## {name}\n\n{count} {rows_word}. {warning}{whole}; {about}.\n\n{body}")
    } else {
        format!("{name}: {count} {rows_word}\n{body}{whole}; {about}\n")
    })
}
