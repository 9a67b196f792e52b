//! A JSON value in which a key that is there twice stays visible.

use std::borrow::Cow;
use std::fmt;

use crate::json::{Field, Items, Kind, Members, ShownNumber, Slot};
use crate::plain::Shown;

/// Any JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Node<'a> {
    #[default]
    Null,
    Boolean(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl Node<'_> {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Boolean(_) => Kind::Boolean,
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::List(_) => Kind::List,
            Self::Object(_) => Kind::Object,
        }
    }
}

impl fmt::Display for Node<'_> {
    /// The value as a message shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("`null`"),
            Self::Boolean(value) => write!(f, "`{value}`"),
            Self::Number(value) => write!(f, "`{}`", ShownNumber(*value)),
            Self::Text(text) => write!(f, "`{}`", Shown(text)),
            Self::List(_) => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl<'de> Slot<'de> for Node<'de> {
    fn is_first(&mut self) -> bool {
        // Every value has a slot of its own, that of a repeated key too.
        true
    }

    fn note(&mut self, value: Field<'de>) {
        *self = match value {
            Field::Boolean(value) => Self::Boolean(value),
            Field::Number(value) => Self::Number(value),
            Field::Text(text) => Self::Text(text),
            _ => Self::Null,
        };
    }

    fn object(&mut self) -> Option<&mut dyn Members<'de>> {
        *self = Self::Object(Vec::new());
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    fn list(&mut self) -> Option<&mut dyn Items<'de>> {
        *self = Self::List(Vec::new());
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}
