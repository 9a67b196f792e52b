//! Lists that must be read before a change: roles, teams, mappings, registrations.

use crate::ordered::OrderedMap;

use serde_json::Value;

use super::machine::{Apply, Purpose};
use super::task::Looked;
use crate::konnect::list::{Listing, Next};
use crate::konnect::outbox::Draft;
use crate::konnect::page::{self, Kind};
use crate::konnect::path::page as page_path;

/// How often a list is read from its start when it changes meanwhile.
const LIST_ATTEMPTS: u32 = 3;

/// A list being looked at.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    listing: Listing,
    attempts: u32,
    /// The portal's registrations, to find the application of one.
    is_index: bool,
}

impl Apply {
    pub(super) fn begin_reading(&mut self, path: String, kind: Kind, is_index: bool) {
        let attempts = self.reading.as_ref().map_or(0, |reading| reading.attempts);
        let listing = Listing::new(self.options.page_size.max(1));
        self.reading = Some(Reading { listing, attempts: attempts.saturating_add(1), is_index });
        self.ask_for_page(path, kind, 1);
    }

    fn ask_for_page(&mut self, path: String, kind: Kind, number: u64) {
        let draft = Draft::get(page_path(&path, self.options.page_size.max(1), number));
        self.outbox.push(Purpose::Page { path, kind, number }, draft);
    }

    pub(super) fn page(&mut self, path: String, kind: Kind, number: u64, body: &[u8]) {
        let Some(reading) = self.reading.as_mut() else { return };
        let Ok(page) = page::split(kind, body) else {
            return self
                .fail(format!("GET {path}: the answer is no page of a list; check --base-url and --api"));
        };
        match reading.listing.page(number, page) {
            Next::Ask(first, last) => {
                for number in first..=last {
                    self.ask_for_page(path.clone(), kind, number);
                }
            }
            Next::Wait => {}
            Next::Whole => {
                let Some(reading) = self.reading.take() else { return };
                let items = reading.listing.into_items();
                let values: Vec<Value> =
                    items.iter().filter_map(|item| crate::json::value(item.json()).ok()).collect();
                if reading.is_index {
                    self.applications = Some(index(&values));
                    if let Some(task) = self.task.take() {
                        self.begin_change(task);
                    }
                } else {
                    self.looked(&Looked::List(values));
                }
            }
            Next::Doubtful(_) if reading.attempts < LIST_ATTEMPTS => {
                let is_index = reading.is_index;
                self.begin_reading(path, kind, is_index);
            }
            Next::Doubtful(doubt) => {
                self.fail(format!(
                    "GET {path}: the list cannot be trusted, {}; run apply again",
                    doubt.message()
                ));
            }
        }
    }
}

/// By registration: its application.
fn index(registrations: &[Value]) -> OrderedMap<String, String> {
    let pair = |registration: &Value| {
        let application = registration.get("application")?.get("id")?.as_str()?;
        Some((registration.get("id")?.as_str()?.to_owned(), application.to_owned()))
    };
    registrations.iter().filter_map(pair).collect()
}
