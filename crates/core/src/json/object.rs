//! Objects, lists and maps that accept any value in their place.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field::{Kind, Text};

/// A type that is read from the members of an object.
pub(crate) trait FromObject<'de>: Sized + Default {
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error>;

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

/// The visitor methods for values of the wrong type: they are noted, not refused.
macro_rules! other_kinds {
    ($($method:ident($type:ty) = $kind:ident),+) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> { Ok(Self::Value::Other(Kind::$kind)) })+
    };
}

macro_rules! visitor_head {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        other_kinds!(
            visit_bool(bool) = Boolean,
            visit_u64(u64) = Number,
            visit_i64(i64) = Number,
            visit_f64(f64) = Number
        );
    };
}

impl<'de, T: FromObject<'de>> Deserialize<'de> for Entry<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor<T>(PhantomData<T>);
        impl<'de, T: FromObject<'de>> Visitor<'de> for EntryVisitor<T> {
            type Value = Entry<T>;
            visitor_head!();

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Entry::Other(Kind::Null))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(T::from_text(Cow::Borrowed(text)).map_or(Entry::Other(Kind::Text), Entry::Object))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(T::from_text(Cow::Owned(text.to_owned())).map_or(Entry::Other(Kind::Text), Entry::Object))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Entry::Other(Kind::List))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                T::from_object(object).map(Entry::Object)
            }
        }
        deserializer.deserialize_any(EntryVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;
            visitor_head!();
            other_kinds!(visit_str(&str) = Text);

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(List::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(List::Items(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(List::Other(Kind::Object))
            }
        }
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<'de, T>;
            visitor_head!();
            other_kinds!(visit_str(&str) = Text);

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Entries::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Entries::Other(Kind::List))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some((Text(key), value)) = object.next_entry::<Text<'de>, T>()? {
                    items.push((key, value));
                }
                Ok(Entries::Items(items))
            }
        }
        deserializer.deserialize_any(EntriesVisitor(PhantomData))
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

        impl<$life> crate::json::FromObject<$life> for $name<$life> {
            fn from_object<A: serde::de::MapAccess<$life>>(mut members: A) -> Result<Self, A::Error> {
                let mut object = Self::default();
                while let Some(crate::json::Text(key)) = members.next_key::<crate::json::Text<$life>>()? {
                    match &*key {
                        $(lenient_object!(@key $field $($json)?) => {
                            let value: $type = members.next_value()?;
                            object.$field = if object.$field == <$type>::Absent { value } else { <$type>::Repeated };
                        })+
                        _ => {
                            members.next_value::<serde::de::IgnoredAny>()?;
                            $(object.$unknown.push(key);)?
                        }
                    }
                }
                Ok(object)
            }

            $(fn from_text(text: std::borrow::Cow<$life, str>) -> Option<Self> {
                Some(Self { $text: crate::json::Field::Text(text), ..Self::default() })
            })?
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $json:literal) => { $json };
}

pub(crate) use lenient_object;
