//! Requests that ended badly, each in one line that says what to do next.

use std::fmt;

use crate::json::{Entry, Field, List, lenient_object};

use super::exchange::{Failure, FailureKind, Method, Response};
use crate::plain::Shown;

/// Why a request was given up. One line; it never shows a token, even where a server echoes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    code: &'static str,
    method: Method,
    path: String,
    status: Option<u16>,
    message: String,
    remedy: &'static str,
    unclear: bool,
}

impl RequestError {
    pub(super) fn new(
        code: &'static str,
        (method, path): (Method, &str),
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        let path = path.split('?').next().unwrap_or_default().to_owned();
        Self { code, method, path, status: None, message: message.into(), remedy, unclear: false }
    }

    /// A stable code in `snake_case`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The response's status, if there was a response.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The path that was asked, without its query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        self.remedy
    }

    /// Whether the request may have been carried out all the same.
    pub const fn is_unclear(&self) -> bool {
        self.unclear
    }

    /// The error of a response that is not a success.
    pub(super) fn of_response(place: (Method, &str), response: &Response) -> Self {
        let status = response.status;
        if is_html(response) {
            return Self::html(place, status);
        }
        let (code, remedy) = match status {
            400 | 422 => {
                ("bad_request", "report this to the Gatepass project, unless the plan names odd values")
            }
            401 => (
                "unauthorized",
                "check that KONNECT_TOKEN holds a valid, unexpired token of this organization; with kongctl, run `kongctl login`",
            ),
            403 => ("forbidden", "give the token's owner the Konnect role that this path needs"),
            404 => (
                "not_found",
                "check --region, --api and the ids; v2 and v3 portals are found under their own API only",
            ),
            407 => ("proxy_refused", "give the proxy its credentials"),
            409 => ("conflict", "look at the object in Konnect"),
            429 => ("throttled", "wait, then try again with less concurrency"),
            300..=399 => (
                "redirected",
                "set --base-url to where the API really is; redirects are not followed with a token",
            ),
            500..=599 => ("server_error", "try again later; https://status.konghq.com shows Konnect's state"),
            _ => ("unexpected_status", "look at what answers at --base-url"),
        };
        let message = match detail(&response.body) {
            Some(detail) => format!("{status}: {}", Shown(&scrub(&detail))),
            None => status.to_string(),
        };
        Self { status: Some(status), unclear: status >= 500, ..Self::new(code, place, message, remedy) }
    }

    /// The error of a page that no API writes, whatever its status.
    pub(super) fn html(place: (Method, &str), status: u16) -> Self {
        let message = format!("{status}, and the answer is a web page, not the API's JSON");
        let remedy = "check --base-url and any proxy or login page in between";
        Self {
            status: Some(status),
            unclear: status >= 500,
            ..Self::new("not_the_api", place, message, remedy)
        }
    }

    /// The error of a request without a response.
    pub(super) fn of_failure(place: (Method, &str), failure: &Failure) -> Self {
        let (code, remedy) = match failure.kind {
            FailureKind::Timeout => ("timeout", "try again, or allow more time with --http-timeout"),
            FailureKind::Connection => {
                ("connection_failed", "check the network, --region and --base-url, then try again")
            }
            FailureKind::Certificate => (
                "certificate_refused",
                "check --base-url and the clock; behind an inspecting proxy, trust its certificate authority",
            ),
            FailureKind::Program => (
                "program_failed",
                "see that kongctl is installed and logged in (`kongctl login`), or leave out --via kongctl",
            ),
            FailureKind::Other => ("request_failed", "check --base-url"),
        };
        let message = Shown(&scrub(&failure.message)).to_string();
        // A broken connection may have broken after the request was read.
        let unclear = matches!(failure.kind, FailureKind::Timeout | FailureKind::Connection);
        Self { unclear, ..Self::new(code, place, message, remedy) }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}; {}", self.method, self.path, self.message, self.remedy)
    }
}

impl std::error::Error for RequestError {}

/// Whether a response is a web page: of a proxy, a login or a wrong base URL.
pub(super) fn is_html(response: &Response) -> bool {
    let declared = response.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let first = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
    declared.contains("html") || first == Some(&b'<')
}

lenient_object! {
    Invalid<'a> { field: Field<'a>, reason: Field<'a> }
}

lenient_object! {
    ProblemDocument<'a> {
        title: Field<'a>,
        detail: Field<'a>,
        message: Field<'a>,
        invalid_parameters: List<Entry<Invalid<'a>>>,
    }
}

/// The one sentence of a problem document; of a 400 also the first field that is wrong.
fn detail(body: &[u8]) -> Option<String> {
    let Ok(Entry::Object(document)) = crate::json::from_slice::<Entry<ProblemDocument<'_>>>(body) else {
        return None;
    };
    let sentence = document.detail.text().or(document.message.text()).or(document.title.text())?;
    Some(match document.invalid_parameters.items().first().and_then(Entry::object) {
        Some(Invalid { field, reason, .. }) => {
            let parts = [field, reason].into_iter().filter_map(Field::text).collect::<Vec<_>>().join(" ");
            format!("{sentence} ({parts})")
        }
        None => sentence.to_owned(),
    })
}

/// Takes out whatever looks like a Konnect token or an `Authorization` header's value.
pub(super) fn scrub(text: &str) -> String {
    let mut hide_next = false;
    let words = text.split(' ').map(|word| {
        let lower = word.to_ascii_lowercase();
        let secret = hide_next || lower.contains("kpat_") || lower.contains("spat_");
        hide_next = lower.ends_with("bearer");
        if secret { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: (Method, &str) = (Method::Get, "/v2/portals?page%5Bsize%5D=1");

    fn response(status: u16, content_type: &str, body: &str) -> Response {
        Response {
            status,
            content_type: Some(content_type.into()),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_wrong_token_is_one_line_without_the_token() {
        let body = r#"{"status":401,"title":"Unauthorized","instance":"kong:trace:1","detail":"Invalid credentials: Bearer kpat_abcDEF"}"#;
        let error = RequestError::of_response(PLACE, &response(401, "application/problem+json", body));
        assert_eq!(
            error.to_string(),
            "GET /v2/portals: 401: Invalid credentials: Bearer …; check that KONNECT_TOKEN holds a valid, unexpired token of this organization; with kongctl, run `kongctl login`"
        );
        let failure =
            Failure { kind: FailureKind::Other, message: "header authorization: Bearer x1y2".into() };
        assert!(!RequestError::of_failure(PLACE, &failure).to_string().contains("x1y2"));
    }

    #[test]
    fn a_proxys_page_is_one_line() {
        let error = RequestError::of_response(PLACE, &response(403, "text/html", "<html>\n\nno entry"));
        assert_eq!(error.code(), "not_the_api");
        assert_eq!(error.to_string().lines().count(), 1);
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        let body = r#"{"status":400,"title":"Invalid Request","detail":"Invalid Parameters","invalid_parameters":[{"field":"page[size]","rule":"is_number","reason":"must be a number"}]}"#;
        let error = RequestError::of_response(PLACE, &response(400, "application/problem+json", body));
        assert!(
            error.to_string().contains("400: Invalid Parameters (page[size] must be a number)"),
            "{error}"
        );
    }
}
