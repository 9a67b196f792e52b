//! Checks of one object, member by member.

use serde_json::{Map, Value};

use super::kind::{Kind, Type};
use crate::plain::Shown;
use crate::problem::{Place, Problem, Problems, Severity};
use crate::{EntityId, Timestamp};

const STATUSES: &[&str] = &["approved", "pending", "rejected", "revoked"];

/// Notes what is wrong with an object of a kind.
pub(super) fn object(kind: Kind, json: &str, place: Place<'_>, problems: &mut Problems) {
    // The text was cut out of a document that was read before.
    let Ok(Value::Object(members)) = crate::json::value(json) else {
        let message = format!("there is {}, and should be an object", Shown(json));
        add(problems, Severity::Error, "wrong_type", place, message);
        return;
    };
    for (name, kind) in kind.members().into_iter().flatten() {
        member(*kind, members.get(*name), place.member(name), problems);
    }
}

fn add(problems: &mut Problems, severity: Severity, code: &'static str, place: Place<'_>, message: String) {
    let remedy =
        "compare the body with the API's documentation; a value that is not understood grants nothing";
    problems.push(Problem { severity, code, path: place.to_string(), message, remedy });
}

fn member(kind: Type, value: Option<&Value>, place: Place<'_>, problems: &mut Problems) {
    let silent = value.is_none_or(Value::is_null);
    let text = value.and_then(Value::as_str);
    let id = text.is_some_and(|text| text.parse::<EntityId>().is_ok());
    let fits = match kind {
        Type::Id => id,
        Type::OptionalId => silent || id,
        Type::Entity => id || text == Some("*"),
        Type::Time => silent || text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        Type::Text => text.is_some(),
        Type::OptionalText => silent || text.is_some(),
        Type::Flag => value.is_none_or(Value::is_boolean),
        Type::RequiredFlag => value.is_some_and(Value::is_boolean),
        Type::Status => text.is_some_and(|text| STATUSES.contains(&text)),
        Type::Word(words) => value.is_none() || text.is_some_and(|text| words.contains(&text)),
        Type::Reference | Type::OptionalReference => match value {
            Some(Value::Object(reference)) => return reference_id(reference, place, problems),
            _ => silent && kind == Type::OptionalReference,
        },
        Type::OptionalList => silent || value.is_some_and(Value::is_array),
    };
    if fits {
        return;
    }
    let (severity, code) = match kind {
        Type::Id | Type::OptionalId | Type::Entity => (Severity::Error, "uuid_invalid"),
        Type::Time => (Severity::Error, "timestamp_invalid"),
        Type::Reference | Type::OptionalReference | Type::OptionalList | Type::RequiredFlag => {
            (Severity::Error, "wrong_type")
        }
        Type::Status | Type::Word(_) => (Severity::Record, "status_unrecognized"),
        Type::Flag => (Severity::Record, "flag_unrecognized"),
        Type::Text | Type::OptionalText => (Severity::Warning, "text_missing"),
    };
    let shown =
        value.map_or_else(|| "nothing".to_owned(), |value| format!("`{}`", Shown(&value.to_string())));
    add(problems, severity, code, place, format!("there is {shown}, and should be {}", expected(kind)));
}

fn reference_id(reference: &Map<String, Value>, place: Place<'_>, problems: &mut Problems) {
    member(Type::Id, reference.get("id"), place.member("id"), problems);
}

fn expected(kind: Type) -> String {
    match kind {
        Type::Id => "a UUID".into(),
        Type::OptionalId => "a UUID or null".into(),
        Type::Entity => "a UUID or `*`".into(),
        Type::Time => "an RFC 3339 date and time or null".into(),
        Type::Text => "a text".into(),
        Type::OptionalText => "a text or null".into(),
        Type::Flag | Type::RequiredFlag => "true or false".into(),
        Type::Status => format!("one of `{}`", STATUSES.join("`, `")),
        Type::Word(words) => format!("one of `{}`", words.join("`, `")),
        Type::Reference => "an object with an `id`".into(),
        Type::OptionalReference => "an object with an `id`, or null".into(),
        Type::OptionalList => "a list or null".into(),
    }
}
