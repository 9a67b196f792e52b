//! The plan file, as `apply` takes it.

use std::path::{Path, PathBuf};

use gatepass::konnect::ApiVersion;
use gatepass::plan::{OtherSnapshot, Plan};
use gatepass::{Api, ReadOptions, Snapshot};

use crate::failure::Failure;
use crate::files;

/// Why a plan cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("`{}`: {source}", path.display())]
    OtherSnapshot { path: PathBuf, source: OtherSnapshot },
    #[error(
        "the plan does not say what was there when it was made ({subjects} subjects); pass that snapshot with --snapshot, or go on blindly with --even-if-moved"
    )]
    Blind { subjects: usize },
    #[error("the plan does not say how its portal is managed; pass --api v2 or --api v3")]
    Api,
    #[error("a portal of Gateway 2.8 has no API that Gatepass can use; make the changes in Kong Manager")]
    Gateway28,
}

/// Reads a plan.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Result<Plan, Failure> {
    Plan::read(bytes).map_err(|error| Failure::Problems {
        path: path.to_owned(),
        problems: Box::new(error.problems().clone()),
    })
}

/// Adds what the snapshot of the plan knows and the plan does not say.
pub(super) fn complete(plan: &mut Plan, path: &Path) -> Result<(), Failure> {
    let bytes = files::read(path)?;
    let reading = Snapshot::read(&bytes, ReadOptions { allow_partial: true }).map_err(|error| {
        Failure::Problems { path: path.to_owned(), problems: Box::new(error.problems().clone()) }
    })?;
    let other =
        |source| super::ApplyFailure::from(PlanError::OtherSnapshot { path: path.to_owned(), source });
    Ok(plan.complete(&reading.snapshot, &bytes).map_err(other)?)
}

/// Refuses a plan whose developers cannot be compared with what was there when it was made.
pub(super) fn check_seen(plan: &Plan) -> Result<(), PlanError> {
    match plan.blind() {
        0 => Ok(()),
        subjects => Err(PlanError::Blind { subjects }),
    }
}

/// The API to use: the one asked for, or what the plan says.
pub(super) fn api(plan: &Plan, asked: Option<ApiVersion>) -> Result<ApiVersion, PlanError> {
    match (asked, plan.api) {
        (Some(api), _) => Ok(api),
        (None, Some(Api::V2)) => Ok(ApiVersion::V2),
        (None, Some(Api::V3)) => Ok(ApiVersion::V3),
        (None, Some(Api::Gateway28)) => Err(PlanError::Gateway28),
        (None, None) => Err(PlanError::Api),
    }
}
