//! Rows on their way into the database.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};

/// Inserts a row: the names and the values of its columns.
pub(crate) fn insert(connection: &Connection, table: &str, columns: &[(&str, Cell)]) -> rusqlite::Result<()> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", names.join(", "));
    connection.prepare_cached(&sql)?.execute(params_from_iter(columns.iter().map(|(_, value)| value)))?;
    Ok(())
}

pub(crate) fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// A text, or NULL.
pub(crate) fn maybe(value: Option<impl Into<String>>) -> Cell {
    value.map_or(Cell::Null, |value| Cell::Text(value.into()))
}

pub(crate) fn flag(value: bool) -> Cell {
    Cell::Integer(i64::from(value))
}
