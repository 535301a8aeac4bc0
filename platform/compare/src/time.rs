//! Moments as answers write them: RFC 3339 and HTTP dates, in milliseconds since 1970.

/// The moment that a text names, if it is one.
pub(crate) fn moment_ms(text: &str) -> Option<i64> {
    rfc_3339(text).or_else(|| http_date(text))
}

/// `2026-11-21T13:00:00.25+01:00` (RFC 3339 section 5.6); a space may stand for the `T`. Without an offset: UTC.
fn rfc_3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let offset_minutes = match zone {
        "" | "Z" | "z" => 0,
        zone => {
            let (sign, zone) = zone.split_at_checked(1)?;
            let [hours, minutes] = numbers(zone, ':', [2, 2])?;
            (hours * 60 + minutes) * if sign == "-" { -1 } else { 1 }
        }
    };
    let seconds = seconds([year, month, day], [hour, minute, second])? - offset_minutes * 60;
    Some(seconds * 1000 + fraction_ms(fraction)?)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
fn http_date(text: &str) -> Option<i64> {
    let (_, date) = text.split_once(", ")?;
    let mut words = date.strip_suffix(" GMT")?.split(' ');
    let mut word = || words.next();
    let (day, month, year, clock) = (word()?, word()?, word()?, word()?);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|name| *name == month)? as i64 + 1;
    let ([day], [year]) = (numbers(day, '-', [2])?, numbers(year, '-', [4])?);
    Some(seconds([year, month, day], numbers(clock, ':', [2, 2, 2])?)? * 1000)
}

/// Numbers of so many digits each, and nothing else.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let sound = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = sound.then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn fraction_ms(fraction: &str) -> Option<i64> {
    let sound = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let digits = fraction.bytes().chain([b'0'; 3]).take(3);
    sound.then(|| digits.fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// Seconds since 1970 of a date of the Gregorian calendar. The days are counted from 1 March, so that the leap day comes
/// last, in eras of 400 years (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
fn seconds([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let sound =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    sound.then_some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_other_texts_are_not() {
        for (text, moment) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00.250Z", 951_825_600_250),
            ("2026-11-21 13:00:00+01:00", 1_795_262_400_000),
            ("1969-12-31T23:59:59.9Z", -100),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
        ] {
            assert_eq!(moment_ms(text), Some(moment), "{text}");
        }
        for text in
            ["", "2026", "2026-11-21", "2026-13-21T00:00:00Z", "x, 06 Nov 1994 08:49:37", "1-1-1T1:1:1Z"]
        {
            assert_eq!(moment_ms(text), None, "{text}");
        }
    }
}
