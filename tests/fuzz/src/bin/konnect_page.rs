//! A page of a list, as Konnect answers: a count that is told is a count, and problems have places.
#![no_main]

use gatepass::konnect::page::{Kind, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else { return };
    let kinds = [
        Kind::Portal,
        Kind::Developer,
        Kind::Team,
        Kind::AssignedRole,
        Kind::Application,
        Kind::Registration,
        Kind::Api,
    ];
    let problems = match read(kinds[usize::from(*kind) % kinds.len()], body) {
        Ok(page) => page.problems,
        Err(problems) => problems,
    };
    for problem in problems.iter() {
        assert!(problem.path.is_empty() || problem.path.starts_with('/'), "{problem}");
    }
});
