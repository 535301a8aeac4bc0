//! Random bytes for request and trace ids, taken from the source in blocks: three calls into the kernel of the
//! operating system for each request would cost a tenth of the request.

use kernel::{Random, RequestId, Timestamp, TraceContext};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes taken from the source at once; a request needs 26 to 34.
const BLOCK_BYTES: usize = 16 * 1024;

/// A worker's own supply of random bytes. For ids only: never for keys, since the block stays in memory.
pub(crate) struct BlockRandom {
    source: Arc<dyn Random>,
    // Never contended: each worker has its own. The trait asks for `Sync`.
    block: Mutex<Block>,
}

struct Block {
    bytes: [u8; BLOCK_BYTES],
    used: usize,
}

impl BlockRandom {
    pub(crate) fn new(source: Arc<dyn Random>) -> Self {
        Self { source, block: Mutex::new(Block { bytes: [0; BLOCK_BYTES], used: BLOCK_BYTES }) }
    }
}

impl BlockRandom {
    /// The ids of a request that comes now and belongs to no trace yet.
    pub(crate) fn ids(&self, now: Timestamp) -> (RequestId, TraceContext) {
        let mut bytes = [0; 34];
        self.fill(&mut bytes);
        let (of_id, rest) =
            bytes.split_first_chunk().map_or(([0; 10], [].as_slice()), |(id, rest)| (*id, rest));
        let of_trace = rest.first_chunk().copied().unwrap_or([0; 24]);
        (RequestId::from_random(of_id, now), TraceContext::from_random(of_trace))
    }
}

impl Random for BlockRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        let Block { bytes: stock, used } = &mut *block;
        if *used + bytes.len() > BLOCK_BYTES {
            self.source.fill(stock);
            *used = 0;
        }
        match stock.get(*used..*used + bytes.len()) {
            Some(fresh) => bytes.copy_from_slice(fresh),
            // More than a block was asked for.
            None => self.source.fill(bytes),
        }
        *used += bytes.len().min(BLOCK_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;
    use std::collections::HashSet;

    #[test]
    fn bytes_never_come_twice() {
        let random = BlockRandom::new(Arc::new(SeededRandom::new(1)));
        let mut seen = HashSet::new();
        for _ in 0..2_000 {
            assert!(seen.insert(random.next_u64()));
        }
    }

    #[test]
    fn more_than_a_block_comes_from_the_source() {
        let random = BlockRandom::new(Arc::new(SeededRandom::new(1)));
        let mut bytes = vec![0; BLOCK_BYTES + 1];
        random.fill(&mut bytes);
        assert!(bytes.iter().any(|&b| b != 0));
        assert_ne!(random.next_u64(), random.next_u64());
    }
}
