//! How a document is filled into the value that it is read as.
//!
//! A type says where each value belongs; one function, compiled once for all types, asks and fills. Were every type
//! to bring its own reader, the readers of the some fifty objects that Gatepass reads would be a quarter of the module
//! that browsers download.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::field::Field;

/// Where a value of a document goes.
pub(crate) trait Slot<'de> {
    /// Whether this is the first value that goes here; from the second on the slot says `Repeated`, because two
    /// values of one name are no value.
    fn is_first(&mut self) -> bool;

    /// Takes a value that holds no others, or notes that there was a list or an object where none is read.
    fn note(&mut self, value: Field<'de>);

    /// What the members of an object go into, if objects are read here.
    fn object(&mut self) -> Option<&mut dyn Members<'de>> {
        None
    }

    /// What the items of a list go into, if lists are read here.
    fn list(&mut self) -> Option<&mut dyn Items<'de>> {
        None
    }

    /// Where the value goes exactly as it is written, if it is not read at all.
    fn exact(&mut self) -> Option<&mut &'de str> {
        None
    }
}

/// The members of an object.
pub(crate) trait Members<'de> {
    /// Where the member of this name goes; `None` if it is passed over.
    fn member(&mut self, key: Cow<'de, str>) -> Option<&mut dyn Slot<'de>>;
}

/// The items of a list.
pub(crate) trait Items<'de> {
    /// Where the next item goes; `None` if it is passed over.
    fn item(&mut self) -> Option<&mut dyn Slot<'de>>;
}

/// Reads a whole document.
pub(super) fn fill<'de>(text: &'de str, slot: &mut dyn Slot<'de>) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Fill(Some(slot)).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// The one reader of all types.
struct Fill<'s, 'de>(Option<&'s mut dyn Slot<'de>>);

impl<'de> DeserializeSeed<'de> for Fill<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Some(slot) = self.0 else {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        };
        if let Some(place) = slot.exact() {
            *place = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
            return Ok(());
        }
        deserializer.deserialize_any(FillVisitor(slot))
    }
}

struct FillVisitor<'s, 'de>(&'s mut dyn Slot<'de>);

impl<'de> Visitor<'de> for FillVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.note(Field::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.note(Field::Boolean(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        #[expect(clippy::cast_precision_loss, reason = "numbers here are counts and small codes")]
        self.0.note(Field::Number(value as f64));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        #[expect(clippy::cast_precision_loss, reason = "numbers here are counts and small codes")]
        self.0.note(Field::Number(value as f64));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.note(Field::Number(value));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.note(Field::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.note(Field::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Some(items) = self.0.list() {
            // An item's slot is made when the item is there, not before, so that a list has no item too many.
            while list.next_element_seed(NextItem(items))?.is_some() {}
        } else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            self.0.note(Field::List);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        if let Some(members) = self.0.object() {
            while let Some(key) = object.next_key_seed(KeySeed)? {
                object.next_value_seed(Fill(members.member(key)))?;
            }
        } else {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            self.0.note(Field::Object);
        }
        Ok(())
    }
}

/// An item that is asked for when there is one.
struct NextItem<'s, 'de>(&'s mut dyn Items<'de>);

impl<'de> DeserializeSeed<'de> for NextItem<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Fill(self.0.item()).deserialize(deserializer)
    }
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        // A key is always a text; asking for any value brings in nothing that tells of other types.
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
