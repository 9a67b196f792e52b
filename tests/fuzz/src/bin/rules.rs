//! Rules of approval for the sample portal: whoever they approve has an address of a trusted domain or is in the fallback.
#![no_main]

use gatepass::approvals::{Rules, plan};
use gatepass::plan::Plan;
use gatepass_fuzz::{FILE, PORTAL};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(reading) = Rules::read_for(bytes, &PORTAL) else { return };
    let Ok(plan) = plan(&PORTAL, FILE, &reading.rules) else { return };
    let written = serde_json::to_vec(&plan).expect("a plan can be written");
    let again = Plan::read(&written).expect("what is planned can be read");
    assert_eq!(again, plan);
});
