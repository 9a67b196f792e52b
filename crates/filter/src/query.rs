//! Query strings: reading one parameter exactly, and leaving it out without touching the others.

use crate::path;

/// What a query holds under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// Nothing.
    Absent,
    /// Several values, or an escape nobody can read.
    Ambiguous,
    /// One value, decoded.
    One(Vec<u8>),
}

/// Looks for `name` (decoded, case-sensitive) in a raw query.
pub(crate) fn parameter(query: &[u8], name: &[u8]) -> Parameter {
    let mut found = None;
    for part in query.split(|byte| *byte == b'&') {
        let (raw_name, raw_value) = split(part);
        let Some(part_name) = decode(raw_name) else {
            // Somebody else may read this name as ours.
            return Parameter::Ambiguous;
        };
        if part_name == name {
            match (decode(raw_value), &found) {
                (Some(value), None) => found = Some(value),
                _ => return Parameter::Ambiguous,
            }
        }
    }
    found.map_or(Parameter::Absent, Parameter::One)
}

/// The target without the parameters of these names, all other bytes as they are; `None` if there is none to leave out.
pub(crate) fn without(target: &[u8], names: &[&[u8]]) -> Option<Vec<u8>> {
    let (path, query) = path::split(target);
    let is_named = |part: &&[u8]| decode(split(part).0).is_some_and(|name| names.contains(&name.as_slice()));
    let parts: Vec<&[u8]> = query?.split(|byte| *byte == b'&').collect();
    let kept: Vec<&[u8]> = parts.iter().copied().filter(|part| !is_named(part)).collect();
    if kept.len() == parts.len() {
        return None;
    }
    let mut target = path.to_vec();
    if !kept.is_empty() {
        target.push(b'?');
        target.extend(kept.join(&b'&'));
    }
    Some(target)
}

fn split(part: &[u8]) -> (&[u8], &[u8]) {
    let mut sides = part.splitn(2, |byte| *byte == b'=');
    (sides.next().unwrap_or_default(), sides.next().unwrap_or_default())
}

/// Decodes escapes once; `+` is a space. `None` for a bad escape.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => path::escaped(bytes.next(), bytes.next())?,
            b'+' => b' ',
            other => other,
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_exactly() {
        let one = |value: &str| Parameter::One(value.as_bytes().to_vec());
        for (query, expected) in [
            ("", Parameter::Absent),
            ("other=1", Parameter::Absent),
            ("APIKEY=1", Parameter::Absent),
            ("apikey=k", one("k")),
            ("a=1&apikey=k&b=2", one("k")),
            ("%61pikey=k", one("k")),
            ("apikey=a%2Bb+c", one("a+b c")),
            ("apikey=a%252B", one("a%2B")),
            ("apikey=a=b", one("a=b")),
            ("apikey", one("")),
            ("apikey=", one("")),
            ("apikey=k&q=100%", one("k")),
            ("apikey=k&apikey=k", Parameter::Ambiguous),
            ("apikey=k&%61pikey=j", Parameter::Ambiguous),
            ("apikey=%", Parameter::Ambiguous),
            ("apikey=%zz", Parameter::Ambiguous),
            ("api%key=k", Parameter::Ambiguous),
            ("apikey=k&apikey=%zz", Parameter::Ambiguous),
        ] {
            assert_eq!(parameter(query.as_bytes(), b"apikey"), expected, "{query}");
        }
        assert_eq!(parameter(b"apikey=%ff", b"apikey"), Parameter::One(vec![0xff]));
    }

    #[test]
    fn leaving_one_out_keeps_the_others_byte_for_byte() {
        for (target, kept) in [
            ("/p?apikey=k", Some("/p")),
            ("/p?apikey=k&a=%zz&&b=+", Some("/p?a=%zz&&b=+")),
            ("/p?a=1&%61pikey=k", Some("/p?a=1")),
            ("/p?apikey=1&a&apikey=2", Some("/p?a")),
            ("/p?a=apikey", None),
            ("/p?", None),
            ("/p", None),
        ] {
            assert_eq!(
                without(target.as_bytes(), &[b"apikey"]),
                kept.map(|kept| kept.as_bytes().to_vec()),
                "{target}"
            );
        }
    }
}
