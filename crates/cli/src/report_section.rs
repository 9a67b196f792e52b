//! The tables and the matrix of the page: the rows of reports, made readable.

use gatepass::Snapshot;
use gatepass::report::{AccessCell, Column, ColumnKind, Report, ReportName, RoleWord};

use crate::output::plain;
use crate::report_page::grouped;

/// How many teams and resources the matrix shows at most.
const MATRIX_LIMIT: usize = 150;

/// A report as a table on the page.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) total: String,
    pub(crate) cut: Option<String>,
    pub(crate) columns: Vec<Heading>,
    pub(crate) rows: Vec<Row>,
    /// Whether there is anybody to write to.
    pub(crate) writes: bool,
}

/// A column.
pub(crate) struct Heading {
    pub(crate) label: String,
    pub(crate) class: &'static str,
}

/// A row.
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) mailto: Option<String>,
    pub(crate) whom: String,
}

/// A cell.
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) class: String,
    pub(crate) label: String,
    /// What to sort by, where it is not the text.
    pub(crate) sort: Option<String>,
    /// The colour of a word that is shown as a badge.
    pub(crate) tone: Option<&'static str>,
}

/// Teams by resources.
pub(crate) struct Matrix {
    pub(crate) about: String,
    pub(crate) cut: Option<String>,
    pub(crate) resources: Vec<MatrixResource>,
    pub(crate) teams: Vec<MatrixTeam>,
}

/// A column of the matrix.
pub(crate) struct MatrixResource {
    pub(crate) name: String,
    pub(crate) published: bool,
}

/// A row of the matrix.
pub(crate) struct MatrixTeam {
    pub(crate) name: String,
    pub(crate) cells: Vec<MatrixCell>,
}

/// A role.
pub(crate) struct MatrixCell {
    pub(crate) role: &'static str,
    pub(crate) text: &'static str,
}

/// Title, explanation, and what to say if there is nothing.
pub(crate) const fn words(name: ReportName) -> (&'static str, &'static str, &'static str) {
    match name {
        ReportName::NeedsConsumePermission => (
            "Needs a permission",
            "Approved developers, and teams, who own an application without an approved registration, and whose teams let them call nothing that is published.",
            "Nobody lacks a permission.",
        ),
        ReportName::BlockedDevelopers => (
            "Stuck applications",
            "Their owners may call something; they have had time, and still have no approved registration.",
            "No application is stuck.",
        ),
        ReportName::StaleAccess => (
            "Stale access",
            "What Konnect lets through although its grounds are gone, and resources at which Konnect checks nothing.",
            "No access is stale.",
        ),
        ReportName::PendingApprovals => (
            "Waiting for approval",
            "Sign-ups, applications and registrations that wait for an admin, oldest first.",
            "Nothing waits for approval.",
        ),
        ReportName::TeamReadiness => (
            "Teams that are not ready",
            "They show or let call nothing that is published, or nobody in them is approved.",
            "All teams are ready.",
        ),
        ReportName::Developers => ("Developers", "Everybody who signed up.", "There are no developers."),
        ReportName::Funnel => ("How far developers get", "", ""),
        ReportName::AccessMatrix => ("Which team may call what", "", ""),
        ReportName::FollowUps => (
            "Whom to write to",
            "One letter each; nobody is written to too often.",
            "There is nobody to write to.",
        ),
    }
}

/// A report as a table.
pub(crate) fn section(report: &Report<'_>, snapshot: &Snapshot, max_rows: usize) -> Section {
    let table = report.table(snapshot);
    let (title, about, nothing) = words(report.report);
    let total = table.rows.len();
    let kept: Vec<(usize, &Column)> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(position, column)| {
            // A column in which nothing is said anywhere is left out.
            let said =
                || table.rows.iter().any(|row| row.cells.get(*position).is_some_and(|cell| !cell.is_empty()));
            // An age says the same as the time, and sorts alike.
            let aged = || table.columns.iter().any(|other| other.heading == "age_hours");
            let doubled = column.heading == "created_at" && aged();
            column.kind != ColumnKind::Id && !doubled && said()
        })
        .collect();
    let rows = table.rows.iter().take(max_rows).map(|row| {
        let cell_of = |heading: &str| {
            let position = table.columns.iter().position(|column| column.heading == heading)?;
            row.cells.get(position).filter(|cell| !cell.is_empty())
        };
        let whom = ["developer", "owning_team", "team", "product", "application"];
        let whom = whom.iter().find_map(|heading| cell_of(heading));
        let cells =
            kept.iter().filter_map(|(position, column)| Some(cell(column, row.cells.get(*position)?)));
        Row {
            cells: cells.collect(),
            mailto: row.mailto.clone(),
            whom: plain(whom.map_or("the owner", |whom| whom)),
        }
    });
    let cut = (total > max_rows).then(|| {
        let (shown, all, name) = (grouped(max_rows), grouped(total), report.report);
        format!("Here are the first {shown} of {all}. All of them: gatepass report {name} --output csv, or --max-rows.")
    });
    Section {
        id: report.report.as_str(),
        title,
        about,
        nothing,
        total: grouped(total),
        cut,
        columns: kept
            .iter()
            .map(|(_, column)| Heading { label: label(column.heading), class: class(column) })
            .collect(),
        rows: rows.collect(),
        writes: table.rows.iter().take(max_rows).any(|row| row.mailto.is_some()),
    }
}

