//! A plan file: read and written again it is the same.
#![no_main]

use gatepass::plan::Plan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(plan) = Plan::read(bytes) else { return };
    let written = serde_json::to_vec(&plan).expect("a plan can be written");
    assert_eq!(Plan::read(&written).expect("what was read can be written and read"), plan);
});
