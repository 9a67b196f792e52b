//! How much is written down about decisions.

use super::field::Field;
use super::problem::Problems;

/// How many decisions one instance of the filter logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogSettings {
    /// Denials, at most; more are counted as dropped.
    pub(crate) denials_per_second: u32,
    /// One of so many requests that pass; none if it is 0.
    pub(crate) allow_one_in: u32,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { denials_per_second: 10, allow_one_in: 0 }
    }
}

pub(super) fn read(field: Option<&Field<'_>>, problems: &mut Problems) -> LogSettings {
    let default = LogSettings::default();
    let Some(mut fields) = field.and_then(|field| field.object(problems)) else { return default };
    let mut number = |key, most, default| {
        let value = fields.get(key).and_then(|field| field.integer(problems, 0, most));
        value.and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
    };
    let settings = LogSettings {
        denials_per_second: number("denials_per_second", 10_000, default.denials_per_second),
        allow_one_in: number("allow_one_in", 1_000_000, default.allow_one_in),
    };
    fields.finish(problems);
    settings
}
