//! What was counted, and what is believed of it.

use std::ops::{Add, AddAssign};

/// How often something happened, of how many times it could have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Count {
    /// How often it happened; never more than `of`.
    pub hits: u64,
    /// How often it could have happened.
    pub of: u64,
}

impl Count {
    /// `hits` of `of`; more hits than trials are taken as as many.
    #[must_use]
    pub fn new(hits: u64, of: u64) -> Self {
        Self { hits: hits.min(of), of }
    }

    /// How often it did not happen.
    #[must_use]
    pub fn misses(self) -> u64 {
        self.of.saturating_sub(self.hits)
    }

    /// What was counted since `earlier`, which is this one as it was once.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self::new(self.hits.saturating_sub(earlier.hits), self.of.saturating_sub(earlier.of))
    }

    /// The observed rate, 0 to 1; 0 before the first trial.
    #[must_use]
    pub fn rate(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits.min(self.of) as f64 / self.of as f64 }
    }

    /// Hits and misses as the formulas want them.
    pub(crate) fn parts(self) -> (f64, f64) {
        (self.hits.min(self.of) as f64, self.misses() as f64)
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { hits: self.hits.saturating_add(other.hits), of: self.of.saturating_add(other.of) }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Where a figure lies, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// Whether `value` lies inside.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_never_have_more_hits_than_trials() {
        let mut count = Count::new(7, 5) + Count::new(1, 5);
        assert_eq!(count, Count { hits: 6, of: 10 });
        count += Count { hits: u64::MAX, of: u64::MAX };
        assert_eq!((count.misses(), Count::new(1, 4).misses()), (0, 3));
        assert_eq!(Count::new(5, 9).since(Count::new(2, 3)), Count::new(3, 6));
        assert_eq!((Count::default().rate(), Count::new(1, 4).rate()), (0.0, 0.25));
    }

    #[test]
    fn the_ends_of_an_interval_lie_inside() {
        let interval = Interval { lower: 0.1, upper: 0.2 };
        assert!(interval.contains(0.1) && interval.contains(0.2));
        assert!(!interval.contains(0.09) && !interval.contains(0.21));
    }
}
