//! Bundles for gateways.

use gatepass::bundle::{self, Built, BundleTimestamp};
use gatepass::{Policy, Snapshot};
use serde::Serialize;

use super::open::hexadecimal;
use crate::surface::body::Body;
use crate::surface::{Answer, Refusal, json};

/// How fresh a bundle is.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "BundleTimestamp"))]
pub(super) struct Timestamped {
    /// The name of the bundle's contents: the SHA-256 of its manifest in hexadecimal digits.
    content_digest: String,
    /// When the crawl that wrote the snapshot began.
    as_of: gatepass::Timestamp,
    /// As it stands in the header `Gatepass-Bundle-Timestamp` and in the file beside the bundle.
    timestamp: String,
}

/// `{policy}`: the bytes of the bundle.
pub(super) fn to_bundle(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let policy = body.parsed("policy").unwrap_or(Policy::Strict);
    body.finish()?;
    Ok(Answer::Bytes(built(snapshot, policy)?.to_bytes()))
}

/// `{policy, audience}`: the statement of how fresh the bundle is.
pub(super) fn bundle_timestamp(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let policy = body.parsed("policy").unwrap_or(Policy::Strict);
    let audience: Option<String> = body.required("audience");
    body.finish()?;
    let built = built(snapshot, policy)?;
    let regions = snapshot.region().map(|region| (snapshot.portal().id, region));
    let timestamp = BundleTimestamp::new(
        audience.unwrap_or_default(),
        regions,
        policy,
        snapshot.as_of(),
        *built.content_digest(),
    )
    .map_err(|error| Refusal::new("timestamp_impossible", "/audience", error.to_string()))?;
    json(&Timestamped {
        content_digest: hexadecimal(built.content_digest()),
        as_of: snapshot.as_of(),
        timestamp: timestamp.to_header(),
    })
}

fn built(snapshot: &Snapshot, policy: Policy) -> Result<Built, Refusal> {
    let contents =
        snapshot.contents().map_err(|error| Refusal::new("region_missing", "/region", error.to_string()))?;
    bundle::build(policy, &[contents])
        .map_err(|error| Refusal::new("bundle_impossible", "", error.to_string()))
}
