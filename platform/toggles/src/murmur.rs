//! The hash by which Unleash puts somebody into one of a hundred buckets: MurmurHash3 x86 32 of `group:identifier`
//! (Austin Appleby, public domain), seed 0. What is the same for every request, the group, is hashed once.

const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// The state after `group:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix {
    state: u32,
    /// The bytes since the last whole block of four, in the low bits, the first of them lowest.
    rest: u32,
    rest_bytes: u32,
    bytes: u32,
}

impl Prefix {
    pub(crate) fn new(group: &str) -> Self {
        let start = Self { state: 0, rest: 0, rest_bytes: 0, bytes: 0 };
        start.after(group.as_bytes()).after(b":")
    }

    /// The bucket of an identifier within the group, 1 to 100.
    #[inline]
    pub(crate) fn bucket(self, identifier: &str) -> u32 {
        self.after(identifier.as_bytes()).finish() % 100 + 1
    }

    #[inline]
    fn after(mut self, mut bytes: &[u8]) -> Self {
        // Lengths beyond 4 GiB wrap, as they do in the engine.
        self.bytes = self.bytes.wrapping_add(bytes.len() as u32);
        while self.rest_bytes != 0 {
            let Some((byte, others)) = bytes.split_first() else { return self };
            self.push(*byte);
            bytes = others;
        }
        while let Some((block, others)) = bytes.split_first_chunk::<4>() {
            self.block(u32::from_le_bytes(*block));
            bytes = others;
        }
        for byte in bytes {
            self.push(*byte);
        }
        self
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        self.rest |= u32::from(byte) << (8 * self.rest_bytes);
        self.rest_bytes += 1;
        if self.rest_bytes == 4 {
            let block = std::mem::take(&mut self.rest);
            self.rest_bytes = 0;
            self.block(block);
        }
    }

    #[inline]
    fn block(&mut self, block: u32) {
        let mixed = (self.state ^ scrambled(block)).rotate_left(13);
        self.state = mixed.wrapping_mul(5).wrapping_add(0xe654_6b64);
    }

    #[inline]
    fn finish(self) -> u32 {
        // Without a rest this is a zero and changes nothing.
        let mut hash = self.state ^ scrambled(self.rest) ^ self.bytes;
        hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
        hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
        hash ^ (hash >> 16)
    }
}

#[inline]
fn scrambled(block: u32) -> u32 {
    block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unleash_yggdrasil::strategy_parsing::normalized_hash;

    proptest! {
        #[test]
        fn every_bucket_is_the_engines(group in ".{0,9}", identifier in ".{0,40}") {
            let expected = normalized_hash(&group, &identifier, 100, 0).unwrap();
            prop_assert_eq!(Prefix::new(&group).bucket(&identifier), expected);
        }
    }
}
