//! `gatepass replay`: what a gateway decided, asked again of the portal as it is now.

use std::path::PathBuf;

use clap::Args;
use gatepass::replay::{Replay, ReplayRow};
use gatepass::{DecisionLine, Policy};

use crate::arguments::{FindingsArguments, OutputArguments, OutputForm, ReadingArguments};
use crate::diff_forms::code;
use crate::failure::{Failure, Findings, counted};
use crate::output::{self, Rows};
use crate::{files, report_forms};

pub(crate) const EXAMPLES: &str = "\
LOG holds one `gatepass.decision/1` a line; what the host's log writes before it is passed over, as are its other lines.
Decisions about what a snapshot cannot know (a credential, a bundle's age, an ambiguous path) are counted, not asked.

Examples:
  gatepass replay envoy.log snapshot.json
  kubectl logs deploy/gateway | gatepass replay - snapshot.json --fail-on-findings
  gatepass replay envoy.log snapshot.json --output csv -o drift.csv";

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// The gateway's log; `-` reads standard input.
    pub(crate) log: PathBuf,
    /// The snapshot file.
    pub(crate) snapshot: PathBuf,
    /// Ask everything under this policy [default: each line's own].
    #[arg(long)]
    pub(crate) policy: Option<Policy>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

/// What every decision line begins with, wherever the host's log puts it.
const BEGINNING: &str = "{\"format\":\"gatepass.decision/";

/// Asks every line again and prints what differs.
pub(crate) fn run(arguments: &ReplayArguments) -> Result<Findings, Failure> {
    let reading = files::snapshot(&arguments.snapshot, arguments.reading.allow_partial)?;
    if !reading.problems.is_empty() {
        let (path, counted) = (arguments.snapshot.display(), counted(&reading.problems));
        anstream::eprintln!("note: `{path}` has {counted}; `gatepass check` lists them");
    }
    let log = files::read(&arguments.log)?;
    let mut replay = Replay::new(&reading.snapshot, arguments.policy);
    let (mut asked, mut wrong) = (0_usize, 0_usize);
    for (number, line) in (1_usize..).zip(log.split(|byte| *byte == b'\n')) {
        let line = String::from_utf8_lossy(line);
        let Some((_, line)) = line.find(BEGINNING).and_then(|start| line.split_at_checked(start)) else {
            continue;
        };
        asked = asked.saturating_add(1);
        match line.trim_end().parse::<DecisionLine>() {
            Ok(line) => drop(replay.ask(&line)),
            Err(error) => {
                wrong = wrong.saturating_add(1);
                let (path, error) = (arguments.log.display(), error.to_string());
                anstream::eprintln!("line {number} of `{path}`: {}", output::plain(&error));
            }
        }
    }
    if asked == 0 {
        return Err(Failure::NoDecisions { path: arguments.log.clone() });
    }
    show(arguments, &replay)?;
    if wrong > 0 {
        return Err(Failure::DecisionLines { wrong, asked });
    }
    Ok(if replay.counts().has_drift() { Findings::Some } else { Findings::None })
}

const HEADINGS: [&str; 10] = [
    "drift",
    "requests",
    "reason_logged",
    "reason_now",
    "application",
    "resource",
    "first_at",
    "last_at",
    "application_id",
    "resource_id",
];

fn cells(row: &ReplayRow<'_>) -> Vec<String> {
    let time = |time: Option<gatepass::Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    vec![
        row.drift.to_string(),
        row.requests.to_string(),
        row.reason_logged.clone().unwrap_or_else(|| "allowed".to_owned()),
        code(row.reason_now).to_owned(),
        row.application_name.unwrap_or_default().to_owned(),
        row.resource_name.unwrap_or_default().to_owned(),
        time(row.first_at),
        time(row.last_at),
        row.application_id.to_string(),
        row.resource_id.to_string(),
    ]
}

fn show(arguments: &ReplayArguments, replay: &Replay<'_>) -> Result<(), Failure> {
    let document = replay.document();
    let form = arguments.output.output;
    let mut headings = HEADINGS.to_vec();
    let mut table: Vec<Vec<String>> = document.rows.iter().map(cells).collect();
    if !matches!(form, OutputForm::Table | OutputForm::Markdown) {
        // How much to believe it goes with every row, and stands alone where there is none.
        headings.extend(["as_of", "completeness"]);
        let about = [document.as_of.to_string(), document.completeness.as_str().to_owned()];
        if table.is_empty() && document.completeness != gatepass::Completeness::Complete {
            table.push(vec![String::new(); HEADINGS.len()]);
        }
        for row in &mut table {
            row.extend(about.clone());
        }
    }
    let rows = Rows { headings: &headings, cells: table, items: &document.rows };
    let text = match form {
        OutputForm::Table | OutputForm::Markdown => {
            let counts = document.counts;
            let about = format!(
                "{} let through and denied now, {} denied and allowed now, {} denied for another reason, {} the same, {} not asked\n{}; as of {}\n",
                counts.now_denied,
                counts.now_allowed,
                counts.reason_changed,
                counts.same,
                counts.not_asked,
                report_forms::completeness(document.completeness),
                document.as_of
            );
            let body = if document.rows.is_empty() { String::new() } else { rows.text(form, &document)? };
            format!("{about}\n{body}")
        }
        OutputForm::Jsonl => {
            let mut head = serde_json::to_value(&document).map_err(std::io::Error::from)?;
            if let Some(members) = head.as_object_mut() {
                members.remove("rows");
                members.insert("row_count".to_owned(), document.rows.len().into());
            }
            format!("{head}\n{}", rows.text(form, &document)?)
        }
        _ => rows.text(form, &document)?,
    };
    output::write(&arguments.output, &text)
}
