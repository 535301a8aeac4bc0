//! Requests a second by route, from counters that only grow: what came between two looks, over the time between them.

use kernel::Monotonic;
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use utoipa::ToSchema;

/// Between two looks that are kept, at least.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How far back a rate looks, at least, where there is a look that old.
const WINDOW: Duration = Duration::from_secs(10);
/// Looks that are kept.
const LOOKS_MAX: usize = 8;

/// Counters at one moment, by route.
type Totals = HashMap<String, u64>;

/// The looks of the last while. At the process's start every counter was zero.
pub(super) struct Rates {
    looks: VecDeque<(Monotonic, Totals)>,
}

/// How often a route was asked for lately.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(super) struct Rate {
    /// Requests a second.
    pub(super) per_second: f64,
    /// Over how many seconds: since somebody looked some ten seconds ago, or else since whenever somebody looked last.
    pub(super) over_s: f64,
}

impl Rates {
    pub(super) fn new(started: Monotonic) -> Self {
        Self { looks: VecDeque::from([(started, Totals::new())]) }
    }

    /// The rates, given the counters as they are now.
    pub(super) fn look(&mut self, now: Monotonic, totals: Totals) -> HashMap<String, Rate> {
        let (rates, is_due) = match self.reference(now) {
            Some((then, before)) => (rates(now.since(*then), before, &totals), true),
            None => (HashMap::new(), false),
        };
        let is_due = is_due && self.looks.back().is_some_and(|(last, _)| now.since(*last) >= LOOK_EVERY);
        if is_due {
            self.looks.push_back((now, totals));
            if self.looks.len() > LOOKS_MAX {
                self.looks.pop_front();
            }
        }
        rates
    }

    /// The youngest look that lies far enough back, or else the oldest.
    fn reference(&self, now: Monotonic) -> Option<&(Monotonic, Totals)> {
        let far = self.looks.iter().rev().find(|(then, _)| now.since(*then) >= WINDOW);
        far.or_else(|| self.looks.front())
    }
}

fn rates(over: Duration, before: &Totals, now: &Totals) -> HashMap<String, Rate> {
    let over_s = over.as_secs_f64();
    if over_s <= 0.0 {
        return HashMap::new();
    }
    let rate = |(route, total): (&String, &u64)| {
        let asked = total.saturating_sub(before.get(route).copied().unwrap_or_default());
        (route.clone(), Rate { per_second: asked as f64 / over_s, over_s })
    };
    now.iter().map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, ManualClock, Timestamp};

    fn totals(count: u64) -> Totals {
        Totals::from([("a".to_owned(), count)])
    }

    #[test]
    fn a_rate_is_what_came_since_a_look_ten_seconds_ago() {
        let clock = ManualClock::new(Timestamp(0));
        let mut rates = Rates::new(clock.monotonic());
        let mut look = |after_s, count| {
            clock.advance(Duration::from_secs(after_s));
            rates.look(clock.monotonic(), totals(count)).get("a").map(|rate| (rate.per_second, rate.over_s))
        };
        assert_eq!(look(0, 0), None, "no time has passed");
        assert_eq!(look(4, 8), Some((2.0, 4.0)), "since the start");
        assert_eq!(look(6, 8), Some((0.8, 10.0)), "the start lies ten seconds back");
        assert_eq!(look(6, 108), Some((100.0 / 12.0, 12.0)), "since the look twelve seconds ago");
    }

    #[test]
    fn looks_are_bounded_and_reach_back_far_enough() {
        let clock = ManualClock::new(Timestamp(0));
        let mut rates = Rates::new(clock.monotonic());
        for second in 0..1_000 {
            let rate = rates.look(clock.monotonic(), totals(second * 3)).get("a").copied();
            assert!(second < 20 || rate.is_some_and(|rate| (10.0..13.0).contains(&rate.over_s)), "{rate:?}");
            assert!(second == 0 || rate.is_some_and(|rate| (rate.per_second - 3.0).abs() < 1e-9), "{rate:?}");
            clock.advance(Duration::from_secs(1));
        }
        assert_eq!(rates.looks.len(), LOOKS_MAX);
    }
}
