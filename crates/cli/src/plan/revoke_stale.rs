//! `gatepass plan revoke-stale`.

use gatepass::plan::Plan;
use gatepass::report::Parameters;

use super::arguments::RevokeStaleArguments;
use crate::failure::{Failure, Findings};
use crate::report::clock;

pub(super) fn run(arguments: &RevokeStaleArguments) -> Result<Findings, Failure> {
    let (snapshot, bytes) = super::snapshot(&arguments.snapshot, arguments.plan.reading.allow_partial)?;
    let now = arguments.now.unwrap_or_else(clock);
    let parameters = Parameters { teams: arguments.teams.clone(), ..Parameters::at(now) };
    let plan = Plan::revoke_stale(&snapshot, &bytes, &parameters)?;
    super::write(&plan, &snapshot, &arguments.snapshot, arguments.plan.file.as_deref())
}
