//! `MessagePack` as Kong's Lua library writes it: text is bytes, whatever they are.

use std::io::{Read, Write};

use rmpv::Value;

/// A value that Kong sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    Nil,
    Number(u32),
    Text(Vec<u8>),
    List(Vec<Packed>),
    Map(Vec<(Vec<u8>, Packed)>),
}

impl Packed {
    pub(super) fn text(text: impl AsRef<[u8]>) -> Self {
        Self::Text(text.as_ref().to_vec())
    }

    pub(super) fn optional(text: Option<impl AsRef<[u8]>>) -> Self {
        text.map_or(Self::Nil, Self::text)
    }

    /// A table; Lua has no members that are nil.
    pub(super) fn table<const N: usize>(members: [(&str, Self); N]) -> Self {
        let is_there = |(_, value): &(&str, Self)| *value != Self::Nil;
        let named = |(name, value): (&str, Self)| (name.as_bytes().to_vec(), value);
        Self::Map(members.into_iter().filter(is_there).map(named).collect())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes).unwrap();
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) -> std::io::Result<()> {
        match self {
            Self::Nil => to.write_all(&[0xc0]),
            Self::Number(number) => {
                to.write_all(&[0xce])?;
                to.write_all(&number.to_be_bytes())
            }
            Self::Text(text) => write_text(to, text),
            Self::List(items) => {
                head(to, 0x90, 0xdc, items.len())?;
                items.iter().try_for_each(|item| item.write(to))
            }
            Self::Map(members) => {
                head(to, 0x80, 0xde, members.len())?;
                members.iter().try_for_each(|(name, value)| {
                    write_text(to, name)?;
                    value.write(to)
                })
            }
        }
    }
}

/// The library's `string_compat`, its default: no 8-bit lengths.
fn write_text(to: &mut Vec<u8>, text: &[u8]) -> std::io::Result<()> {
    match (text.len(), u16::try_from(text.len())) {
        (0..32, _) => to.write_all(&[0xa0 | u8::try_from(text.len()).unwrap()])?,
        (_, Ok(length)) => {
            to.write_all(&[0xda])?;
            to.write_all(&length.to_be_bytes())?;
        }
        (length, _) => {
            to.write_all(&[0xdb])?;
            to.write_all(&u32::try_from(length).unwrap().to_be_bytes())?;
        }
    }
    to.write_all(text)
}

fn head(to: &mut Vec<u8>, short: u8, long: u8, length: usize) -> std::io::Result<()> {
    if length < 16 {
        return to.write_all(&[short | u8::try_from(length).unwrap()]);
    }
    to.write_all(&[long])?;
    to.write_all(&u16::try_from(length).unwrap().to_be_bytes())
}

/// Reads one value.
pub(super) fn read(from: &mut impl Read) -> Result<Value, String> {
    rmpv::decode::read_value(from).map_err(|error| error.to_string())
}

/// A member of a map.
pub(super) fn member<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    map.as_map()?.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
}
