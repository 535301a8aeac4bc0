//! What several rounds gave: their median, and how far they lie apart.

/// Median, least and greatest of a figure over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Range {
    /// The middle of the rounds; of an even number the mean of the two in the middle.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The greatest.
    pub(crate) max: f64,
}

impl Range {
    /// Of all `figures`, rounded to two decimals; `None` when there are none.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get((sorted.len() - 1) / 2)?;
        Some(Self { median: rounded(f64::midpoint(lower, upper)), min: rounded(min), max: rounded(max) })
    }
}

fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        let odd = Range::of([3.0, 1.0, 200.0]).unwrap();
        assert_eq!((odd.median, odd.min, odd.max), (3.0, 1.0, 200.0));
        assert_eq!(Range::of([4.0, 1.0, 2.0, 9.0]).unwrap().median, 3.0);
        assert_eq!(Range::of([1.239]).unwrap().max, 1.24);
        assert_eq!(Range::of([]), None);
    }
}
