//! A histogram as bytes: a version, the sum, then for each bucket with a count how many empty ones were skipped and the count, all
//! as LEB128 (DWARF 5, 7.6). There is exactly one encoding of a histogram; whatever else comes is refused.

use super::Histogram;
use super::buckets::BUCKETS;

/// What the first byte says.
const VERSION: u8 = 1;
/// The most bytes that a number of 64 bits takes.
const NUMBER_BYTES_MAX: usize = 10;
/// The most bytes that a histogram takes: a gap is one byte when no bucket is empty, and fewer pairs come with larger gaps.
pub const BYTES_MAX: usize = 1 + NUMBER_BYTES_MAX + BUCKETS * (1 + NUMBER_BYTES_MAX);

/// Bytes that are no histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecodable {
    /// They end too early.
    #[error("a histogram ends too early")]
    Short,
    /// They begin with another version.
    #[error("a histogram of version {0} is not known")]
    Version(u8),
    /// A number that is too large, or is not written in the shortest way.
    #[error("a number in a histogram is malformed")]
    Number,
    /// A bucket that does not exist.
    #[error("a histogram has no bucket {0}")]
    Bucket(u64),
    /// A bucket with a count of zero, or counts that add up to more than can be counted.
    #[error("a count in a histogram is out of range")]
    Count,
    /// A sum that its buckets cannot have.
    #[error("the sum of a histogram does not fit its buckets")]
    Sum,
}

impl Histogram {
    /// As bytes, at most [`BYTES_MAX`]; a few hundred where a route behaves.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        write(&mut bytes, self.sum_us);
        let mut next = 0;
        for (bucket, count) in self.buckets() {
            write(&mut bytes, (bucket.index - next) as u64);
            write(&mut bytes, count);
            next = bucket.index + 1;
        }
        bytes
    }

    /// Reads what [`Histogram::encode`] wrote.
    ///
    /// # Errors
    /// [`Undecodable`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let (version, mut rest) = bytes.split_first().ok_or(Undecodable::Short)?;
        if *version != VERSION {
            return Err(Undecodable::Version(*version));
        }
        let sum_us = read(&mut rest)?;
        let mut histogram = Self::default();
        let mut next = 0_u64;
        while !rest.is_empty() {
            let at = next.saturating_add(read(&mut rest)?);
            let index =
                usize::try_from(at).ok().filter(|index| *index < BUCKETS).ok_or(Undecodable::Bucket(at))?;
            let count = read(&mut rest)?;
            if count == 0 || histogram.total.checked_add(count).is_none() {
                return Err(Undecodable::Count);
            }
            histogram.add(index, count);
            next = at + 1;
        }
        histogram.sum_us = sum_us;
        histogram.sum_is_possible().then_some(histogram).ok_or(Undecodable::Sum)
    }

    /// Whether the sum lies between the lowest and the highest that the buckets can hold.
    fn sum_is_possible(&self) -> bool {
        let sum_of = |end: fn(super::Bucket) -> u64| {
            let all = self.buckets().map(|(bucket, count)| end(bucket).saturating_mul(count));
            all.fold(0, u64::saturating_add)
        };
        (sum_of(super::Bucket::lowest_us)..=sum_of(super::Bucket::highest_us)).contains(&self.sum_us)
    }
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(rest: &mut &[u8]) -> Result<u64, Undecodable> {
    let mut number = 0_u64;
    for place in 0..NUMBER_BYTES_MAX {
        let (byte, after) = rest.split_first().ok_or(Undecodable::Short)?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit only.
        if place == NUMBER_BYTES_MAX - 1 && bits > 1 {
            return Err(Undecodable::Number);
        }
        number |= bits << (7 * place);
        if byte & 0x80 == 0 {
            let is_shortest = bits > 0 || place == 0;
            return is_shortest.then_some(number).ok_or(Undecodable::Number);
        }
    }
    Err(Undecodable::Number)
}
