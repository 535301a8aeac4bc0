//! The retry budget of a service: retries are a share of the requests, so that they cannot multiply the load.

use crate::RetryPolicy;
use crate::timeline::{Moment, Timeline};
use kernel::Monotonic;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// A token is a thousand of what is counted, so that a request can pay a part of one.
const TOKEN: u64 = 1_000;

/// Tokens that pay for retries: every request brings a part of one, time brings a few, and no more than a burst is kept
/// (as in Finagle's `RetryBudget` and gRPC's retry throttling, A6). Share it by the service.
pub struct RetryBudget {
    /// 32 bits of the millisecond at which time was last paid for (comes round after 49 days, which then pays for
    /// less than it could) and 32 of tokens, so that both move together.
    word: AtomicU64,
    percent: AtomicU32,
    min_per_s: AtomicU32,
    burst: AtomicU32,
    taken: AtomicU64,
    refused: AtomicU64,
    timeline: Timeline,
}

impl RetryBudget {
    pub(crate) fn new(policy: &RetryPolicy, timeline: Timeline) -> Self {
        let budget = Self {
            word: AtomicU64::new(0),
            percent: AtomicU32::new(0),
            min_per_s: AtomicU32::new(0),
            burst: AtomicU32::new(0),
            taken: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            timeline,
        };
        budget.configure(policy);
        // One second's worth to begin with.
        let tokens = u64::from(policy.budget_min_per_s.min(policy.budget_burst)) * TOKEN;
        let now_ms = budget.timeline.now().millis() & u64::from(u32::MAX);
        budget.word.store(now_ms << 32 | tokens, Relaxed);
        budget
    }

    /// Takes over other rates; what is saved stays, up to the new burst.
    pub(crate) fn configure(&self, policy: &RetryPolicy) {
        self.percent.store(policy.budget_percent, Relaxed);
        self.min_per_s.store(policy.budget_min_per_s, Relaxed);
        self.burst.store(policy.budget_burst.min(1_000_000), Relaxed);
    }

    /// To be called once for each request, not for its retries; `now` is when it came.
    pub fn deposit(&self, now: Monotonic) {
        let paid = u64::from(self.percent.load(Relaxed)) * TOKEN / 100;
        self.update(self.timeline.at(now), |tokens| Some(tokens + paid));
    }

    /// Takes the right to one retry, if there is one.
    #[must_use]
    pub fn try_take(&self) -> bool {
        let taken = self.update(self.timeline.now(), |tokens| tokens.checked_sub(TOKEN));
        let counter = if taken { &self.taken } else { &self.refused };
        counter.fetch_add(1, Relaxed);
        taken
    }

    /// Whole retries that could be taken now.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.paid_up(self.word.load(Relaxed), self.timeline.now()).1 / TOKEN
    }

    /// Retries taken, and refused for want of budget.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.taken.load(Relaxed), self.refused.load(Relaxed))
    }

    /// Pays for the time that has passed and then changes the tokens; `None` changes nothing and says false.
    fn update(&self, now: Moment, change: impl Fn(u64) -> Option<u64>) -> bool {
        let burst = u64::from(self.burst.load(Relaxed)) * TOKEN;
        let next = |word| {
            let (now_ms, tokens) = self.paid_up(word, now);
            Some(now_ms << 32 | change(tokens)?.min(burst))
        };
        self.word.fetch_update(Relaxed, Relaxed, next).is_ok()
    }

    /// The millisecond and the tokens as of now.
    fn paid_up(&self, word: u64, now: Moment) -> (u64, u64) {
        let mask = u64::from(u32::MAX);
        let now_ms = now.millis() & mask;
        let passed_ms = now_ms.wrapping_sub(word >> 32) & mask;
        // A thread that read the clock before another stored a later moment would see almost 49 days.
        let (now_ms, passed_ms) = if passed_ms > mask / 2 { (word >> 32, 0) } else { (now_ms, passed_ms) };
        // So many tokens a second are as many thousandths a millisecond.
        let earned = passed_ms.saturating_mul(u64::from(self.min_per_s.load(Relaxed)));
        let burst = u64::from(self.burst.load(Relaxed)) * TOKEN;
        (now_ms, (word & mask).saturating_add(earned).min(burst))
    }
}

impl std::fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RetryBudget").field("available", &self.available()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, ManualClock, Timestamp};
    use std::sync::Arc;
    use std::time::Duration;

    fn budget(percent: u32, min_per_s: u32, burst: u32) -> (RetryBudget, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp(0)));
        let policy = RetryPolicy {
            budget_percent: percent,
            budget_min_per_s: min_per_s,
            budget_burst: burst,
            ..RetryPolicy::default()
        };
        (RetryBudget::new(&policy, Timeline::new(clock.clone())), clock)
    }

    fn take_all(budget: &RetryBudget) -> u32 {
        (0..).take_while(|_| budget.try_take()).count().try_into().unwrap()
    }

    #[test]
    fn retries_are_a_share_of_the_requests() {
        let (budget, clock) = budget(20, 0, 1_000);
        assert_eq!(take_all(&budget), 0);
        (0..100).for_each(|_| budget.deposit(clock.monotonic()));
        assert_eq!(take_all(&budget), 20);
        assert_eq!(budget.totals(), (20, 2));
    }

    #[test]
    fn a_few_a_second_are_there_without_requests() {
        let (budget, clock) = budget(0, 10, 25);
        assert_eq!(take_all(&budget), 10);
        clock.advance(Duration::from_millis(150));
        assert_eq!(take_all(&budget), 1);
        clock.advance(Duration::from_millis(50));
        assert_eq!(take_all(&budget), 1);
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(take_all(&budget), 25);
    }

    #[test]
    fn no_more_than_a_burst_is_saved() {
        let (budget, clock) = budget(100, 0, 7);
        (0..100).for_each(|_| budget.deposit(clock.monotonic()));
        assert_eq!(take_all(&budget), 7);
    }

    #[test]
    fn a_moment_that_another_thread_has_passed_already_pays_nothing() {
        let (budget, _clock) = budget(0, 10, 25);
        assert_eq!(take_all(&budget), 10);
        budget.word.store(5 << 32, Relaxed);
        assert_eq!((budget.available(), take_all(&budget)), (0, 0));
    }

    #[test]
    fn threads_at_once_take_no_more_than_there_is() {
        let (budget, clock) = budget(100, 0, 500);
        (0..500).for_each(|_| budget.deposit(clock.monotonic()));
        let taken: u32 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| take_all(&budget))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 500);
    }
}
