//! A line of a gateway's log: read and written again it says the same, and it is one line.
#![no_main]

use gatepass::DecisionLine;
use gatepass_fuzz::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(Ok(line)) = text(bytes).map(str::parse::<DecisionLine>) else { return };
    let written = line.to_string();
    assert!(!written.contains(|c| c < ' '), "{written:?}");
    assert_eq!(written.parse::<DecisionLine>().expect("what is written can be read"), line);
});
