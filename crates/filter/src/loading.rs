//! A bundle on its way, chunk by chunk. What is there already, in the bundle in use or from an attempt that
//! was cut short, is not fetched again.

use std::sync::Arc;

use gatepass::bundle::{
    Bundle, BundleError, BundlePart, BundleTimestamp, Chunk, ChunkDigest, GlobalChunk, Manifest,
};

/// Verified parts, and what is missing.
#[derive(Debug)]
pub(crate) struct Loading {
    manifest: Manifest,
    timestamp: BundleTimestamp,
    global: Option<Arc<GlobalChunk>>,
    chunks: Vec<Option<Arc<Chunk>>>,
    /// No chunk before this position is missing.
    next: usize,
    /// Chunks and bytes that were fetched.
    pub(crate) fetched: (u32, u64),
}

impl Loading {
    /// Starts with nothing.
    ///
    /// # Errors
    ///
    /// If there is no memory for the list.
    pub(crate) fn new(manifest: Manifest, timestamp: BundleTimestamp) -> Result<Self, BundleError> {
        let mut chunks = Vec::new();
        let count = manifest.chunks().len();
        if chunks.try_reserve_exact(count).is_err() {
            return Err(BundleError::Memory { bytes: u64::from(manifest.chunk_count()) * 8 });
        }
        chunks.resize(count, None);
        Ok(Self { manifest, timestamp, global: None, chunks, next: 0, fetched: (0, 0) })
    }

    /// Keeps what a bundle has of it.
    pub(crate) fn keep_from(&mut self, bundle: &Bundle) {
        let global = Some(Arc::clone(bundle.global()));
        self.keep(bundle.manifest(), global, bundle.chunks().iter().map(|chunk| Some(Arc::clone(chunk))));
    }

    /// Keeps what an earlier attempt got of it.
    pub(crate) fn keep_all_from(&mut self, earlier: Self) {
        self.keep(&earlier.manifest, earlier.global, earlier.chunks.into_iter());
    }

    fn keep(
        &mut self,
        manifest: &Manifest,
        global: Option<Arc<GlobalChunk>>,
        chunks: impl Iterator<Item = Option<Arc<Chunk>>>,
    ) {
        if self.global.is_none() && manifest.global() == self.manifest.global() {
            self.global = global;
        }
        // Divided otherwise, no chunk is where it was.
        if manifest.chunk_bits() != self.manifest.chunk_bits() {
            return;
        }
        let entries = manifest.chunks().iter().zip(self.manifest.chunks());
        for ((slot, chunk), (theirs, ours)) in self.chunks.iter_mut().zip(chunks).zip(entries) {
            if slot.is_none() && theirs == ours {
                *slot = chunk;
            }
        }
    }

    /// What is to be fetched next.
    pub(crate) fn missing(&mut self) -> Option<(BundlePart, ChunkDigest)> {
        if self.global.is_none() {
            return Some((BundlePart::Global, self.manifest.global()));
        }
        let rest = self.chunks.get(self.next..).unwrap_or_default();
        self.next = self.next.saturating_add(rest.iter().position(Option::is_none).unwrap_or(rest.len()));
        let entry = self.manifest.chunks().get(self.next)?;
        Some((BundlePart::Chunk(u32::try_from(self.next).ok()?), *entry))
    }

    /// Verifies a part and keeps it.
    ///
    /// # Errors
    ///
    /// If it is not what the manifest names.
    pub(crate) fn take(&mut self, part: BundlePart, bytes: Vec<u8>) -> Result<(), BundleError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match part {
            BundlePart::Global => self.global = Some(Arc::new(GlobalChunk::verify(bytes, &self.manifest)?)),
            BundlePart::Chunk(index) => {
                let chunk = Chunk::verify(index, bytes, &self.manifest)?;
                let slot = usize::try_from(index).ok().and_then(|index| self.chunks.get_mut(index));
                if let Some(slot) = slot {
                    *slot = Some(Arc::new(chunk));
                }
            }
            BundlePart::Manifest => {}
        }
        self.fetched = (self.fetched.0.saturating_add(1), self.fetched.1.saturating_add(length));
        Ok(())
    }

    /// The whole, when nothing is missing.
    ///
    /// # Errors
    ///
    /// If something is missing, or the parts do not belong together.
    pub(crate) fn finish(self) -> Result<(Bundle, BundleTimestamp), BundleError> {
        let global = self.global.ok_or(BundleError::Foreign { part: BundlePart::Global })?;
        let chunks = self.chunks.into_iter().flatten().collect();
        Ok((Bundle::assemble(self.manifest, global, chunks)?, self.timestamp))
    }
}
