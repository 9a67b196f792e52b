//! What counts as signed, and what does not.

use super::generator::{NOW, portals};
use crate::bundle::build::build_within;
use crate::bundle::{
    Built, Bundle, BundleTimestamp, KeyError, Manifest, PublicKey, SignatureError, SigningKey, Trust,
    TrustError,
};
use crate::{Policy, PortalId, Region, Timestamp};

pub(super) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed([number; 32])
}

fn unsigned() -> (Built, BundleTimestamp) {
    let contents = portals(2, 12);
    let built = build_within(Policy::Strict, &contents, 700).unwrap();
    let regions = contents.iter().map(|portal| (portal.id, portal.region));
    let stamp = BundleTimestamp::new("edge", regions, Policy::Strict, NOW, *built.content_digest()).unwrap();
    (built, stamp)
}

pub(super) fn signed_by(keys: &[u8]) -> (Built, BundleTimestamp) {
    let (mut built, mut stamp) = unsigned();
    for number in keys {
        built.manifest = built.manifest.signed(&stamp, &key(*number)).unwrap();
        stamp = stamp.signed(&key(*number));
    }
    (built, stamp)
}

fn trusting(bundle_keys: &[u8], timestamp_keys: &[u8]) -> Trust {
    let public = |keys: &[u8]| keys.iter().map(|number| key(*number).public_key()).collect();
    Trust { bundle_keys: public(bundle_keys), timestamp_keys: public(timestamp_keys), ..Trust::default() }
}

/// The first reason against a bundle and its timestamp.
fn judge(trust: &Trust, (built, stamp): &(Built, BundleTimestamp)) -> Result<(), TrustError> {
    let bundle = Bundle::open(&built.to_bytes()).unwrap();
    assert_eq!(bundle.manifest(), &built.manifest);
    assert_eq!(bundle.manifest().file_bytes(), built.to_bytes().len() as u64);
    trust.bundle(&bundle)?;
    trust.timestamp(&BundleTimestamp::from_header(&stamp.to_header()).unwrap())
}

#[test]
fn a_trusted_signature_is_needed_and_one_is_enough() {
    let wrong = |error: SignatureError| Err(TrustError::Signature(error));
    assert_eq!(judge(&trusting(&[1], &[1]), &signed_by(&[1])), Ok(()));
    assert_eq!(judge(&trusting(&[1, 2], &[1, 2]), &signed_by(&[2])), Ok(()), "a key to come");
    assert_eq!(judge(&trusting(&[2], &[2]), &signed_by(&[1, 2])), Ok(()), "a key that goes");
    assert_eq!(judge(&trusting(&[2], &[2]), &signed_by(&[1])), wrong(SignatureError::UnknownKey));
    assert_eq!(judge(&trusting(&[1], &[1]), &unsigned()), wrong(SignatureError::Unsigned));
    assert_eq!(judge(&Trust::default(), &unsigned()), Ok(()), "without keys signatures do not matter");
    assert_eq!(judge(&Trust::default(), &signed_by(&[1])), Ok(()));
}

#[test]
fn a_manifest_says_what_was_signed_with_it() {
    let ((unsigned, stamp), (signed, _)) = (unsigned(), signed_by(&[3, 4]));
    let says = |manifest: &Manifest| {
        (manifest.is_signed(), manifest.signed_serial(), manifest.signed_as_of(), manifest.signers().count())
    };
    assert_eq!(says(&unsigned.manifest), (false, None, None, 0));
    assert_eq!(says(&signed.manifest), (true, Some(stamp.serial()), Some(NOW), 2));
    assert_ne!(stamp.serial(), 1);
    assert!(!stamp.is_signed() && stamp.clone().signed(&key(3)).is_signed());
    let again = signed.manifest.clone().signed(&stamp, &key(3)).unwrap();
    assert_eq!(again.signers().count(), 2, "nobody signs twice");
    // About another time, it is another statement: nobody has signed that one yet.
    let later = Timestamp::from_millis(NOW.millis() + 1000);
    let portals = portals(2, 12);
    let regions = portals.iter().map(|portal| (portal.id, portal.region));
    let digest = *signed.content_digest();
    let later = BundleTimestamp::new("edge", regions, Policy::Strict, later, digest).unwrap();
    let moved = signed.manifest.signed(&later, &key(5)).unwrap();
    let signers: Vec<[u8; 32]> = moved.signers().copied().collect();
    assert_eq!(signers, [*key(5).public_key().as_bytes()]);
    let tag = Manifest::entity_tag(&std::array::from_fn(|at| u8::try_from(at * 7 + 9).unwrap_or(0xe1)));
    assert!(tag.starts_with("\"0910171e252c333a") && tag.len() == 66 && tag.ends_with('"'), "{tag}");
}

