//! Look-ups: from what a caller shows to the facts a decision needs, without an allocation.

use std::fmt;

use crate::{
    ApplicationId, CredentialFact, CredentialKey, Facts, Freshness, ResourceFact, ResourceId, ServiceId,
    Timestamp,
};

use super::Bundle;
use super::chunk::{Chunk, Record};
use super::code::Holding;
use super::contents::{CredentialState, Owner};
use super::global::{ResourceRow, RouteRow};
use super::key::{application_ref, chunk_index, credential_hash, truncated};
use super::wire::position;

/// A resource, resolved once per bundle so that a decision need not look for it. A handle of another bundle
/// is no resource at all: the decision is a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceHandle {
    generation: u64,
    key: u32,
    /// The portal in which it stands best.
    home: u16,
    /// Whether another portal knows it too.
    elsewhere: bool,
    best: Standing,
}

/// How a resource stands in a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    state: ResourceFact,
    deprecated: bool,
}

impl From<ResourceRow> for Standing {
    fn from(row: ResourceRow) -> Self {
        Self { state: row.state, deprecated: row.deprecated }
    }
}

/// Who calls, as far as a bundle knows. Small, and made without an allocation. To another bundle than the
/// one that made it, its application is unknown: the decision is a denial.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'b> {
    credential: CredentialFact,
    application: Option<Application<'b>>,
}

/// An application the bundle knows.
#[derive(Clone, Copy)]
struct Application<'b> {
    record: Record<'b>,
    generation: u64,
}

impl fmt::Debug for Application<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.id().fmt(f)
    }
}

impl Caller<'_> {
    /// A caller that showed nothing.
    pub const fn missing() -> Self {
        Self { credential: CredentialFact::Missing, application: None }
    }

    /// A caller that showed several different credentials, or one of several applications.
    pub const fn ambiguous() -> Self {
        Self { credential: CredentialFact::Ambiguous, application: None }
    }

    /// A caller that showed what no application has.
    pub const fn unknown() -> Self {
        Self { credential: CredentialFact::Unknown, application: None }
    }

    /// What the caller's credential is worth.
    pub const fn credential(&self) -> CredentialFact {
        self.credential
    }

    /// The caller's application, if the bundle knows it.
    pub fn application_id(&self) -> Option<ApplicationId> {
        self.application.map(|application| application.record.id())
    }

    /// The owner of the caller's application; `None` if the bundle does not know the application.
    pub fn owner(&self) -> Option<Owner> {
        self.application.map(|application| application.record.owner())
    }

    /// Whether both callers are the same known application.
    pub fn same_application(&self, other: &Caller<'_>) -> bool {
        self.application_id().is_some_and(|id| other.application_id() == Some(id))
    }
}

impl Bundle {
    /// The handle of a resource; `None` if no portal of the bundle knows it.
    pub fn resource(&self, id: &ResourceId) -> Option<ResourceHandle> {
        let (key, mut standings) = self.global().standings(id);
        let (mut home, mut best) = standings.next()?;
        let mut elsewhere = false;
        for (ordinal, row) in standings {
            elsewhere = true;
            if row.state > best.state {
                (home, best) = (ordinal, row);
            }
        }
        Some(ResourceHandle { generation: self.generation(), key, home, elsewhere, best: best.into() })
    }

