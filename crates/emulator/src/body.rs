//! Request bodies, checked against a description of their members.

use serde_json::{Map, Value};

use crate::problem::{Invalid, Problem};
use crate::random::is_uuid;

/// A member of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    name: &'static str,
    kind: Kind,
    required: bool,
    nullable: bool,
}

/// What a member's value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A text of at least and at most so many characters.
    Text(usize, usize),
    Uuid,
    Boolean,
    OneOf(&'static [&'static str]),
    Email,
    Host,
    /// An object of texts of 1 to 63 characters; null removes one where that is an update.
    Labels {
        update: bool,
    },
    Texts,
    /// Ids, at least and at most so many.
    Uuids(usize, usize),
    /// An object with these members and others, at most so many together.
    AtMost(usize, &'static [Member]),
    /// An object with these members and no others.
    Object(&'static [Member]),
    /// Objects with these members and any others.
    Objects(&'static [Member]),
}

impl Member {
    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, nullable: false }
    }

    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true, nullable: false }
    }

    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

/// What a body may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body {
    members: &'static [Member],
    /// Whether unknown members are refused (`additionalProperties: false`).
    closed: bool,
    /// Whether there may be no body at all.
    optional: bool,
}

impl Body {
    pub(crate) const fn closed(members: &'static [Member]) -> Self {
        Self { members, closed: true, optional: false }
    }

    pub(crate) const fn open(members: &'static [Member]) -> Self {
        Self { members, closed: false, optional: true }
    }

    pub(crate) const fn or_nothing(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Reads a body; all that is wrong is said at once.
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        let value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(_) if bytes.is_empty() && self.optional => Value::Object(Map::new()),
            Err(error) => return Err(Invalid::wrong("body", "body", format!("not JSON: {error}")).into()),
        };
        let Value::Object(members) = value else {
            return Err(Invalid::kind("body", "body", "is_object").into());
        };
        let mut wrong = Vec::new();
        check_object(&members, self.members, self.closed, "", &mut wrong);
        if wrong.is_empty() { Ok(members) } else { Err(Problem::invalid(wrong)) }
    }
}

fn check_object(
    found: &Map<String, Value>,
    members: &[Member],
    closed: bool,
    prefix: &str,
    wrong: &mut Vec<Invalid>,
) {
    for member in members {
        let field = format!("{prefix}{}", member.name);
        match found.get(member.name) {
            None if member.required => wrong.push(Invalid::required("body", &field)),
            None => {}
            Some(Value::Null) if member.nullable => {}
            Some(value) => check(value, member.kind, &field, wrong),
        }
    }
    if closed {
        let unknown = found.keys().filter(|key| !members.iter().any(|member| member.name == key.as_str()));
        wrong.extend(unknown.map(|key| Invalid::unknown("body", &format!("{prefix}{key}"))));
    }
}

fn check(value: &Value, kind: Kind, field: &str, wrong: &mut Vec<Invalid>) {
    match kind {
        Kind::Boolean if !value.is_boolean() => wrong.push(Invalid::kind("body", field, "is_boolean")),
        Kind::Boolean => {}
        Kind::Labels { update } => check_labels(value, update, field, wrong),
        Kind::AtMost(maximum, members) => match value.as_object() {
            Some(found) if found.len() > maximum => wrong.push(Invalid::items(field, "max_items", maximum)),
            Some(found) => check_object(found, members, false, &format!("{field}."), wrong),
            None => wrong.push(Invalid::kind("body", field, "is_object")),
        },
        Kind::Object(members) => match value.as_object() {
            Some(found) => check_object(found, members, true, &format!("{field}."), wrong),
            None => wrong.push(Invalid::kind("body", field, "is_object")),
        },
        Kind::Texts | Kind::Uuids(..) | Kind::Objects(_) => match value.as_array() {
            Some(items) => check_items(items, kind, field, wrong),
            None => wrong.push(Invalid::kind("body", field, "is_array")),
        },
        Kind::Text(..) | Kind::Uuid | Kind::OneOf(_) | Kind::Email | Kind::Host => match value.as_str() {
            Some(text) => wrong.extend(check_text(text, kind, field)),
            None => wrong.push(match kind {
                Kind::Uuid => Invalid::kind("body", field, "is_uuid"),
                Kind::OneOf(choices) => Invalid::choices("body", field, choices),
                _ => Invalid::kind("body", field, "is_string"),
            }),
        },
    }
}

fn check_text(text: &str, kind: Kind, field: &str) -> Option<Invalid> {
    let length = text.chars().count();
    match kind {
        Kind::Text(minimum, _) if length < minimum => Some(Invalid::shorter(field, minimum)),
        Kind::Text(_, maximum) if length > maximum => Some(Invalid::longer(field, maximum)),
        Kind::Uuid if !is_uuid(text) => Some(Invalid::kind("body", field, "is_uuid")),
        Kind::OneOf(choices) if !choices.contains(&text) => Some(Invalid::choices("body", field, choices)),
        Kind::Email if length > 255 => Some(Invalid::longer(field, 255)),
        Kind::Email if !is_email(text) => Some(Invalid::wrong("body", field, "must be an e-mail address")),
        Kind::Host if length > 1024 => Some(Invalid::longer(field, 1024)),
        Kind::Host if !is_host(text) => Some(Invalid::kind("body", field, "is_fqdn")),
        _ => None,
    }
}

fn check_items(items: &[Value], kind: Kind, field: &str, wrong: &mut Vec<Invalid>) {
    if let Kind::Uuids(minimum, maximum) = kind {
        if items.len() < minimum {
            wrong.push(Invalid::items(field, "min_items", minimum));
        }
        if items.len() > maximum {
            wrong.push(Invalid::items(field, "max_items", maximum));
        }
    }
    for (at, item) in items.iter().enumerate() {
        let field = format!("{field}[{at}]");
        match kind {
            Kind::Uuids(..) => check(item, Kind::Uuid, &field, wrong),
            Kind::Objects(members) => match item.as_object() {
                Some(found) => check_object(found, members, false, &format!("{field}."), wrong),
                None => wrong.push(Invalid::kind("body", &field, "is_object")),
            },
            _ => check(item, Kind::Text(0, usize::MAX), &field, wrong),
        }
    }
}

fn check_labels(value: &Value, update: bool, field: &str, wrong: &mut Vec<Invalid>) {
    let Some(labels) = value.as_object() else {
        wrong.push(Invalid::kind("body", field, "is_object"));
        return;
    };
    if labels.len() > 50 {
        wrong.push(Invalid::items(field, "max_items", 50));
    }
    for (name, label) in labels {
        let right = match label {
            Value::Null => update,
            Value::String(text) => is_label(text),
            _ => false,
        };
        if !right {
            wrong.push(Invalid::kind("body", &format!("{field}.{name}"), "is_label"));
        }
    }
}

fn is_label(text: &str) -> bool {
    let edge = |end: Option<char>| end.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

fn is_email(text: &str) -> bool {
    let spaces = text.chars().any(|c| c.is_whitespace() || c.is_control());
    !spaces && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn is_host(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}
