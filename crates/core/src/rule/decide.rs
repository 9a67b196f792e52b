//! The rule itself. Each block names the line of the decision table it implements (README, "The rule").

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::facts::{
    ApplicationFact, CredentialFact, DeveloperStatus, Facts, Freshness, MembershipFact, OwnerFact,
    PortalFact, Rbac, RegistrationFact, ResourceFact, RoleFact, StrategyFact, Visibility,
};
use super::reason::{Reason, ReasonIter};

/// Declares an enum that is one word on the wire.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident, $error:ident, $what:literal { $($(#[$value_doc:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value),+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::schema::words(&[$($doc),*], Self::ALL.iter().map(|value| value.as_str()))
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(word: &str) -> Result<Self, $error> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or_else(|| $error {
                    word: word.chars().take(64).collect(),
                })
            }
        }

        #[doc = concat!("A word that is no ", $what, ".")]
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error("`{word}` is not {}", concat!($what, " (", $("`", $word, "`, ",)+ "nothing else)"))]
        pub struct $error {
            word: String,
        }
    };
}

words! {
    /// What somebody wants to do.
    Action, UnknownAction, "an action" {
        /// An application calls the resource through the gateway.
        Consume = "consume",
        /// A developer registers an application for the resource.
        Register = "register",
        /// Somebody looks at the resource in the portal.
        View = "view",
        /// A developer logs in to the portal.
        LogIn = "log_in",
        /// A developer creates an application.
        CreateApplication = "create_application",
        /// A developer creates a credential for an application.
        CreateCredential = "create_credential",
    }
}

words! {
    /// Which lines of the table `consume` checks.
    Policy, UnknownPolicy, "a policy" {
        /// All of them.
        Strict = "strict",
        /// What Konnect itself enforces: freshness, resource, credential, application and registration.
        Konnect = "konnect",
    }
}

/// The reasons of a denial, in listing order. Empty only in an allowed outcome.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Blockers {
    bits: u64,
}

impl Blockers {
    /// The reasons in listing order.
    pub const fn iter(self) -> ReasonIter {
        ReasonIter { bits: self.bits }
    }

    /// The first of them, which is the `reason` of the denial.
    pub fn first(self) -> Option<Reason> {
        self.iter().next()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.bits.count_ones() as usize
    }

    /// Whether `reason` is among them.
    pub const fn contains(self, reason: Reason) -> bool {
        self.bits & (1 << reason as u8) != 0
    }

    /// Whether every one of these is among `others` too.
    pub const fn is_subset_of(self, others: Self) -> bool {
        self.bits & !others.bits == 0
    }

    const fn add(&mut self, reason: Reason) {
        self.bits |= 1 << reason as u8;
    }

    fn add_if(&mut self, reason: Option<Reason>) {
        if let Some(reason) = reason {
            self.add(reason);
        }
    }
}

impl fmt::Debug for Blockers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl IntoIterator for Blockers {
    type Item = Reason;
    type IntoIter = ReasonIter;

    fn into_iter(self) -> ReasonIter {
        self.iter()
    }
}

impl FromIterator<Reason> for Blockers {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let mut blockers = Self::default();
        reasons.into_iter().for_each(|reason| blockers.add(reason));
        blockers
    }
}

/// The answer of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing stands in the way.
    Allow,
    /// At least one reason stands in the way.
    Deny(Blockers),
}

impl Outcome {
    /// Whether the question was allowed.
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// The first reason of a denial.
    pub fn reason(self) -> Option<Reason> {
        self.blockers().first()
    }

    /// All reasons of a denial; empty if allowed.
    pub const fn blockers(self) -> Blockers {
        match self {
            Self::Allow => Blockers { bits: 0 },
            Self::Deny(blockers) => blockers,
        }
    }
}

