//! The beta distribution: its probabilities and quantiles.

use super::bisect;

/// Steps of the continued fraction. It needs about the square root of the larger parameter: this is enough for 10⁹ trials.
const STEPS_MAX: u32 = 200_000;
/// The relative change at which the fraction is taken as found.
const PRECISION: f64 = 1e-15;
/// What stands for zero in Lentz's method.
const TINY: f64 = 1e-300;

/// ln B(a, b).
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// The probability that a value of the distribution Beta(a, b) is at most `x`: the regularised incomplete beta function
/// I_x(a, b), DLMF 8.17.
pub(crate) fn below(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // DLMF 8.17.4: the fraction converges fast on this side of the mean only.
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - tail(1.0 - x, b, a) } else { tail(x, a, b) }
}

/// I_x(a, b) left of the mean.
fn tail(x: f64, a: f64, b: f64) -> f64 {
    let ln_front = a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b) - a.ln();
    (ln_front.exp() * fraction(x, a, b)).clamp(0.0, 1.0)
}

/// The continued fraction of DLMF 8.17.22, by the modified method of Lentz (Press et al., Numerical Recipes, 3rd edition, 5.2).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..STEPS_MAX {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + coefficient * d);
            c = away_from_zero(1.0 + coefficient / c);
            factor = c * d;
            value *= factor;
        }
        if (factor - 1.0).abs() < PRECISION {
            break;
        }
    }
    value
}

/// The value that one of Beta(a, b) does not exceed with probability `p`.
pub(crate) fn quantile(p: f64, a: f64, b: f64) -> f64 {
    bisect(0.0, 1.0, |x| below(x, a, b) < p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sums of binomial probabilities: I_p(k, n-k+1) = P(X ≥ k), DLMF 8.17.5.
    fn at_least(k: u32, n: u32, p: f64) -> f64 {
        let (mut term, mut sum) = ((1.0 - p).powi(n as i32), 0.0);
        for i in 0..=n {
            if i >= k {
                sum += term;
            }
            term *= f64::from(n - i) / f64::from(i + 1) * p / (1.0 - p);
        }
        sum
    }

    #[test]
    fn closed_forms_are_met() {
        assert!((below(0.3, 1.0, 1.0) - 0.3).abs() < 1e-15);
        assert!((below(0.2, 1.0, 5.0) - (1.0 - 0.8_f64.powi(5))).abs() < 1e-14);
        assert!((below(0.25, 0.5, 0.5) - 1.0 / 3.0).abs() < 1e-14, "the arcsine law");
        assert_eq!((below(-1.0, 2.0, 3.0), below(2.0, 2.0, 3.0)), (0.0, 1.0));
        assert!((ln_beta(2.0, 3.0) - (1.0_f64 / 12.0).ln()).abs() < 1e-14);
    }

    #[test]
    fn many_trials_keep_their_precision() {
        // The median of Beta(a, a) is one half, whatever a.
        for a in [1e3, 1e5, 1e7, 5e8] {
            assert!((below(0.5, a, a) - 0.5).abs() < 1e-5, "{a}: {}", below(0.5, a, a));
        }
        // Without hits: 1 - (1 - p)^n.
        let (n, p) = (1e6_f64, 3e-6_f64);
        assert!((below(p, 1.0, n) - (1.0 - (n * (-p).ln_1p()).exp())).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn the_function_sums_binomial_probabilities(n in 1_u32..60, k_of in 0.0..1.0_f64, p in 0.01..0.99_f64) {
            let k = 1 + (f64::from(n - 1) * k_of) as u32;
            let value = below(p, f64::from(k), f64::from(n - k + 1));
            prop_assert!((value - at_least(k, n, p)).abs() < 1e-12);
        }

        #[test]
        fn the_quantile_undoes_the_function(p in 0.001..0.999_f64, a in 0.5..500.0_f64, b in 0.5..500.0_f64) {
            let x = quantile(p, a, b);
            prop_assert!((below(x, a, b) - p).abs() < 1e-9, "{x}");
        }
    }
}