    /// The resources that a gateway service serves, each once.
    pub fn resources_of_service(&self, service: &ServiceId) -> impl Iterator<Item = ResourceId> + '_ {
        let mut last = None;
        self.global().routes_of(service).iter().filter_map(RouteRow::read).filter_map(move |route| {
            // Several portals may say the same; they stand side by side.
            if last.replace(route.resource_key) == Some(route.resource_key) {
                return None;
            }
            self.global().resource_in(route.portal, route.resource_key).map(|row| row.id)
        })
    }

    /// Who shows the credential with this key at `now`. A credential is expired from its expiry on.
    ///
    /// Keys are compared with their kind: a client id is never found as an API key.
    #[inline]
    pub fn caller(&self, key: &CredentialKey, now: Timestamp) -> Caller<'_> {
        self.holder(key, now).unwrap_or(Caller::unknown())
    }

    #[inline]
    fn holder(&self, key: &CredentialKey, now: Timestamp) -> Option<Caller<'_>> {
        let chunk = self.chunk_of(credential_hash(truncated(key)))?;
        let entry = chunk.credential(key)?;
        let credential = match entry.holding()? {
            Holding::Several => CredentialFact::Ambiguous,
            Holding::One(CredentialState::Unrecognized) => CredentialFact::Unrecognized,
            Holding::One(CredentialState::Revoked) => CredentialFact::Revoked,
            Holding::One(CredentialState::Expired) => CredentialFact::Expired,
            Holding::One(CredentialState::Active) if chunk.is_expired(entry, now) => CredentialFact::Expired,
            Holding::One(CredentialState::Active) => CredentialFact::Valid,
        };
        let application = if credential.identifies() { self.application(entry.reference) } else { None };
        Some(Caller { credential, application })
    }

    /// The application with this id, named by a host that is trusted to know its callers: the credential
    /// counts as valid. An id that the bundle does not know is an unknown application, as in a snapshot.
    pub fn caller_by_application_id(&self, id: &ApplicationId) -> Caller<'_> {
        let reference = application_ref(self.global().salt(), id);
        let record = self.chunk_of(reference).and_then(|chunk| chunk.application_by_id(id, reference));
        let application = record.map(|record| Application { record, generation: self.generation() });
        Caller { credential: CredentialFact::Valid, application }
    }

    /// The facts about a caller and a resource; `None` is a route that maps to no known resource.
    ///
    /// The resource is judged in the portal of the caller's application; without a known application, in the
    /// portal where it stands best.
    #[inline]
    pub fn facts(
        &self,
        caller: &Caller<'_>,
        resource: Option<ResourceHandle>,
        freshness: Freshness,
    ) -> Facts {
        let mut facts = Facts { freshness, credential: caller.credential, ..Facts::UNKNOWN };
        let resource = resource.filter(|resource| resource.generation == self.generation());
        let application = caller.application.filter(|known| known.generation == self.generation());
        let standing = if let Some(Application { record, .. }) = application {
            facts.application = record.status();
            facts.owner = record.owner_fact();
            let role_set = self.global().role_set(record.role_set_key());
            if let Some(rbac) = role_set.and_then(|set| self.global().rbac(set.portal)) {
                facts.rbac = rbac;
            }
            if let Some(resource) = resource {
                facts.registration = record.registration(resource.key);
                facts.role = role_set.map_or(facts.role, |set| set.role(resource.key));
            }
            resource.zip(role_set).and_then(|(resource, set)| self.standing(resource, set.portal))
        } else {
            resource.map(|resource| resource.best)
        };
        if let Some(standing) = standing {
            (facts.resource, facts.deprecated) = (standing.state, standing.deprecated);
        }
        facts
    }

    /// How a resource stands in a portal.
    #[inline]
    fn standing(&self, resource: ResourceHandle, portal: u16) -> Option<Standing> {
        if portal == resource.home {
            return Some(resource.best);
        }
        if !resource.elsewhere {
            return None;
        }
        self.global().resource_in(portal, resource.key).map(Standing::from)
    }

    #[inline]
    fn application(&self, reference: u64) -> Option<Application<'_>> {
        let record = self.chunk_of(reference)?.application(reference)?;
        Some(Application { record, generation: self.generation() })
    }

    #[inline]
    fn chunk_of(&self, hash: u64) -> Option<&Chunk> {
        self.chunks().get(position(chunk_index(hash, self.manifest().chunk_bits()))).map(AsRef::as_ref)
    }
}
