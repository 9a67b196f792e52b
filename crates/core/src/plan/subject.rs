//! What is to be changed, and what the plan saw.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::snapshot::{Change, ResourceKind};
use crate::{
    ApplicationId, DeveloperId, DeveloperStatus, RegistrationFact, RegistrationId, ResourceId, Snapshot,
};

/// One subject of a plan: changes that belong together, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// Whom it is about, if it is about a developer.
    pub developer_id: Option<DeveloperId>,
    /// Why it is in the plan: the rule that applies, such as the trusted domain.
    pub rule: Option<String>,
    /// Why it is left to people, if it is. Nothing is changed then.
    pub held: Option<Held>,
    /// The developer's status when the plan was made. Without it nothing is compared.
    pub seen: Option<String>,
    /// What to change.
    pub changes: Vec<PlannedChange>,
}

/// Why a subject is left to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Held {
    /// A stable code in `snake_case`.
    pub code: String,
    /// What is the matter: lower case, no full stop, outside text in backticks.
    pub message: String,
}

/// A change, and what carrying it out needs to know besides. On the wire the change with further members.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedChange {
    /// The change.
    pub change: Change,
    /// What else is known.
    pub hints: Hints,
}

/// What carrying out a change needs to know besides the change itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hints {
    /// Of a registration: its application, which is part of its path. Found in the portal's list if absent.
    #[serde(rename = "application_id", skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    /// Of a registration: its status when the plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// Of `map_group`: the identity provider's group, which Konnect does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Of `create_team`: the team's name. By default it says what role the team has on what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_name: Option<String>,
    /// Of a v3 resource: whether it is an API package; APIs and packages are published under different paths.
    #[serde(skip_serializing_if = "is_false")]
    pub api_package: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl From<Change> for PlannedChange {
    fn from(change: Change) -> Self {
        Self { change, hints: Hints::default() }
    }
}

impl Serialize for PlannedChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wrong = serde::ser::Error::custom;
        let mut change = serde_json::to_value(&self.change).map_err(wrong)?;
        let hints = serde_json::to_value(&self.hints).map_err(wrong)?;
        if let (Value::Object(change), Value::Object(hints)) = (&mut change, hints) {
            for (name, hint) in hints {
                change.entry(name).or_insert(hint);
            }
        }
        change.serialize(serializer)
    }
}

impl Subject {
    /// A subject with everything that the snapshot of its plan knows: the status that was seen, the
    /// applications of registrations, the kinds of resources.
    ///
    /// A developer whose status was not one of Konnect's four is not compared.
    pub fn from_snapshot(
        snapshot: &Snapshot,
        developer_id: Option<DeveloperId>,
        changes: impl IntoIterator<Item = Change>,
    ) -> Self {
        let position = developer_id.and_then(|id| snapshot.developer_position(id));
        let developer = position.and_then(|at| snapshot.developer_at(at));
        let seen = developer.and_then(|developer| status_word(developer.status)).map(str::to_owned);
        let changes = changes.into_iter().map(|change| {
            let hints = Hints::from_snapshot(snapshot, &change);
            PlannedChange { change, hints }
        });
        Self { developer_id, seen, changes: changes.collect(), ..Self::default() }
    }

    /// A subject that is left to people.
    pub fn left(developer_id: Option<DeveloperId>, held: Held) -> Self {
        Self { developer_id, held: Some(held), ..Self::default() }
    }

    /// Adds what the snapshot knows and the subject does not say.
    pub(super) fn complete(&mut self, snapshot: &Snapshot) {
        let changes = self.changes.iter().map(|planned| planned.change.clone());
        let known = Self::from_snapshot(snapshot, self.developer_id, changes);
        self.seen = self.seen.take().or(known.seen);
        for (planned, known) in self.changes.iter_mut().zip(known.changes) {
            let hints = &mut planned.hints;
            hints.application = hints.application.or(known.hints.application);
            hints.seen = hints.seen.take().or(known.hints.seen);
            hints.api_package |= known.hints.api_package;
        }
    }
}

impl Hints {
    fn from_snapshot(snapshot: &Snapshot, change: &Change) -> Self {
        match change {
            Change::ApproveRegistration { registration_id }
            | Change::RejectRegistration { registration_id }
            | Change::RevokeRegistration { registration_id }
            | Change::DeleteRegistration { registration_id } => {
                Self::of_registration(snapshot, *registration_id)
            }
            Change::PublishResource { resource_id }
            | Change::EnableRegistration { resource_id }
            | Change::CreateRegistration { resource_id, .. } => Self::of_resource(snapshot, *resource_id),
            _ => Self::default(),
        }
    }

    fn of_registration(snapshot: &Snapshot, id: RegistrationId) -> Self {
        let registration = snapshot.registration_position(id).and_then(|at| snapshot.registration_at(at));
        let application = registration
            .and_then(|registration| snapshot.application_at(registration.application))
            .map(|application| application.id);
        let seen = registration.and_then(|registration| match registration.status {
            RegistrationFact::Approved => Some("approved".to_owned()),
            RegistrationFact::Pending => Some("pending".to_owned()),
            RegistrationFact::Rejected => Some("rejected".to_owned()),
            RegistrationFact::Revoked => Some("revoked".to_owned()),
            RegistrationFact::Missing | RegistrationFact::Unrecognized => None,
        });
        Self { application, seen, ..Self::default() }
    }

    fn of_resource(snapshot: &Snapshot, id: ResourceId) -> Self {
        let resource = snapshot.resource_position(id).and_then(|at| snapshot.resource_at(at));
        let api_package = resource.is_some_and(|resource| resource.kind == ResourceKind::ApiPackage);
        Self { api_package, ..Self::default() }
    }
}

const fn status_word(status: DeveloperStatus) -> Option<&'static str> {
    match status {
        DeveloperStatus::Approved => Some("approved"),
        DeveloperStatus::Pending => Some("pending"),
        DeveloperStatus::Rejected => Some("rejected"),
        DeveloperStatus::Revoked => Some("revoked"),
        DeveloperStatus::Unrecognized => None,
    }
}
