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
}

/// Decides for any of `resources`; if none allows, the reason is the first's.
pub(crate) fn ask(
    generation: &Generation,
    resources: &[(ResourceId, Option<ResourceHandle>)],
    shown: Shown,
    now: Timestamp,
) -> Result<Granted, Reason> {
    let bundle = &generation.bundle;
    let caller = match shown {
        Shown::Missing => Caller::missing(),
        Shown::Ambiguous => Caller::ambiguous(),
        Shown::Unknown => Caller::unknown(),
        Shown::Key(key) => bundle.caller(&key, now),
        Shown::Application(id) => bundle.caller_by_application_id(&id),
    };
    let mut reason = None;
    for (resource, handle) in resources {
        let facts = bundle.facts(&caller, *handle, Freshness::Fresh);
        let outcome = decide(&facts, Action::Consume, bundle.policy());
        if outcome.is_allow() {
            let (application, owner) = (caller.application_id(), caller.owner());
            return Ok(Granted { application, owner, resource: *resource, serial: generation.serial });
        }
        reason = reason.or(outcome.reason());
    }
    Err(reason.unwrap_or(Reason::ResourceUnknown))
}
