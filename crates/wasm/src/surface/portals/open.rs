//! Opening a portal, from a file or from another with changes.

use std::rc::Rc;

use gatepass::{Change, Problems, Rbac, ReadOptions, Snapshot};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::handles::{self, Held, OpenPortal};
use crate::surface::body::Body;
use crate::surface::{Answer, Refusal, json};

/// A portal that was opened, as hosts see it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Opened<'s> {
    handle: u32,
    portal_id: gatepass::PortalId,
    portal_name: &'s str,
    #[cfg_attr(feature = "schema", schemars(with = "gatepass::Api"))]
    api: &'static str,
    #[cfg_attr(feature = "schema", schemars(with = "Option<gatepass::Region>"))]
    region: Option<&'static str>,
    as_of: gatepass::Timestamp,
    completeness: gatepass::Completeness,
    /// The SHA-256 of the file in hexadecimal digits, if it was asked for.
    sha256: Option<String>,
    problems: &'s Problems,
    problem_count: usize,
}

pub(super) fn open(options: &[u8], bytes: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(options)?;
    let (allow_partial, digest) = (body.flag("allow_partial"), body.flag("digest"));
    body.finish()?;
    let reading = Snapshot::read(bytes, ReadOptions { allow_partial })?;
    let digest = digest.then(|| Sha256::digest(bytes).into());
    keep(reading.snapshot, digest, &reading.problems)
}

/// `{changes, rbac}`: the portal as it would be after these changes, with roles counting or not; a handle of its own.
pub(super) fn what_if(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let mut changes = Vec::new();
    for (position, value) in body.list("changes").into_iter().enumerate() {
        match serde_json::from_str::<Change>(&value.to_string()) {
            Ok(change) => changes.push(change),
            Err(error) => body.problem("value_invalid", format!("/changes/{position}"), error.to_string()),
        }
    }
    let rbac = body.read_member("rbac", "true or false", |value| value.as_bool());
    body.finish()?;
    let after = snapshot
        .with(&changes)
        .map_err(|error| Refusal::new("change_impossible", "/changes", error.to_string()))?;
    let after = match rbac {
        Some(on) => after.with_rbac(if on { Rbac::On } else { Rbac::Off }),
        None => after,
    };
    keep(after, None, &Problems::default())
}

fn keep(snapshot: Snapshot, digest: Option<[u8; 32]>, problems: &Problems) -> Result<Answer, Refusal> {
    let portal = Rc::new(OpenPortal { snapshot, digest });
    let handle = handles::insert(Held::Portal(Rc::clone(&portal)))?;
    let snapshot = &portal.snapshot;
    json(&Opened {
        handle,
        portal_id: snapshot.portal().id,
        portal_name: &snapshot.portal().name,
        api: snapshot.api().as_str(),
        region: snapshot.region().map(gatepass::Region::as_str),
        as_of: snapshot.as_of(),
        completeness: snapshot.completeness(),
        sha256: portal.digest.map(|digest| hexadecimal(&digest)),
        problems,
        problem_count: problems.total(),
    })
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
