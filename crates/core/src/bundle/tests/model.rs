//! The same look-ups done naively on the contents.

use std::collections::HashMap;

use crate::bundle::{
    ApplicationContents, CredentialHolder, CredentialState, Owner, PortalContents, ResourceContents,
};
use crate::{
    ApplicationId, CredentialFact, CredentialKey, Facts, Freshness, OwnerFact, RegistrationFact, ResourceId,
    RoleFact, Timestamp,
};

/// Contents by what they are looked up by.
pub(super) struct Model<'a> {
    portals: &'a [PortalContents],
    credentials: HashMap<CredentialKey, Vec<CredentialHolder>>,
    applications: HashMap<ApplicationId, (&'a PortalContents, &'a ApplicationContents)>,
}

impl<'a> Model<'a> {
    pub(super) fn new(portals: &'a [PortalContents]) -> Self {
        let mut credentials: HashMap<_, Vec<_>> = HashMap::new();
        let mut applications = HashMap::new();
        for portal in portals {
            for credential in &portal.credentials {
                credentials.entry(credential.key).or_default().push(credential.holder);
            }
            applications.extend(portal.applications.iter().map(|known| (known.id, (portal, known))));
        }
        Self { portals, credentials, applications }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &CredentialKey> {
        self.credentials.keys()
    }

    pub(super) fn applications(&self) -> impl Iterator<Item = &ApplicationId> {
        self.applications.keys()
    }

    /// Facts by credential key.
    pub(super) fn facts(&self, key: &CredentialKey, now: Timestamp, resource: Option<ResourceId>) -> Facts {
        let (credential, application) = match self.credentials.get(key).map(Vec::as_slice) {
            None => (CredentialFact::Unknown, None),
            Some([CredentialHolder::One { application, state, expires_at }]) => {
                let over = expires_at.is_some_and(|expires_at| now >= expires_at);
                match state {
                    CredentialState::Active if over => (CredentialFact::Expired, Some(application)),
                    CredentialState::Active => (CredentialFact::Valid, Some(application)),
                    CredentialState::Expired => (CredentialFact::Expired, Some(application)),
                    CredentialState::Revoked => (CredentialFact::Revoked, Some(application)),
                    CredentialState::Unrecognized => (CredentialFact::Unrecognized, None),
                }
            }
            Some(_) => (CredentialFact::Ambiguous, None),
        };
        self.facts_of(credential, application, resource)
    }

    /// Facts by application id.
    pub(super) fn facts_by_id(&self, id: &ApplicationId, resource: Option<ResourceId>) -> Facts {
        let known = self.applications.contains_key(id);
        let credential = if known { CredentialFact::Valid } else { CredentialFact::Unknown };
        self.facts_of(credential, Some(id), resource)
    }

    fn facts_of(
        &self,
        credential: CredentialFact,
        application: Option<&ApplicationId>,
        resource: Option<ResourceId>,
    ) -> Facts {
        let mut facts = Facts { freshness: Freshness::Fresh, credential, ..Facts::UNKNOWN };
        let find = |portal: &PortalContents| -> Option<ResourceContents> {
            portal.resources.iter().find(|known| Some(known.id) == resource).copied()
        };
        let known = application.and_then(|id| self.applications.get(id));
        if let Some((portal, application)) = known {
            facts.application = application.status;
            facts.owner = match application.owner {
                Owner::Unknown => OwnerFact::Unknown,
                Owner::Developer(_, status) => OwnerFact::Developer(status),
                Owner::Team(_) => OwnerFact::Team,
            };
            facts.rbac = portal.rbac;
            let registration = application.registrations.iter().find(|(id, _)| Some(*id) == resource);
            facts.registration = registration.map_or(RegistrationFact::Missing, |(_, status)| *status);
            let roles = &portal.role_sets[application.role_set].roles;
            let role = roles.iter().find(|(id, _)| Some(*id) == resource);
            facts.role = role.map_or(RoleFact::None, |(_, role)| *role);
        }
        let standing = match known {
            Some((portal, _)) => find(portal),
            // The last of the greatest: the portals are reversed for the first.
            None => self.portals.iter().rev().filter_map(find).max_by_key(|known| known.state),
        };
        if let Some(standing) = standing {
            (facts.resource, facts.deprecated) = (standing.state, standing.deprecated);
        }
        facts
    }
}
