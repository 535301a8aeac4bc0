//! The hash of a path segment: xxh3, a few nanoseconds for the few bytes that a segment has.
//!
//! Keys of the tables come from the features file and never from requests, so nobody outside can fill a table with
//! colliding keys, and the keyed hash of the standard library would buy nothing.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`SegmentHasher`]s.
pub(super) type SegmentHash = BuildHasherDefault<SegmentHasher>;

/// Hashes one byte slice.
#[derive(Debug, Default)]
pub(super) struct SegmentHasher(u64);

impl Hasher for SegmentHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= xxhash_rust::xxh3::xxh3_64(bytes);
    }

    /// The length that slices write before their bytes: xxh3 takes it into account already.
    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
