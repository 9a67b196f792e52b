//! `cargo xtask docs`: the pages that are generated from the code, and the book they belong to.

mod book;
mod filter;

use std::fmt::Write as _;
use std::path::PathBuf;

use gatepass::Reason;

pub use book::build as book;

use crate::tools::{TaskError, cargo, output, read_text, root, write};

/// Whether pages are written, or compared with what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write them.
    Write,
    /// Fail if one differs.
    Check,
}

/// Writes or checks every generated page.
///
/// # Errors
///
/// [`TaskError`] if the command line cannot be built, or naming every page that is not up to date.
pub fn run(mode: Mode) -> Result<(), TaskError> {
    let pages = [
        ("docs/reasons.md", reasons()),
        ("docs/cli.md", command_line()?),
        ("docs/filter.md", filter::reference()?),
    ];
    let mut old = Vec::new();
    for (name, text) in pages {
        let path: PathBuf = root().join(name);
        match mode {
            Mode::Write => write(&path, text.as_bytes())?,
            Mode::Check if read_text(&path).ok().as_ref() != Some(&text) => old.push(name),
            Mode::Check => {}
        }
    }
    if old.is_empty() {
        return Ok(());
    }
    Err(TaskError::other(format!("not up to date: {}; run `cargo xtask docs`", old.join(", "))))
}

/// Every reason with what it says and what cures it.
fn reasons() -> String {
    let mut page = String::from(
        "# Reasons\n\n\
         Every denial has one of these codes as its `reason`: the first line of the rule that fails. The others that \
         fail are its `blockers`, in this order. The codes are stable; the sentences are what a caller is told, and may \
         be reworded. Generated from `crates/core` by `cargo xtask docs`.\n\n\
         | code | HTTP | what the caller is told | what to do about it |\n|---|---|---|---|\n",
    );
    for reason in Reason::ALL {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "| <a id=\"{code}\"></a>`{code}` | {} | {} | {} |",
            reason.http_status(),
            reason.summary(),
            reason.remedy(),
            code = reason.code(),
        );
    }
    page.push_str(
        "\nThe gateway also answers some requests before it asks the rule, because it cannot tell what they are about: \
         see [the filter](../crates/filter/README.md).\n",
    );
    page
}

/// The help of every command.
fn command_line() -> Result<String, TaskError> {
    let mut run = cargo();
    run.args(["run", "--quiet", "--locked", "--package", "gatepass-cli", "--", "reference"]);
    Ok(output(&mut run, "install Rust from rustup.rs")?.trim_end().to_owned() + "\n")
}
