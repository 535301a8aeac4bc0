//! Fast chance for spreading load; not for keys.

use std::cell::Cell;

/// The output function of splitmix64 (Steele, Lea and Flood 2014): a bijection that mixes all bits.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A splitmix64 generator of one worker, seeded from the kernel's random source.
#[derive(Debug)]
pub(crate) struct Rng(Cell<u64>);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        mix(self.0.get())
    }

    /// A number below `bound`, 0 for a bound of 0. Multiply and shift (Lemire 2019); its bias is below 2⁻³² for the
    /// sums of weights that occur.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(bound)) >> 64).unwrap_or_default()
    }
}
