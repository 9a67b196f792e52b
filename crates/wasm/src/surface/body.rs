//! The body of a call: a JSON object whose members are taken one by one; what is wrong is told all at once.

use std::fmt::Display;
use std::str::FromStr;

use gatepass::konnect::ApiVersion;
use gatepass::{Plain, Problem, Problems, Severity};
use serde_json::{Map, Value};

use super::Refusal;

/// The members of a body that were not taken yet.
#[derive(Debug)]
pub(super) struct Body {
    members: Map<String, Value>,
    problems: Problems,
}

#[cfg_attr(not(feature = "portals"), expect(dead_code, reason = "some members only methods of portals have"))]
impl Body {
    /// Reads a body; nothing at all counts as `{}`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Ok(Self { members: Map::new(), problems: Problems::default() });
        }
        match serde_json::from_str(utf8(bytes)?) {
            Ok(Value::Object(members)) => Ok(Self { members, problems: Problems::default() }),
            Ok(_) => Err(Refusal::new("wrong_type", "", "the body should be a JSON object")),
            Err(error) => Err(syntax(&error)),
        }
    }

    /// Takes a member; `None` if it is absent or null.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a member, whatever it is; `None` only if it is absent.
    pub(super) fn member(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// Takes a member that is `expected`, as `read` says.
    pub(super) fn read_member<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let found = read(self.take(name)?);
        if found.is_none() {
            self.problem("wrong_type", format!("/{name}"), format!("`{name}` should be {expected}"));
        }
        found
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.read_member(name, "a text", text)
    }

    /// Takes true or false; absent is false.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.read_member(name, "true or false", |value| value.as_bool()).unwrap_or_default()
    }

    /// Takes a text and reads it.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        self.parse(&text, format!("/{name}"))
    }

    /// Takes a text that must be there, and reads it.
    pub(super) fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.missing(name);
        }
        self.parsed(name)
    }

    /// Takes an object of texts, and reads each.
    pub(super) fn map_of<T: FromStr<Err: Display>>(&mut self, name: &str) -> Vec<(String, T)> {
        let object = self.read_member(name, "an object", |value| match value {
            Value::Object(members) => Some(members),
            _ => None,
        });
        let mut read = Vec::new();
        for (key, value) in object.unwrap_or_default() {
            let path = format!("/{name}/{}", key.replace('~', "~0").replace('/', "~1"));
            match text(value) {
                Some(text) => read.extend(self.parse(&text, path).map(|value| (key, value))),
                None => self.problem("wrong_type", path, format!("a member of `{name}` should be a text")),
            }
        }
        read
    }

    /// Takes a list.
    pub(super) fn list(&mut self, name: &str) -> Vec<Value> {
        let list = self.read_member(name, "a list", |value| match value {
            Value::Array(items) => Some(items),
            _ => None,
        });
        list.unwrap_or_default()
    }

    /// Notes that a member should be there.
    pub(super) fn missing(&mut self, name: &str) {
        self.problem("value_missing", format!("/{name}"), format!("`{name}` is missing"));
    }

    /// Notes what is wrong with the member at a place.
    pub(super) fn problem(&mut self, code: &'static str, path: String, message: String) {
        let remedy = "see the documentation of the method";
        self.problems.push(Problem { severity: Severity::Error, code, path, message, remedy });
    }

    /// Ends the reading: what was not taken is not known.
    pub(super) fn finish(mut self) -> Result<(), Refusal> {
        let unknown: Vec<String> = self.members.keys().cloned().collect();
        for name in unknown {
            let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let message = format!("`{}` is not a member of this body", shown(&name));
            self.problem("key_unknown", path, message);
        }
        let Some(first) = self.problems.iter().next() else { return Ok(()) };
        let message = match self.problems.total() {
            1 => format!("the body has a problem: {}", first.message),
            count => format!("the body has {count} problems, first: {}", first.message),
        };
        Err(Refusal::of("body_invalid", message, self.problems))
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, text: &str, path: String) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem("value_invalid", path, error.to_string());
                None
            }
        }
    }
}

/// A value that is a text.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The generation of the portal's API that is called so.
pub(super) fn api_version(name: &str) -> Option<ApiVersion> {
    ApiVersion::ALL.iter().copied().find(|api| api.as_str() == name)
}

/// The text of a body. Read as a text, so that the module has one reader of JSON, not one of texts and one of bytes.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes)
        .map_err(|error| Refusal::new("json_syntax", "", format!("the JSON cannot be read: {error}")))
}

/// What is wrong with JSON that cannot be read.
pub(super) fn syntax(error: &serde_json::Error) -> Refusal {
    Refusal::new("json_syntax", "", format!("the JSON cannot be read: {error}"))
}

/// Outside text as a message shows it: not too long, nothing that moves a cursor.
pub(super) fn shown(text: &str) -> String {
    Plain(text).to_string().chars().take(64).collect()
}
