//! Reports: who is stuck, who waits, what is stale, as rows with ids, names, a cause and the fixes.
//!
//! A report is a function of a snapshot, a time and parameters: the same three give the same bytes. How much of
//! the portal the snapshot is known to hold is part of every report.
//!
//! ```
//! # let file = include_bytes!("../../testdata/small.json");
//! use gatepass::report::{Parameters, Report, ReportName};
//! use gatepass::{ReadOptions, Snapshot};
//! let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
//! let parameters = Parameters::at("2026-11-24T10:00:00Z".parse().unwrap());
//! let report = Report::run(ReportName::NeedsConsumePermission, &portal, &parameters).unwrap();
//! let json = serde_json::to_value(&report).unwrap();
//! assert_eq!(json["rows"][0]["cause"], "viewer_only");
//! assert_eq!(json["rows"][0]["fixes"][0]["change"], "assign_role");
//!
//! let unknown = Parameters { teams: vec!["Raeders".into()], ..parameters };
//! let error = Report::run(ReportName::Funnel, &portal, &unknown).unwrap_err();
//! assert_eq!(error.to_string(), "the portal has no team `Raeders`; name one by its exact name or its id");
//! ```

mod access;
mod access_matrix;
mod blocked_developers;
mod context;
mod developers;
mod follow_ups;
mod funnel;
mod letter;
mod names;
mod needs_consume_permission;
mod parameters;
mod pending_approvals;
mod remedy;
mod span;
mod stale_access;
mod steps;
mod table;
mod team_readiness;
mod words;

pub use access_matrix::{AccessCell, RoleWord};
pub use blocked_developers::{BlockedApplication, RegistrationOf, Stage};
pub use developers::{DeveloperRow, RegistrationCounts};
pub use follow_ups::{FollowUp, FollowUpItem};
pub use funnel::{FunnelRow, FunnelStep};
pub use names::{ApplicationName, ResourceName, TeamName};
pub use needs_consume_permission::{MissingPermission, PermissionCause};
pub use parameters::{Audience, Contact, EchoedParameters, Parameters, ReportError, Sort, SortKey};
pub use pending_approvals::{PendingApproval, PendingKind};
pub use span::{Span, SpanError};
pub use stale_access::{StaleAccess, StaleKind};
pub use table::{Column, ColumnKind, Table, TableRow};
pub use team_readiness::{ReadinessCause, TeamReadiness};
pub use words::UnknownWord;

#[cfg(feature = "schema")]
pub use crate::schema::ReportRowTypes;

use serde::Serialize;

use crate::{Completeness, DeveloperStatus, RegistrationFact, Snapshot, Timestamp};
pub(crate) use access::{Access, Roles};
use context::Context;
pub(crate) use follow_ups::is_product;
pub(crate) use letter::escaped;
pub(crate) use names::Names;
pub(crate) use steps::Steps;
pub(crate) use words::words;

/// The format of reports.
pub const REPORT_FORMAT: &str = "gatepass.report/1";

words! {
    /// The reports.
    ReportName {
        /// Report 1: approved developers whose application cannot get anywhere for lack of a role.
        NeedsConsumePermission = "needs_consume_permission",
        /// Report 2: applications whose owner could call something, and that still have no approved registration.
        BlockedDevelopers = "blocked_developers",
        /// What Konnect lets through and the rule does not.
        StaleAccess = "stale_access",
        /// Who and what waits for an admin, oldest first.
        PendingApprovals = "pending_approvals",
        /// Teams that are no use to their members yet.
        TeamReadiness = "team_readiness",
        /// Everybody who signed up.
        Developers = "developers",
        /// How many got how far.
        Funnel = "funnel",
        /// Which team has which role on what.
        AccessMatrix = "access_matrix",
        /// Whom to write to now.
        FollowUps = "follow_ups",
    }
}

words! {
    /// Something a report takes for granted, or does without.
    ReportAssumption {
        /// The portal does not use roles.
        RbacDisabled = "rbac_disabled",
        /// A role on entity `*` counts for every entity of type `Services`.
        EntityWildcard = "entity_wildcard",
        /// A row is there although its age is not known: nothing says when its subject was created.
        AgeUnknown = "age_unknown",
    }
}

/// A report. Every member is always present on the wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report<'s> {
    /// [`REPORT_FORMAT`].
    pub format: &'static str,
    /// Which report.
    pub report: ReportName,
    /// The time it is about.
    pub now: Timestamp,
    /// When the crawl that wrote the snapshot began.
    pub as_of: Timestamp,
    /// What it was asked with.
    pub parameters: EchoedParameters,
    /// How much of the portal the snapshot is known to hold.
    pub completeness: Completeness,
    /// What was taken for granted.
    pub assumptions: Vec<ReportAssumption>,
    /// The rows.
    pub rows: Rows<'s>,
}

