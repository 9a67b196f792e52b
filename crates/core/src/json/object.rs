//! Objects, lists and maps that accept any value in their place.

use std::borrow::Cow;

use super::field::{Field, Kind};
use super::slot::{Items, Members, Slot};

/// A type that is read from the members of an object.
pub(crate) trait Object<'de>: Members<'de> + Default {
    /// Reads from a lone text, where the API writes an id in place of an object.
    fn from_text(_text: Cow<'de, str>) -> Option<Self> {
        None
    }
}

/// What stands where an object belongs.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) enum Entry<T> {
    #[default]
    Absent,
    Repeated,
    Object(T),
    Other(Kind),
}

impl<T> Entry<T> {
    pub(crate) fn object(&self) -> Option<&T> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// What stands where a list belongs.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) enum List<T> {
    #[default]
    Absent,
    Null,
    Repeated,
    Items(Vec<T>),
    Other(Kind),
}

impl<T> List<T> {
    pub(crate) fn items(&self) -> &[T] {
        match self {
            Self::Items(items) => items,
            _ => &[],
        }
    }

    /// Whether there is a list, empty or not.
    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Items(_))
    }
}

/// What stands where an object with free keys belongs; repeated keys stay visible.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) enum Entries<'a, T> {
    #[default]
    Absent,
    Null,
    Repeated,
    Items(Vec<(Cow<'a, str>, T)>),
    Other(Kind),
}

impl<'a, T> Entries<'a, T> {
    pub(crate) fn items(&self) -> &[(Cow<'a, str>, T)] {
        match self {
            Self::Items(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.items().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl<'de, T: Object<'de>> Slot<'de> for Entry<T> {
    fn is_first(&mut self) -> bool {
        let first = matches!(self, Self::Absent);
        if !first {
            *self = Self::Repeated;
        }
        first
    }

    fn note(&mut self, value: Field<'de>) {
        let kind = Kind::of(&value);
        let object = match value {
            Field::Text(text) => T::from_text(text),
            _ => None,
        };
        *self = object.map_or(Self::Other(kind), Self::Object);
    }

    fn object(&mut self) -> Option<&mut dyn Members<'de>> {
        *self = Self::Object(T::default());
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl<'de, T: Slot<'de> + Default> Slot<'de> for List<T> {
    fn is_first(&mut self) -> bool {
        let first = matches!(self, Self::Absent);
        if !first {
            *self = Self::Repeated;
        }
        first
    }

    fn note(&mut self, value: Field<'de>) {
        *self = match value {
            Field::Null => Self::Null,
            other => Self::Other(Kind::of(&other)),
        };
    }

    fn list(&mut self) -> Option<&mut dyn Items<'de>> {
        *self = Self::Items(Vec::new());
        match self {
            Self::Items(items) => Some(items),
            _ => None,
        }
    }
}

impl<'de, T: Slot<'de> + Default> Items<'de> for Vec<T> {
    fn item(&mut self) -> Option<&mut dyn Slot<'de>> {
        self.push(T::default());
        self.last_mut().map(|item| item as &mut dyn Slot<'de>)
    }
}

impl<'de, T: Slot<'de> + Default> Slot<'de> for Entries<'de, T> {
    fn is_first(&mut self) -> bool {
        let first = matches!(self, Self::Absent);
        if !first {
            *self = Self::Repeated;
        }
        first
    }

    fn note(&mut self, value: Field<'de>) {
        *self = match value {
            Field::Null => Self::Null,
            other => Self::Other(Kind::of(&other)),
        };
    }

    fn object(&mut self) -> Option<&mut dyn Members<'de>> {
        *self = Self::Items(Vec::new());
        match self {
            Self::Items(items) => Some(items),
            _ => None,
        }
    }
}

impl<'de, T: Slot<'de> + Default> Members<'de> for Vec<(Cow<'de, str>, T)> {
    fn member(&mut self, key: Cow<'de, str>) -> Option<&mut dyn Slot<'de>> {
        self.push((key, T::default()));
        self.last_mut().map(|(_, value)| value as &mut dyn Slot<'de>)
    }
}

/// Declares an object whose members are read leniently: unknown members are collected by name in
/// `unknown` where that is asked for and passed over otherwise; a member that is there twice is
/// `Repeated`, because two values of one name are no value.
macro_rules! lenient_object {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> { $($field:ident : $type:ty $(= $json:literal)?),+ $(,)? } $(unknown $unknown:ident)? $(text $text:ident)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct $name<$life> {
            $(pub(crate) $field: $type,)+
            $(pub(crate) $unknown: Vec<std::borrow::Cow<$life, str>>,)?
            lifetime: std::marker::PhantomData<&$life ()>,
        }

        impl<$life> crate::json::Members<$life> for $name<$life> {
            fn member(&mut self, key: std::borrow::Cow<$life, str>) -> Option<&mut dyn crate::json::Slot<$life>> {
                let slot: &mut dyn crate::json::Slot<$life> = match &*key {
                    $(lenient_object!(@key $field $($json)?) => &mut self.$field,)+
                    _ => {
                        $(self.$unknown.push(key);)?
                        return None;
                    }
                };
                slot.is_first().then_some(slot)
            }
        }

        impl<$life> crate::json::Object<$life> for $name<$life> {
            $(fn from_text(text: std::borrow::Cow<$life, str>) -> Option<Self> {
                Some(Self { $text: crate::json::Field::Text(text), ..Self::default() })
            })?
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $json:literal) => { $json };
}

pub(crate) use lenient_object;
