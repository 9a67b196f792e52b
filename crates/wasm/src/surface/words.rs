//! The lists a host may want, what it runs, and what a portal's page asks.

use gatepass::Reason;
use serde::Serialize;

use super::body::Body;
use super::{Answer, Refusal, json};

/// A reason.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ReasonEntry {
    #[cfg_attr(feature = "schema", schemars(with = "Reason"))]
    code: &'static str,
    http_status: u16,
    summary: &'static str,
}

/// What this is.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Version"))]
pub(super) struct Build {
    version: &'static str,
    snapshot_format: &'static str,
    report_format: &'static str,
    abi: u32,
}

/// Every reason in listing order.
pub(super) fn reasons(body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    let reasons = Reason::ALL.iter().map(|reason| ReasonEntry {
        code: reason.code(),
        http_status: reason.http_status(),
        summary: reason.summary(),
    });
    json(&reasons.collect::<Vec<_>>())
}

/// What this is.
pub(super) fn version(body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    json(&Build {
        version: env!("CARGO_PKG_VERSION"),
        snapshot_format: gatepass::SNAPSHOT_FORMAT,
        report_format: gatepass::report::REPORT_FORMAT,
        abi: crate::abi::ABI,
    })
}

/// The English sentences by code, for translators.
pub(super) fn catalogue(body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    json(&gatepass::portal_view::Catalogue::english())
}

/// `{portal, actions, application, registration, resource, signed_in}`: what a developer may do.
pub(super) fn access_for(body: &[u8]) -> Result<Answer, Refusal> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::new("json_syntax", "", "the portal view is not UTF-8"))?;
    let view = gatepass::portal_view::PortalView::from_json(text)
        .map_err(|error| Refusal::new(error.code(), error.path(), error.message()))?;
    json(&view.access())
}
