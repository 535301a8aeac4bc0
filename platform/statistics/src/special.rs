//! The functions of mathematics that the tests stand on.

mod beta;
mod normal;

pub(crate) use beta::{below, ln_beta, quantile};
pub(crate) use normal::{cdf, normal_quantile};

/// Halvings of an interval: more than the 53 bits of a number have, since small results need relative precision.
const HALVINGS_MAX: u32 = 200;
/// The relative width at which halving ends.
const WIDTH: f64 = 1e-14;

/// The place between `lower` and `upper` where `is_left` turns from true to false.
pub(crate) fn bisect(mut lower: f64, mut upper: f64, is_left: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS_MAX {
        if upper - lower <= WIDTH * upper.abs().max(lower.abs()) {
            break;
        }
        let middle = lower.midpoint(upper);
        if is_left(middle) {
            lower = middle;
        } else {
            upper = middle;
        }
    }
    lower.midpoint(upper)
}
