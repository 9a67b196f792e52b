//! From the objects to facts: what cannot be read denies.

use super::raw::{RawActions, RawApplication, RawContext, RawRegistration, RawResource, RawView};
use crate::explain::MessageNames;
use crate::json::{Entry, Field, List};
use crate::plain::{Plain, Shown};
use crate::{
    ApplicationFact, CredentialFact, DeveloperStatus, Facts, Freshness, MembershipFact, OwnerFact,
    PortalFact, Rbac, RegistrationFact, RegistrationOutcome, ResourceFact, RoleFact, StrategyFact,
    Visibility,
};

/// What a portal's front end knows about one developer, one application and one resource.
#[derive(Clone, Debug)]
pub struct PortalView {
    pub(super) facts: Facts,
    pub(super) names: MessageNames,
    /// Whether somebody is signed in.
    pub(super) signed_in: bool,
    /// Whether the actions are known, or do not matter.
    pub(super) actions_known: bool,
    /// What happens to a registration, if the resource says so.
    pub(super) outcome: Option<RegistrationOutcome>,
}

/// A portal view that cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {} [{code}]", if path.is_empty() { "the whole view" } else { path })]
pub struct PortalViewError {
    code: &'static str,
    path: String,
    message: String,
}

impl PortalViewError {
    /// A stable code in `snake_case`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Where: a JSON pointer; empty for the whole view.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What: lower case, no full stop, outside text in backticks.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl PortalView {
    /// Reads `{portal, actions, application, registration, resource, signed_in}`: Konnect's own objects, each absent
    /// or null if there is none; `signed_in` is true if left out.
    ///
    /// # Errors
    ///
    /// [`PortalViewError`] if it is no JSON object, or has a member that is not one of these.
    pub fn from_json(json: &str) -> Result<Self, PortalViewError> {
        let refused = |code, path: &str, message: String| {
            let (path, message) = (Plain(path).to_string(), Plain(&message).to_string());
            PortalViewError { code, path, message }
        };
        let raw: Entry<RawView<'_>> = crate::json::from_str(json)
            .map_err(|error| refused("json_syntax", "", format!("the JSON cannot be read: {error}")))?;
        let Entry::Object(raw) = raw else {
            return Err(refused("wrong_type", "", "a portal view is a JSON object".to_owned()));
        };
        if let Some(key) = raw.unknown.first() {
            let path = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
            let message = format!("`{}` is not a member of a portal view", Shown(key));
            return Err(refused("key_unknown", &path, message));
        }
        Ok(Self::read(&raw))
    }

    fn read(raw: &RawView<'_>) -> Self {
        let signed_in = matches!(raw.signed_in, Field::Absent | Field::Null | Field::Boolean(true));
        let (rbac, portal, public) = context(raw.portal.object());
        let resource = raw.resource.object();
        let actions = raw.actions.object();
        let application = raw.application.object().filter(|_| signed_in);
        let role = actions.map_or(RoleFact::None, role);
        let visibility = match resource.map(|resource| &resource.visibility) {
            Some(Field::Text(text)) if text == "public" => Visibility::Public,
            // v3 says it of each API, v2 of the whole portal.
            Some(Field::Absent | Field::Null) if public => Visibility::Public,
            _ => Visibility::Private,
        };
        let team_owned = application.is_some_and(|found| matches!(found.team_id, Field::Text(_)));
        let facts = Facts {
            freshness: Freshness::Fresh,
            credential: CredentialFact::NotNeeded,
            resource: resource.map_or(ResourceFact::Unknown, state),
            deprecated: resource.is_some_and(|found| found.deprecated == Field::Boolean(true)),
            registration_enabled: resource.is_some_and(registration_enabled),
            visibility,
            application: application.map_or(ApplicationFact::Unknown, status),
            owner: match (signed_in, team_owned) {
                (false, _) => OwnerFact::Unknown,
                (true, true) => OwnerFact::Team,
                (true, false) => OwnerFact::Developer(DeveloperStatus::Approved),
            },
            // Konnect shows a team's applications to its members only.
            membership: MembershipFact::ApprovedMember,
            registration: registration(raw.registration.object(), application, &raw.registration),
            role,
            rbac,
            portal,
            strategy: strategy(application, resource),
        };
        Self {
            facts,
            names: names(application, resource),
            signed_in,
            actions_known: rbac == Rbac::Off || actions.is_some_and(is_told),
            outcome: resource.and_then(outcome),
        }
    }
}

/// Roles decide unless the portal says otherwise; who has developers is said differently in v2 and v3.
fn context(context: Option<&RawContext<'_>>) -> (Rbac, PortalFact, bool) {
    let Some(context) = context else { return (Rbac::On, PortalFact::Authenticated, false) };
    let rbac = if context.rbac_enabled == Field::Boolean(false) { Rbac::Off } else { Rbac::On };
    let public = context.is_public == Field::Boolean(true);
    let closed = public || context.authentication_enabled == Field::Boolean(false);
    (rbac, if closed { PortalFact::Public } else { PortalFact::Authenticated }, public)
}

fn is_told(actions: &RawActions<'_>) -> bool {
    let (view, register) = told(actions);
    matches!((view, register), (Field::Boolean(_), Field::Boolean(_)))
}

fn told<'r, 'a>(actions: &'r RawActions<'a>) -> (&'r Field<'a>, &'r Field<'a>) {
    match &actions.actions {
        Entry::Object(inner) => (&inner.view, &inner.register),
        _ => (&actions.view, &actions.register),
    }
}

