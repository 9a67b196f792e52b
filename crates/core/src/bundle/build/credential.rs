//! The credentials of all portals together.

use crate::arrange::Arrange as _;
use crate::{ApplicationId, CredentialKey};

use super::super::contents::{CredentialHolder, PortalContents};
use super::super::key::truncated;
use super::problem::{BuildError, BuildProblem, Problems};

/// One credential, whichever portals know it.
pub(super) struct Credential {
    pub(super) key: CredentialKey,
    pub(super) holder: CredentialHolder,
}

/// The application of a holder that is one.
pub(super) fn holder_application(holder: &CredentialHolder) -> Option<ApplicationId> {
    match holder {
        CredentialHolder::Several => None,
        CredentialHolder::One { application, .. } => Some(*application),
    }
}

/// Merges the credentials of all portals, sorted by the first 128 bits of their digests, then by kind. One
/// that two portals know is several applications'.
pub(super) fn merge(portals: &[&PortalContents]) -> Result<Vec<Credential>, BuildError> {
    let mut all: Vec<Credential> = Vec::new();
    for portal in portals {
        let known = portal.credentials.iter();
        all.extend(known.map(|credential| Credential { key: credential.key, holder: credential.holder }));
    }
    let order = |credential: &Credential| (*credential.key.digest(), credential.key.kind());
    all.arrange_by_key(|credential| {
        (truncated(&credential.key), credential.key.kind(), *credential.key.digest())
    });
    // Equal keys stand side by side now; the later ones are dropped and the first belongs to several.
    all.dedup_by(|later, first| {
        let same = order(later) == order(first);
        if same {
            first.holder = CredentialHolder::Several;
        }
        same
    });
    let mut problems = Problems::default();
    for (credential, next) in all.iter().zip(all.iter().skip(1)) {
        let kind = credential.key.kind();
        if truncated(&credential.key) == truncated(&next.key) && kind == next.key.kind() {
            let application = holder_application(&credential.holder);
            problems.add(BuildProblem::CredentialsCollide { kind, application });
        }
    }
    problems.finish()?;
    Ok(all)
}
