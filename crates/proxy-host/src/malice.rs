//! A host that does anything: what its functions answer is drawn at random, and callbacks come that nobody asked
//! for.

/// How often a host function does not do what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Malice {
    state: u64,
    per_mille: u32,
}

/// What a function does instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trick {
    /// It answers a status, and does nothing.
    Status(u32),
    /// It says that all is well, and hands over these bytes.
    Hand(Vec<u8>),
}

/// Functions that hand bytes over, and the argument that says where.
const HANDING: [(&str, usize); 4] = [
    ("proxy_get_buffer_bytes", 3),
    ("proxy_get_header_map_pairs", 1),
    ("proxy_get_property", 2),
    ("proxy_get_shared_data", 2),
];

/// Larger than anything that a filter is prepared for.
const HUGE: usize = 1 << 17;

impl Malice {
    /// Draws from `seed`; so many calls of a thousand go wrong.
    pub fn new(seed: u64, per_mille: u32) -> Self {
        Self { state: seed | 1, per_mille }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // xorshift64: the same seed plays the same tricks.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        u32::try_from(self.state >> 32).unwrap_or(0) % bound.max(1)
    }

    /// Whether something goes wrong now.
    pub(crate) fn strikes(&mut self) -> bool {
        self.below(1000) < self.per_mille
    }

    /// What goes wrong with a call of this function, if something does. A function that changes something never
    /// says that it did when it did not: nobody could tell.
    pub(crate) fn trick(&mut self, function: &str) -> Option<(usize, Trick)> {
        if !self.strikes() {
            return None;
        }
        let status = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 255, u32::MAX];
        let place = usize::try_from(self.below(15)).unwrap_or(0);
        let status = Trick::Status(status.get(place).copied().unwrap_or(1));
        let Some((_, position)) = HANDING.iter().find(|(name, _)| *name == function) else {
            return Some((0, status));
        };
        let trick = match self.below(5) {
            0 => status,
            1 => Trick::Hand(Vec::new()),
            2 => Trick::Hand(vec![0xFF; HUGE]),
            3 => {
                let length = self.below(64);
                Trick::Hand((0..length).map(|_| self.byte()).collect())
            }
            // A header map that says it has more than it has.
            _ => Trick::Hand([&[9, 0, 0, 0, 255, 255, 255, 127][..], &[self.byte(); 40]].concat()),
        };
        Some((*position, trick))
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }
}
