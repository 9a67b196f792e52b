//! A manifest with signatures: read and written again it is the same, and no signature counts that was not made.
#![no_main]

use gatepass::bundle::{Manifest, SigningKey, Trust};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = Manifest::parse(bytes) else { return };
    assert_eq!(manifest.to_bytes(), bytes);
    let key = SigningKey::from_seed([9; 32]).public_key();
    let trust = Trust { bundle_keys: vec![key], ..Trust::default() };
    assert!(trust.manifest(&manifest).is_err(), "nobody has signed with this key");
});
