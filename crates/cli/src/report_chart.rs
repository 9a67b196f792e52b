//! The two charts of the page: how far developers get, and how long what waits has waited.
//!
//! Positions are in pixels downwards and in percent across, so that a chart fits a phone and a desk without its
//! text changing size.

use gatepass::report::{FunnelRow, FunnelStep, PendingApproval, PendingKind};

use crate::report_page::grouped;

/// From one bar to the next.
const PITCH: usize = 46;

/// The funnel.
pub(crate) struct Funnel {
    pub(crate) summary: String,
    pub(crate) height: usize,
    pub(crate) steps: Vec<Step>,
}

/// A bar of the funnel.
pub(crate) struct Step {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) width: String,
    pub(crate) text_y: usize,
    pub(crate) bar_y: usize,
}

const fn label(step: FunnelStep) -> &'static str {
    match step {
        FunnelStep::SignedUp => "Signed up",
        FunnelStep::Approved => "Approved",
        FunnelStep::InTeam => "In a team",
        FunnelStep::MayConsume => "May consume",
        FunnelStep::HasApplication => "Has an application",
        FunnelStep::Registered => "Registered",
        FunnelStep::ApprovedRegistration => "Registration approved",
    }
}

fn percent(part: Option<f64>) -> String {
    part.map_or_else(|| "–".to_owned(), |part| format!("{:.1}", part * 100.0).replace(".0", ""))
}

pub(crate) fn funnel(rows: &[FunnelRow]) -> Funnel {
    let known = rows.iter().filter_map(|row| Some((row, row.developers?)));
    let steps: Vec<Step> = known
        .enumerate()
        .map(|(place, (row, developers))| {
            let of_previous = match row.of_previous {
                Some(part) => format!(" · {} %", percent(Some(part))),
                None => String::new(),
            };
            let top = place.saturating_mul(PITCH);
            Step {
                label: label(row.step),
                value: format!("{}{of_previous}", grouped(developers)),
                width: format!("{:.2}", row.of_first.unwrap_or_default() * 100.0),
                text_y: top.saturating_add(15),
                bar_y: top.saturating_add(22),
            }
        })
        .collect();
    let told: Vec<String> = steps.iter().map(|step| format!("{}: {}", step.label, step.value)).collect();
    Funnel { summary: told.join("; "), height: steps.len().saturating_mul(PITCH), steps }
}

/// What waits, by age.
pub(crate) struct Ages {
    pub(crate) summary: String,
    pub(crate) height: usize,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) kinds: Vec<Kind>,
}

/// A bar: what has waited about as long.
pub(crate) struct Bucket {
    pub(crate) label: &'static str,
    pub(crate) total: String,
    pub(crate) text_y: usize,
    pub(crate) bar_y: usize,
    pub(crate) parts: Vec<Part>,
}

/// A part of a bar: one kind of thing.
pub(crate) struct Part {
    pub(crate) kind: &'static str,
    pub(crate) x: String,
    pub(crate) width: String,
}

/// A kind of thing that waits, for the key.
pub(crate) struct Kind {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
    pub(crate) total: String,
}

const BUCKETS: [(&str, i64); 5] = [
    ("Less than a day", 24),
    ("1 to 2 days", 48),
    ("2 to 7 days", 168),
    ("7 to 30 days", 720),
    ("More than 30 days, or nobody knows", i64::MAX),
];

pub(crate) fn ages(rows: &[PendingApproval<'_>]) -> Ages {
    let bucket_of = |row: &PendingApproval<'_>| {
        let age = row.age_hours.unwrap_or(i64::MAX);
        BUCKETS.iter().position(|(_, below)| age < *below).unwrap_or(4)
    };
    let count = |place: usize, kind: PendingKind| {
        rows.iter().filter(|row| row.kind == kind && bucket_of(row) == place).count()
    };
    let counts: Vec<[usize; 3]> = (0..BUCKETS.len())
        .map(|place| {
            [PendingKind::Developer, PendingKind::Application, PendingKind::Registration]
                .map(|kind| count(place, kind))
        })
        .collect();
    let most = counts.iter().map(|counts| counts.iter().sum::<usize>()).max().unwrap_or_default().max(1);
    let buckets: Vec<Bucket> = BUCKETS
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(place, ((label, _), counts))| {
            let top = place.saturating_mul(PITCH);
            let mut before = 0usize;
            let parts =
                PendingKind::ALL.iter().zip(counts).filter(|(_, count)| **count > 0).map(|(kind, count)| {
                    let x = share(before, most);
                    before = before.saturating_add(*count);
                    Part { kind: kind.as_str(), x, width: share(*count, most) }
                });
            let parts = parts.collect();
            Bucket {
                label,
                total: grouped(counts.iter().sum()),
                text_y: top.saturating_add(15),
                bar_y: top.saturating_add(22),
                parts,
            }
        })
        .collect();
    let kinds = PendingKind::ALL.iter().map(|kind| Kind {
        word: kind.as_str(),
        label: match kind {
            PendingKind::Developer => "Developers",
            PendingKind::Application => "Applications",
            PendingKind::Registration => "Registrations",
        },
        total: grouped(rows.iter().filter(|row| row.kind == *kind).count()),
    });
    let told: Vec<String> =
        buckets.iter().map(|bucket| format!("{}: {}", bucket.label, bucket.total)).collect();
    Ages {
        summary: told.join("; "),
        height: buckets.len().saturating_mul(PITCH),
        buckets,
        kinds: kinds.collect(),
    }
}

/// A part of a whole in percent, for a width.
fn share(part: usize, whole: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a width on a screen")]
    let share = part as f64 / whole as f64 * 100.0;
    format!("{share:.2}")
}
