//! `gatepass`: the access decision at a shell. Input and output only; every rule is in the core.

mod apply;
mod arguments;
mod arguments_konnect;
mod bundle;
mod check;
mod decide;
mod diff;
mod diff_arguments;
mod diff_forms;
mod diff_page;
mod export;
mod failure;
mod files;
mod key;
mod key_arguments;
mod konnect;
mod output;
mod plan;
mod relay;
mod replay;
mod report;
mod report_arguments;
mod report_chart;
mod report_forms;
mod report_page;
mod report_section;
mod shell;
mod signing;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser as _};

use crate::arguments::{Arguments, BundleCommand, Command};
use crate::failure::{Failure, Findings};
use crate::key_arguments::KeyCommand;

/// What the process ends with, as decK's: 0 fine, 1 error, 2 findings (only if asked to fail on them).
fn exit_code(result: Result<Findings, Failure>, fail_on_findings: bool) -> ExitCode {
    match result {
        Ok(Findings::Some) if fail_on_findings => ExitCode::from(2),
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(1)
        }
    }
}

/// The command line; as a command of kongctl, with the words and the form of output that its context tells.
fn parse() -> Result<Arguments, clap::Error> {
    // A context that cannot be read is told by the commands that need it.
    let Ok(Some(extension)) = konnect::Extension::of_environment() else { return Arguments::try_parse() };
    let mut command = Arguments::command();
    if extension.output == "json" {
        command = command.mut_subcommands(prefer_json);
    }
    let mut words = std::env::args_os();
    let program = words.next().into_iter();
    let words = program.chain(extension.words().iter().map(Into::into)).chain(words);
    Arguments::from_arg_matches(&command.try_get_matches_from(words)?)
}

fn prefer_json(command: clap::Command) -> clap::Command {
    let has_forms = command.get_arguments().any(|argument| argument.get_id() == "output");
    let command = command.mut_subcommands(prefer_json);
    if has_forms { command.mut_arg("output", |output| output.default_value("json")) } else { command }
}

fn main() -> ExitCode {
    let arguments = match parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap ends with 2 on bad usage, and 2 means findings here.
            let code = if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
            // Nothing is left to do if even this cannot be printed.
            let _ = error.print();
            return code;
        }
    };
    match &arguments.command {
        Command::Check(check) => exit_code(check::run(check), check.findings.fail_on_findings),
        Command::Decide(decide) => exit_code(decide::run(decide), decide.findings.fail_on_findings),
        Command::Diff(diff) => exit_code(diff::run(diff), diff.findings.fail_on_findings),
        Command::Export(export) => exit_code(export::run(export), false),
        Command::Apply(apply) => exit_code(apply::run(apply), false),
        Command::Plan { command } => exit_code(plan::run(command), command.fail_on_findings()),
        Command::Relay(relay) => exit_code(relay::run(relay), false),
        Command::Replay(replay) => exit_code(replay::run(replay), replay.findings.fail_on_findings),
        Command::Report(report) => exit_code(report::run(report), report.findings.fail_on_findings),
        Command::Completion(completion) => exit_code(shell::completion(completion), false),
        Command::Man(man) => exit_code(shell::man(man), false),
        Command::Reference => exit_code(shell::reference(), false),
        Command::Key { command: KeyCommand::New(arguments) } => exit_code(key::new(arguments), false),
        Command::Bundle { command: BundleCommand::Build(build) } => exit_code(bundle::build(build), false),
        Command::Bundle { command: BundleCommand::Sign(sign) } => exit_code(bundle::sign(sign), false),
        Command::Bundle { command: BundleCommand::Verify(verify) } => {
            exit_code(bundle::verify(verify), false)
        }
        Command::Bundle { command: BundleCommand::Inspect(inspect) } => {
            exit_code(bundle::inspect(inspect), false)
        }
    }
}
