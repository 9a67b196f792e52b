//! No byte of a bundle can be changed unnoticed, and bytes written by somebody hostile do not panic.

use std::collections::BTreeSet;

use super::generator::{NOW, RESOURCES, SERVICES, portals, resource, service};
use super::model::Model;
use crate::bundle::build::build_within;
use crate::bundle::manifest::ChunkDigest;
use crate::bundle::{
    Built, Bundle, BundleError, BundlePart, BundleTimestamp, BundleTimestampError, Manifest, PortalContents,
};
use crate::{Action, CredentialKey, Freshness, Policy, PortalId, Region, Timestamp, decide};

fn small() -> (Vec<PortalContents>, Built) {
    let contents = portals(2, 12);
    let built = build_within(Policy::Strict, &contents, 700).unwrap();
    assert!(built.manifest.chunk_bits() > 0);
    (contents, built)
}

/// The same parts under a manifest that names them.
fn renamed(built: &Built) -> Built {
    let digests = built.chunks.iter().map(|chunk| ChunkDigest::of(chunk)).collect();
    let manifest = Manifest::new(built.manifest.chunk_bits(), ChunkDigest::of(&built.global), digests);
    Built { manifest, ..built.clone() }
}

#[test]
fn no_flipped_bit_is_accepted() {
    let bytes = small().1.to_bytes();
    Bundle::open(&bytes).unwrap();
    let mut changed = bytes.clone();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            changed[at] ^= 1 << bit;
            assert!(Bundle::open(&changed).is_err(), "byte {at} bit {bit}");
            changed[at] ^= 1 << bit;
        }
    }
}

#[test]
fn no_shorter_or_longer_file_is_accepted() {
    let mut bytes = small().1.to_bytes();
    for length in 0..bytes.len() {
        match Bundle::open(&bytes[..length]) {
            Err(BundleError::CutShort { needed, found }) => {
                assert_eq!(found, length as u64);
                assert!(needed > found && needed <= bytes.len() as u64);
            }
            other => panic!("{length}: {other:?}"),
        }
    }
    bytes.push(0);
    assert_eq!(Bundle::open(&bytes).unwrap_err(), BundleError::Trailing { count: 1 });
    let cut = Bundle::open(&[]).unwrap_err().to_string();
    assert_eq!(cut, "bundle is cut short: at least 8 bytes are needed, and there are 0");
}

#[test]
fn another_format_is_named() {
    let mut bytes = small().1.to_bytes();
    bytes[8] = 7;
    let error = Bundle::open(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "bundle format 7 is not supported (this version reads 1)");
    assert_eq!(Bundle::open(b"{}").unwrap_err(), BundleError::NotABundle);
    bytes[8] = 1;
    let signatures = small().1.manifest.to_bytes().len() - 2;
    bytes[signatures] = 1;
    assert!(Bundle::open(&bytes).is_err(), "the global chunk is no statement");
    bytes[signatures] = 0;
    bytes[10] = 17;
    let part = BundlePart::Manifest;
    assert!(
        matches!(Bundle::open(&bytes).unwrap_err(), BundleError::Malformed { part: named, .. } if named == part)
    );
}

/// Asks every question of a bundle that opened; nothing may panic, and keys that were never given out open
/// nothing.
fn ask_everything(bundle: &Bundle, model: &Model<'_>, absent: &[CredentialKey]) {
    let handles: Vec<_> = (0..RESOURCES).map(|number| bundle.resource(&resource(number))).collect();
    let ask = |caller| {
        handles.iter().any(|handle| {
            let facts = bundle.facts(&caller, *handle, Freshness::Fresh);
            decide(&facts, Action::Consume, Policy::Konnect).is_allow()
        })
    };
    for key in model.keys() {
        ask(bundle.caller(key, NOW));
    }
    for id in model.applications() {
        ask(bundle.caller_by_application_id(id));
    }
    for key in absent {
        assert!(!ask(bundle.caller(key, NOW)));
    }
    for number in 0..SERVICES {
        bundle.resources_of_service(&service(number)).for_each(drop);
    }
    bundle.portals().for_each(drop);
    bundle.counts();
}

