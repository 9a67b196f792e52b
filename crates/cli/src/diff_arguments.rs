//! The arguments of `gatepass diff`.

use std::path::PathBuf;

use clap::Args;
use gatepass::diff::Difference;
use gatepass::{Policy, Rbac};

use crate::arguments::{FindingsArguments, OutputArguments, ReadingArguments};

pub(crate) const EXAMPLES: &str = "\
Compared is BEFORE with AFTER; without AFTER, with BEFORE itself. --plan and --rbac then change what is compared with,
and --policy konnect..strict decides the two sides by different policies. Every application and every resource of
either side counts; an application that only one side has is application_unknown on the other.

Examples:
  gatepass diff yesterday.json today.json
  gatepass diff snapshot.json --plan plan.json
  gatepass diff snapshot.json --rbac on --only lost --fail-on-findings
  gatepass diff snapshot.json --policy konnect..strict --output csv -o lost.csv

--output json, jsonl and csv hold every row; the forms for people show the first --max-rows, what is lost first.
CSV repeats how complete the snapshots are in every row; if there is no row and one is not complete, one row says that.";

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The snapshot file to start from; `-` reads standard input.
    pub(crate) before: PathBuf,
    /// The snapshot file to compare with.
    pub(crate) after: Option<PathBuf>,
    /// Compare with the portal after this plan; subjects that it holds stay as they are.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Compare with the portal after roles are made to count, or not.
    #[arg(long, value_name = "on|off", value_parser = rbac)]
    pub(crate) rbac: Option<Rbac>,
    /// Which lines of the table count: `strict`, `konnect`, or one for each side, as in `konnect..strict`.
    #[arg(long, default_value = "strict", value_parser = policies)]
    pub(crate) policy: Policies,
    /// Only these rows: gained, lost, reason_changed; several with commas. Counts stay whole.
    #[arg(long, value_delimiter = ',', value_name = "CHANGE")]
    pub(crate) only: Vec<Difference>,
    /// How many rows the forms for people show at most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) max_rows: usize,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) findings: FindingsArguments,
}

impl DiffArguments {
    /// Which rows are wanted.
    pub(crate) fn wanted(&self) -> &[Difference] {
        if self.only.is_empty() { Difference::ALL } else { &self.only }
    }
}

/// The policies of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policies {
    pub(crate) before: Policy,
    pub(crate) after: Policy,
}

fn policies(text: &str) -> Result<Policies, String> {
    let (before, after) = text.split_once("..").unwrap_or((text, text));
    let policy = |word: &str| word.parse::<Policy>().map_err(|error| error.to_string());
    Ok(Policies { before: policy(before)?, after: policy(after)? })
}

fn rbac(word: &str) -> Result<Rbac, String> {
    match word {
        "on" => Ok(Rbac::On),
        "off" => Ok(Rbac::Off),
        _ => Err("there are: on, off".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_policy_is_for_both_sides() {
        let both = Policies { before: Policy::Konnect, after: Policy::Konnect };
        assert_eq!(policies("konnect"), Ok(both));
        assert_eq!(policies("konnect..strict"), Ok(Policies { after: Policy::Strict, ..both }));
        assert!(policies("konnect..lax").unwrap_err().starts_with("`lax` is not a policy"));
    }
}
