//! How long to wait after a failure: doubling up to a bound, half of it by chance, so that many do not come at once.

use kernel::Random;
use std::sync::Arc;
use std::time::Duration;

/// Pauses between attempts.
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    next: Duration,
    random: Arc<dyn Random>,
}

impl Backoff {
    pub(crate) fn new(min: Duration, max: Duration, random: Arc<dyn Random>) -> Self {
        Self { min, max, next: min, random }
    }

    /// The next pause: between half of the step and all of it.
    pub(crate) fn pause(&mut self) -> Duration {
        let step = self.next;
        self.next = step.saturating_mul(2).min(self.max);
        let half = step / 2;
        let half_ms = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(self.random.next_u64() % half_ms.saturating_add(1))
    }

    /// An attempt succeeded.
    pub(crate) fn reset(&mut self) {
        self.next = self.min;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;

    #[test]
    fn pauses_double_up_to_the_bound_and_begin_anew() {
        let (min, max) = (Duration::from_millis(100), Duration::from_millis(350));
        let mut backoff = Backoff::new(min, max, Arc::new(SeededRandom::new(1)));
        for step_ms in [100, 200, 350, 350] {
            let pause = backoff.pause().as_millis();
            assert!((step_ms / 2..=step_ms).contains(&pause), "{pause} of {step_ms}");
        }
        backoff.reset();
        assert!(backoff.pause() <= min);
    }
}
