//! How long a revoke takes to bite, by where it waits: the next crawl, the crawl itself, a cache, a gateway's next poll.

use super::{Table, seconds};

/// One way of running it. Times are seconds.
struct Way {
    name: &'static str,
    /// From the start of one crawl to the start of the next.
    relay_interval: f64,
    /// How long a crawl takes.
    crawl: f64,
    /// How long a cache between relay and gateways may keep an answer.
    cache: f64,
    /// From poll to poll of a gateway, before jitter.
    gateway_interval: f64,
    /// Manifest and chunks.
    fetch: f64,
}

const WAYS: [Way; 5] = [
    Way {
        name: "one room: relay 0.25 s, gateways 0.25 s",
        relay_interval: 0.25,
        crawl: 0.1,
        cache: 0.0,
        gateway_interval: 0.25,
        fetch: 0.02,
    },
    Way {
        name: "defaults: relay 30 s, gateways 0.5 s",
        relay_interval: 30.0,
        crawl: 6.0,
        cache: 0.0,
        gateway_interval: 0.5,
        fetch: 0.05,
    },
    Way {
        name: "defaults, refresh by webhook (at most every 5 s)",
        relay_interval: 5.0,
        crawl: 6.0,
        cache: 0.0,
        gateway_interval: 0.5,
        fetch: 0.05,
    },
    Way {
        name: "object storage and CDN, cached 5 s, gateways 5 s",
        relay_interval: 30.0,
        crawl: 6.0,
        cache: 5.0,
        gateway_interval: 5.0,
        fetch: 0.3,
    },
    Way {
        name: "large portal: crawl 120 s, CDN 5 s, gateways 5 s",
        relay_interval: 120.0,
        crawl: 120.0,
        cache: 5.0,
        gateway_interval: 5.0,
        fetch: 0.5,
    },
];

impl Way {
    fn period(&self) -> f64 {
        self.relay_interval.max(self.crawl)
    }

    /// The latest a denial can come.
    fn bound(&self) -> f64 {
        self.period() + self.crawl + self.cache + self.gateway_interval + self.fetch
    }

    /// One revoke at a random moment.
    fn sample(&self, random: &mut fastrand::Rng) -> f64 {
        // When within its crawl the list with this registration is read; crawl after crawl the same.
        let read = random.f64() * self.crawl;
        let until_read = random.f64() * self.period();
        let published = until_read + (self.crawl - read);
        let visible = published + random.f64() * self.cache;
        // The interval less up to a fifth.
        let poll = random.f64() * self.gateway_interval * (1.0 - 0.2 * random.f64());
        visible + poll + self.fetch
    }
}

/// Distributions, and the arithmetic bound beside them.
pub(super) fn table() -> String {
    const REVOKES: usize = 200_000;
    let mut random = fastrand::Rng::with_seed(2);
    let mut table = Table::new(&["way", "median", "99 %", "longest seen", "bound"]);
    for way in WAYS {
        let mut samples: Vec<f64> = (0..REVOKES).map(|_| way.sample(&mut random)).collect();
        samples.sort_by(f64::total_cmp);
        let at = |position: usize| samples.get(position).copied().unwrap_or(f64::NAN);
        table.row([
            way.name.to_owned(),
            seconds(at(REVOKES / 2)),
            seconds(at(REVOKES / 100 * 99)),
            seconds(at(REVOKES - 1)),
            seconds(way.bound()),
        ]);
    }
    table.0
}
