//! A single value of any type.

use std::borrow::Cow;
use std::fmt;

use crate::plain::Shown;

use super::slot::Slot;

/// The type of a JSON value, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    /// The type of a value that is there.
    pub(crate) const fn of(value: &Field<'_>) -> Self {
        match value {
            Field::Absent | Field::Repeated | Field::Null => Self::Null,
            Field::Boolean(_) => Self::Boolean,
            Field::Number(_) => Self::Number,
            Field::Text(_) => Self::Text,
            Field::List => Self::List,
            Field::Object => Self::Object,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

/// A member of an object: absent, there twice, or a value of some type.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Field<'a> {
    #[default]
    Absent,
    Repeated,
    Null,
    Boolean(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List,
    Object,
}

impl Field<'_> {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing was said: absent or null.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, Self::Absent | Self::Null)
    }
}

impl fmt::Display for Field<'_> {
    /// The value as a message shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("nothing"),
            Self::Repeated => f.write_str("several values"),
            Self::Null => f.write_str("`null`"),
            Self::Boolean(value) => write!(f, "`{value}`"),
            Self::Number(value) => write!(f, "`{}`", ShownNumber(*value)),
            Self::Text(text) => write!(f, "`{}`", Shown(text)),
            Self::List => f.write_str("a list"),
            Self::Object => f.write_str("an object"),
        }
    }
}

/// A number as a message shows it. By what writes JSON's numbers, which the module has anyway: the standard library's
/// own way weighs ten kilobytes.
pub(crate) struct ShownNumber(pub(crate) f64);

impl fmt::Display for ShownNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 && self.0.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number, checked just before")]
            let whole = self.0 as i64;
            return write!(f, "{whole}");
        }
        match serde_json::Number::from_f64(self.0) {
            Some(number) => write!(f, "{number}"),
            None => f.write_str("no number"),
        }
    }
}

impl<'de> Slot<'de> for Field<'de> {
    fn is_first(&mut self) -> bool {
        let first = matches!(self, Self::Absent);
        if !first {
            *self = Self::Repeated;
        }
        first
    }

    fn note(&mut self, value: Field<'de>) {
        *self = value;
    }
}

/// A value exactly as it was written; empty if there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Exact<'a>(pub(crate) &'a str);

impl<'de> Slot<'de> for Exact<'de> {
    fn is_first(&mut self) -> bool {
        let first = self.0.is_empty();
        if !first {
            self.0 = "";
        }
        first
    }

    fn note(&mut self, _: Field<'de>) {}

    fn exact(&mut self) -> Option<&mut &'de str> {
        Some(&mut self.0)
    }
}
