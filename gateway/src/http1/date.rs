//! The `Date` field (RFC 9110 section 6.6.1): IMF-fixdate, formatted once a second and worker.

use kernel::Timestamp;
use std::cell::Cell;

const DAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// `Sun, 06 Nov 1994 08:49:37 GMT`
pub(crate) type DateText = [u8; 29];

/// The text of the second that was asked for last.
pub(crate) struct DateCache {
    second: Cell<i64>,
    text: Cell<DateText>,
}

impl Default for DateCache {
    fn default() -> Self {
        Self { second: Cell::new(0), text: Cell::new(format(0)) }
    }
}

impl DateCache {
    /// The text for this moment.
    pub(crate) fn text(&self, now: Timestamp) -> DateText {
        let second = now.seconds();
        if self.second.replace(second) != second {
            self.text.set(format(second));
        }
        self.text.get()
    }
}

/// Formats seconds since the epoch; of times outside the years 0 to 9999 nothing sensible comes, but 29 bytes do.
fn format(second: i64) -> DateText {
    let (days, in_day) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    put_name(&mut text, 0, DAYS.get(usize::try_from(days.rem_euclid(7)).unwrap_or(0)));
    put_number(&mut text, 5, 2, day);
    put_name(&mut text, 8, MONTHS.get(usize::try_from(month - 1).unwrap_or(0)));
    put_number(&mut text, 12, 4, year);
    put_number(&mut text, 17, 2, in_day / 3600);
    put_number(&mut text, 20, 2, in_day / 60 % 60);
    put_number(&mut text, 23, 2, in_day % 60);
    text
}

/// Year, month and day of a day since the epoch: the Gregorian calendar in eras of 400 years whose years begin in
/// March, so that the leap day is the last.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_era_zero = days + 719_468;
    let (era, in_era) = (since_era_zero.div_euclid(146_097), since_era_zero.rem_euclid(146_097));
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn put_name(text: &mut DateText, at: usize, name: Option<&&[u8; 3]>) {
    if let (Some(place), Some(name)) = (text.get_mut(at..at + 3), name) {
        place.copy_from_slice(*name);
    }
}

fn put_number(text: &mut DateText, at: usize, digits: usize, value: i64) {
    let mut rest = value.unsigned_abs();
    for place in text.iter_mut().skip(at).take(digits).rev() {
        *place = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (second, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
        ] {
            assert_eq!(std::str::from_utf8(&format(second)).unwrap(), text);
        }
    }

    #[test]
    fn the_cache_follows_the_second() {
        let cache = DateCache::default();
        let first = cache.text(Timestamp(784_111_777_000));
        assert_eq!(cache.text(Timestamp(784_111_777_999)), first);
        assert_ne!(cache.text(Timestamp(784_111_778_000)), first);
    }
}
