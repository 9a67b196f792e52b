//! Reasons in words: one English sentence each, with the names it uses for translations.

use super::params::MessageParams;
use crate::plain::Shown;
use crate::snapshot::{Joined, Question};
use crate::{Action, Reason, Snapshot};

/// The names a sentence can use.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageNames {
    pub(crate) application: String,
    pub(crate) developer: String,
    pub(crate) team: String,
    pub(crate) resource: String,
}

/// The sentence of a reason, with names that the caller chose.
pub(crate) fn denial(reason: Reason, names: &MessageNames) -> String {
    fill(denied_template(reason), names).0
}

/// The sentence about an action, with names that the caller chose, and the names in it.
pub(crate) fn sentence(
    action: Action,
    reason: Option<Reason>,
    signed_in: bool,
    names: &MessageNames,
) -> (String, MessageParams) {
    let template = match reason {
        None => allowed_template(action),
        Some(Reason::OwnerUnknown | Reason::ApplicationUnknown) if !signed_in => nobody_template(action),
        Some(reason) => denied_template(reason),
    };
    fill(template, names)
}

/// What is said when nobody is signed in.
pub(crate) const fn nobody_template(action: Action) -> &'static str {
    match action {
        Action::View => "nobody is signed in, and `{resource}` is not public",
        _ => "nobody is signed in",
    }
}

/// The sentence of a decision and the names in it.
pub(super) fn message(
    snapshot: &Snapshot,
    question: &Question,
    joined: &Joined,
    reason: Option<Reason>,
) -> (String, MessageParams) {
    let names = MessageNames::new(snapshot, question, joined);
    let template = reason.map_or_else(|| allowed_template(question.action), denied_template);
    let template = match reason {
        Some(Reason::OwnerUnknown) if question.action == Action::View && question.developer.is_none() => {
            nobody_template(Action::View)
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

impl MessageNames {
    pub(super) fn new(snapshot: &Snapshot, question: &Question, joined: &Joined) -> Self {
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

/// What is said of an allowed action.
pub(crate) const fn allowed_template(action: Action) -> &'static str {
    match action {
        Action::Consume => "application `{application}` may call `{resource}`",
        Action::Register => "application `{application}` may register for `{resource}`",
        Action::View => "`{resource}` may be seen",
        Action::LogIn => "developer `{developer}` may log in",
        Action::CreateApplication => "developer `{developer}` may create applications",
        Action::CreateCredential => "credentials may be created for application `{application}`",
    }
}

/// What is said of a reason.
pub(crate) const fn denied_template(reason: Reason) -> &'static str {
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

impl Reason {
    /// The reason in one sentence without names, for those who may not see any: lower case, no full stop.
    ///
    /// ```
    /// use gatepass::Reason;
    /// assert_eq!(Reason::CredentialRevoked.summary(), "the credential was revoked");
    /// ```
    pub const fn summary(self) -> &'static str {
        match self {
            Self::BundleStale => {
                "the gateway's access data is missing or too old to be trusted; try again later"
            }
            Self::ResourceUnknown => "nothing that the portal publishes is served here",
            Self::ResourceUnrecognized => "the state of the API in the portal is not understood",
            Self::PortalPublic => "the portal has no developers and no applications",
            Self::CredentialMissing => "no credential was sent",
            Self::CredentialAmbiguous => {
                "more than one credential was sent, or one that several applications have"
            }
            Self::CredentialUnknown => "the credential belongs to no application",
            Self::CredentialUnrecognized => "the state of the credential is not understood",
            Self::CredentialRevoked => "the credential was revoked",
            Self::CredentialExpired => "the credential has expired; create a new one in the portal",
            Self::ApplicationUnknown => "the application does not exist",
            Self::ApplicationPending => "the application is waiting for approval",
            Self::ApplicationRejected => "the application was rejected",
            Self::ApplicationRevoked => "the application was revoked",
            Self::ApplicationUnrecognized => "the state of the application is not understood",
            Self::OwnerUnknown => "the owner of the application is not known",
            Self::DeveloperPending => "the developer is waiting for approval",
            Self::DeveloperRejected => "the developer was rejected",
            Self::DeveloperRevoked => "the developer was revoked",
            Self::DeveloperUnrecognized => "the state of the developer is not understood",
            Self::NotTeamMember => {
                "the developer is not an approved member of the team that owns the application"
            }
            Self::ResourceUnpublished => "the API is not published in the portal",
            Self::RegistrationDisabled => "applications cannot register for the API",
            Self::StrategyMismatch => "the application uses another auth strategy than the API",
            Self::RegistrationMissing => {
                "the application is not registered for the API; register it in the portal"
            }
            Self::RegistrationPending => {
                "the registration of the application for the API is waiting for approval"
            }
            Self::RegistrationRejected => "the registration of the application for the API was rejected",
            Self::RegistrationRevoked => "the registration of the application for the API was revoked",
            Self::RegistrationUnrecognized => "the state of the registration is not understood",
            Self::RoleMissing => "no team gives the owner of the application access to the API",
            Self::RoleViewerOnly => "the teams of the owner may view the API but not consume it",
            Self::RegistrationExists => "the application already has a registration for the API",
        }
    }
}

/// Puts the names into a sentence. Names come from strangers: they are put in once, and never read again.
fn fill(template: &'static str, names: &MessageNames) -> (String, MessageParams) {
    let mut message = String::with_capacity(template.len().saturating_add(64));
    let mut params = MessageParams::default();
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
        params.insert(key, value);
        rest = tail;
    }
    message.push_str(rest);
    (message, params)
}
