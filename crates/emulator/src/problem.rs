//! What is wrong with a request, as `application/problem+json`.

use serde_json::{Value, json};

/// An answer that is not 2xx.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    title: &'static str,
    detail: String,
    invalid: Vec<Invalid>,
}

/// One wrong parameter, with its rule and whatever that rule has to say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Invalid {
    field: String,
    rule: &'static str,
    reason: String,
    source: &'static str,
    more: Option<(&'static str, Value)>,
}

impl Problem {
    fn plain(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), invalid: Vec::new() }
    }

    /// The documents want every parameter named once.
    pub(crate) fn invalid(all: Vec<Invalid>) -> Self {
        let mut invalid: Vec<Invalid> = Vec::with_capacity(all.len());
        for one in all {
            if !invalid.contains(&one) {
                invalid.push(one);
            }
        }
        Self { status: 400, title: "Invalid Request", detail: "Invalid Parameters".to_owned(), invalid }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::plain(401, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::plain(403, "Forbidden", detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::plain(404, "Not Found", "Not Found")
    }

    pub(crate) fn method() -> Self {
        Self::plain(405, "Method Not Allowed", "the path exists, with other methods")
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::plain(409, "Conflict", detail)
    }

    pub(crate) fn too_many(detail: &'static str) -> Self {
        Self::plain(429, "Too Many Requests", detail)
    }

    pub(crate) fn server(status: u16) -> Self {
        match status {
            502 => Self::plain(502, "Bad Gateway", "Bad Gateway"),
            503 => Self::plain(503, "Service Unavailable", "Service Unavailable"),
            504 => Self::plain(504, "Gateway Timeout", "Gateway Timeout"),
            _ => Self::plain(500, "Internal Server Error", "An unexpected error occurred"),
        }
    }

    /// The body; `trace` makes the correlation id.
    pub(crate) fn body(&self, trace: u64) -> Value {
        let mut body = json!({
            "status": self.status, "title": self.title,
            "instance": format!("kong:trace:{trace}"), "detail": self.detail,
        });
        if let (400, Some(members)) = (self.status, body.as_object_mut()) {
            let invalid = self.invalid.iter().map(Invalid::body).collect();
            members.insert("invalid_parameters".to_owned(), Value::Array(invalid));
        }
        body
    }
}

/// A failure of the emulator itself, never of the request.
impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::plain(500, "Emulator Failure", format!("the emulator's database: {error}"))
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::plain(
            500,
            "Emulator Failure",
            format!("the emulator's database holds what is not JSON: {error}"),
        )
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(vec![invalid])
    }
}

impl Invalid {
    fn new(source: &'static str, field: &str, rule: &'static str, reason: String) -> Self {
        Self { field: field.to_owned(), rule, reason, source, more: None }
    }

    pub(crate) fn required(source: &'static str, field: &str) -> Self {
        Self::new(source, field, "required", format!("\"{field}\" is required"))
    }

    pub(crate) fn unknown(source: &'static str, field: &str) -> Self {
        Self::new(source, field, "unknown_property", format!("\"{field}\" is not allowed"))
    }

    pub(crate) fn missing_reference(field: &str, reason: impl Into<String>) -> Self {
        Self::new("body", field, "missing_reference", reason.into())
    }

    pub(crate) fn wrong(source: &'static str, field: &str, reason: impl Into<String>) -> Self {
        Self::new(source, field, "invalid", reason.into())
    }

    /// The value is not of its type; `rule` is one of the documents' `is_…` words.
    pub(crate) fn kind(source: &'static str, field: &str, rule: &'static str) -> Self {
        let reason = match rule {
            "is_boolean" => format!("value of \"{field}\" must be true or false"),
            "is_string" => format!("value of \"{field}\" must be a utf-8 string"),
            "is_uuid" => format!("value of \"{field}\" must be a UUID"),
            "is_array" => format!("\"{field}\" must be an array"),
            "is_object" => format!("\"{field}\" must be an object"),
            "is_number" => format!("\"{field}\" must be a number"),
            "is_date_time" => format!("value of \"{field}\" must be an RFC 3339 date and time"),
            "is_fqdn" => format!("value of \"{field}\" must be a host name"),
            _ => format!("value of \"{field}\" is invalid"),
        };
        Self::new(source, field, rule, reason)
    }

    pub(crate) fn choices(source: &'static str, field: &str, choices: &[&str]) -> Self {
        let mut invalid =
            Self::new(source, field, "enum", format!("must be one of [{}]", choices.join(", ")));
        invalid.more = Some(("choices", json!(choices)));
        invalid
    }

    pub(crate) fn shorter(field: &str, minimum: usize) -> Self {
        let reason = format!("value of \"{field}\" must have at least {minimum} characters");
        let mut invalid = Self::new("body", field, "min_length", reason);
        invalid.more = Some(("minimum", json!(minimum)));
        invalid
    }

    pub(crate) fn longer(field: &str, maximum: usize) -> Self {
        let reason = format!("value of \"{field}\" must not exceed {maximum} characters");
        let mut invalid = Self::new("body", field, "max_length", reason);
        invalid.more = Some(("maximum", json!(maximum)));
        invalid
    }

    pub(crate) fn items(field: &str, rule: &'static str, bound: usize) -> Self {
        let (word, member) =
            if rule == "min_items" { ("at least", "minimum") } else { ("at most", "maximum") };
        let mut invalid =
            Self::new("body", field, rule, format!("\"{field}\" must have {word} {bound} items"));
        invalid.more = Some((member, json!(bound)));
        invalid
    }

    fn body(&self) -> Value {
        let mut body =
            json!({"field": self.field, "rule": self.rule, "reason": self.reason, "source": self.source});
        if let (Some((name, value)), Some(members)) = (&self.more, body.as_object_mut()) {
            members.insert((*name).to_owned(), value.clone());
        }
        body
    }
}
