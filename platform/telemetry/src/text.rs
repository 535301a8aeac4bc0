//! Writes pieces of a log line into bytes without the formatting machinery.

use kernel::Timestamp;

/// Appends a decimal number.
pub(crate) fn number(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a number of two or more digits, padded with zeros to `width`.
fn padded(out: &mut Vec<u8>, value: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(digits.len())));
    out.extend_from_slice(digits);
}

/// Whether every byte stands for itself in a JSON string: printable ASCII, neither quote nor backslash. Eight at a time.
fn is_plain(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [b' '; 8];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    words.iter().chain([&last]).all(|word| is_plain_word(u64::from_le_bytes(*word)))
}

/// By the usual tricks: a byte is below `n` if taking `n` away borrows, and equal to another if their difference is below 1.
/// A borrow can only be seen in vain behind a byte for which it is right.
fn is_plain_word(word: u64) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (word & HIGH) | below(word, 0x20) | is(b'"') | is(b'\\') | is(0x7f) == 0
}

/// Appends text as the inside of a JSON string. What strangers send is escaped, control characters too, so that no
/// line can be forged and no terminal be driven.
pub(crate) fn escaped(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    // Nearly all text is plain: one look at all of it is cheaper than one at each character.
    if is_plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            c if c.is_control() => {
                let code = u32::from(c);
                out.extend_from_slice(b"\\u");
                for shift in [12, 8, 4, 0] {
                    let digit = HEX.get((code >> shift & 15) as usize).copied().unwrap_or(b'0');
                    out.push(digit);
                }
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The same of bytes; those that are no text are shown as U+FFFD.
pub(crate) fn escaped_bytes(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        out.extend_from_slice(text);
    } else {
        escaped(out, &String::from_utf8_lossy(text));
    }
}

/// Writes moments as RFC 3339 in UTC with milliseconds. The text of the second that was asked for last is kept: lines come
/// by the thousand in each.
#[derive(Debug)]
pub(crate) struct MomentText {
    second: u64,
    /// `2026-11-21T09:19:59.`
    text: Vec<u8>,
}

impl Default for MomentText {
    fn default() -> Self {
        Self { second: u64::MAX, text: Vec::new() }
    }
}

impl MomentText {
    /// Appends a moment.
    pub(crate) fn put(&mut self, out: &mut Vec<u8>, moment: Timestamp) {
        let millis = u64::try_from(moment.0).unwrap_or_default();
        let (second, millis) = (millis / 1000, millis % 1000);
        if second != self.second {
            self.second = second;
            self.text.clear();
            put_second(&mut self.text, second);
        }
        out.extend_from_slice(&self.text);
        let digit = |value: u64| b'0' + u8::try_from(value % 10).unwrap_or(0);
        out.extend_from_slice(&[digit(millis / 100), digit(millis / 10), digit(millis), b'Z']);
    }
}

/// Days to date after Howard Hinnant's `civil_from_days`.
fn put_second(out: &mut Vec<u8>, second: u64) {
    let (days, second_of_day) = (second / 86_400, second % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    padded(out, year, 4);
    for (separator, value) in [
        (b'-', month),
        (b'-', day),
        (b'T', second_of_day / 3_600),
        (b':', second_of_day / 60 % 60),
        (b':', second_of_day % 60),
    ] {
        out.push(separator);
        padded(out, value, 2);
    }
    out.push(b'.');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dates(millis: &[i64]) -> Vec<String> {
        let mut text = MomentText::default();
        let date = |millis: &i64| {
            let mut out = Vec::new();
            text.put(&mut out, Timestamp(*millis));
            String::from_utf8(out).unwrap()
        };
        millis.iter().map(date).collect()
    }

    fn date(millis: i64) -> String {
        dates(&[millis]).concat()
    }

    #[test]
    fn the_second_is_written_anew_when_it_is_another() {
        let expected = ["1970-01-01T00:00:01.999Z", "1970-01-01T00:00:01.050Z", "1970-01-01T00:00:02.000Z"];
        assert_eq!(dates(&[1_999, 1_050, 2_000]), expected);
    }

    #[test]
    fn known_moments() {
        assert_eq!(date(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(date(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(date(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(date(1_795_252_799_007), "2026-11-21T09:19:59.007Z");
        assert_eq!(date(4_102_444_800_000), "2100-01-01T00:00:00.000Z");
    }

    #[test]
    fn each_byte_is_judged_by_itself_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            let expected = matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
            for place in 0..19 {
                let mut text = *b"a~ !#[]zAZ09/{}|-._";
                text[place] = byte;
                assert_eq!(is_plain(&text), expected, "{byte:#x} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn escaped_text_reads_back_as_it_was(text in ".*") {
            let mut out = vec![b'"'];
            escaped(&mut out, &text);
            out.push(b'"');
            prop_assert!(out.iter().all(|byte| *byte >= 0x20));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
