//! The arguments of `gatepass report`.

use std::path::PathBuf;

use clap::Args;
use gatepass::report::{Audience, ReportName, Sort, Span};
use gatepass::{DeveloperStatus, Timestamp};

use crate::arguments::{FindingsArguments, OutputForm, ReadingArguments};

pub(crate) const EXAMPLES: &str = "\
Reports:
  needs_consume_permission  approved developers (or teams) whose applications lack API Consumer
  blocked_developers        applications that could call something and have no approved registration
  stale_access              what Konnect lets through and the rule does not
  pending_approvals         who and what waits for an admin, oldest first
  team_readiness            teams that lack a role or an approved member
  developers                everybody who signed up
  funnel                    how many got how far
  access_matrix             which team has which role on what
  follow_ups                whom to write to now
  all                       a page with all of it (HTML unless --output says otherwise)

Examples:
  gatepass report blocked_developers snapshot.json --older-than 48h
  gatepass report pending_approvals snapshot.json --output csv -o waiting.csv
  gatepass report all snapshot.json -o report.html --redact
  gatepass report stale_access snapshot.json --fail-on-findings
  gatepass report follow_ups snapshot.json --audience owners --rules rules.yaml --contact-log contacts.jsonl

--output jsonl writes a line about the report first, then a row a line. CSV repeats the time and completeness
of the snapshot in every row; if there is no row and the snapshot is not complete, one row says only that.";

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Which report, or `all`.
    #[arg(value_parser = choice)]
    pub(crate) name: Choice,
    /// The snapshot file; `-` reads standard input.
    pub(crate) snapshot: PathBuf,
    /// The time the report is about, as RFC 3339; the clock's if left out.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
    /// How old an application, or a waiting registration, must be to count: `48h`, `7d`, `30m`.
    #[arg(long, default_value = "48h", value_name = "SPAN")]
    pub(crate) older_than: Span,
    /// Only what belongs to this team, by name or id; give it several times for several teams.
    #[arg(long = "team", value_name = "TEAM")]
    pub(crate) teams: Vec<String>,
    /// needs_consume_permission: also developers who own no application.
    #[arg(long)]
    pub(crate) include_without_application: bool,
    /// developers: only those with this text in name, e-mail address or id.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// developers: only those with this status.
    #[arg(long, value_parser = status)]
    pub(crate) status: Option<DeveloperStatus>,
    /// developers: created_at, updated_at, email, name or status; with `-` before it the other way round.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) sort: Option<Sort>,
    /// follow_ups: write to `developers` who can go on by themselves, or to `owners` somebody waits for.
    #[arg(long, default_value_t = Audience::Developers)]
    pub(crate) audience: Audience,
    /// follow_ups: who owns a product or API; give it several times.
    #[arg(long = "owner", value_name = "PRODUCT=EMAIL", value_parser = pair)]
    pub(crate) owners: Vec<(String, String)>,
    /// follow_ups: how often members of a team are written to at most; give it several times.
    #[arg(long, value_name = "TEAM=SPAN", value_parser = cadence)]
    pub(crate) cadence: Vec<(String, Span)>,
    /// follow_ups: the rules file of `plan approvals`, for its `owners` and `cadence`.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// follow_ups: who was written to, one `{"developer_id", "at", "channel"}` a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) contact_log: Option<PathBuf>,
    /// Hide names and the local part of e-mail addresses behind made-up ones; domains and ids stay.
    #[arg(long)]
    pub(crate) redact: bool,
    /// How many rows of a table a page shows at most; it says so where it shows fewer.
    #[arg(long, default_value_t = 500, value_name = "N")]
    pub(crate) max_rows: usize,
    /// The form of the output; a table, or for `all` a page, if left out.
    #[arg(long, value_enum, env = "GATEPASS_OUTPUT")]
    pub(crate) output: Option<OutputForm>,
    /// Where to write the output; standard output if left out.
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

/// One report, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    One(ReportName),
    All,
}

fn choice(word: &str) -> Result<Choice, String> {
    if word == "all" {
        return Ok(Choice::All);
    }
    word.parse().map(Choice::One).map_err(|_| {
        let names: Vec<&str> = ReportName::ALL.iter().map(|name| name.as_str()).collect();
        format!("there are: {}, all", names.join(", "))
    })
}

fn status(word: &str) -> Result<DeveloperStatus, String> {
    match word {
        "approved" => Ok(DeveloperStatus::Approved),
        "pending" => Ok(DeveloperStatus::Pending),
        "rejected" => Ok(DeveloperStatus::Rejected),
        "revoked" => Ok(DeveloperStatus::Revoked),
        "unrecognized" => Ok(DeveloperStatus::Unrecognized),
        _ => Err("there are: approved, pending, rejected, revoked, unrecognized".to_owned()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    // The name can contain `=`; an address after the last one cannot.
    let (name, value) = text.rsplit_once('=').ok_or("write it like NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn cadence(text: &str) -> Result<(String, Span), String> {
    let (team, span) = pair(text)?;
    Ok((team, span.parse().map_err(|error: gatepass::report::SpanError| error.to_string())?))
}
