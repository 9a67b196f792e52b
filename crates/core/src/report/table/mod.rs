//! A report as a table: the same rows as texts under headings, for terminals, spreadsheets and pages.

mod cells;
mod overview;

use super::names::Names;
use super::steps::Steps;
use super::{Report, Rows};
use crate::Snapshot;
use cells::Cells;

/// What a column holds, so that each form can show it in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A stable word: a cause, a stage, a status.
    Word,
    /// A name or a sentence.
    Text,
    /// A number.
    Number,
    /// A point in time.
    Time,
    /// An id, or several; the forms for people leave it out.
    Id,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading, in `snake_case`.
    pub heading: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A row: one text a column, and whom to write to about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The texts.
    pub cells: Vec<String>,
    /// A link that opens a letter to whom the row is about; `None` if there is no ordinary address.
    pub mailto: Option<String>,
}

/// A report as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub columns: &'static [Column],
    /// The rows.
    pub rows: Vec<TableRow>,
}

impl<'s> Report<'s> {
    /// The report as a table. `snapshot` is the one the report was made of.
    pub fn table(&self, snapshot: &'s Snapshot) -> Table {
        let names = Names::new(snapshot, self.parameters.redact());
        let steps = Steps { snapshot, names: &names };
        match &self.rows {
            Rows::NeedsConsumePermission(rows) => table(rows, &steps),
            Rows::BlockedDevelopers(rows) => table(rows, &steps),
            Rows::StaleAccess(rows) => table(rows, &steps),
            Rows::PendingApprovals(rows) => table(rows, &steps),
            Rows::TeamReadiness(rows) => table(rows, &steps),
            Rows::Developers(rows) => table(rows, &steps),
            Rows::Funnel(rows) => table(rows, &steps),
            Rows::AccessMatrix(rows) => table(rows, &steps),
            Rows::FollowUps(rows) => table(rows, &steps),
        }
    }
}

fn table<R: Cells>(rows: &[R], steps: &Steps<'_, '_>) -> Table {
    let hidden = steps.names.are_hidden();
    let rows = rows.iter().map(|row| TableRow {
        cells: row.cells(steps),
        // A link to an address that is hidden leads nowhere.
        mailto: row.mailto(steps).filter(|_| !hidden),
    });
    Table { columns: R::COLUMNS, rows: rows.collect() }
}
