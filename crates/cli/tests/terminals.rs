//! What a terminal, or the lack of one, changes: colours, width, and a reader that goes away.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::io::Read as _;
use std::process::{Command, Stdio};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/gateway-envoy/snapshot.json");
const REPORTS: &[&str] =
    &["needs_consume_permission", "blocked_developers", "stale_access", "funnel", "access_matrix"];

fn gatepass(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepass"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn without_a_terminal_and_with_no_color_there_are_no_colours() {
    for name in REPORTS {
        let arguments = ["report", name, SAMPLE, "--now", "2026-11-24T10:00:00Z"];
        assert!(!said(&mut gatepass(&arguments)).contains('\u{1b}'), "{name} in a pipe");
        assert!(!said(gatepass(&arguments).env("NO_COLOR", "1")).contains('\u{1b}'), "{name} with NO_COLOR");
    }
    // Errors as well; forced, they have colours, so the absence above means something.
    let wrong = ["report", "nothing", SAMPLE];
    assert!(!said(gatepass(&wrong).env("NO_COLOR", "1")).contains('\u{1b}'));
    assert!(said(gatepass(&wrong).env("CLICOLOR_FORCE", "1")).contains('\u{1b}'));
}

#[test]
fn a_narrow_terminal_gets_narrow_help() {
    let widest = |columns: &str| {
        let help = said(gatepass(&["report", "--help"]).env("COLUMNS", columns));
        help.lines().map(|line| line.chars().count()).max().unwrap()
    };
    let (narrow, wide) = (widest("60"), widest("120"));
    assert!(narrow < wide && wide <= 120, "{narrow} and {wide} columns");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [
        &["report", "access_matrix", SAMPLE, "--now", "2026-11-24T10:00:00Z"][..],
        &["report", "all", SAMPLE, "--now", "2026-11-24T10:00:00Z", "--output", "json"],
        &["reference"],
    ] {
        let mut child = gatepass(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0];
        let read = child.stdout.take().unwrap().read(&mut first).unwrap();
        assert_eq!(read, 1, "{arguments:?} says something");
        let ended = child.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&ended.stderr);
        assert!(!error.contains("panicked") && !error.contains("roken pipe"), "{arguments:?}: {error}");
        // By the signal, as other programs do, or with nothing to complain of.
        assert!(matches!(ended.status.code(), None | Some(0 | 2)), "{arguments:?}: {}", ended.status);
    }
}
