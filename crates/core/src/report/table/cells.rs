//! The rows about people and what is theirs, as texts, and the letters they give rise to.

use crate::Fix;
use crate::report::letter::Letter;
use crate::report::steps::Steps;
use crate::report::{
    ApplicationName, BlockedApplication, Column, ColumnKind, MissingPermission, PendingApproval, PendingKind,
    Stage, StaleAccess, TeamName,
};

/// A row that can be shown as texts.
pub(super) trait Cells {
    const COLUMNS: &'static [Column];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String>;

    fn mailto(&self, _steps: &Steps<'_, '_>) -> Option<String> {
        None
    }
}

pub(super) const fn word(heading: &'static str) -> Column {
    Column { heading, kind: ColumnKind::Word }
}

pub(super) const fn text(heading: &'static str) -> Column {
    Column { heading, kind: ColumnKind::Text }
}

pub(super) const fn number(heading: &'static str) -> Column {
    Column { heading, kind: ColumnKind::Number }
}

pub(super) const fn time(heading: &'static str) -> Column {
    Column { heading, kind: ColumnKind::Time }
}

pub(super) const fn id(heading: &'static str) -> Column {
    Column { heading, kind: ColumnKind::Id }
}

pub(super) fn shown<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn joined<T: ToString>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(", ")
}

pub(super) fn team_names(teams: &[TeamName<'_>]) -> String {
    joined(teams.iter().map(|team| &team.team_name))
}

pub(super) fn application_names(applications: &[ApplicationName<'_>]) -> String {
    joined(applications.iter().map(|application| &application.application_name))
}

/// The fixes as JSON, for programs that read the table.
pub(super) fn json(fixes: Option<&[Fix]>) -> String {
    serde_json::to_string(&fixes).unwrap_or_default()
}

pub(super) fn letter(
    steps: &Steps<'_, '_>,
    subject: &str,
    name: Option<&str>,
    email: Option<&str>,
    line: String,
) -> Option<String> {
    let portal = &steps.snapshot.portal().name;
    let subject = if portal.is_empty() { subject.to_owned() } else { format!("{subject} in {portal}") };
    Letter::new(subject, name, &[line]).link(email.into_iter())
}

/// Up to ten approved members of a team that owns something: there is no one person to write to.
fn team_letter(
    steps: &Steps<'_, '_>,
    team: Option<crate::TeamId>,
    subject: &str,
    line: String,
) -> Option<String> {
    let position = steps.snapshot.team_position(team?)?;
    let members = steps.snapshot.team_at(position)?.members.iter();
    let approved = members
        .filter_map(|member| steps.snapshot.developer_at(*member))
        .filter(|member| member.status == crate::DeveloperStatus::Approved);
    Letter::new(subject, None, &[line]).link(approved.take(10).map(|member| &*member.email))
}

impl Cells for MissingPermission<'_> {
    const COLUMNS: &'static [Column] = &[
        word("cause"),
        text("developer"),
        text("email"),
        text("owning_team"),
        text("teams"),
        text("applications"),
        text("next_step"),
        id("developer_id"),
        id("team_id"),
        id("application_ids"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        vec![
            self.cause.to_string(),
            shown(self.developer_name.as_ref()),
            shown(self.email.as_ref()),
            shown(self.team_name.as_ref()),
            team_names(&self.teams),
            application_names(&self.applications),
            steps.line(self.fixes.as_deref()),
            shown(self.developer_id),
            shown(self.team_id),
            joined(self.applications.iter().map(|application| application.application_id)),
            json(self.fixes.as_deref()),
        ]
    }

    fn mailto(&self, steps: &Steps<'_, '_>) -> Option<String> {
        let about = application_names(&self.applications);
        let about = if about.is_empty() { "your applications".to_owned() } else { about };
        let line = format!(
            "you do not have the permission yet that {about} needs. Which API do you want to call, and what for?"
        );
        match self.team_id {
            Some(_) => team_letter(steps, self.team_id, "Your team's applications", line),
            None => letter(
                steps,
                "Your applications",
                self.developer_name.as_deref(),
                self.email.as_deref(),
                line,
            ),
        }
    }
}

impl Cells for BlockedApplication<'_> {
    const COLUMNS: &'static [Column] = &[
        word("stage"),
        text("application"),
        text("developer"),
        text("email"),
        text("owning_team"),
        text("teams"),
        time("created_at"),
        number("age_hours"),
        text("next_step"),
        id("application_id"),
        id("developer_id"),
        id("team_id"),
        id("registration_ids"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        vec![
            self.stage.to_string(),
            self.application_name.to_string(),
            shown(self.developer_name.as_ref()),
            shown(self.email.as_ref()),
            shown(self.team_name.as_ref()),
            team_names(&self.teams),
            shown(self.created_at),
            shown(self.age_hours),
            steps.line(self.fixes.as_deref()),
            self.application_id.to_string(),
            shown(self.developer_id),
            shown(self.team_id),
            joined(self.registrations.iter().map(|registration| registration.registration_id)),
            json(self.fixes.as_deref()),
        ]
    }

    fn mailto(&self, steps: &Steps<'_, '_>) -> Option<String> {
        let (name, resource) = (&self.application_name, self.resource.as_ref());
        let resource = resource.map_or("an API", |resource| &resource.resource_name);
        let line = match self.stage {
            Stage::WaitingForApproval => format!(
                "the registration of {name} for {resource} waits for our approval. What will it be used for?"
            ),
            Stage::RejectedOrRevoked => format!(
                "the registration of {name} was not approved. Tell us what you need, or register it again."
            ),
            Stage::NothingToRegisterFor => {
                format!("there is nothing yet that {name} can register for. Which API do you want to call?")
            }
            Stage::NeverRegistered => format!(
                "{name} is not registered for anything yet. You may register it for {resource}. Can we help?"
            ),
        };
        match self.team_id {
            Some(_) => team_letter(steps, self.team_id, &format!("Your application {name}"), line),
            None => letter(
                steps,
                &format!("Your application {name}"),
                self.developer_name.as_deref(),
                self.email.as_deref(),
                line,
            ),
        }
    }
}

