//! Questions, a portal view and request bodies: answered or refused in plain words.
#![no_main]

use gatepass::Question;
use gatepass::portal_view::PortalView;
use gatepass::validate::{Choice, RequestType};
use gatepass_fuzz::{PORTAL, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = text(bytes) else { return };
    match Question::from_json(text) {
        Ok(question) => plain(&PORTAL.decide(&question).message),
        Err(error) => plain(&error.to_string()),
    }
    for answer in Question::list_from_json(text).into_iter().flatten() {
        if let Ok(question) = answer {
            plain(&PORTAL.decide(&question).message);
        }
    }
    if let Err(error) = PortalView::from_json(text) {
        plain(&error.to_string());
    }
    for kind in ["sign_up", "application", "registration", "role_assignment"] {
        let checked = RequestType::named(kind).expect("there is such a kind").check(bytes, Choice::default());
        checked.problems.iter().for_each(|problem| plain(&problem.to_string()));
    }
});

fn plain(shown: &str) {
    assert!(!shown.contains(char::is_control), "{shown:?}");
}