#[test]
fn keys_have_their_use() {
    let unknown = Err(TrustError::Signature(SignatureError::UnknownKey));
    let (mut built, stamp) = unsigned();
    built.manifest = built.manifest.signed(&stamp, &key(1)).unwrap();
    let stamp = stamp.signed(&key(2));
    assert_eq!(judge(&trusting(&[1], &[2]), &(built.clone(), stamp.clone())), Ok(()));
    assert_eq!(judge(&trusting(&[2], &[1]), &(built.clone(), stamp.clone())), unknown);
    assert_eq!(
        judge(&trusting(&[2], &[2]), &(built.clone(), stamp.clone())),
        unknown,
        "a timestamp key makes no contents"
    );
    assert_eq!(judge(&trusting(&[1], &[]), &(built, stamp)), unknown);
}

#[test]
fn a_signature_for_one_purpose_is_none_for_the_other() {
    let (built, stamp) = signed_by(&[1]);
    let (timestamp, bundle) = (stamp.encode(), built.manifest.to_bytes());
    let (of_timestamp, of_bundle) = (&timestamp[timestamp.len() - 64..], &bundle[bundle.len() - 64..]);
    assert_ne!(of_timestamp, of_bundle);
    let mut swapped = timestamp.clone();
    swapped.splice(timestamp.len() - 64.., of_bundle.iter().copied());
    let swapped = BundleTimestamp::decode(&swapped).unwrap();
    let wrong = Err(TrustError::Signature(SignatureError::Wrong));
    assert_eq!(trusting(&[1], &[1]).timestamp(&swapped), wrong);
    let mut swapped = bundle.clone();
    swapped.splice(bundle.len() - 64.., of_timestamp.iter().copied());
    assert_eq!(trusting(&[1], &[1]).manifest(&Manifest::parse(&swapped).unwrap()), wrong);
}

