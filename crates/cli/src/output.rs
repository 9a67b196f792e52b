//! One table, every form.

use std::io::Write;

use askama::Template;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::arguments::{OutputArguments, OutputForm};
use crate::failure::Failure;
use crate::files;

/// Rows under headings, and the same data as JSON.
pub(crate) struct Rows<'a, T> {
    pub(crate) headings: &'a [&'a str],
    pub(crate) cells: Vec<Vec<String>>,
    /// One value a row, for JSON lines.
    pub(crate) items: &'a [T],
}

impl<T: Serialize> Rows<'_, T> {
    /// The text in the form asked for; `document` is the whole as JSON.
    pub(crate) fn text(&self, form: OutputForm, document: &impl Serialize) -> Result<String, std::io::Error> {
        Ok(match form {
            OutputForm::Table => self.table(),
            OutputForm::Markdown => self.markdown(),
            OutputForm::Json => serde_json::to_string_pretty(document)? + "\n",
            OutputForm::Jsonl => {
                let lines: Result<Vec<String>, _> = self.items.iter().map(serde_json::to_string).collect();
                lines?.into_iter().map(|line| line + "\n").collect()
            }
            OutputForm::Csv => self.csv()?,
            OutputForm::Html => self.html()?,
        })
    }

    fn html(&self) -> Result<String, std::io::Error> {
        let rows: Vec<Vec<String>> =
            self.cells.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
        Page { headings: self.headings, rows: &rows }.render().map_err(std::io::Error::other)
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(self.headings);
        for row in &self.cells {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        format!("{table}\n")
    }

    fn markdown(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN).set_header(self.headings);
        for row in &self.cells {
            table.add_row(row.iter().map(|cell| plain(cell).replace('|', "\\|")));
        }
        format!("{table}\n")
    }

    fn csv(&self) -> Result<String, std::io::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.headings)?;
        for row in &self.cells {
            writer.write_record(row.iter().map(|cell| guarded(cell)))?;
        }
        let bytes = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        String::from_utf8(bytes).map_err(std::io::Error::other)
    }
}

/// The rows as a page of their own; askama escapes every text.
#[derive(Template)]
#[template(path = "rows.html")]
struct Page<'p> {
    headings: &'p [&'p str],
    rows: &'p [Vec<String>],
}

/// A text that cannot move the cursor, change the terminal's colours, or turn the reading direction.
pub(crate) fn plain(cell: &str) -> String {
    gatepass::Plain(cell).to_string()
}

/// A cell that a spreadsheet does not take for a formula.
pub(crate) fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{}", plain(cell)) } else { plain(cell) }
}

/// Writes the output to the file asked for, or to standard output.
pub(crate) fn write(arguments: &OutputArguments, text: &str) -> Result<(), Failure> {
    match &arguments.output_file {
        Some(path) => files::write(path, text.as_bytes()),
        None => write_bytes(text.as_bytes()),
    }
}

/// Writes the output piece by piece, so that it need not fit into memory.
pub(crate) fn stream(
    arguments: &OutputArguments,
    pieces: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    if let Some(path) = &arguments.output_file {
        return files::write_with(path, pieces);
    }
    let mut writer = std::io::BufWriter::new(anstream::stdout());
    match pieces(&mut writer).and_then(|()| writer.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes to standard output.
pub(crate) fn write_bytes(bytes: &[u8]) -> Result<(), Failure> {
    match anstream::stdout().write_all(bytes) {
        // `gatepass … | head` is not an error.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_cells_are_harmless() {
        let cells = vec![vec!["=HYPERLINK(1)".to_owned(), "\u{1b}[31mred|".to_owned()]];
        let rows = Rows { headings: &["a", "b"], cells, items: &[()] };
        assert_eq!(rows.csv().unwrap(), "a,b\n'=HYPERLINK(1),\u{fffd}[31mred|\n");
        assert!(!rows.table().contains('\u{1b}'));
        assert!(rows.markdown().contains("red\\|"));
    }
}
