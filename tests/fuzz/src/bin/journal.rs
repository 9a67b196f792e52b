//! A journal, a line each: what does not begin with a run of this plan makes no change count as done.
#![no_main]

use gatepass::konnect::ApiVersion;
use gatepass::konnect::apply::{Apply, JournalEntry, Options};
use gatepass_fuzz::{PORTAL, same_but_for_rounding, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = text(bytes) else { return };
    let Ok(entries) = text.lines().map(serde_json::from_str).collect::<Result<Vec<JournalEntry>, _>>() else {
        return;
    };
    for entry in &entries {
        let written = serde_json::to_string(entry).expect("an entry can be written");
        let again: JournalEntry = serde_json::from_str(&written).expect("and read");
        let [was, is] =
            [entry, &again].map(|entry| serde_json::to_value(entry).expect("an entry is an object"));
        assert!(same_but_for_rounding(&was, &is), "{was} became {is}");
    }
    let begins = matches!(entries.first(), None | Some(JournalEntry::Begin { .. }));
    let options = Options::new(ApiVersion::V2, PORTAL.portal().id, "plan");
    assert!(begins || Apply::new(options, Vec::new(), &entries).is_err());
});
