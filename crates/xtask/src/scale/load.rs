//! What a fleet asks for in a day.

use super::delta::Layout;
use super::{Table, bytes, number};

const SECONDS_PER_DAY: f64 = 86_400.0;
/// The head of a request and of a 304 with its timestamp.
const BYTES_PER_POLL: f64 = 700.0;

struct Fleet {
    gateways: f64,
    /// Each Envoy worker has a copy of its own, and polls.
    workers: f64,
    interval: f64,
    applications: f64,
    /// Applications that change in a day, evenly.
    changes: f64,
    /// From one published bundle to the next, seconds.
    publication: f64,
    /// Caches that gateways ask instead of the relay; 0: they ask the relay.
    caches: f64,
    /// How long caches keep an answer, seconds.
    cached: f64,
}

const FLEETS: [Fleet; 4] = [
    Fleet {
        gateways: 10.0,
        workers: 4.0,
        interval: 0.5,
        applications: 10e3,
        changes: 500.0,
        publication: 30.0,
        caches: 0.0,
        cached: 0.0,
    },
    Fleet {
        gateways: 500.0,
        workers: 8.0,
        interval: 1.0,
        applications: 1e6,
        changes: 20e3,
        publication: 30.0,
        caches: 0.0,
        cached: 0.0,
    },
    Fleet {
        gateways: 5_000.0,
        workers: 8.0,
        interval: 5.0,
        applications: 1e6,
        changes: 20e3,
        publication: 30.0,
        caches: 100.0,
        cached: 5.0,
    },
    Fleet {
        gateways: 5_000.0,
        workers: 8.0,
        interval: 5.0,
        applications: 10e6,
        changes: 200e3,
        publication: 120.0,
        caches: 100.0,
        cached: 5.0,
    },
];

impl Fleet {
    /// What the polls of one worker transfer in a day beside 304s.
    fn contents_per_day(&self, random: &mut fastrand::Rng) -> f64 {
        const ROUNDS: usize = 50;
        let layout = Layout::of(self.applications);
        let mean = self.changes * self.publication / SECONDS_PER_DAY;
        let mut sum = 0.0;
        for _ in 0..ROUNDS {
            // A Poisson number of changes between two publications.
            let (mut changes, mut product, limit) = (0_usize, random.f64(), (-mean).exp());
            while product > limit {
                changes = changes.saturating_add(1);
                product *= random.f64();
            }
            if changes > 0 {
                sum += layout.transferred(changes, random);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "fifty")]
        let rounds = ROUNDS as f64;
        sum / rounds * SECONDS_PER_DAY / self.publication
    }
}

/// Requests a second and bytes a day, at the edge and at the relay.
pub(super) fn table() -> String {
    let mut random = fastrand::Rng::with_seed(3);
    let mut table = Table::new(&[
        "gateways × workers",
        "applications",
        "changes a day",
        "polls",
        "polls a second, all",
        "at the relay",
        "a worker's changes a day",
        "all bytes a day",
        "memory of a worker",
    ]);
    for fleet in FLEETS {
        let workers = fleet.gateways * fleet.workers;
        let polls = workers / fleet.interval;
        let at_relay = if fleet.caches > 0.0 { fleet.caches / fleet.cached } else { polls };
        let contents = fleet.contents_per_day(&mut random);
        let all = workers * (contents + BYTES_PER_POLL / fleet.interval * SECONDS_PER_DAY);
        table.row([
            format!("{} × {}", number(fleet.gateways), number(fleet.workers)),
            number(fleet.applications),
            number(fleet.changes),
            format!("every {} s", fleet.interval),
            number(polls),
            number(at_relay),
            bytes(contents),
            bytes(all),
            bytes(Layout::of(fleet.applications).total),
        ]);
    }
    table.0
}
