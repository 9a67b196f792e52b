//! E-mail addresses, as rules of approval read them.

use gatepass::approvals::domain_of;
use serde::Serialize;

use super::body::Body;
use super::{Answer, Refusal, json};

/// The domain of an e-mail address.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct EmailDomain {
    /// The domain, in lower case; an internationalized one in its ASCII form.
    domain: String,
}

/// `{email}`: the domain that rules compare.
pub(super) fn email_domain(body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let email: Option<String> = body.required("email");
    body.finish()?;
    let domain = domain_of(&email.unwrap_or_default())
        .map_err(|error| Refusal::new(error.code().as_str(), "/email", error.to_string()))?;
    json(&EmailDomain { domain: domain.as_str().to_owned() })
}
