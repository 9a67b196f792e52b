//! What a relay says of how fresh its bundle is: as bytes, and as the header that carries them.
#![no_main]

use gatepass::bundle::{BundleTimestamp, SigningKey, Trust};
use gatepass_fuzz::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let trust =
        Trust { timestamp_keys: vec![SigningKey::from_seed([9; 32]).public_key()], ..Trust::default() };
    let header = text(bytes).and_then(|text| BundleTimestamp::from_header(text).ok());
    for timestamp in BundleTimestamp::decode(bytes).into_iter().chain(header) {
        assert_eq!(BundleTimestamp::decode(&timestamp.encode()), Ok(timestamp.clone()));
        assert_eq!(BundleTimestamp::from_header(&timestamp.to_header()), Ok(timestamp.clone()));
        assert!(trust.timestamp(&timestamp).is_err(), "nobody has signed with this key");
    }
});
