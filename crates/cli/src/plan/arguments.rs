//! The arguments of `gatepass plan`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use gatepass::Timestamp;

use crate::arguments::{FindingsArguments, ReadingArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Approve whom the rules trust, team first; whoever is doubtful is held, and it says why.
    #[command(after_help = APPROVALS)]
    Approvals(ApprovalsArguments),
    /// Revoke what Konnect lets through and the rule does not: the cure of `report stale_access`.
    #[command(
        after_help = "Examples:\n  gatepass plan revoke-stale snapshot.json -o plan.json\n  gatepass apply plan.json --yes\n\nWhat no API cures is held: team credentials that somebody revoked may know, and resources at which\nKonnect checks nothing."
    )]
    RevokeStale(RevokeStaleArguments),
    /// Bring one developer, application or registration to a status, if the profile allows it.
    #[command(after_help = super::status::EXAMPLES)]
    Status(super::status::StatusArguments),
    /// Prepare the letter that invites developers: everybody in bcc, odd addresses held.
    #[command(after_help = super::invite::EXAMPLES)]
    Invite(super::invite::InviteArguments),
}

const APPROVALS: &str = "\
Rules, as YAML, TOML or JSON:
  emails_verified_by: portal         # or idp; without it everyone is held
  trusted:
    - {domain: arsenal.com, team: Arsenal}
    - {domain: intermilan.com, include_subdomains: true, team: Inter Milan}
  blocked_domains: [mailinator.com]  # domains below it too; beats trusted
  fallback_team: Public              # everyone else, if it has API Viewer on something published
  otherwise: hold                    # or reject
  require_ready_team: consume        # or view, or false
  include_approved: true             # approved developers of a trusted domain who are in no team, too

Examples:
  gatepass plan approvals snapshot.json --rules rules.yaml -o plan.json
  gatepass plan approvals snapshot.json --rules rules.yaml --fail-on-findings > plan.json
  gatepass apply plan.json --yes

--fail-on-findings ends with 2 if anybody is held.";

#[derive(Debug, Args)]
pub(crate) struct ApprovalsArguments {
    /// The snapshot file; `-` reads standard input.
    pub(crate) snapshot: PathBuf,
    /// The rules: a YAML, TOML or JSON file.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
    #[command(flatten)]
    pub(crate) plan: PlanArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeStaleArguments {
    /// The snapshot file; `-` reads standard input.
    pub(crate) snapshot: PathBuf,
    /// Only what belongs to this team, by name or id; give it several times for several teams.
    #[arg(long = "team", value_name = "TEAM")]
    pub(crate) teams: Vec<String>,
    /// The time at which credentials are expired or not, as RFC 3339; the clock's if left out.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) plan: PlanArguments,
}

/// What every plan is written with.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// Where to write the plan; standard output if left out.
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

impl PlanCommand {
    /// Whether held subjects are an error for the caller.
    pub(crate) const fn fail_on_findings(&self) -> bool {
        match self {
            Self::Approvals(arguments) => arguments.plan.findings.fail_on_findings,
            Self::RevokeStale(arguments) => arguments.plan.findings.fail_on_findings,
            Self::Status(arguments) => arguments.plan.findings.fail_on_findings,
            Self::Invite(arguments) => arguments.plan.findings.fail_on_findings,
        }
    }
}
