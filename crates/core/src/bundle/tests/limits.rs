//! What is just allowed is read, and one more is refused.

use super::generator::NOW;
use super::signing::{key, signed_by};
use crate::bundle::format::{
    CHUNK_BITS_MAX, CHUNK_BYTES_MAX, FORMAT_VERSION, GLOBAL_BYTES_MAX, MANIFEST_MAGIC, SIGNATURE_MAGIC,
};
use crate::bundle::{BundleTimestamp, Manifest, PublicKey};
use crate::{Policy, PortalId, Region};

/// An unsigned manifest of chunks that are all of one length.
fn manifest(bits: u8, global_length: u32, chunk_length: u32) -> Vec<u8> {
    let mut bytes = MANIFEST_MAGIC.to_vec();
    bytes.extend(FORMAT_VERSION.to_le_bytes());
    bytes.extend([bits, 0]);
    bytes.extend((1 + (1_u32 << bits)).to_le_bytes());
    let entry = |length: u32| [&length.to_le_bytes()[..], &[7; 32]].concat();
    bytes.extend(entry(global_length));
    bytes.extend(entry(chunk_length).repeat(1 << bits));
    bytes.extend(SIGNATURE_MAGIC);
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn chunks() {
    let largest = manifest(CHUNK_BITS_MAX, GLOBAL_BYTES_MAX, CHUNK_BYTES_MAX);
    let read = Manifest::parse(&largest).unwrap();
    assert_eq!((read.chunk_count(), read.global().length), (65_536, GLOBAL_BYTES_MAX));
    assert_eq!(read.to_bytes(), largest);
    for (bits, global, chunk, why) in [
        (CHUNK_BITS_MAX + 1, 9, 9, "more than 16 bits divide the chunks"),
        (1, GLOBAL_BYTES_MAX + 1, 9, "a chunk is longer than allowed"),
        (1, 9, CHUNK_BYTES_MAX + 1, "a chunk is longer than allowed"),
    ] {
        let error = Manifest::parse(&manifest(bits, global, chunk)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn audiences_and_portals() {
    let made = |audience: usize, portals: u16| {
        let portals = (0..portals).map(|number| {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            (PortalId::from_bytes(id), Region::Eu)
        });
        BundleTimestamp::new("a".repeat(audience), portals, Policy::Strict, NOW, [1; 32])
    };
    for (audience, portals) in [(0, 1), (255, 1), (3, 4095)] {
        let timestamp = made(audience, portals).unwrap();
        assert_eq!(BundleTimestamp::decode(&timestamp.encode()), Ok(timestamp));
    }
    for (audience, portals) in [(256, 1), (3, 0), (3, 4096)] {
        made(audience, portals).unwrap_err();
    }
}

#[test]
fn signatures() {
    let eight = signed_by(&[1, 2, 3, 4, 5, 6, 7, 8]).0.manifest.to_bytes();
    assert_eq!(Manifest::parse(&eight).unwrap().signers().count(), 8);
    let two = signed_by(&[1, 2]).0.manifest.to_bytes();
    Manifest::parse(&two).unwrap();
    // The same signature twice, and two in the other order: 32 bytes of key and 64 of signature each, at the end.
    let (before, last) = two.split_at(two.len() - 2 * 96);
    let (first, second) = last.split_at(96);
    for wrong in [[first, first], [second, first]] {
        let error = Manifest::parse(&[before, &wrong.concat()].concat()).unwrap_err().to_string();
        assert!(error.contains("ascending order of their keys"), "{error}");
    }
}

#[test]
fn keys_are_shown_as_they_are_written() {
    let public = key(7).public_key();
    let text = public.to_string();
    assert_eq!(text.parse::<PublicKey>(), Ok(public));
    assert_eq!(format!("{public:?}"), text);
    assert_eq!(format!("{:?}", key(7)), format!("SigningKey(of {text})"));
}
