//! Reasons in words: one English sentence each, with the names it uses for translations.

use std::collections::BTreeMap;

use crate::json::Shown;
use crate::snapshot::{Joined, Question};
use crate::{Action, Reason, Snapshot};

/// The names a sentence can use.
struct Names {
    application: String,
    developer: String,
    team: String,
    resource: String,
}

/// The sentence of a decision and the names in it.
pub(super) fn message(
    snapshot: &Snapshot,
    question: &Question,
    joined: &Joined,
    reason: Option<Reason>,
) -> (String, BTreeMap<&'static str, String>) {
    let names = Names::new(snapshot, question, joined);
    let template = reason.map_or_else(|| allowed(question.action), denied);
    let template = match reason {
        Some(Reason::OwnerUnknown) if question.action == Action::View && question.developer.is_none() => {
            "nobody is signed in, and `{resource}` is not public"
        }
        Some(Reason::OwnerUnknown) if question.application.is_none() => {
            "developer `{developer}` is not known"
        }
        Some(Reason::OwnerUnknown) if joined.application.is_some() && question.developer.is_some() => {
            "developer `{developer}` does not own application `{application}`"
        }
        _ => template,
    };
    fill(template, &names)
}

impl Names {
    fn new(snapshot: &Snapshot, question: &Question, joined: &Joined) -> Self {
        let or_id = |name: Option<&str>, id: Option<String>| match name {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => id.unwrap_or_else(|| "?".to_owned()),
        };
        let application = joined.application.and_then(|at| snapshot.application_at(at));
        let developer = joined.developer.and_then(|at| snapshot.developer_at(at));
        let team = joined.team.and_then(|at| snapshot.team_at(at));
        let resource = joined.resource.and_then(|at| snapshot.resource_at(at));
        let developer_id = developer.map(|found| found.id).or(question.developer);
        Self {
            application: or_id(
                application.map(|found| &*found.name),
                question.application.map(|id| id.to_string()),
            ),
            developer: or_id(developer.map(|found| &*found.name), developer_id.map(|id| id.to_string())),
            team: or_id(team.map(|found| &*found.name), team.map(|found| found.id.to_string())),
            resource: or_id(resource.map(|found| &*found.name), question.resource.map(|id| id.to_string())),
        }
    }
}

const fn allowed(action: Action) -> &'static str {
    match action {
        Action::Consume => "application `{application}` may call `{resource}`",
        Action::Register => "application `{application}` may register for `{resource}`",
        Action::View => "`{resource}` may be seen",
        Action::LogIn => "developer `{developer}` may log in",
        Action::CreateApplication => "developer `{developer}` may create applications",
        Action::CreateCredential => "credentials may be created for application `{application}`",
    }
}

const fn denied(reason: Reason) -> &'static str {
    match reason {
        Reason::BundleStale => "the gateway's data is too old to decide",
        Reason::ResourceUnknown => "resource `{resource}` is not in the portal",
        Reason::ResourceUnrecognized => "publish status of `{resource}` is not a known word",
        Reason::PortalPublic => "the portal is public and has no developers or applications",
        Reason::CredentialMissing => "no credential was shown",
        Reason::CredentialAmbiguous => "the credential does not name one application",
        Reason::CredentialUnknown => "the credential is not known",
        Reason::CredentialUnrecognized => "the credential's status is not a known word",
        Reason::CredentialRevoked => "the credential was revoked",
        Reason::CredentialExpired => "the credential has expired",
        Reason::ApplicationUnknown => "application `{application}` is not in the portal",
        Reason::ApplicationPending => "application `{application}` is waiting for approval",
        Reason::ApplicationRejected => "application `{application}` was rejected",
        Reason::ApplicationRevoked => "application `{application}` was revoked",
        Reason::ApplicationUnrecognized => "status of application `{application}` is not a known word",
        Reason::OwnerUnknown => "owner of application `{application}` is not known",
        Reason::DeveloperPending => "developer `{developer}` is waiting for approval",
        Reason::DeveloperRejected => "developer `{developer}` was rejected",
        Reason::DeveloperRevoked => "developer `{developer}` was revoked",
        Reason::DeveloperUnrecognized => "status of developer `{developer}` is not a known word",
        Reason::NotTeamMember => {
            "developer `{developer}` is not an approved member of team `{team}`, which owns application `{application}`"
        }
        Reason::ResourceUnpublished => "`{resource}` is not published in the portal",
        Reason::RegistrationDisabled => "applications cannot register for `{resource}`",
        Reason::StrategyMismatch => {
            "application `{application}` uses another auth strategy than `{resource}`"
        }
        Reason::RegistrationMissing => "application `{application}` is not registered for `{resource}`",
        Reason::RegistrationPending => {
            "registration of application `{application}` for `{resource}` is waiting for approval"
        }
        Reason::RegistrationRejected => {
            "registration of application `{application}` for `{resource}` was rejected"
        }
        Reason::RegistrationRevoked => {
            "registration of application `{application}` for `{resource}` was revoked"
        }
        Reason::RegistrationUnrecognized => {
            "status of the registration of application `{application}` for `{resource}` is not a known word"
        }
        Reason::RoleMissing => "no team gives a role on `{resource}`",
        Reason::RoleViewerOnly => "teams give only API Viewer on `{resource}`, and API Consumer is needed",
        Reason::RegistrationExists => {
            "application `{application}` already has a registration for `{resource}`"
        }
    }
}

/// Puts the names into a sentence. Names come from strangers: they are put in once, and never read again.
fn fill(template: &'static str, names: &Names) -> (String, BTreeMap<&'static str, String>) {
    let mut message = String::with_capacity(template.len().saturating_add(64));
    let mut params = BTreeMap::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        message.push_str(before);
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        let (key, value) = match name {
            "application" => ("application", &names.application),
            "developer" => ("developer", &names.developer),
            "team" => ("team", &names.team),
            _ => ("resource", &names.resource),
        };
        message.push_str(&Shown(value).to_string());
        params.insert(key, value.clone());
        rest = tail;
    }
    message.push_str(rest);
    (message, params)
}
