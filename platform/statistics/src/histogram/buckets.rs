//! Which bucket a duration falls into.

/// Buckets an octave: 2⁵, so that a bucket is at most 1/32 as wide as its values are large, and its middle at most 1/64 away.
const OCTAVE: u64 = 1 << OCTAVE_BITS;
const OCTAVE_BITS: u32 = 5;
/// Below this every microsecond has its own bucket.
const LINEAR_US: u64 = OCTAVE * 2;
/// The bits of the largest value.
const LARGEST_BITS: u32 = 30;
/// The largest duration that is told apart, microseconds: 17.9 minutes.
pub const LARGEST_US: u64 = (1 << LARGEST_BITS) - 1;
/// How many buckets there are.
pub(crate) const BUCKETS: usize = bucket_of(LARGEST_US) + 1;

/// The bucket of a duration that is at most [`LARGEST_US`].
pub(crate) const fn bucket_of(us: u64) -> usize {
    if us < LINEAR_US {
        return us as usize;
    }
    // How far the value must be shifted to have six bits: 1 in the first octave above the linear part.
    let shift = us.ilog2() - OCTAVE_BITS;
    (shift as u64 * OCTAVE + (us >> shift)) as usize
}

/// A bucket by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) index: usize,
}

impl Bucket {
    /// The smallest duration in it, microseconds.
    pub(crate) fn lowest_us(self) -> u64 {
        let index = self.index as u64;
        if index < LINEAR_US {
            return index;
        }
        let shift = self.shift();
        (index - shift * OCTAVE) << shift
    }

    /// The largest duration in it, microseconds.
    pub(crate) fn highest_us(self) -> u64 {
        self.lowest_us() + (1 << self.shift()) - 1
    }

    /// Its middle, microseconds.
    pub(crate) fn middle_us(self) -> f64 {
        (self.lowest_us() + self.highest_us()) as f64 / 2.0
    }

    fn shift(self) -> u64 {
        (self.index as u64 / OCTAVE).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_buckets_follow_each_other_without_gap() {
        let mut next_us = 0;
        for index in 0..BUCKETS {
            let bucket = Bucket { index };
            assert_eq!((bucket.lowest_us(), bucket_of(bucket.lowest_us())), (next_us, index));
            assert_eq!(bucket_of(bucket.highest_us()), index);
            next_us = bucket.highest_us() + 1;
        }
        assert_eq!((next_us, BUCKETS), (LARGEST_US + 1, 832));
    }

    proptest! {
        #[test]
        fn the_middle_is_within_1_6_percent(us in 1..=LARGEST_US) {
            let middle = Bucket { index: bucket_of(us) }.middle_us();
            prop_assert!((middle - us as f64).abs() <= 0.016 * us as f64, "{us} became {middle}");
        }
    }
}
