//! Asking the rule about one request.

use gatepass::bundle::{Caller, Owner, ResourceHandle};
use gatepass::{Action, ApplicationId, Freshness, Reason, ResourceId, Timestamp, decide};

use crate::credential::Shown;
use crate::generation::Generation;

/// Who was let through to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) application: Option<ApplicationId>,
    pub(crate) owner: Option<Owner>,
    pub(crate) resource: ResourceId,
    pub(crate) serial: u64,
    pub(crate) is_deprecated: bool,
}

/// Whose credential was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) application: Option<ApplicationId>,
    pub(crate) owner: Option<Owner>,
}

/// Decides for any of `resources`; if none allows, the reason is the first's.
pub(crate) fn ask(
    generation: &Generation,
    resources: &[(ResourceId, Option<ResourceHandle>)],
    shown: Shown,
    now: Timestamp,
) -> (Known, Result<Granted, Reason>) {
    let bundle = &generation.bundle;
    let caller = match shown {
        Shown::Missing => Caller::missing(),
        Shown::Ambiguous => Caller::ambiguous(),
        Shown::Unknown => Caller::unknown(),
        Shown::Key(key) => bundle.caller(&key, now),
        Shown::Application(id) => bundle.caller_by_application_id(&id),
    };
    let known = Known { application: caller.application_id(), owner: caller.owner() };
    let mut reason = None;
    for (resource, handle) in resources {
        let facts = bundle.facts(&caller, *handle, Freshness::Fresh);
        let outcome = decide(&facts, Action::Consume, bundle.policy());
        if outcome.is_allow() {
            let (Known { application, owner }, is_deprecated) = (known, facts.deprecated);
            let (resource, serial) = (*resource, generation.serial);
            return (known, Ok(Granted { application, owner, resource, serial, is_deprecated }));
        }
        reason = reason.or(outcome.reason());
    }
    (known, Err(reason.unwrap_or(Reason::ResourceUnknown)))
}
