//! How right answers are written: numbers, times, totals.

use serde_json::{Number, Value};

use crate::faults::{Faults, Numbers, Timestamps};
use crate::random::hash;

/// Rewrites an answer as the faults ask for.
pub(crate) fn rewrite(answer: &mut Value, faults: &Faults) {
    if faults.total != 0
        && let Some(total) = answer.pointer_mut("/meta/page/total")
        && let Some(right) = total.as_i64()
    {
        *total = right.saturating_add(faults.total).max(0).into();
    }
    if faults.numbers != Numbers::Integers || faults.timestamps != Timestamps::Millis {
        walk(answer, "", faults);
    }
}

fn walk(value: &mut Value, name: &str, faults: &Faults) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| walk(value, name, faults)),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, name, faults)),
        Value::Number(number) if faults.numbers == Numbers::Floats => {
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        Value::String(text) if name.ends_with("_at") => *text = time(text, faults),
        _ => {}
    }
}

/// A time with three digits, with two, or with none.
fn time(text: &str, faults: &Faults) -> String {
    let Some((seconds, fraction)) = text.strip_suffix('Z').and_then(|text| text.split_once('.')) else {
        return text.to_owned();
    };
    let shape = match (faults.timestamps, hash(faults.seed, text) % 3) {
        (Timestamps::Millis, _) | (Timestamps::Mixed, 0) => return text.to_owned(),
        (Timestamps::Centis, _) | (Timestamps::Mixed, 1) => fraction.chars().take(2).collect::<String>(),
        (Timestamps::Seconds | Timestamps::Mixed, _) => return format!("{seconds}Z"),
    };
    format!("{seconds}.{shape}Z")
}
