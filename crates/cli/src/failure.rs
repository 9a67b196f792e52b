//! Why a command could not do its work, said so that the reader knows what to do next.

use std::fmt::Write as _;
use std::path::PathBuf;

use gatepass::{Problems, Severity};

/// Whether a command that worked found anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Findings {
    /// Nothing.
    None,
    /// A denial or a problem.
    Some,
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write `{}`: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    #[error("`{}` has {}", path.display(), counted(problems))]
    Problems { path: PathBuf, problems: Box<Problems> },
    #[error("`{}` has {}", path.display(), counted(problems))]
    ProblemsShown { path: PathBuf, problems: Box<Problems> },
    #[error("{0}; see `gatepass decide --help`")]
    Question(#[from] gatepass::QuestionError),
    #[error("`{action}` needs `--{option} ID`; see `gatepass decide --help`")]
    Option { action: gatepass::Action, option: String },
    #[error("{failed} of {asked} lines are no questions")]
    Lines { failed: usize, asked: usize },
    #[error("`{}`: {source}", path.display())]
    Region { path: PathBuf, source: gatepass::RegionMissing },
    #[error(transparent)]
    Report(#[from] gatepass::report::ReportError),
    #[error("`{form}` holds one table; name one report, or ask for html, json, jsonl, markdown or table")]
    OneReport { form: &'static str },
    #[error("line {line} of `{}` is no contact: {source}", path.display())]
    Contact { path: PathBuf, line: usize, source: serde_json::Error },
    #[error("line {line} of `{}` is no contact: {source}", path.display())]
    ContactTime { path: PathBuf, line: usize, source: gatepass::TimestampError },
    #[error("`{}` has {}", path.display(), counted(problems))]
    Plan { path: PathBuf, problems: Box<Problems> },
    #[error("`{}` is a plan for portal `{plan}`, and the snapshot is of portal `{snapshot}`", path.display())]
    OtherPortal { path: PathBuf, plan: gatepass::PortalId, snapshot: gatepass::PortalId },
    #[error("`{}` cannot be applied to the snapshot: {source}; plan again", path.display())]
    Change { path: PathBuf, source: gatepass::ChangeError },
    #[error("`{}` holds no `gatepass.decision/1`; turn the filter's decision log on", path.display())]
    NoDecisions { path: PathBuf },
    #[error("{wrong} of {asked} decision lines cannot be read")]
    DecisionLines { wrong: usize, asked: usize },
    #[error("there is nothing to compare with; give a second snapshot, --plan, --rbac or two policies")]
    NothingToCompare,
    #[error("`{}` is no configuration of Kong: {source}", path.display())]
    Kong { path: PathBuf, source: serde_yaml_ng::Error },
    #[error("cannot build the bundle: {0}")]
    Build(#[from] gatepass::bundle::BuildError),
    #[error("cannot state the bundle's time: {0}")]
    Timestamp(#[from] gatepass::bundle::BundleTimestampError),
    #[error("`{}` is not a good bundle: {source}", path.display())]
    Bundle { path: PathBuf, source: gatepass::bundle::BundleError },
    #[error("cannot sign the bundle: {0}")]
    Sign(#[from] gatepass::bundle::BundleError),
    #[error(transparent)]
    Signing(#[from] crate::signing::SigningError),
    #[error(transparent)]
    Konnect(#[from] crate::konnect::KonnectError),
    #[error(transparent)]
    Keys(#[from] crate::konnect::KeysError),
    #[error(transparent)]
    Key(#[from] crate::key::KeyError),
    #[error(transparent)]
    Export(#[from] crate::export::ExportError),
    #[error(transparent)]
    Relay(#[from] crate::relay::RelayError),
    #[error(transparent)]
    RulesFile(#[from] crate::plan::RulesFileError),
    #[error(transparent)]
    Status(#[from] gatepass::lifecycle::StatusError),
    #[error(transparent)]
    Apply(#[from] crate::apply::ApplyFailure),
}

impl Failure {
    /// Prints one line, and the problems that were not shown yet.
    pub(crate) fn print(&self) {
        if let Self::Problems { problems, .. } | Self::Plan { problems, .. } = self {
            anstream::eprint!("{}", lines(problems));
        }
        anstream::eprintln!("error: {self}");
    }
}

/// The problems, one a line.
pub(crate) fn lines(problems: &Problems) -> String {
    let mut text = String::new();
    for problem in problems.iter() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{problem}");
    }
    let hidden = problems.total().saturating_sub(problems.iter().count());
    if hidden > 0 {
        let _ = writeln!(text, "… and {hidden} more");
    }
    text
}

/// How many problems there are, by severity.
pub(crate) fn counted(problems: &Problems) -> String {
    let count = |severity, name: &str| match problems.count(severity) {
        0 => None,
        1 => Some(format!("1 {name}")),
        n => Some(format!("{n} {name}s")),
    };
    let counts = [
        count(Severity::Error, "error"),
        count(Severity::Record, "record problem"),
        count(Severity::Warning, "warning"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    if counts.is_empty() { "no problems".to_owned() } else { counts.join(", ") }
}