/// `age_hours` as a heading.
fn label(heading: &str) -> String {
    if heading == "age_hours" {
        return "Age".to_owned();
    }
    let spaced = heading.replace('_', " ");
    let mut chars = spaced.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn class(column: &Column) -> &'static str {
    match (column.kind, column.heading) {
        (ColumnKind::Number, _) => "number",
        (ColumnKind::Time, _) => "time",
        (ColumnKind::Word, _) => "word",
        (_, "next_step") => "next_step",
        (_, "detail") => "detail",
        _ => "",
    }
}

fn cell(column: &Column, text: &str) -> Cell {
    let mut cell = Cell {
        text: plain(text),
        class: class(column).to_owned(),
        label: label(column.heading),
        sort: None,
        tone: None,
    };
    match column.kind {
        _ if text.is_empty() => cell.class.push_str(" blank"),
        ColumnKind::Word if text.contains(", ") => {
            cell.class.push_str(" several");
            cell.text = plain(&text.replace('_', " "));
        }
        ColumnKind::Word => {
            cell.tone = Some(tone(text));
            cell.text = plain(&text.replace('_', " "));
        }
        ColumnKind::Text => cell.text = quoted(&cell.text),
        ColumnKind::Time => {
            cell.sort = Some(plain(text));
            // Seconds are noise to a reader; the machine-readable time keeps them.
            cell.text = plain(text).replace('T', " ").chars().take(16).collect();
        }
        ColumnKind::Number if column.heading == "age_hours" => {
            cell.sort = Some(plain(text));
            cell.text = text.parse().map_or_else(|_| plain(text), age);
        }
        _ => {}
    }
    cell
}

/// Names between quotation marks instead of backticks, which only programmers read.
fn quoted(text: &str) -> String {
    let mut open = false;
    let quote = |c| {
        if c == '`' {
            open = !open;
            return if open { '\u{201c}' } else { '\u{201d}' };
        }
        c
    };
    text.chars().map(quote).collect()
}

fn age(hours: i64) -> String {
    match hours {
        ..0 => "not yet".to_owned(),
        0..48 => format!("{hours} h"),
        _ => format!("{} d", hours.div_euclid(24)),
    }
}

/// The colour of a word: whether something is wrong, waits, or is well.
fn tone(word: &str) -> &'static str {
    match word {
        "approved" | "consumer" => "good",
        "waiting_for_approval" | "pending" | "viewer_only" | "no_consumer" | "resource_open" => "warn",
        "rejected_or_revoked" | "rejected" | "revoked" | "unrecognized" | "no_viewer" | "team_credential" => {
            "bad"
        }
        _ => "",
    }
}

/// The matrix of teams and resources.
pub(crate) fn matrix(cells: &[AccessCell<'_>]) -> Matrix {
    let first = cells.first().map(|cell| cell.team_id);
    let resources: Vec<&AccessCell<'_>> =
        cells.iter().take_while(|cell| Some(cell.team_id) == first).collect();
    let width = resources.len().max(1);
    let all_teams = cells.len().checked_div(width).unwrap_or_default();
    let teams = cells.chunks(width).take(MATRIX_LIMIT).map(|row| MatrixTeam {
        name: row.first().map(|cell| plain(&cell.team_name)).unwrap_or_default(),
        cells: row.iter().take(MATRIX_LIMIT).map(matrix_cell).collect(),
    });
    let cut = (all_teams > MATRIX_LIMIT || width > MATRIX_LIMIT).then(|| {
        format!(
            "Here are at most {MATRIX_LIMIT} of {} teams and {} resources. All of them: gatepass report access_matrix --output csv.",
            grouped(all_teams),
            grouped(resources.len())
        )
    });
    Matrix {
        about: "Consumer may register and call, viewer may only read; a dash is neither.".to_owned(),
        cut,
        resources: resources
            .iter()
            .take(MATRIX_LIMIT)
            .map(|cell| MatrixResource { name: plain(&cell.resource_name), published: cell.published })
            .collect(),
        teams: teams.collect(),
    }
}

const fn matrix_cell(cell: &AccessCell<'_>) -> MatrixCell {
    match cell.role {
        RoleWord::None => MatrixCell { role: "none", text: "–" },
        RoleWord::Viewer => MatrixCell { role: "viewer", text: "viewer" },
        RoleWord::Consumer => MatrixCell { role: "consumer", text: "consumer" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_names_are_for_people() {
        assert_eq!([age(-1), age(47), age(49)], ["not yet", "47 h", "2 d"]);
        assert_eq!(quoted("add `Ada` to `Retail`"), "add \u{201c}Ada\u{201d} to \u{201c}Retail\u{201d}");
    }
}
