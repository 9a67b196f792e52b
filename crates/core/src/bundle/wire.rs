//! Little-endian integers at checked positions. No position and no length can panic.

/// The `N` bytes at `at`.
#[inline]
pub(super) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..)?.first_chunk()
}

/// The two u16 at `at`.
#[inline]
pub(super) fn u16_pair_at(bytes: &[u8], at: usize) -> Option<(u16, u16)> {
    let both: &[u8; 4] = array_at(bytes, at)?;
    Some((u16_at(both, 0)?, u16_at(both, 2)?))
}

/// The two u32 at `at`.
#[inline]
pub(super) fn u32_pair_at(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
    let both: &[u8; 8] = array_at(bytes, at)?;
    Some((u32_at(both, 0)?, u32_at(both, 4)?))
}

/// The u16 at `at`.
#[inline]
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(|array| u16::from_le_bytes(*array))
}

/// The u32 at `at`.
#[inline]
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(|array| u32::from_le_bytes(*array))
}

/// The u64 at `at`.
#[inline]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array_at(bytes, at).map(|array| u64::from_le_bytes(*array))
}

/// A count from outside as a position; saturates where addresses are shorter, so that it is out of range.
#[inline]
pub(super) fn position(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// A length as the format's u32; only lengths that a limit has bounded before are given.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A length as a u16; only lengths that a limit has bounded before are given.
pub(super) fn count16(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// A length in u64, in which sums of outside numbers are taken.
pub(super) fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Fewer bytes than were needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// Bytes needed from the start, at least.
    pub(super) needed: u64,
    /// Bytes there are.
    pub(super) found: u64,
}

/// Takes fields from the front of bytes.
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    total: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, total: bytes.len() }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// What was taken so far, given the bytes the reader was made from.
    pub(super) fn taken(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(..self.total.saturating_sub(self.rest.len())).unwrap_or_default()
    }

    pub(super) fn take(&mut self, length: u64) -> Result<&'b [u8], Short> {
        let short = self.short(length);
        let length = usize::try_from(length).map_err(|_| short)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(short)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.short(wide(N)))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Short> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Short> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    fn short(&self, length: u64) -> Short {
        let taken = wide(self.total.saturating_sub(self.rest.len()));
        Short { needed: taken.saturating_add(length), found: wide(self.total) }
    }
}
