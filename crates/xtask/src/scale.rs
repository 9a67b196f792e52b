//! `cargo xtask scale`: the figures of docs/SCALE.md, by simulation. Nothing is measured here: what is simulated is the
//! arithmetic of many gateways, with the constants that the format, the relay and the filter really have.

mod delta;
mod herd;
mod load;
mod staleness;

use std::fmt::Write as _;

use crate::tools::{TaskError, read_text, root, write};

const BEGIN: &str = "<!-- figures: cargo xtask scale --write -->\n";
const END: &str = "<!-- end of figures -->\n";

/// What to do with the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Print them.
    Print,
    /// Put them into docs/SCALE.md.
    Write,
    /// Fail if docs/SCALE.md has others.
    Check,
}

/// Simulates, and prints, writes or checks the figures.
///
/// # Errors
///
/// [`TaskError`] if docs/SCALE.md cannot be read or written, or has other figures.
pub fn run(mode: Mode) -> Result<(), TaskError> {
    let figures = figures();
    if mode == Mode::Print {
        println!("{figures}");
        return Ok(());
    }
    let path = root().join("docs/SCALE.md");
    let page = read_text(&path)?;
    let (before, rest) = page
        .split_once(BEGIN)
        .ok_or_else(|| TaskError::other(format!("docs/SCALE.md has no line `{}`", BEGIN.trim_end())))?;
    let (_, after) = rest
        .split_once(END)
        .ok_or_else(|| TaskError::other(format!("docs/SCALE.md has no line `{}`", END.trim_end())))?;
    let renewed = format!("{before}{BEGIN}{figures}{END}{after}");
    match mode {
        _ if renewed == page => Ok(()),
        Mode::Check => {
            Err(TaskError::other("docs/SCALE.md has other figures; run `cargo xtask scale --write`"))
        }
        _ => write(&path, renewed.as_bytes()),
    }
}

fn figures() -> String {
    let sections = [
        ("Size, and what a change transfers", delta::table()),
        ("From a revoke in Konnect to a denial at a gateway", staleness::table()),
        ("Requests and bytes of a fleet", load::table()),
        ("After the relay was away", herd::table()),
    ];
    let mut text = String::new();
    for (title, table) in sections {
        // Writing to a string does not fail.
        let _ = write!(text, "\n### {title}\n\n{table}");
    }
    text.push('\n');
    text
}

/// A Markdown table.
struct Table(String);

impl Table {
    fn new(headings: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(headings.iter().map(|heading| (*heading).to_owned()));
        table.row(headings.iter().map(|_| "---".to_owned()));
        table
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }
}

/// Bytes as people read them.
fn bytes(count: f64) -> String {
    match count {
        count if count >= 1e12 => format!("{:.1} TB", count / 1e12),
        count if count >= 1e9 => format!("{:.1} GB", count / 1e9),
        count if count >= 1e6 => format!("{:.1} MB", count / 1e6),
        count if count >= 1e3 => format!("{:.0} kB", count / 1e3),
        count => format!("{count:.0} B"),
    }
}

/// A number as people read it.
fn number(count: f64) -> String {
    match count {
        count if count >= 1e6 => format!("{:.0} M", count / 1e6),
        count if count >= 1e4 => format!("{:.0} k", count / 1e3),
        count if count >= 1e3 => format!("{:.1} k", count / 1e3),
        count if count >= 10.0 || count.fract() == 0.0 => format!("{count:.0}"),
        count => format!("{count:.1}"),
    }
}

/// Seconds as people read them.
fn seconds(count: f64) -> String {
    if count >= 10.0 { format!("{count:.0} s") } else { format!("{count:.2} s") }
}