/// The rows of a report: one type each.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Rows<'s> {
    /// Of `needs_consume_permission`.
    NeedsConsumePermission(Vec<MissingPermission<'s>>),
    /// Of `blocked_developers`.
    BlockedDevelopers(Vec<BlockedApplication<'s>>),
    /// Of `stale_access`.
    StaleAccess(Vec<StaleAccess<'s>>),
    /// Of `pending_approvals`.
    PendingApprovals(Vec<PendingApproval<'s>>),
    /// Of `team_readiness`.
    TeamReadiness(Vec<TeamReadiness<'s>>),
    /// Of `developers`.
    Developers(Vec<DeveloperRow<'s>>),
    /// Of `funnel`.
    Funnel(Vec<FunnelRow>),
    /// Of `access_matrix`.
    AccessMatrix(Vec<AccessCell<'s>>),
    /// Of `follow_ups`.
    FollowUps(Vec<FollowUp<'s>>),
}

impl Rows<'_> {
    /// How many there are.
    pub const fn len(&self) -> usize {
        match self {
            Self::NeedsConsumePermission(rows) => rows.len(),
            Self::BlockedDevelopers(rows) => rows.len(),
            Self::StaleAccess(rows) => rows.len(),
            Self::PendingApprovals(rows) => rows.len(),
            Self::TeamReadiness(rows) => rows.len(),
            Self::Developers(rows) => rows.len(),
            Self::Funnel(rows) => rows.len(),
            Self::AccessMatrix(rows) => rows.len(),
            Self::FollowUps(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'s> Report<'s> {
    /// Makes a report.
    ///
    /// # Errors
    ///
    /// [`ReportError`] if the parameters name a team, product or API that the portal does not have.
    pub fn run(
        name: ReportName,
        snapshot: &'s Snapshot,
        parameters: &Parameters,
    ) -> Result<Self, ReportError> {
        let context = Context::new(snapshot, parameters)?;
        Self::of(name, &context)
    }

    /// Makes several reports of one snapshot: what they have in common is derived once.
    ///
    /// # Errors
    ///
    /// As [`Report::run`].
    pub fn run_all(
        names: &[ReportName],
        snapshot: &'s Snapshot,
        parameters: &Parameters,
    ) -> Result<Vec<Self>, ReportError> {
        let context = Context::new(snapshot, parameters)?;
        names.iter().map(|name| Self::of(*name, &context)).collect()
    }

    fn of(name: ReportName, context: &Context<'s, '_>) -> Result<Self, ReportError> {
        let rows = match name {
            ReportName::NeedsConsumePermission => {
                Rows::NeedsConsumePermission(needs_consume_permission::rows(context))
            }
            ReportName::BlockedDevelopers => Rows::BlockedDevelopers(blocked_developers::rows(context)),
            ReportName::StaleAccess => Rows::StaleAccess(stale_access::rows(context)),
            ReportName::PendingApprovals => Rows::PendingApprovals(pending_approvals::rows(context)),
            ReportName::TeamReadiness => Rows::TeamReadiness(team_readiness::rows(context)),
            ReportName::Developers => Rows::Developers(developers::rows(context)),
            ReportName::Funnel => Rows::Funnel(funnel::rows(context)),
            ReportName::AccessMatrix => Rows::AccessMatrix(access_matrix::rows(context)),
            ReportName::FollowUps => Rows::FollowUps(follow_ups::rows(context)?),
        };
        Ok(Self {
            format: REPORT_FORMAT,
            report: name,
            now: context.parameters.now,
            as_of: context.snapshot.as_of(),
            parameters: context.parameters.echoed(),
            completeness: context.snapshot.completeness(),
            assumptions: assumptions(name, context, &rows),
            rows,
        })
    }
}

fn assumptions(name: ReportName, context: &Context<'_, '_>, rows: &Rows<'_>) -> Vec<ReportAssumption> {
    let reads_roles = !matches!(name, ReportName::PendingApprovals | ReportName::Developers);
    let rbac = context.access.rbac();
    let ageless = match rows {
        Rows::BlockedDevelopers(rows) => rows.iter().any(|row| row.age_hours.is_none()),
        Rows::FollowUps(rows) => rows.iter().flat_map(|row| &row.items).any(|item| item.age_hours.is_none()),
        _ => false,
    };
    [
        (reads_roles && !rbac, ReportAssumption::RbacDisabled),
        (reads_roles && rbac && context.access.has_wildcard(), ReportAssumption::EntityWildcard),
        (ageless, ReportAssumption::AgeUnknown),
    ]
    .into_iter()
    .filter_map(|(holds, assumption)| holds.then_some(assumption))
    .collect()
}

/// The word of a status on the wire.
const fn status_word(status: DeveloperStatus) -> &'static str {
    match status {
        DeveloperStatus::Approved => "approved",
        DeveloperStatus::Pending => "pending",
        DeveloperStatus::Rejected => "rejected",
        DeveloperStatus::Revoked => "revoked",
        DeveloperStatus::Unrecognized => "unrecognized",
    }
}

/// The word of a registration's status on the wire.
const fn registration_word(status: RegistrationFact) -> &'static str {
    match status {
        RegistrationFact::Approved => "approved",
        RegistrationFact::Pending => "pending",
        RegistrationFact::Rejected => "rejected",
        RegistrationFact::Revoked => "revoked",
        RegistrationFact::Missing => "missing",
        RegistrationFact::Unrecognized => "unrecognized",
    }
}
