//! How large a bundle is, and how much of it a number of changed applications changes.

use super::{Table, bytes, number};

/// One application with 4 registrations and 1.2 keys (docs/BUNDLE.md, "Size").
pub(super) const BYTES_PER_APPLICATION: f64 = 89.0;
/// Largest chunk (docs/BUNDLE.md).
const CHUNK_BYTES_MAX: f64 = 262_144.0;
/// Most hash bits by which a bundle is divided (docs/BUNDLE.md).
const BITS_MAX: u32 = 16;

/// A bundle's parts.
pub(super) struct Layout {
    pub(super) total: f64,
    pub(super) chunks: usize,
    pub(super) chunk: f64,
    pub(super) manifest: f64,
}

impl Layout {
    pub(super) fn of(applications: f64) -> Self {
        let total = applications * BYTES_PER_APPLICATION;
        // Hashes spread applications unevenly: a chunk may be some deviations above the mean, and none may be too long.
        let fits = |bits: &u32| {
            let mean = applications / f64::from(1_u32 << bits);
            (mean + 4.5 * mean.sqrt()) * BYTES_PER_APPLICATION <= CHUNK_BYTES_MAX
        };
        let bits = (0..BITS_MAX).find(fits).unwrap_or(BITS_MAX);
        let chunks = 1_usize << bits;
        #[expect(clippy::cast_precision_loss, reason = "at most 65 536 chunks")]
        let count = chunks as f64;
        Self { total, chunks, chunk: total / count, manifest: 26.0 + 36.0 * (1.0 + count) }
    }

    /// What a gateway fetches after this many applications changed, all in other places.
    pub(super) fn transferred(&self, changes: usize, random: &mut fastrand::Rng) -> f64 {
        let mut touched = vec![false; self.chunks];
        for _ in 0..changes {
            if let Some(chunk) = touched.get_mut(random.usize(0..self.chunks)) {
                *chunk = true;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 65 536 chunks")]
        let count = touched.iter().filter(|chunk| **chunk).count() as f64;
        self.manifest + count * self.chunk
    }
}

/// Sizes and deltas by number of applications.
pub(super) fn table() -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let mut table = Table::new(&[
        "applications",
        "bundle",
        "chunks",
        "manifest",
        "1 changed",
        "100 changed",
        "10 000 changed",
    ]);
    for applications in [10e3, 100e3, 1e6, 10e6, 30e6] {
        let layout = Layout::of(applications);
        let mut cells = vec![
            number(applications),
            bytes(layout.total),
            layout.chunks.to_string(),
            bytes(layout.manifest),
        ];
        cells.extend([1, 100, 10_000].map(|changes| bytes(layout.transferred(changes, &mut random))));
        table.row(cells);
    }
    table.0
}
