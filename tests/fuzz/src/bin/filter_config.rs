//! The filter's configuration: taken whole, or refused with every problem at its place.
#![no_main]

use gatepass_filter::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(problems) = Config::read(bytes) {
        assert!(!problems.listed().is_empty());
        for problem in problems.listed() {
            assert!(problem.pointer().is_empty() || problem.pointer().starts_with('/'), "{problem}");
            assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
        }
    }
});
