//! How far back: `90s`, `30m`, `24h`, `7d`.

use std::time::Duration;

/// The farthest back: ten years.
const MAX_S: u64 = 3_650 * 86_400;

/// Reads a number with its unit: `s`, `m`, `h` or `d`.
///
/// # Errors
/// What it must be, in words.
pub fn parse_since(text: &str) -> Result<Duration, &'static str> {
    const WRONG: &str = "must be a number and s, m, h or d, as in 24h, and at most 3650d";
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(WRONG)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(WRONG),
    };
    let number: u64 = number.parse().map_err(|_| WRONG)?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=MAX_S).contains(seconds));
    seconds.map(Duration::from_secs).ok_or(WRONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(parse_since(text), Ok(Duration::from_secs(seconds)));
        }
        for wrong in ["", "h", "24", "0h", "-1h", "1w", "1.5h", "9999d", "99999999999999999999d", "ä"] {
            assert!(parse_since(wrong).is_err(), "{wrong}");
        }
    }
}