/// Decides whether `action` is allowed, given `facts`. Total and pure; `policy` matters only to
/// [`Action::Consume`].
///
/// ```
/// use gatepass::{Action, Facts, Outcome, Policy, Reason, decide};
/// let outcome = decide(&Facts::UNKNOWN, Action::Consume, Policy::Strict);
/// assert_eq!(outcome.reason(), Some(Reason::BundleStale));
/// ```
pub fn decide(facts: &Facts, action: Action, policy: Policy) -> Outcome {
    let blockers = match action {
        Action::Consume => consume(facts, policy),
        Action::Register => register(facts),
        Action::View => view(facts),
        Action::LogIn | Action::CreateApplication => enter(facts),
        Action::CreateCredential => create_credential(facts),
    };
    if blockers.is_empty() { Outcome::Allow } else { Outcome::Deny(blockers) }
}

fn consume(facts: &Facts, policy: Policy) -> Blockers {
    let mut blockers = Blockers::default();
    if facts.freshness == Freshness::Stale {
        // Nothing else that is known can be trusted, so nothing else is said.
        blockers.add(Reason::BundleStale);
        return blockers;
    }
    let strict = policy == Policy::Strict;
    let application_known = facts.application != ApplicationFact::Unknown;
    let registrable = facts.resource.is_known() && facts.credential.identifies() && application_known;

    blockers.add_if(resource_not_known(facts.resource));
    blockers.add_if(credential_not_good(facts.credential));
    if facts.credential.identifies() && (strict || !application_known) {
        blockers.add_if(application_not_approved(facts.application));
    }
    if strict && facts.credential.identifies() && application_known {
        blockers.add_if(owner_not_approved(facts.owner));
    }
    if strict {
        blockers.add_if(not_published(facts.resource));
    }
    if registrable {
        blockers.add_if(registration_not_approved(facts.registration));
    }
    if strict && registrable && facts.owner != OwnerFact::Unknown {
        blockers.add_if(no_consumer_role(facts));
    }
    blockers
}

fn register(facts: &Facts) -> Blockers {
    let mut blockers = Blockers::default();
    let application_known = facts.application != ApplicationFact::Unknown;
    let resource_known = facts.resource.is_known();

    blockers.add_if(resource_not_known(facts.resource));
    blockers.add_if(portal_public(facts.portal));
    blockers.add_if(application_not_approved(facts.application));
    if application_known {
        blockers.add_if(asker_not_approved(facts));
    }
    blockers.add_if(not_published(facts.resource));
    if resource_known && !facts.registration_enabled {
        blockers.add(Reason::RegistrationDisabled);
    }
    if resource_known && application_known && facts.strategy == StrategyFact::Different {
        blockers.add(Reason::StrategyMismatch);
    }
    if resource_known && application_known && facts.owner != OwnerFact::Unknown {
        blockers.add_if(no_consumer_role(facts));
    }
    if resource_known && application_known && facts.registration != RegistrationFact::Missing {
        blockers.add(Reason::RegistrationExists);
    }
    blockers
}

fn view(facts: &Facts) -> Blockers {
    let mut blockers = Blockers::default();
    blockers.add_if(resource_not_known(facts.resource));
    let everyone = facts.resource.is_known() && facts.visibility == Visibility::Public;
    if !everyone {
        blockers.add_if(asker_not_approved(facts));
    }
    blockers.add_if(not_published(facts.resource));
    let asks_for_role =
        !everyone && facts.resource.is_known() && facts.owner != OwnerFact::Unknown && facts.rbac == Rbac::On;
    if asks_for_role && facts.role == RoleFact::None {
        blockers.add(Reason::RoleMissing);
    }
    blockers
}

/// `log_in` and `create_application`.
fn enter(facts: &Facts) -> Blockers {
    let mut blockers = Blockers::default();
    blockers.add_if(portal_public(facts.portal));
    blockers.add_if(asker_not_approved(facts));
    blockers
}

fn create_credential(facts: &Facts) -> Blockers {
    let mut blockers = Blockers::default();
    blockers.add_if(application_not_approved(facts.application));
    if facts.application != ApplicationFact::Unknown {
        blockers.add_if(asker_not_approved(facts));
    }
    blockers
}

