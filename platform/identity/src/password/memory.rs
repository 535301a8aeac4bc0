//! The working memory of one hashing thread: kept while hashes follow each other, given back to the system when not.

use argon2::Block;

/// Blocks (of 1 KiB) that are reserved at least, 33 MiB of addresses of which only the used part is ever backed. glibc
/// keeps freed memory for itself up to 32 MiB (mallopt(3), `M_MMAP_THRESHOLD`): some 70 MiB a thread after a few
/// sign-ins of 19 MiB. What is larger goes back at once.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// Memory that Argon2 works in.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// So many blocks, with whatever is in them: Argon2 fills all of them before it reads any.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.capacity() < count {
            self.release();
            self.0.reserve_exact(count.max(RESERVED_BLOCKS));
        }
        self.0.resize(count, Block::new());
        &mut self.0
    }

    /// Gives it back to the system.
    pub(super) fn release(&mut self) {
        self.0 = Vec::new();
    }
}