#[test]
fn hostile_chunks_with_right_digests_do_not_panic() {
    let (contents, original) = small();
    let model = Model::new(&contents);
    let absent: Vec<_> = (0..8).map(|number: u8| CredentialKey::api_key(&[number])).collect();
    let (mut refused, mut messages) = (0_u32, BTreeSet::new());
    let mut check = |changed: &Built| match Bundle::open(&renamed(changed).to_bytes()) {
        Ok(bundle) => ask_everything(&bundle, &model, &absent),
        Err(error) => {
            refused += 1;
            messages.insert(error.to_string().split_once(": ").map(|(_, what)| what.to_owned()));
        }
    };
    let parts = original.chunks.len() + 1;
    for part in 0..parts {
        let of =
            |built: &Built| if part == 0 { built.global.clone() } else { built.chunks[part - 1].clone() };
        let with = |bytes: Vec<u8>| {
            let mut changed = original.clone();
            *(if part == 0 { &mut changed.global } else { &mut changed.chunks[part - 1] }) = bytes;
            changed
        };
        for at in 0..of(&original).len() {
            for flip in [1 << (at % 8), 0xFF, 0x80] {
                let mut bytes = of(&original);
                bytes[at] ^= flip;
                check(&with(bytes));
            }
            check(&with(of(&original)[..at].to_vec()));
        }
    }
    assert!(refused > 1_000, "{refused}");
    assert!(messages.len() > 25, "{messages:#?}");
}

#[test]
fn bundle_timestamps_are_read_strictly() {
    let portals = [(PortalId::from_bytes([9; 16]), Region::Us), (PortalId::from_bytes([1; 16]), Region::Eu)];
    let stamp = BundleTimestamp::new("edge", portals, Policy::Konnect, NOW, [7; 32]).unwrap();
    assert_eq!(stamp.serial(), 1_700_000_000_000);
    assert_eq!(stamp.as_of(), NOW);
    assert_eq!(stamp.portals(), [portals[1], portals[0]]);
    assert_eq!(
        (stamp.audience(), stamp.policy(), stamp.content_digest()),
        ("edge", Policy::Konnect, &[7; 32])
    );
    let bytes = stamp.encode();
    assert!(bytes.starts_with(b"gatepass-timestamp/1\0\x04\0edge\x20\0"));
    assert_eq!(BundleTimestamp::decode(&bytes).unwrap(), stamp);
    assert_eq!(BundleTimestamp::from_header(&stamp.to_header()).unwrap(), stamp);
    for length in 0..bytes.len() {
        assert!(matches!(
            BundleTimestamp::decode(&bytes[..length]),
            Err(BundleTimestampError::CutShort { .. })
        ));
    }
    let mut changed = bytes.clone();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            changed[at] ^= 1 << bit;
            if let Ok(other) = BundleTimestamp::decode(&changed) {
                // Another timestamp, then, which is not signed. But never two spellings of one.
                assert_ne!(other, stamp);
                assert_eq!(other.encode(), changed);
            }
            changed[at] ^= 1 << bit;
        }
    }
    changed.push(0);
    assert_eq!(BundleTimestamp::decode(&changed), Err(BundleTimestampError::Trailing { count: 1 }));
    for header in ["=", "Z2F0ZXBhc3M=", "a b", "é"] {
        assert_eq!(BundleTimestamp::from_header(header), Err(BundleTimestampError::Header));
    }
}

#[test]
fn impossible_timestamps_are_not_made() {
    let portal = (PortalId::from_bytes([1; 16]), Region::Eu);
    let make = |audience: &str, portals: Vec<(PortalId, Region)>, millis: i64| {
        let as_of = Timestamp::from_millis(millis);
        BundleTimestamp::new(audience, portals, Policy::Strict, as_of, [0; 32])
    };
    assert!(make("", vec![portal], 0).is_ok());
    assert!(make(&"a".repeat(255), vec![portal], 0).is_ok());
    assert!(make(&"a".repeat(256), vec![portal], 0).is_err());
    assert!(make("", vec![], 0).is_err());
    assert!(make("", vec![portal, portal], 0).is_err());
    assert!(make("", vec![portal], -1).is_err());
}
