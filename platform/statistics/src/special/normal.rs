//! The normal distribution.

use super::bisect;
use std::f64::consts::SQRT_2;

/// Beyond this many standard deviations a probability is smaller than the smallest number.
const DEVIATIONS_MAX: f64 = 38.0;

/// The probability that a standard normal value is at most `x`.
pub(crate) fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// The value that a standard normal one does not exceed with probability `p`.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    // The lower tail is the precise one.
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    bisect(-DEVIATIONS_MAX, 0.0, |x| cdf(x) < p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.5.
    #[test]
    fn the_tables_are_met() {
        for (x, p) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (2.5, 0.993_790_334_674_224),
            (-3.0, 0.001_349_898_031_630),
        ] {
            assert!((cdf(x) - p).abs() < 1e-14, "{x}");
        }
        for (p, x) in
            [(0.95, 1.644_853_626_951_472), (0.975, 1.959_963_984_540_054), (0.001, -3.090_232_306_167_813)]
        {
            assert!((normal_quantile(p) - x).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
    }
}
