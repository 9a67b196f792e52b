//! Reports.

use gatepass::report::{Contact, Parameters, Report, ReportError, ReportName, Span};
use gatepass::{DeveloperStatus, Snapshot, Timestamp};
use serde_json::Value;

use crate::surface::body::{Body, text};
use crate::surface::{Answer, Refusal, json};

/// `{report, now, …}`, the rest named as the options of `gatepass report`.
pub(super) fn report(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let name: Option<ReportName> = body.required("report");
    let now: Option<Timestamp> = body.required("now");
    let parameters = parameters(&mut body, now);
    body.finish()?;
    let (Some(name), Some(parameters)) = (name, parameters) else {
        // Whatever is missing was told above.
        return Err(Refusal::new("body_invalid", "", "`report` and `now` are missing"));
    };
    json(&Report::run(name, snapshot, &parameters).map_err(|error| refused(&error))?)
}

/// Takes the parameters of reports; `None` if there is no time.
fn parameters(body: &mut Body, now: Option<Timestamp>) -> Option<Parameters> {
    let older_than: Option<Span> = body.parsed("older_than");
    let default_cadence: Option<Span> = body.parsed("default_cadence");
    let teams = teams(body);
    let include_without_application = body.flag("include_without_application");
    let search = body.text("search");
    let status = status(body);
    let sort = body.parsed("sort");
    let audience = body.parsed("audience");
    let owners = body.map_of("owners").into_iter().collect();
    let cadence = body.map_of("cadence").into_iter().collect();
    let contacts = contacts(body);
    let redact = body.flag("redact");
    let defaults = Parameters::at(now?);
    Some(Parameters {
        older_than: older_than.unwrap_or(defaults.older_than),
        default_cadence: default_cadence.unwrap_or(defaults.default_cadence),
        audience: audience.unwrap_or(defaults.audience),
        teams,
        include_without_application,
        search,
        status,
        sort,
        owners,
        cadence,
        contacts,
        redact,
        ..defaults
    })
}

/// `team`: a team, or a list of teams, each by name or id.
pub(super) fn teams(body: &mut Body) -> Vec<String> {
    let read = body.read_member("team", "a text, or a list of texts", |value| match value {
        Value::String(team) => Some(vec![team]),
        Value::Array(teams) => teams.into_iter().map(text).collect(),
        _ => None,
    });
    read.unwrap_or_default()
}

fn status(body: &mut Body) -> Option<DeveloperStatus> {
    body.read_member("status", "`approved`, `pending`, `rejected` or `revoked`", |value| {
        match value.as_str()? {
            "approved" => Some(DeveloperStatus::Approved),
            "pending" => Some(DeveloperStatus::Pending),
            "rejected" => Some(DeveloperStatus::Rejected),
            "revoked" => Some(DeveloperStatus::Revoked),
            _ => None,
        }
    })
}

/// `contacts`: a list of `{developer_id, at, channel}`.
fn contacts(body: &mut Body) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for (position, value) in body.list("contacts").into_iter().enumerate() {
        let member = |name: &str| value.get(name).and_then(Value::as_str);
        let read = || {
            Some(Contact {
                developer_id: member("developer_id")?.parse().ok()?,
                at: member("at")?.parse().ok()?,
                channel: member("channel")?.to_owned(),
            })
        };
        match read() {
            Some(contact) => contacts.push(contact),
            None => body.problem(
                "value_invalid",
                format!("/contacts/{position}"),
                "a contact is `{developer_id, at, channel}`: a UUID, a time and a text".to_owned(),
            ),
        }
    }
    contacts
}

pub(super) fn refused(error: &ReportError) -> Refusal {
    let code = match error {
        ReportError::TeamUnknown { .. } => "team_unknown",
        ReportError::TeamAmbiguous { .. } => "team_ambiguous",
        ReportError::ProductUnknown { .. } => "product_unknown",
        _ => "report_impossible",
    };
    Refusal::new(code, "", error.to_string())
}

/// The names of the reports.
pub(super) fn report_names(body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    json(&ReportName::ALL)
}
