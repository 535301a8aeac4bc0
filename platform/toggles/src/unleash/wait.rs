//! How long to wait before the next call.

use super::settings::UnleashSettings;
use kernel::Random;
use std::time::Duration;

/// The most doublings: beyond, the bound holds in any case.
const DOUBLINGS_MAX: u32 = 20;

/// Before the next call after this many failures in a row; `retry_after` is what the server asked for.
pub(super) fn after_failures(
    settings: &UnleashSettings,
    failures: u32,
    retry_after: Option<Duration>,
    random: &dyn Random,
) -> Duration {
    let doublings = failures.saturating_sub(1).min(DOUBLINGS_MAX);
    let whole = settings.retry_first_ms.saturating_mul(1 << doublings).min(settings.retry_max_ms);
    let asked = retry_after.unwrap_or_default().min(Duration::from_millis(settings.retry_max_ms));
    part(whole, 50, random).max(asked)
}

/// Before the next call when all is well: up to a tenth is taken off, so that instances that were started together do
/// not stay together.
pub(super) fn regular(interval_ms: u64, random: &dyn Random) -> Duration {
    part(interval_ms, 90, random)
}

/// Between `percent_min` and 100 % of the milliseconds.
fn part(ms: u64, percent_min: u64, random: &dyn Random) -> Duration {
    let us = ms.saturating_mul(1000);
    let least = us / 100 * percent_min;
    Duration::from_micros(least + random.next_u64() % (us - least + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;

    #[test]
    fn waits_double_up_to_a_bound_and_are_never_below_a_half() {
        let settings =
            UnleashSettings { retry_first_ms: 100, retry_max_ms: 1_000, ..UnleashSettings::default() };
        let random = SeededRandom::new(1);
        for (failures, whole) in
            [(0, 100), (1, 100), (2, 200), (3, 400), (4, 800), (5, 1_000), (u32::MAX, 1_000)]
        {
            for _ in 0..100 {
                let wait = after_failures(&settings, failures, None, &random);
                let whole = Duration::from_millis(whole);
                assert!(wait >= whole / 2 && wait <= whole, "{failures}: {wait:?}");
            }
        }
    }

    #[test]
    fn the_server_may_ask_for_more_time_within_the_bound() {
        let settings =
            UnleashSettings { retry_first_ms: 10, retry_max_ms: 5_000, ..UnleashSettings::default() };
        let wait = |s| after_failures(&settings, 1, Some(Duration::from_secs(s)), &SeededRandom::new(1));
        assert_eq!(wait(3), Duration::from_secs(3));
        assert_eq!(wait(3_600), Duration::from_secs(5));
    }

    #[test]
    fn regular_waits_differ() {
        let random = SeededRandom::new(1);
        let waits: std::collections::BTreeSet<_> = (0..100).map(|_| regular(1_000, &random)).collect();
        assert!(waits.len() > 50);
        assert!(
            waits.iter().all(|wait| *wait >= Duration::from_millis(900) && *wait <= Duration::from_secs(1))
        );
    }
}
