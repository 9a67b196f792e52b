//! Request bodies, checked before they are sent: what a portal's form or an admin's script asks.

use gatepass::Problems;
use gatepass::validate::{Choice, Form, RequestType, Sender};
use serde::Serialize;
use serde_json::Value;

use super::body::{Body, api_version};
use super::{Answer, Refusal, json};

/// What a check of a request found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CheckedRequest"))]
pub(super) struct CheckedRequest {
    /// Whether it can be sent: no problem has severity `error`.
    fits: bool,
    /// The form that it was compared with, in words; null if there is none.
    form: Option<String>,
    /// What is wrong, gravest first; at most 100.
    problems: Problems,
    /// How many problems there are in all.
    problem_count: usize,
}

/// A kind of request.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RequestTypeEntry"))]
pub(super) struct RequestTypeEntry {
    /// What `gatepass check --type` calls it.
    name: &'static str,
    /// What it is, in a few words.
    about: &'static str,
}

/// The kinds of requests.
pub(super) fn request_types(body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    let entry = |kind: &RequestType| RequestTypeEntry { name: kind.name(), about: kind.about() };
    json(&RequestType::ALL.iter().map(entry).collect::<Vec<_>>())
}

/// `{type, body, api, by}`: what is wrong with the body of a request.
pub(super) fn check_request(body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let request = body.member("body").unwrap_or(Value::Null).to_string();
    let (kind, choice) = kind_and_choice(&mut body);
    body.finish()?;
    let kind = kind.ok_or_else(missing)?;
    let checked = kind.check(request.as_bytes(), choice);
    json(&CheckedRequest {
        fits: !checked.problems.has_errors(),
        form: checked.form.map(ToString::to_string),
        problem_count: checked.problems.total(),
        problems: checked.problems,
    })
}

/// `{type, api, by}`: a request's form as JSON Schema, for forms that check while somebody types.
pub(super) fn request_schema(body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let (kind, choice) = kind_and_choice(&mut body);
    body.finish()?;
    let kind = kind.ok_or_else(missing)?;
    let form = kind.form(choice).map(Form::json_schema);
    let schema = form.ok_or_else(|| {
        Refusal::new("form_unknown", "", format!("`{}` is nothing that {choice} sends", kind.name()))
    })?;
    json(&schema)
}

fn kind_and_choice(body: &mut Body) -> (Option<&'static RequestType>, Choice) {
    let kind =
        body.read_member("type", "one of `request_types`", |value| RequestType::named(value.as_str()?));
    let api = body.read_member("api", "`v2` or `v3`", |value| api_version(value.as_str()?));
    let sender = body.read_member("by", "`developer` or `admin`", |value| {
        let word = value.as_str()?;
        Sender::ALL.iter().copied().find(|sender| sender.as_str() == word)
    });
    (kind, Choice { api, sender })
}

fn missing() -> Refusal {
    Refusal::new("value_missing", "/type", "`type` is missing")
}
