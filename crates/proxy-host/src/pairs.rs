//! Header lists as they cross the boundary: a count, all lengths, then names and values with a zero after each.

/// A header list, in order and with its duplicates.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Writes a header list in the form of the ABI.
pub(crate) fn serialize(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = length(pairs.len()).to_vec();
    for (name, value) in pairs {
        bytes.extend(length(name.len()));
        bytes.extend(length(value.len()));
    }
    for (name, value) in pairs {
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(value);
        bytes.push(0);
    }
    bytes
}

/// Reads a header list; `None` when lengths and bytes do not agree.
pub(crate) fn parse(bytes: &[u8]) -> Option<Pairs> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let (count, rest) = take_length(bytes)?;
    let (mut lengths, mut content) = rest.split_at_checked(count.checked_mul(8)?)?;
    let mut pairs = Vec::new();
    while !lengths.is_empty() {
        let (name_length, after) = take_length(lengths)?;
        let (value_length, after) = take_length(after)?;
        lengths = after;
        let (name, after) = take_text(content, name_length)?;
        let (value, after) = take_text(after, value_length)?;
        content = after;
        pairs.push((name.to_vec(), value.to_vec()));
    }
    Some(pairs)
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn take_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*head)).ok()?, rest))
}

fn take_text(bytes: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(length)?;
    let (_zero, rest) = rest.split_first()?;
    Some((text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
        (name.as_bytes().to_vec(), value.as_bytes().to_vec())
    }

    #[test]
    fn a_list_survives_the_boundary() {
        for list in [vec![], vec![pair("a", "")], vec![pair(":path", "/x"), pair("apikey", "k")]] {
            assert_eq!(parse(&serialize(&list)), Some(list));
        }
    }

    #[test]
    fn the_layout_is_the_one_of_the_abi() {
        let bytes = serialize(&[pair("ab", "c")]);
        assert_eq!(bytes, [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, b'a', b'b', 0, b'c', 0]);
    }

    #[test]
    fn a_lying_length_is_refused() {
        assert_eq!(parse(&[9, 0, 0, 0]), None);
        assert_eq!(parse(&[1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, b'a', b'b', 0, b'c', 0]), None);
        assert_eq!(parse(&[0xff, 0xff, 0xff, 0xff, 0]), None);
    }
}
