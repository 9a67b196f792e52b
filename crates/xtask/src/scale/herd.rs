//! How hard a fleet hits a relay that comes back.

use super::{Table, number, seconds};

const WORKERS: usize = 40_000;
/// Milliseconds, as the filter's.
const INTERVAL: u64 = 5_000;
const LONGEST_PAUSE: u64 = 30_000;

/// When each worker asks, in milliseconds, while the relay is away from `away.0` to `away.1`.
fn polls(random: &mut fastrand::Rng, away: (u64, u64), end: u64, jitter: bool, back_off: bool) -> Vec<u64> {
    let mut polls = Vec::new();
    for _ in 0..WORKERS {
        // Without jitter, a fleet that was rolled out in a minute stays in step.
        let (mut at, mut failures) =
            (if jitter { random.u64(0..INTERVAL) } else { random.u64(0..200) }, 0_u32);
        while at < end {
            polls.push(at);
            let failed = away.0 <= at && at < away.1;
            failures = if failed { failures.saturating_add(1) } else { 0 };
            let doubled = if back_off { INTERVAL.saturating_mul(1 << failures.min(16)) } else { INTERVAL };
            let pause = doubled.min(LONGEST_PAUSE.max(INTERVAL));
            at = at.saturating_add(pause - if jitter { random.u64(0..pause / 5) } else { 0 });
        }
    }
    polls
}

/// The busiest second among these.
fn peak(polls: &[u64], from: u64, until: u64) -> f64 {
    let mut seconds = vec![0_u32; usize::try_from((until - from) / 1000 + 1).unwrap_or(1)];
    for at in polls.iter().filter(|at| (from..until).contains(at)) {
        if let Some(second) =
            usize::try_from((at - from) / 1000).ok().and_then(|index| seconds.get_mut(index))
        {
            *second = second.saturating_add(1);
        }
    }
    f64::from(seconds.into_iter().max().unwrap_or(0))
}

/// Peaks before, during and after ten minutes of absence.
pub(super) fn table() -> String {
    const AWAY: (u64, u64) = (300_000, 900_000);
    const END: u64 = 1_080_000;
    let mut table = Table::new(&[
        "40 000 workers, every 5 s",
        "busiest second before",
        "while away",
        "in the minute after",
        "last worker served again after",
    ]);
    for (name, jitter, back_off) in [
        ("as the filter does: jitter, back-off", true, true),
        ("jitter only", true, false),
        ("neither", false, false),
    ] {
        let mut random = fastrand::Rng::with_seed(4);
        let polls = polls(&mut random, AWAY, END, jitter, back_off);
        let longest = if back_off { LONGEST_PAUSE } else { INTERVAL };
        #[expect(clippy::cast_precision_loss, reason = "at most thirty thousand")]
        let last = longest as f64 / 1000.0;
        table.row([
            name.to_owned(),
            number(peak(&polls, 60_000, AWAY.0)),
            number(peak(&polls, AWAY.0 + 60_000, AWAY.1)),
            number(peak(&polls, AWAY.1, AWAY.1 + 60_000)),
            format!("≤ {}", seconds(last)),
        ]);
    }
    table.0
}
