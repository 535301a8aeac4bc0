//! Chance: random bytes and the ids made from them.

use crate::Timestamp;
use std::sync::Mutex;
use uuid::Uuid;

/// Gives random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`. In production from the operating system; good for keys.
    fn fill(&self, bytes: &mut [u8]);

    /// 64 random bits.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A UUID version 7 (RFC 9562) for this moment: sorts by time.
    fn uuid(&self, now: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        uuid_v7(bytes, now)
    }
}

pub(crate) fn uuid_v7(random: [u8; 10], now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.0).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's random source")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Going on with predictable keys would be worse than not going on.
            std::process::abort();
        }
    }
}

/// Random bytes that come again with the same seed (splitmix64). For tests only: never for keys.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// Starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (to, from) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let id = |seed| SeededRandom::new(seed).uuid(Timestamp(1_700_000_000_000));
        assert_eq!(id(7), id(7));
        assert_ne!(id(7), id(8));
        assert_eq!(id(7).get_version_num(), 7);
    }

    #[test]
    fn ids_of_a_later_moment_sort_later() {
        let random = OsRandom;
        assert!(random.uuid(Timestamp(1_000)) < random.uuid(Timestamp(1_001)));
    }
}
