//! The line a gateway logs about a decision: what `gatepass replay` asks again.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{ApplicationId, DeveloperId, Policy, ResourceId, TeamId, Timestamp};

/// The most bytes of a path that a line carries.
pub const DECISION_LINE_PATH_MAX: usize = 512;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoggedDecision {
    /// The rule let it through.
    Allow,
    /// It was let through without asking: an open path, or a CORS preflight.
    Open,
    /// It was answered with a denial.
    Deny,
    /// It would have been denied; the route only monitors.
    WouldDeny,
}

impl LoggedDecision {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Open => "open",
            Self::Deny => "deny",
            Self::WouldDeny => "would_deny",
        }
    }
}

/// The version of the line. A reader refuses a line of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecisionLineFormat {
    /// `gatepass.decision/1`.
    #[default]
    #[serde(rename = "gatepass.decision/1")]
    V1,
}

/// How many decisions one instance of the filter wrote down and how many it did not, this line included.
/// Together they are all of its requests: nothing is lost unseen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionCounts {
    /// Written down.
    pub logged: u64,
    /// Let through, and not drawn as a sample.
    pub sampled_out: u64,
    /// Denied beyond the rate, or refused by the host's log.
    pub dropped: u64,
}

impl DecisionCounts {
    /// All requests.
    pub const fn requests(&self) -> u64 {
        self.logged.saturating_add(self.sampled_out).saturating_add(self.dropped)
    }
}

/// One decision of a gateway, as one line of JSON. Header values, queries and digests are never in it.
///
/// ```
/// use gatepass::{DecisionLine, LoggedDecision};
/// let line = DecisionLine { reason: Some("credential_missing".into()), ..DecisionLine::new(LoggedDecision::Deny) };
/// let text = line.to_string();
/// assert!(text.starts_with(r#"{"format":"gatepass.decision/1","at":null,"#), "{text}");
/// assert_eq!(text.parse::<DecisionLine>().unwrap(), line);
/// let error = "{}".parse::<DecisionLine>().unwrap_err();
/// assert_eq!(error.to_string(), "not a decision line: missing field `format` at line 1 column 2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionLine {
    /// The version of the line.
    pub format: DecisionLineFormat,
    /// When it was decided, by the gateway's clock; `null` if that could not be read.
    #[serde(deserialize_with = "optional")]
    pub at: Option<Timestamp>,
    /// What became of the request.
    pub decision: LoggedDecision,
    /// The reason's code if it was, or would have been, denied: one of [`crate::Reason`], or one that only a
    /// gateway can have, such as `path_ambiguous`.
    pub reason: Option<String>,
    /// The HTTP status of the denial, or of what it would have been.
    pub http_status: Option<u16>,
    /// The policy it was decided by; `null` without a bundle.
    #[serde(deserialize_with = "optional")]
    pub policy: Option<Policy>,
    /// The serial of the bundle it was decided from; 0 without one.
    pub serial: u64,
    /// The application whose credential was shown, if one was.
    pub application_id: Option<ApplicationId>,
    /// Its owner, if that is a developer.
    pub developer_id: Option<DeveloperId>,
    /// Its owner, if that is a team.
    pub team_id: Option<TeamId>,
    /// The resource that was granted, or else the first that was asked for.
    pub resource_id: Option<ResourceId>,
    /// All resources that were asked for, any of which would have been enough.
    pub resource_ids: Vec<ResourceId>,
    /// The host's id of the request, by which other logs name it too.
    pub request_id: Option<String>,
    /// The request's method.
    pub method: String,
    /// The host the request names, escaped as the path is.
    pub host: String,
    /// The path without its query: bytes that are not visible ASCII, `"` and `\` are `%XX`, and what would be
    /// longer than [`DECISION_LINE_PATH_MAX`] bytes is cut.
    pub path: String,
    /// Which instance of the filter wrote it. Counts go by instance.
    pub instance: String,
    /// This instance's decisions so far.
    pub counts: DecisionCounts,
}

/// A line that is no decision line of this version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decision line: {what}")]
pub struct DecisionLineError {
    what: String,
}

impl DecisionLine {
    /// A line with nothing but its decision.
    pub const fn new(decision: LoggedDecision) -> Self {
        Self {
            format: DecisionLineFormat::V1,
            at: None,
            decision,
            reason: None,
            http_status: None,
            policy: None,
            serial: 0,
            application_id: None,
            developer_id: None,
            team_id: None,
            resource_id: None,
            resource_ids: Vec::new(),
            request_id: None,
            method: String::new(),
            host: String::new(),
            path: String::new(),
            instance: String::new(),
            counts: DecisionCounts { logged: 0, sampled_out: 0, dropped: 0 },
        }
    }
}

