//! The hash of a short name, a path segment or a route: xxh3, a few nanoseconds for the few bytes that it has.
//!
//! Keys of the tables come from the features file and never from requests, so nobody outside can fill a table with
//! colliding keys, and the keyed hash of the standard library would buy nothing.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`NameHasher`]s.
pub(crate) type NameHash = BuildHasherDefault<NameHasher>;

/// Hashes one slice of bytes or one text.
#[derive(Debug, Default)]
pub(crate) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= xxhash_rust::xxh3::xxh3_64(bytes);
    }

    /// The length that slices write before their bytes: xxh3 takes it into account already.
    fn write_usize(&mut self, _length: usize) {}

    /// What texts write behind their bytes.
    fn write_u8(&mut self, _end: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
