//! The cure of stale access: what outlived its grounds is revoked.

use super::{Held, Plan, Subject};
use crate::report::{Parameters, Report, ReportError, ReportName, Rows, StaleAccess, StaleKind};
use crate::{Change, Snapshot};

impl Plan {
    /// Revokes every registration that Konnect honours and the strict rule does not, as the report
    /// `stale_access` lists them. What no API cures is held: credentials that somebody revoked may know, and
    /// resources at which Konnect checks nothing. `file` is what the snapshot was read from.
    ///
    /// # Errors
    ///
    /// [`ReportError`] if the parameters name a team that the portal does not have.
    pub fn revoke_stale(
        snapshot: &Snapshot,
        file: &[u8],
        parameters: &Parameters,
    ) -> Result<Self, ReportError> {
        let report = Report::run(ReportName::StaleAccess, snapshot, parameters)?;
        let mut plan = Self::new(snapshot, file);
        if let Rows::StaleAccess(rows) = report.rows {
            plan.subjects = rows.iter().map(|row| subject(snapshot, row)).collect();
        }
        Ok(plan)
    }
}

fn subject(snapshot: &Snapshot, row: &StaleAccess<'_>) -> Subject {
    let held = |code: &str| {
        Subject::left(row.developer_id, Held { code: code.to_owned(), message: row.detail.clone() })
    };
    let mut subject = match row.kind {
        StaleKind::Registration => {
            let fixes = row.fixes.iter().flatten();
            let revoke = fixes.map(|fix| fix.change.clone());
            let changes = revoke.filter(|change| matches!(change, Change::RevokeRegistration { .. }));
            Subject::from_snapshot(snapshot, row.developer_id, changes)
        }
        StaleKind::TeamCredential => held("team_credential"),
        StaleKind::ResourceOpen => held("resource_open"),
    };
    let why = row.reason.map_or_else(|| row.kind.as_str().to_owned(), |reason| reason.code().to_owned());
    subject.rule = Some(format!("stale_access: {why}"));
    subject
}