fn role(actions: &RawActions<'_>) -> RoleFact {
    match told(actions) {
        (_, Field::Boolean(true)) => RoleFact::Consumer,
        (Field::Boolean(true), _) => RoleFact::Viewer,
        _ => RoleFact::None,
    }
}

/// A front end sees only what is published; only an explicit word says otherwise.
fn state(resource: &RawResource<'_>) -> ResourceFact {
    match &resource.publish_status {
        Field::Absent => ResourceFact::Published,
        Field::Text(word) if word == "published" => ResourceFact::Published,
        Field::Text(word) if word == "unpublished" => ResourceFact::Unpublished,
        _ => ResourceFact::Unrecognized,
    }
}

/// v2: a configuration that is open; v3: an auth strategy, without which nobody registers.
fn registration_enabled(resource: &RawResource<'_>) -> bool {
    let open = |config: &Entry<super::raw::RawRegistrationConfig<'_>>| {
        config.object().is_some_and(|config| config.registration_enabled == Field::Boolean(true))
    };
    resource.registration_configs.items().iter().any(open)
        || !resource.registration_configs.is_given() && !resource.auth_strategies.items().is_empty()
}

fn outcome(resource: &RawResource<'_>) -> Option<RegistrationOutcome> {
    let List::Items(configs) = &resource.registration_configs else { return None };
    let open = configs
        .iter()
        .filter_map(Entry::object)
        .find(|config| config.registration_enabled == Field::Boolean(true))?;
    match open.registration_auto_approve {
        Field::Boolean(true) => Some(RegistrationOutcome::Approved),
        Field::Boolean(false) => Some(RegistrationOutcome::Pending),
        _ => None,
    }
}

fn status(application: &RawApplication<'_>) -> ApplicationFact {
    match &application.status {
        // v2 and v3 have no such member: the application is approved there.
        Field::Absent => ApplicationFact::Approved,
        Field::Text(word) => match &**word {
            "approved" => ApplicationFact::Approved,
            "pending" => ApplicationFact::Pending,
            "rejected" => ApplicationFact::Rejected,
            "revoked" => ApplicationFact::Revoked,
            _ => ApplicationFact::Unrecognized,
        },
        _ => ApplicationFact::Unrecognized,
    }
}

/// The registration, or what the listed application says of its own. A null `registration_status` is none.
fn registration(
    registration: Option<&RawRegistration<'_>>,
    application: Option<&RawApplication<'_>>,
    entry: &Entry<RawRegistration<'_>>,
) -> RegistrationFact {
    let silent = |field: &Field<'_>| *field == Field::Absent;
    match (registration, entry, application) {
        (Some(found), _, _) if !silent(&found.status) => registration_word(&found.status),
        (Some(found), _, _) if !silent(&found.registration_status) => {
            nullable_word(&found.registration_status)
        }
        (None, Entry::Absent, Some(application)) => nullable_word(&application.registration_status),
        (None, Entry::Absent | Entry::Other(crate::json::Kind::Null), _) => RegistrationFact::Missing,
        _ => RegistrationFact::Unrecognized,
    }
}

fn nullable_word(field: &Field<'_>) -> RegistrationFact {
    if field.is_silent() { RegistrationFact::Missing } else { registration_word(field) }
}

fn registration_word(field: &Field<'_>) -> RegistrationFact {
    match field.text() {
        Some("approved") => RegistrationFact::Approved,
        Some("pending") => RegistrationFact::Pending,
        Some("rejected") => RegistrationFact::Rejected,
        Some("revoked") => RegistrationFact::Revoked,
        _ => RegistrationFact::Unrecognized,
    }
}

/// An application has one strategy; a resource accepts some.
fn strategy(application: Option<&RawApplication<'_>>, resource: Option<&RawResource<'_>>) -> StrategyFact {
    let own = application.and_then(|found| found.auth_strategy.object()).and_then(|own| own.id.text());
    let Some((own, resource)) = own.zip(resource) else { return StrategyFact::Unknown };
    let configs = resource.registration_configs.items().iter().filter_map(Entry::object);
    let strategies = resource.auth_strategies.items().iter().filter_map(Entry::object);
    let mut accepted = configs.map(|config| &config.id).chain(strategies.map(|accepted| &accepted.id));
    let mut accepted = accepted.by_ref().filter_map(Field::text).peekable();
    if accepted.peek().is_none() {
        StrategyFact::Unknown
    } else if accepted.any(|id| id.eq_ignore_ascii_case(own)) {
        StrategyFact::Same
    } else {
        StrategyFact::Different
    }
}

fn names(application: Option<&RawApplication<'_>>, resource: Option<&RawResource<'_>>) -> MessageNames {
    let or_id = |name: &Field<'_>, id: &Field<'_>| {
        let name = name.text().filter(|name| !name.is_empty());
        name.or(id.text()).unwrap_or("?").to_owned()
    };
    let version = |resource: &RawResource<'_>| {
        let name = or_id(&resource.name, &resource.id);
        match resource.version.text() {
            Some(version) if !version.is_empty() => format!("{name} {version}"),
            _ => name,
        }
    };
    MessageNames {
        application: application.map_or_else(|| "?".to_owned(), |found| or_id(&found.name, &found.id)),
        resource: resource.map_or_else(|| "?".to_owned(), version),
        ..MessageNames::default()
    }
}