fn resource_not_known(resource: ResourceFact) -> Option<Reason> {
    match resource {
        ResourceFact::Unknown => Some(Reason::ResourceUnknown),
        ResourceFact::Unrecognized => Some(Reason::ResourceUnrecognized),
        ResourceFact::Unpublished | ResourceFact::Published => None,
    }
}

fn not_published(resource: ResourceFact) -> Option<Reason> {
    (resource == ResourceFact::Unpublished).then_some(Reason::ResourceUnpublished)
}

fn portal_public(portal: PortalFact) -> Option<Reason> {
    (portal == PortalFact::Public).then_some(Reason::PortalPublic)
}

fn credential_not_good(credential: CredentialFact) -> Option<Reason> {
    match credential {
        CredentialFact::Missing => Some(Reason::CredentialMissing),
        CredentialFact::Ambiguous => Some(Reason::CredentialAmbiguous),
        CredentialFact::Unknown => Some(Reason::CredentialUnknown),
        CredentialFact::Unrecognized => Some(Reason::CredentialUnrecognized),
        CredentialFact::Revoked => Some(Reason::CredentialRevoked),
        CredentialFact::Expired => Some(Reason::CredentialExpired),
        CredentialFact::Valid | CredentialFact::NotNeeded => None,
    }
}

fn application_not_approved(application: ApplicationFact) -> Option<Reason> {
    match application {
        ApplicationFact::Unknown => Some(Reason::ApplicationUnknown),
        ApplicationFact::Pending => Some(Reason::ApplicationPending),
        ApplicationFact::Rejected => Some(Reason::ApplicationRejected),
        ApplicationFact::Revoked => Some(Reason::ApplicationRevoked),
        ApplicationFact::Unrecognized => Some(Reason::ApplicationUnrecognized),
        ApplicationFact::Approved => None,
    }
}

/// A team passes: its members' statuses are not the application's.
fn owner_not_approved(owner: OwnerFact) -> Option<Reason> {
    match owner {
        OwnerFact::Unknown => Some(Reason::OwnerUnknown),
        OwnerFact::Developer(DeveloperStatus::Pending) => Some(Reason::DeveloperPending),
        OwnerFact::Developer(DeveloperStatus::Rejected) => Some(Reason::DeveloperRejected),
        OwnerFact::Developer(DeveloperStatus::Revoked) => Some(Reason::DeveloperRevoked),
        OwnerFact::Developer(DeveloperStatus::Unrecognized) => Some(Reason::DeveloperUnrecognized),
        OwnerFact::Developer(DeveloperStatus::Approved) | OwnerFact::Team => None,
    }
}

/// Where a person acts, a team must be represented by one of its approved members.
fn asker_not_approved(facts: &Facts) -> Option<Reason> {
    match (facts.owner, facts.membership) {
        (OwnerFact::Team, MembershipFact::NotApprovedMember) => Some(Reason::NotTeamMember),
        (owner, _) => owner_not_approved(owner),
    }
}

fn registration_not_approved(registration: RegistrationFact) -> Option<Reason> {
    match registration {
        RegistrationFact::Missing => Some(Reason::RegistrationMissing),
        RegistrationFact::Pending => Some(Reason::RegistrationPending),
        RegistrationFact::Rejected => Some(Reason::RegistrationRejected),
        RegistrationFact::Revoked => Some(Reason::RegistrationRevoked),
        RegistrationFact::Unrecognized => Some(Reason::RegistrationUnrecognized),
        RegistrationFact::Approved => None,
    }
}

fn no_consumer_role(facts: &Facts) -> Option<Reason> {
    match (facts.rbac, facts.role) {
        (Rbac::Off, _) | (Rbac::On, RoleFact::Consumer) => None,
        (Rbac::On, RoleFact::None) => Some(Reason::RoleMissing),
        (Rbac::On, RoleFact::Viewer) => Some(Reason::RoleViewerOnly),
    }
}
