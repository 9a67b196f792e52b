//! What a shell and a reader want to know of the command line itself: completions, man pages, the reference page.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::{Failure, Findings};
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct CompletionArguments {
    /// Which shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The folder to write the pages into; it is made if it is not there.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

/// Prints the completions of a shell.
pub(crate) fn completion(arguments: &CompletionArguments) -> Result<Findings, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "gatepass", &mut script);
    output::write_bytes(&script).map(|()| Findings::None)
}

/// Writes a man page for each command.
pub(crate) fn man(arguments: &ManArguments) -> Result<Findings, Failure> {
    let folder = &arguments.folder;
    let written = fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .and_then(|()| Ok(fs::read_dir(folder)?.count()));
    let pages = written.map_err(|source| Failure::Write { path: folder.clone(), source })?;
    anstream::eprintln!("{pages} pages in `{}`; read one with `man -l`", folder.display());
    Ok(Findings::None)
}

/// Prints the whole command line as Markdown: docs/cli.md.
pub(crate) fn reference() -> Result<Findings, Failure> {
    let options = clap_markdown::MarkdownOptions::new()
        .title("The command line".to_owned())
        .show_footer(false)
        .show_table_of_contents(true);
    output::write_bytes(clap_markdown::help_markdown_custom::<Arguments>(&options).as_bytes())
        .map(|()| Findings::None)
}
