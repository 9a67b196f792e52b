//! `gatepass plan approvals`.

use gatepass::approvals;

use super::arguments::ApprovalsArguments;
use crate::failure::{Failure, Findings};

pub(super) fn run(arguments: &ApprovalsArguments) -> Result<Findings, Failure> {
    let (snapshot, bytes) = super::snapshot(&arguments.snapshot, arguments.plan.reading.allow_partial)?;
    let rules = super::rules(&arguments.rules, &snapshot)?;
    let plan = approvals::plan(&snapshot, &bytes, &rules).map_err(|error| Failure::Problems {
        path: arguments.rules.clone(),
        problems: Box::new(error.problems().clone()),
    })?;
    super::write(&plan, &snapshot, &arguments.snapshot, arguments.plan.file.as_deref())
}
