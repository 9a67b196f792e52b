//! The rows about teams and about everybody, as texts.

use super::cells::{
    Cells, application_names, id, joined, json, letter, number, shown, team_names, text, time, word,
};
use crate::Timestamp;
use crate::report::steps::Steps;
use crate::report::{AccessCell, Column, DeveloperRow, FollowUp, FunnelRow, TeamReadiness};

impl Cells for TeamReadiness<'_> {
    const COLUMNS: &'static [Column] = &[
        word("cause"),
        text("team"),
        number("members"),
        number("approved_members"),
        number("role_assignments"),
        text("groups"),
        text("next_step"),
        word("causes"),
        id("team_id"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        vec![
            self.cause.to_string(),
            self.team_name.to_string(),
            self.members.to_string(),
            self.approved_members.to_string(),
            self.role_assignments.to_string(),
            joined(self.groups.iter()),
            steps.line(self.fixes.as_deref()),
            joined(self.causes.iter()),
            self.team_id.to_string(),
            json(self.fixes.as_deref()),
        ]
    }
}

impl Cells for DeveloperRow<'_> {
    const COLUMNS: &'static [Column] = &[
        text("developer"),
        text("email"),
        word("status"),
        time("created_at"),
        time("updated_at"),
        text("teams"),
        text("applications"),
        number("approved"),
        number("pending"),
        number("rejected"),
        number("revoked"),
        number("unrecognized"),
        text("next_step"),
        id("developer_id"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        let counts = &self.registrations;
        let mut cells = vec![
            self.developer_name.to_string(),
            self.email.to_string(),
            self.status.to_owned(),
            shown(self.created_at),
            shown(self.updated_at),
            team_names(&self.teams),
            application_names(&self.applications),
        ];
        let counts = [counts.approved, counts.pending, counts.rejected, counts.revoked, counts.unrecognized];
        cells.extend(counts.iter().map(ToString::to_string));
        cells.push(steps.line(self.fixes.as_deref()));
        cells.push(self.developer_id.to_string());
        cells.push(json(self.fixes.as_deref()));
        cells
    }

    fn mailto(&self, steps: &Steps<'_, '_>) -> Option<String> {
        let line = String::new();
        letter(steps, "Your account", Some(&self.developer_name), Some(&self.email), line)
    }
}

impl Cells for FunnelRow {
    const COLUMNS: &'static [Column] =
        &[word("step"), number("developers"), number("lost"), number("of_first"), number("of_previous")];

    fn cells(&self, _steps: &Steps<'_, '_>) -> Vec<String> {
        let part = |part: Option<f64>| part.map(|part| format!("{part:.4}")).unwrap_or_default();
        vec![
            self.step.to_string(),
            shown(self.developers),
            shown(self.lost),
            part(self.of_first),
            part(self.of_previous),
        ]
    }
}

impl Cells for AccessCell<'_> {
    const COLUMNS: &'static [Column] = &[
        text("team"),
        text("resource"),
        word("role"),
        word("published"),
        word("by_wildcard"),
        id("team_id"),
        id("resource_id"),
    ];

    fn cells(&self, _steps: &Steps<'_, '_>) -> Vec<String> {
        vec![
            self.team_name.to_string(),
            self.resource_name.to_string(),
            self.role.to_string(),
            self.published.to_string(),
            self.by_wildcard.to_string(),
            self.team_id.to_string(),
            self.resource_id.to_string(),
        ]
    }
}

impl Cells for FollowUp<'_> {
    const COLUMNS: &'static [Column] = &[
        word("cause"),
        text("developer"),
        text("product"),
        text("email"),
        text("teams"),
        text("applications"),
        time("last_contact"),
        text("subject"),
        text("next_step"),
        id("developer_id"),
        id("product_id"),
        id("application_ids"),
        id("body"),
        id("mailto"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        let last: Option<Timestamp> = self.last_contact.as_ref().map(|contact| contact.at);
        vec![
            self.cause.to_string(),
            shown(self.developer_name.as_ref()),
            shown(self.product_name.as_ref()),
            shown(self.email.as_ref()),
            team_names(&self.teams),
            joined(self.items.iter().map(|item| &item.application_name)),
            shown(last),
            self.subject.clone(),
            steps.line(self.fixes.as_deref()),
            shown(self.developer_id),
            shown(self.product_id),
            joined(self.items.iter().map(|item| item.application_id)),
            self.body.clone(),
            shown(self.mailto.as_ref()),
            json(self.fixes.as_deref()),
        ]
    }

    fn mailto(&self, _steps: &Steps<'_, '_>) -> Option<String> {
        self.mailto.clone()
    }
}