/// Written by hand: what serde needs for it would be a twentieth of the filter.
impl fmt::Display for DecisionLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{\"format\":\"gatepass.decision/1\"")?;
        member(f, "at", shown(self.at.as_ref()))?;
        member(f, "decision", Some(&self.decision.as_str()))?;
        member(f, "reason", shown(self.reason.as_ref()))?;
        f.write_str(",\"http_status\":")?;
        match self.http_status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("null")?,
        }
        member(f, "policy", shown(self.policy.as_ref()))?;
        write!(f, ",\"serial\":{}", self.serial)?;
        member(f, "application_id", shown(self.application_id.as_ref()))?;
        member(f, "developer_id", shown(self.developer_id.as_ref()))?;
        member(f, "team_id", shown(self.team_id.as_ref()))?;
        member(f, "resource_id", shown(self.resource_id.as_ref()))?;
        f.write_str(",\"resource_ids\":[")?;
        for (position, id) in self.resource_ids.iter().enumerate() {
            f.write_str(if position == 0 { "\"" } else { ",\"" })?;
            write!(f, "{id}\"")?;
        }
        f.write_char(']')?;
        member(f, "request_id", shown(self.request_id.as_ref()))?;
        member(f, "method", Some(&self.method))?;
        member(f, "host", Some(&self.host))?;
        member(f, "path", Some(&self.path))?;
        member(f, "instance", Some(&self.instance))?;
        let DecisionCounts { logged, sampled_out, dropped } = self.counts;
        write!(f, ",\"counts\":{{\"logged\":{logged},\"sampled_out\":{sampled_out},\"dropped\":{dropped}}}}}")
    }
}

fn shown<T: fmt::Display>(value: Option<&T>) -> Option<&dyn fmt::Display> {
    value.map(|value| value as &dyn fmt::Display)
}

/// A member that is a text, or null.
fn member(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&dyn fmt::Display>) -> fmt::Result {
    write!(f, ",\"{name}\":")?;
    match value {
        None => f.write_str("null"),
        Some(value) => {
            f.write_char('"')?;
            write!(Escaped(f), "{value}")?;
            f.write_char('"')
        }
    }
}

/// Escapes what cannot stand in a JSON string.
struct Escaped<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.0.write_char('\\')?;
                    self.0.write_char(character)?;
                }
                '\0'..='\u{1f}' => write!(self.0, "\\u{:04x}", u32::from(character))?,
                _ => self.0.write_char(character)?,
            }
        }
        Ok(())
    }
}

impl FromStr for DecisionLine {
    type Err = DecisionLineError;

    /// Reads one line, without what a host's log writes before it.
    fn from_str(line: &str) -> Result<Self, DecisionLineError> {
        serde_json::from_str(line).map_err(|error| DecisionLineError { what: error.to_string() })
    }
}

/// A value that is text on the wire, or null. The member itself must be there.
fn optional<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse()).transpose().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_line_is_one_line_and_comes_back() {
        let line = DecisionLine {
            at: Some(Timestamp::from_millis(1_800_000_000_123)),
            reason: Some("registration_pending".into()),
            http_status: Some(403),
            policy: Some(Policy::Strict),
            serial: 7,
            application_id: Some(ApplicationId::from_bytes([1; 16])),
            developer_id: Some(DeveloperId::from_bytes([2; 16])),
            team_id: None,
            resource_id: Some(ResourceId::from_bytes([3; 16])),
            resource_ids: vec![ResourceId::from_bytes([3; 16])],
            request_id: Some("abc".into()),
            method: "GET".into(),
            host: "api.example.com".into(),
            path: "/orders/%22".into(),
            instance: "f00".into(),
            counts: DecisionCounts { logged: 1, sampled_out: 2, dropped: 3 },
            ..DecisionLine::new(LoggedDecision::WouldDeny)
        };
        assert_eq!(line.counts.requests(), 6);
        let text = line.to_string();
        assert!(!text.contains('\n'));
        assert!(text.contains(r#""decision":"would_deny","reason":"registration_pending""#), "{text}");
        assert_eq!(text.parse::<DecisionLine>().unwrap(), line);
        // As serde would write it.
        assert_eq!(text, serde_json::to_string(&line).unwrap());
        let odd = DecisionLine { path: "a\"b\\c\n\u{1}é".into(), ..DecisionLine::new(LoggedDecision::Open) };
        assert_eq!(odd.to_string().parse::<DecisionLine>().unwrap(), odd);
    }

    #[test]
    fn a_line_of_another_version_or_with_more_in_it_is_refused() {
        let text = DecisionLine::new(LoggedDecision::Allow).to_string();
        let error = |text: &str| text.parse::<DecisionLine>().unwrap_err().to_string();
        assert!(error(&text.replace("decision/1", "decision/2")).contains("unknown variant"));
        assert!(error(&text.replacen('{', "{\"more\":1,", 1)).contains("unknown field `more`"));
        assert!(
            error(&text.replace("\"at\":null", "\"at\":\"today\"")).contains("`today` is not an RFC 3339")
        );
        assert!(error(&text.replace("\"policy\":null,", "")).contains("missing field `policy`"));
    }
}
