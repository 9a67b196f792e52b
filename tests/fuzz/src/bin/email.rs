//! An e-mail address: its domain is plain, and what is written around it changes nothing.
#![no_main]

use gatepass::approvals::domain_of;
use gatepass_fuzz::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(email) = text(bytes) else { return };
    let Ok(domain) = domain_of(email) else { return };
    let domain = domain.as_str();
    assert!(
        domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')),
        "{domain:?}"
    );
    // Other letters stand in it as their A-label.
    assert!(
        !email.is_ascii() || email.to_ascii_lowercase().ends_with(&format!("@{domain}")),
        "{email:?} is of {domain:?}"
    );
    // An A-label is longer than its letters: the whole may then be too long for an address.
    let again = domain_of(&format!("x@{domain}"));
    assert!(
        domain.len() > 252 || again.as_ref().is_ok_and(|again| again.as_str() == domain),
        "{domain:?}: {again:?}"
    );
});
