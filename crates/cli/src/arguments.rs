//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments_konnect::{ApplyArguments, ExportArguments, RelayArguments};
use crate::konnect::some_time;
use crate::shell::{CompletionArguments, ManArguments};
use clap::{Args, Parser, Subcommand, ValueEnum};
use gatepass::bundle::PublicKey;
use gatepass::konnect::ApiVersion;
use gatepass::validate::{RequestType, Sender};
use gatepass::{Action, ApplicationId, DeveloperId, Policy, PortalId, ResourceId};

/// Who may call what in a Kong Konnect Dev Portal, and why.
///
/// Data goes to standard output, problems and progress to standard error. Exit codes: 0 fine, 1 error
/// (bad usage and bad input too), 2 findings where --fail-on-findings is given.
#[derive(Debug, Parser)]
#[command(name = "gatepass", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List everything that is wrong with a snapshot, or with a request body that is about to be sent.
    #[command(
        after_help = "Examples:\n  gatepass check snapshot.json\n  gatepass check snapshot.json --output json | jq '.problems[].code'\n  gatepass check --type application application.json\n  gatepass check --type registration --api v3 --by developer - < body.json\n  gatepass check --kong kong.yml\n\nA body is compared with every form that Kong's documents give its type, and passes if it fits one; --api and\n--by say which form is meant. If none fits, the problems are those of the one that fits best."
    )]
    Check(CheckArguments),
    /// Decide one question, or one a line, and explain the answer.
    #[command(
        after_help = "Examples:\n  gatepass decide snapshot.json --application ID --resource ID\n  gatepass decide snapshot.json --action view --developer ID --resource ID --output json\n  gatepass decide snapshot.json --requests questions.jsonl --output jsonl > answers.jsonl\n\nA line of questions.jsonl: {\"application_id\": \"…\", \"resource_id\": \"…\", \"action\": \"consume\", \"policy\": \"strict\"}"
    )]
    Decide(DecideArguments),
    /// Show whose access a change gives, takes or denies for another reason: between two snapshots, before and after a plan, with other roles or another policy.
    #[command(after_help = crate::diff_arguments::EXAMPLES)]
    Diff(crate::diff_arguments::DiffArguments),
    /// Read a portal out of Konnect into a snapshot file, whole and checked.
    #[command(
        after_help = "The token comes from KONNECT_TOKEN or --konnect-token-file; a read-only one is enough.\n\nExamples:\n  gatepass export --portal Orders --region eu -o snapshot.json\n  gatepass export --portal ID --region eu --api v2 --keys digests.json -o snapshot.json\n\nAn error leaves no file. Konnect does not tell API keys: --keys adds what you know of them, as\n  [{\"application_id\": \"…\", \"kind\": \"api_key\", \"sha256\": \"…\"}]"
    )]
    Export(ExportArguments),
    /// Carry out a plan, change by change; without --yes only say what that would do.
    #[command(
        after_help = "Examples:\n  gatepass apply plan.json --api v3\n  gatepass apply plan.json --snapshot snapshot.json --yes\n\nWhat was done is in plan.journal.jsonl. Stop it anywhere and run it again: it goes on where it stopped."
    )]
    Apply(ApplyArguments),
    /// Serve gateways the newest bundle: poll Konnect, or watch snapshot files.
    #[command(
        after_help = "GET /v1/bundle, /healthz, /metrics, and POST /v1/refresh.\n\nExamples:\n  gatepass relay --portal Orders --region eu --keys digests.json\n  gatepass relay --snapshot snapshot.json --interval 1s\n  gatepass relay --portal Orders --region eu --listen 0.0.0.0:8085 --bundle-token-file token\n  curl -X POST -H \"authorization: Bearer $SECRET\" http://127.0.0.1:8085/v1/refresh\n\nA poll that fails or is incomplete never replaces a good bundle."
    )]
    Relay(RelayArguments),
    /// Ask what a gateway logged again, and show where the portal now says something else.
    #[command(after_help = crate::replay::EXAMPLES)]
    Replay(crate::replay::ReplayArguments),
    /// Report who is stuck, who waits, what is stale, and what to do about it.
    #[command(after_help = crate::report_arguments::EXAMPLES)]
    Report(Box<crate::report_arguments::ReportArguments>),
    /// Write down what is to be changed, for `apply`: approvals, cures.
    Plan {
        #[command(subcommand)]
        command: crate::plan::PlanCommand,
    },
    /// Make keys.
    Key {
        #[command(subcommand)]
        command: crate::key_arguments::KeyCommand,
    },
    /// Make or look at the file that gateways decide from.
    Bundle {
        #[command(subcommand)]
        command: BundleCommand,
    },
    /// Print the completions of a shell.
    #[command(
        after_help = "Examples:\n  gatepass completion bash > /etc/bash_completion.d/gatepass\n  source <(gatepass completion zsh)\n  gatepass completion fish > ~/.config/fish/completions/gatepass.fish"
    )]
    Completion(CompletionArguments),
    /// Write the man pages of all commands.
    #[command(after_help = "Examples:\n  gatepass man pages && man -l pages/gatepass-report.1")]
    Man(ManArguments),
    /// Print docs/cli.md.
    #[command(hide = true)]
    Reference,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Build a bundle from the snapshots of one or several portals.
    #[command(
        after_help = "Examples:\n  gatepass bundle build snapshot.json -o orders.gpb\n  gatepass bundle build eu.json us.json --audience edge -o all.gpb\n  gatepass bundle build snapshot.json --sign relay.key -o orders.gpb\n\nBeside FILE, FILE.timestamp is written: the statement that says how fresh the bundle is."
    )]
    Build(BuildArguments),
    /// Sign a bundle file and its timestamp, beside the signatures they have.
    #[command(after_help = "Examples:\n  gatepass bundle sign orders.gpb --signing-key-file new.key")]
    Sign(SignArguments),
    /// Check a bundle file and its timestamp as a gateway would.
    #[command(
        after_help = "Examples:\n  gatepass bundle verify orders.gpb --public-key \"$(cat relay.pub)\"\n  gatepass bundle verify orders.gpb --public-key \"$(cat relay.pub)\" --audience edge --max-age 5m"
    )]
    Verify(VerifyArguments),
    /// Show what a bundle holds, after verifying all of it.
    #[command(
        after_help = "Examples:\n  gatepass bundle inspect orders.gpb\n  gatepass bundle inspect orders.gpb --output json"
    )]
    Inspect(InspectArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The snapshot, with --type the request body, with --kong Kong's configuration; `-` reads standard input.
    pub(crate) file: PathBuf,
    /// What the file is, if it is not a snapshot: the body of this request.
    #[arg(long = "type", value_name = "TYPE", value_parser = crate::check::request_type(), conflicts_with = "allow_partial")]
    pub(crate) kind: Option<&'static RequestType>,
    /// The file is a declarative configuration of Kong (YAML or JSON): find what lets requests past the decision.
    #[arg(long, conflicts_with_all = ["kind", "allow_partial"])]
    pub(crate) kong: bool,
    /// --type: of which generation of the portal API: v2 or v3.
    #[arg(long, value_name = "API", value_parser = crate::check::api, requires = "kind")]
    pub(crate) api: Option<ApiVersion>,
    /// --type: who sends it: developer (at the portal) or admin (through Konnect's management APIs).
    #[arg(long, value_name = "SENDER", value_parser = crate::check::sender, requires = "kind")]
    pub(crate) by: Option<Sender>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DecideArguments {
    /// The snapshot file; `-` reads standard input.
    pub(crate) snapshot: PathBuf,
    /// The application that calls or registers.
    #[arg(long, visible_alias = "application-id", value_name = "ID", conflicts_with = "requests")]
    pub(crate) application: Option<ApplicationId>,
    /// The developer who asks.
    #[arg(long, visible_alias = "developer-id", value_name = "ID", conflicts_with = "requests")]
    pub(crate) developer: Option<DeveloperId>,
    /// The resource: a product version (v2), an API or an API package (v3).
    #[arg(long, visible_alias = "resource-id", value_name = "ID", conflicts_with = "requests")]
    pub(crate) resource: Option<ResourceId>,
    /// What is wanted: consume, register, view, log_in, create_application or create_credential.
    #[arg(long, default_value_t = Action::Consume, conflicts_with = "requests")]
    pub(crate) action: Action,
    /// strict checks everything; konnect only what Konnect itself enforces.
    #[arg(long, default_value_t = Policy::Strict, conflicts_with = "requests")]
    pub(crate) policy: Policy,
    /// A file with one question a line, as JSON; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) requests: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// The snapshot files, one a portal.
    #[arg(required = true, value_name = "SNAPSHOT")]
    pub(crate) snapshots: Vec<PathBuf>,
    /// Where to write the bundle.
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What gateways will check: strict is everything, konnect only what Konnect itself enforces.
    #[arg(long, default_value_t = Policy::Strict)]
    pub(crate) policy: Policy,
    /// Which gateways the bundle is for.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub(crate) audience: String,
    /// A file with a key that signs the bundle; may be given several times.
    #[arg(long, value_name = "KEY_FILE")]
    pub(crate) sign: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    /// The bundle file; its `.timestamp` is beside it.
    pub(crate) bundle: PathBuf,
    /// The file with the key that signs.
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_key_file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The bundle file; its `.timestamp` is beside it.
    pub(crate) bundle: PathBuf,
    /// A key whose signature counts, as `gatepass key new --signing` printed it; may be given several times.
    #[arg(long, required = true, value_name = "KEY")]
    pub(crate) public_key: Vec<PublicKey>,
    /// Which gateways it must be for.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub(crate) audience: String,
    /// A portal that must be in it, and none that is not given; any if left out.
    #[arg(long, value_name = "ID")]
    pub(crate) portal_id: Vec<PortalId>,
    /// What gateways must check by it.
    #[arg(long, default_value_t = Policy::Strict)]
    pub(crate) policy: Policy,
    /// How old it may be.
    #[arg(long, value_parser = some_time, value_name = "TIME")]
    pub(crate) max_age: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The bundle file.
    pub(crate) bundle: PathBuf,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReadingArguments {
    /// Go on in spite of errors: what they touch is denied, and answers say `partial`.
    #[arg(long)]
    pub(crate) allow_partial: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FindingsArguments {
    /// End with 2 if anything is found: a denial, a problem.
    #[arg(long)]
    pub(crate) fail_on_findings: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = OutputForm::Table, env = "GATEPASS_OUTPUT")]
    pub(crate) output: OutputForm,
    /// Where to write the output; standard output if left out.
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
}

/// The forms every output can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// A Markdown table.
    Markdown,
    /// A page that needs no network.
    Html,
}
