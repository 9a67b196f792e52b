//! `gatepass plan status`.

use std::path::PathBuf;

use clap::Args;
use gatepass::lifecycle::{Status, StatusRequest, Target, plan_status, usual_profile};
use gatepass::plan::Profile;
use gatepass::{ApplicationId, DeveloperId, RegistrationId};

use super::arguments::PlanArguments;
use crate::failure::{Failure, Findings};

pub(super) const EXAMPLES: &str = "\
Profiles, which say what may follow what:
  konnect-api   Portal Management API: any status from any other (usual for Konnect)
  konnect-2022  Konnect Cloud 2022: rejected is final; what was approved is revoked, what waits is rejected
  gateway-2.8   Kong Gateway 2.8: rejected and revoked may be approved (usual for gateway-2.8 snapshots)
  dev-portal    the new Konnect Dev Portal: pending or approved

Examples:
  gatepass plan status snapshot.json --developer ID --to revoked -o plan.json
  gatepass plan status snapshot.json --registration ID --to approved > plan.json
  gatepass plan status snapshot.json --developer ID --to approved --profile konnect-2022

Rejecting or revoking a developer includes their registrations, which Konnect would let through otherwise.";

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// The snapshot file; `-` reads standard input.
    pub(crate) snapshot: PathBuf,
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    /// The status wanted: approved, rejected or revoked.
    #[arg(long, value_name = "STATUS")]
    pub(crate) to: Status,
    /// Whose rules hold; by default those of the API that the snapshot was read from.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<Profile>,
    /// Leave the registrations of the developer as they are.
    #[arg(long, requires = "developer")]
    pub(crate) keep_registrations: bool,
    #[command(flatten)]
    pub(crate) plan: PlanArguments,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TargetArguments {
    /// The developer to be changed.
    #[arg(long, visible_alias = "developer-id", value_name = "ID")]
    pub(crate) developer: Option<DeveloperId>,
    /// The application to be changed; only Konnect's user interface can carry that out.
    #[arg(long, visible_alias = "application-id", value_name = "ID")]
    pub(crate) application: Option<ApplicationId>,
    /// The registration to be changed.
    #[arg(long, visible_alias = "registration-id", value_name = "ID")]
    pub(crate) registration: Option<RegistrationId>,
}

impl TargetArguments {
    /// The one that was given: clap asks for exactly one.
    fn target(&self) -> Option<Target> {
        let developer = self.developer.map(Target::Developer);
        developer
            .or(self.application.map(Target::Application))
            .or(self.registration.map(Target::Registration))
    }
}

pub(super) fn run(arguments: &StatusArguments) -> Result<Findings, Failure> {
    let (snapshot, bytes) = super::snapshot(&arguments.snapshot, arguments.plan.reading.allow_partial)?;
    let Some(target) = arguments.target.target() else { return Ok(Findings::None) };
    let request = StatusRequest {
        target,
        to: arguments.to,
        profile: arguments.profile.unwrap_or_else(|| usual_profile(snapshot.api())),
        keep_registrations: arguments.keep_registrations,
    };
    let plan = plan_status(&snapshot, &bytes, request)?;
    super::write(&plan, &snapshot, &arguments.snapshot, arguments.plan.file.as_deref())
}
