//! Single values: ids, times, flags and statuses, each with the problem it can have.

use std::str::FromStr;

use super::Reader;
use crate::json::{Entry, Field, Kind, List};
use crate::problem::Place;
use crate::snapshot::model::Api;
use crate::{ApplicationFact, DeveloperStatus, IdError, RegistrationFact, Timestamp};

/// A status word as read: Konnect's four, or anything else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusWord {
    Approved,
    Pending,
    Rejected,
    Revoked,
    Unrecognized,
}

impl StatusWord {
    /// Exact and case-sensitive; `requested` and the numbers only where Gateway 2.8 wrote them.
    fn read(field: &Field<'_>, api: Option<Api>) -> Self {
        let old = api == Some(Api::Gateway28);
        match field {
            Field::Text(word) => match &**word {
                "approved" => Self::Approved,
                "pending" => Self::Pending,
                "requested" if old => Self::Pending,
                "rejected" => Self::Rejected,
                "revoked" => Self::Revoked,
                _ => Self::Unrecognized,
            },
            Field::Number(number) if old => match *number {
                0.0 => Self::Approved,
                1.0 => Self::Pending,
                2.0 => Self::Rejected,
                3.0 => Self::Revoked,
                _ => Self::Unrecognized,
            },
            _ => Self::Unrecognized,
        }
    }
}

/// The words mean the same of a developer, an application and a registration.
macro_rules! from_word {
    ($($status:ident),+) => {$(
        impl From<StatusWord> for $status {
            fn from(word: StatusWord) -> Self {
                match word {
                    StatusWord::Approved => Self::Approved,
                    StatusWord::Pending => Self::Pending,
                    StatusWord::Rejected => Self::Rejected,
                    StatusWord::Revoked => Self::Revoked,
                    StatusWord::Unrecognized => Self::Unrecognized,
                }
            }
        }
    )+};
}

from_word!(DeveloperStatus, ApplicationFact, RegistrationFact);

impl Reader {
    /// The object in a place where there must be one.
    pub(super) fn object<'r, T>(&mut self, entry: &'r Entry<T>, place: Place<'_>) -> Option<&'r T> {
        match entry {
            Entry::Object(object) => return Some(object),
            Entry::Absent => {
                self.error("value_missing", place, "there should be an object", "export the portal again");
            }
            Entry::Repeated => {
                self.error(
                    "key_repeated",
                    place,
                    "the member is there twice",
                    "keep one of the two; which one counts cannot be guessed",
                );
            }
            Entry::Other(kind) => {
                self.error(
                    "wrong_type",
                    place,
                    format!("there is {kind}, and should be an object"),
                    "export the portal again",
                );
            }
        }
        None
    }

    /// Whether a place where a list (or nothing) belongs has one of those.
    pub(super) fn check_list<T>(&mut self, list: &List<T>, place: Place<'_>) {
        match list {
            List::Absent | List::Null | List::Items(_) => {}
            List::Repeated => {
                self.error(
                    "key_repeated",
                    place,
                    "the member is there twice",
                    "keep one of the two; which one counts cannot be guessed",
                );
            }
            List::Other(kind) => {
                self.error(
                    "wrong_type",
                    place,
                    format!("there is {kind}, and should be a list or null"),
                    "export the portal again",
                );
            }
        }
    }

    /// An id that must be there.
    pub(super) fn id<T: FromStr<Err = IdError>>(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<T> {
        match field {
            Field::Text(text) => {
                if let Ok(id) = text.parse() {
                    return Some(id);
                }
                self.error(
                    "uuid_invalid",
                    place,
                    format!("{field} is not a UUID"),
                    "write the id as Konnect shows it",
                );
            }
            odd => self.error(
                "uuid_invalid",
                place,
                format!("the id is {odd}, and should be a UUID"),
                "write the id as Konnect shows it",
            ),
        }
        None
    }

    /// An id that may be absent or null.
    pub(super) fn optional_id<T: FromStr<Err = IdError>>(
        &mut self,
        field: &Field<'_>,
        place: Place<'_>,
    ) -> Option<T> {
        if field.is_silent() { None } else { self.id(field, place) }
    }

    /// The id of a nested `{"id": …}` that may be absent or null.
    pub(super) fn entry_kind_ok<T>(&mut self, entry: &Entry<T>, place: Place<'_>) -> bool {
        match entry {
            Entry::Absent | Entry::Other(Kind::Null) | Entry::Object(_) => true,
            _ => {
                self.object(entry, place);
                false
            }
        }
    }

    /// A time that may be absent or null.
    pub(super) fn time(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<Timestamp> {
        if field.is_silent() { None } else { self.required_time(field, place) }
    }

    /// A time that must be there.
    pub(super) fn required_time(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<Timestamp> {
        let time = field.text().and_then(|text| text.parse().ok());
        if time.is_none() {
            let message = format!("the time is {field}, and should be an RFC 3339 date and time");
            self.error("timestamp_invalid", place, message, "write it like `2026-11-22T10:00:00Z`");
        }
        time
    }

    /// A flag that is false when absent; anything but true and false is reported and counts as false.
    pub(super) fn flag(&mut self, field: &Field<'_>, place: Place<'_>) -> bool {
        self.flag_or_doubt(field, place).unwrap_or(false)
    }

    /// A flag that is false when absent; `None` if it is neither true nor false.
    pub(super) fn flag_or_doubt(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<bool> {
        match field {
            Field::Absent => Some(false),
            Field::Boolean(value) => Some(*value),
            odd => {
                let message = format!("the flag is {odd}, and should be true or false");
                self.record(
                    "flag_unrecognized",
                    place,
                    message,
                    "write true or false; until then it grants nothing",
                );
                None
            }
        }
    }

    /// A status that must be there; any unknown word is kept in the problem and never grants.
    pub(super) fn status(&mut self, field: &Field<'_>, api: Option<Api>, place: Place<'_>) -> StatusWord {
        let word = StatusWord::read(field, api);
        if word == StatusWord::Unrecognized {
            let message =
                format!("the status is {field}, and can be `approved`, `pending`, `rejected` or `revoked`");
            self.record(
                "status_unrecognized",
                place,
                message,
                "correct the status in Konnect; until then it denies",
            );
        }
        word
    }

    /// A name for people; anything but a text is no name.
    pub(super) fn name(field: &Field<'_>) -> Box<str> {
        field.text().unwrap_or_default().into()
    }
}