impl Cells for StaleAccess<'_> {
    const COLUMNS: &'static [Column] = &[
        word("kind"),
        word("reason"),
        text("application"),
        text("developer"),
        text("email"),
        text("owning_team"),
        text("resource"),
        text("detail"),
        time("since"),
        text("next_step"),
        id("registration_id"),
        id("application_id"),
        id("developer_id"),
        id("team_id"),
        id("resource_id"),
        id("fixes"),
        id("restore"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        let next = match &self.fixes {
            None => "set an auth strategy and link a gateway service, or enforce it with the Gatepass filter"
                .into(),
            Some(fixes) => match &self.restore {
                Some(restore) => {
                    format!("{}, or {}", steps.line(Some(fixes)), steps.line(Some(restore)))
                }
                None => steps.line(Some(fixes)),
            },
        };
        vec![
            self.kind.to_string(),
            shown(self.reason),
            shown(self.application_name.as_ref()),
            shown(self.developer_name.as_ref()),
            shown(self.email.as_ref()),
            shown(self.team_name.as_ref()),
            shown(self.resource_name.as_ref()),
            self.detail.clone(),
            shown(self.since),
            next,
            shown(self.registration_id),
            shown(self.application_id),
            shown(self.developer_id),
            shown(self.team_id),
            shown(self.resource_id),
            json(self.fixes.as_deref()),
            json(self.restore.as_deref()),
        ]
    }

    fn mailto(&self, steps: &Steps<'_, '_>) -> Option<String> {
        let application = shown(self.application_name.as_ref());
        let (subject, line) = if self.resource_name.is_some() {
            let resource = shown(self.resource_name.as_ref());
            let line = format!(
                "{application} can still call {resource}, for which there is no ground any more. Do you still need it?"
            );
            (format!("Access of {application}"), line)
        } else {
            let line = format!(
                "please make new credentials for {application}: a former member can know the old ones."
            );
            (format!("Credentials of {application}"), line)
        };
        match self.team_id {
            Some(_) => team_letter(steps, self.team_id, &subject, line),
            None => letter(steps, &subject, self.developer_name.as_deref(), self.email.as_deref(), line),
        }
    }
}

impl Cells for PendingApproval<'_> {
    const COLUMNS: &'static [Column] = &[
        word("kind"),
        time("created_at"),
        number("age_hours"),
        text("developer"),
        text("email"),
        text("owning_team"),
        text("application"),
        text("resource"),
        word("also_blocked_by"),
        text("next_step"),
        id("registration_id"),
        id("application_id"),
        id("developer_id"),
        id("team_id"),
        id("resource_id"),
        id("fixes"),
    ];

    fn cells(&self, steps: &Steps<'_, '_>) -> Vec<String> {
        vec![
            self.kind.to_string(),
            shown(self.created_at),
            shown(self.age_hours),
            shown(self.developer_name.as_ref()),
            shown(self.email.as_ref()),
            shown(self.team_name.as_ref()),
            shown(self.application_name.as_ref()),
            shown(self.resource_name.as_ref()),
            joined(self.blockers.iter()),
            steps.line(self.fixes.as_deref()),
            shown(self.registration_id),
            shown(self.application_id),
            shown(self.developer_id),
            shown(self.team_id),
            shown(self.resource_id),
            json(self.fixes.as_deref()),
        ]
    }

    fn mailto(&self, steps: &Steps<'_, '_>) -> Option<String> {
        let what = match self.kind {
            PendingKind::Developer => "your sign-up".to_owned(),
            PendingKind::Application => format!("your application {}", shown(self.application_name.as_ref())),
            PendingKind::Registration => {
                format!("the registration of your application {}", shown(self.application_name.as_ref()))
            }
        };
        let line = format!("{what} waits for our approval. What do you want to use it for?");
        match self.team_id {
            Some(_) => team_letter(steps, self.team_id, "Waiting for approval", line),
            None => letter(
                steps,
                "Waiting for approval",
                self.developer_name.as_deref(),
                self.email.as_deref(),
                line,
            ),
        }
    }
}
