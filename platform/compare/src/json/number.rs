//! Numbers by their exact value, however they are written and however many digits they have.

use std::cmp::Ordering;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A decimal number: `±0.digits × 10^exponent`, with no zero at either end of the digits. Zero has no digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i128,
}

impl<'a> Decimal<'a> {
    /// Reads a number of JSON. `None` when its exponent has more digits than any real one: then it is equal only to what
    /// is written the same.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::normal(negative, text.as_bytes(), &[], 0));
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent = i128::from(exponent.parse::<i64>().ok()?);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        Some(Self::normal(negative, whole.as_bytes(), fraction.as_bytes(), exponent))
    }

    fn normal(negative: bool, whole: &'a [u8], fraction: &'a [u8], exponent: i128) -> Self {
        let mut whole = without_front_zeros(whole);
        let mut fraction = without_back_zeros(fraction);
        let mut exponent = exponent + whole.len() as i128;
        if whole.is_empty() {
            let significant = without_front_zeros(fraction);
            exponent -= (fraction.len() - significant.len()) as i128;
            fraction = significant;
        }
        if fraction.is_empty() {
            whole = without_back_zeros(whole);
        }
        let zero = whole.is_empty() && fraction.is_empty();
        Self { negative: negative && !zero, whole, fraction, exponent: if zero { 0 } else { exponent } }
    }

    fn digits(&self) -> impl Iterator<Item = u8> + 'a {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// Its hash: equal numbers, equal hashes.
    pub(crate) fn hash(&self, seed: u64) -> u64 {
        let scale = (self.exponent as u64).wrapping_mul(2).wrapping_add(u64::from(self.negative));
        // Spread over all bits: the hash of a few digits only adds the seed, and 121 would collide with 12300.
        let seed = seed.wrapping_add(scale.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        match (self.whole, self.fraction) {
            (digits, []) | ([], digits) => xxh3_64_with_seed(digits, seed),
            (whole, fraction) => xxh3_64_with_seed(&[whole, fraction].concat(), seed),
        }
    }

    /// The digits as a whole number and the power of ten of the last one, if that fits.
    fn scaled(&self) -> Option<(i128, i128)> {
        let mut value: i128 = 0;
        for digit in self.digits() {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let power = self.exponent - (self.whole.len() + self.fraction.len()) as i128;
        Some((if self.negative { -value } else { value }, power))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.exponent == other.exponent
            && self.digits().cmp(other.digits()) == Ordering::Equal
    }
}

/// Whether two numbers as written have the same value.
pub(crate) fn same(old: &str, new: &str) -> bool {
    old == new
        || match (Decimal::parse(old), Decimal::parse(new)) {
            (Some(old), Some(new)) => old == new,
            _ => false,
        }
}

/// How far two numbers are apart: exact up to 38 digits, then as near as `f64` comes.
pub(crate) fn distance(old: &str, new: &str) -> Option<f64> {
    exact_distance(old, new).or_else(|| {
        let (old, new) = (old.parse::<f64>().ok()?, new.parse::<f64>().ok()?);
        Some((old - new).abs()).filter(|distance| distance.is_finite())
    })
}

/// The larger of two absolute values.
pub(crate) fn magnitude(old: &str, new: &str) -> Option<f64> {
    let (old, new) = (old.parse::<f64>().ok()?, new.parse::<f64>().ok()?);
    Some(old.abs().max(new.abs())).filter(|magnitude| magnitude.is_finite())
}

fn exact_distance(old: &str, new: &str) -> Option<f64> {
    let (old, old_power) = Decimal::parse(old)?.scaled()?;
    let (new, new_power) = Decimal::parse(new)?.scaled()?;
    let power = old_power.min(new_power);
    let lift = |value: i128, by: i128| {
        let factor = 10_i128.checked_pow(u32::try_from(by).ok()?)?;
        value.checked_mul(factor)
    };
    let distance = lift(old, old_power - power)?.checked_sub(lift(new, new_power - power)?)?;
    // Written and read again, so that the rounding is the one of the decimal number, not of a division.
    format!("{}e{power}", distance.unsigned_abs()).parse().ok()
}

fn without_front_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

fn without_back_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> u64 {
        Decimal::parse(text).unwrap().hash(7)
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for (old, new) in [
            ("1", "1.0"),
            ("1e2", "100"),
            ("100.00", "1E+2"),
            ("0.001", "1e-3"),
            ("-0", "0.0e5"),
            ("10.01", "1.001e1"),
            ("12345678901234567890123456789.10", "12345678901234567890123456789.1"),
        ] {
            assert!(same(old, new) && same(new, old), "{old} {new}");
            assert_eq!(hash(old), hash(new), "{old} {new}");
        }
        for (old, new) in [
            ("1", "-1"),
            ("1", "10"),
            ("9007199254740993", "9007199254740992"),
            ("0.1", "0.10000000000000000001"),
            ("1e400", "1e401"),
            ("11", "1.01"),
            ("1e99999999999999999999", "1e99999999999999999998"),
        ] {
            assert!(!same(old, new), "{old} {new}");
        }
    }

    #[test]
    fn different_numbers_have_different_hashes() {
        let mut hashes: Vec<u64> = (-100_000..100_000).map(|number: i32| hash(&number.to_string())).collect();
        hashes.extend(
            (1..1000).flat_map(|digits| (7..20).map(move |zeros| hash(&format!("{digits}1e{zeros}")))),
        );
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }

    #[test]
    fn distances_are_those_of_the_decimals() {
        assert_eq!(distance("0.3", "0.1"), Some(0.2));
        assert_eq!(distance("9007199254740993", "9007199254740992"), Some(1.0));
        assert_eq!(distance("1e300", "0"), Some(1e300));
        assert_eq!(distance("-1", "1.0"), Some(2.0));
        assert_eq!(distance("1e400", "0"), None);
        assert_eq!(magnitude("-3", "2"), Some(3.0));
    }
}