#[test]
fn no_flipped_bit_of_what_is_signed_passes() {
    let (built, stamp) = signed_by(&[1, 2]);
    let trust = trusting(&[1, 2], &[1, 2]);
    let mut bytes = stamp.encode();
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            bytes[at] ^= 1 << bit;
            let passes = BundleTimestamp::decode(&bytes).is_ok_and(|stamp| trust.timestamp(&stamp).is_ok());
            // A key that is not known any more leaves the other's signature, which is enough.
            let is_key = bytes.len() - at <= 192 && (bytes.len() - at - 1) % 96 >= 64;
            assert!(!passes || is_key, "byte {at} bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
    let mut head = built.manifest.to_bytes();
    for at in 0..head.len() {
        head[at] ^= 1;
        let passes = Manifest::parse(&head).is_ok_and(|manifest| trust.manifest(&manifest).is_ok());
        let is_key = head.len() - at <= 192 && (head.len() - at - 1) % 96 >= 64;
        assert!(!passes || is_key, "byte {at}");
        head[at] ^= 1;
    }
}

#[test]
fn what_is_signed_about_other_contents_does_not_count() {
    let (built, stamp) = signed_by(&[1]);
    let mut other = portals(2, 13);
    let second = build_within(Policy::Strict, &other, 700).unwrap();
    // The block of one manifest behind the list of another.
    let length = built.manifest.to_bytes().len() - unsigned().0.manifest.to_bytes().len() + 10;
    let head = built.manifest.to_bytes();
    let plain = second.manifest.to_bytes();
    let forged = [&plain[..plain.len() - 10], &head[head.len() - length..]].concat();
    let forged = Manifest::parse(&forged).unwrap();
    assert_eq!(forged.content_digest(), second.content_digest());
    assert_eq!(trusting(&[1], &[1]).manifest(&forged), Err(TrustError::Contents));
    assert!(second.manifest.clone().signed(&stamp, &key(1)).is_err());

    // The signer vouches for the portals that are in it.
    other[0].region = if other[0].region == Region::Eu { Region::Us } else { Region::Eu };
    let moved = build_within(Policy::Strict, &other, 700).unwrap();
    let regions = portals(2, 13).into_iter().map(|portal| (portal.id, portal.region));
    let stamp = BundleTimestamp::new("edge", regions, Policy::Strict, NOW, *moved.content_digest()).unwrap();
    let manifest = moved.manifest.clone().signed(&stamp, &key(1)).unwrap();
    let bundle = Bundle::open(&Built { manifest, ..moved }.to_bytes()).unwrap();
    assert_eq!(trusting(&[1], &[1]).bundle(&bundle), Err(TrustError::Contents));
}

#[test]
fn audience_portals_and_policy_are_pinned() {
    let sample = signed_by(&[1]);
    let ids: Vec<PortalId> = sample.1.portals().iter().map(|(id, _)| *id).collect();
    let trust = Trust {
        audience: Some("edge".into()),
        portals: Some(ids.iter().rev().copied().collect()),
        policy: Some(Policy::Strict),
        ..trusting(&[1], &[1])
    };
    assert_eq!(judge(&trust, &sample), Ok(()));
    let fewer = Some(ids[1..].to_vec());
    let more = Some(ids.iter().copied().chain([PortalId::from_bytes([0xEE; 16])]).collect());
    let other = |change: Trust| judge(&change, &sample).unwrap_err();
    assert_eq!(other(Trust { audience: Some(String::new()), ..trust.clone() }), TrustError::Audience);
    assert_eq!(other(Trust { portals: fewer, ..trust.clone() }), TrustError::Portals);
    assert_eq!(other(Trust { portals: more, ..trust.clone() }), TrustError::Portals);
    assert_eq!(other(Trust { policy: Some(Policy::Konnect), ..trust.clone() }), TrustError::Policy);
    let unsigned_too = Trust { policy: Some(Policy::Konnect), ..Trust::default() };
    assert_eq!(judge(&unsigned_too, &unsigned()), Err(TrustError::Policy));
}

/// The order of the group, in little-endian bytes.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn verification_is_strict() {
    // A second encoding of a good signature: S + the order of the group.
    let (_, stamp) = signed_by(&[1]);
    let mut bytes = stamp.encode();
    let scalar = bytes.len() - 32;
    let mut carry = 0;
    for (at, order) in ORDER.iter().enumerate() {
        let sum = u16::from(bytes[scalar + at]) + u16::from(*order) + carry;
        bytes[scalar + at] = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let other = BundleTimestamp::decode(&bytes).unwrap();
    assert_eq!(trusting(&[1], &[1]).timestamp(&other), Err(TrustError::Signature(SignatureError::Wrong)));
    // Keys of small order: anybody could sign for them.
    let mut identity = [0; 32];
    identity[0] = 1;
    for weak in [[0; 32], identity] {
        assert_eq!(PublicKey::from_bytes(&weak), Err(KeyError::Weak));
    }
}

#[test]
fn signatures_are_read_strictly() {
    let (_, stamp) = signed_by(&[1, 2]);
    let bytes = stamp.encode();
    let (first, second) = (bytes.len() - 192, bytes.len() - 96);
    let swapped = [&bytes[..first], &bytes[second..], &bytes[first..second]].concat();
    assert!(
        BundleTimestamp::decode(&swapped).unwrap_err().to_string().contains("ascending order of their keys")
    );
    let mut many = stamp;
    for number in 3..=8 {
        many = many.signed(&key(number));
    }
    assert_eq!(BundleTimestamp::decode(&many.encode()).unwrap(), many);
    assert_eq!(many.signers().count(), 8);
    let error = BundleTimestamp::decode(&many.signed(&key(9)).encode()).unwrap_err();
    assert!(error.to_string().contains("more than 8 signatures"));
}

#[test]
fn keys_are_texts_and_secrets_are_not_shown() {
    let key = key(7);
    let text = key.to_text();
    assert_eq!(SigningKey::from_text(&text).unwrap().public_key(), key.public_key());
    let secret = text.strip_prefix("gatepass-signing-key-1:").unwrap();
    assert!(!format!("{key:?}").contains(secret));
    assert_eq!(SigningKey::from_text(&key.public_key().to_string()).unwrap_err(), KeyError::Signing);
    assert_eq!(text.parse::<PublicKey>(), Err(KeyError::Public));
    // A later signature by the same key replaces the earlier.
    let (_, stamp) = signed_by(&[7, 7]);
    assert_eq!(stamp, signed_by(&[7]).1);
    let later = BundleTimestamp::new(
        "edge",
        stamp.portals().to_vec(),
        Policy::Strict,
        Timestamp::from_millis(NOW.millis() + 1),
        *stamp.content_digest(),
    );
    assert_ne!(later.unwrap().signed(&key).encode(), stamp.encode());
}
