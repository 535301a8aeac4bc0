//! One timer a connection for all of its waits. Moving the deadline costs a store; the runtime's timer is touched
//! only when it fires, or for a deadline nearer than anything it is set to.

use kernel::{Clock, Monotonic};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Sleep;

/// A deadline that is moved for every request.
///
/// The runtime's timer sleeps at most one `step`, the shortest of the usual waits. A deadline that is set later lies
/// at least one step ahead, hence behind the moment at which the timer wakes anyway: it then looks at the deadline
/// and sleeps on. Only a nearer one arms the timer anew.
pub(crate) struct Timer {
    clock: Arc<dyn Clock>,
    step: Duration,
    deadline: Monotonic,
    wakes_at: Monotonic,
    sleep: Pin<Box<Sleep>>,
    /// Whom `sleep` wakes: asking it again by the same waker would tell nothing new.
    woken: Option<Waker>,
}

impl Timer {
    /// A timer whose deadline is `step` from now. Needs the runtime.
    pub(crate) fn new(clock: Arc<dyn Clock>, step: Duration) -> Self {
        let first = clock.monotonic().plus(step);
        let sleep = Box::pin(tokio::time::sleep(step));
        Self { clock, step, deadline: first, wakes_at: first, sleep, woken: None }
    }

    /// Moves the deadline.
    pub(crate) fn set(&mut self, deadline: Monotonic) {
        self.deadline = deadline;
        if deadline < self.wakes_at {
            self.arm(self.clock.monotonic());
        }
    }

    /// Moves the deadline to `wait` from now.
    pub(crate) fn set_after(&mut self, wait: Duration) {
        let now = self.clock.monotonic();
        self.set(now.plus(wait));
    }

    /// Ready when the deadline has passed; else the task is woken in time.
    pub(crate) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let is_known = self.woken.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if is_known && !self.sleep.is_elapsed() {
            return Poll::Pending;
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            let now = self.clock.monotonic();
            if now >= self.deadline {
                return Poll::Ready(());
            }
            self.arm(now);
        }
        self.woken = Some(cx.waker().clone());
        Poll::Pending
    }

    fn arm(&mut self, now: Monotonic) {
        let sleep = self.deadline.since(now).min(self.step);
        // Never behind the deadline: setting the same one again, as a wait does each time it is polled, must not arm
        // the timer anew, or it would never be found expired.
        self.wakes_at = now.plus(sleep).min(self.deadline);
        // The runtime's timer counts whole milliseconds.
        self.sleep.set(tokio::time::sleep(sleep.max(Duration::from_millis(1))));
        self.woken = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::testing::{RuntimeClock, elapsed};
    use std::future::poll_fn;

    async fn expired(timer: &mut Timer) {
        poll_fn(|cx| timer.poll_expired(cx)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_deadline_is_kept_to_the_millisecond() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        timer.set_after(Duration::from_secs(75));
        expired(&mut timer).await;
        assert_eq!(elapsed(&*clock), Duration::from_secs(75));
    }

    #[tokio::test(start_paused = true)]
    async fn a_nearer_deadline_is_kept_too() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        timer.set_after(Duration::from_secs(75));
        timer.set_after(Duration::from_secs(3));
        expired(&mut timer).await;
        assert_eq!(elapsed(&*clock), Duration::from_secs(3));
    }

    /// Expired although whoever waits sets the same deadline each time.
    async fn expired_while_set(timer: &mut Timer, deadline: Monotonic) {
        let expired = poll_fn(|cx| {
            timer.set(deadline);
            timer.poll_expired(cx)
        });
        tokio::time::timeout(Duration::from_secs(60), expired).await.expect("expires at all");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_within_a_millisecond_of_waking_is_kept() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        timer.set_after(Duration::from_millis(500));
        let deadline = clock.monotonic().plus(Duration::from_micros(500_300));
        expired_while_set(&mut timer, deadline).await;
        assert_eq!(elapsed(&*clock), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_has_passed_already_expires() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        let passed = clock.monotonic();
        tokio::time::advance(Duration::from_secs(1)).await;
        expired_while_set(&mut timer, passed).await;
        assert_eq!(elapsed(&*clock), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_last_is_woken() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        assert!(timer.poll_expired(&mut Context::from_waker(Waker::noop())).is_pending());
        tokio::time::timeout(Duration::from_secs(60), expired(&mut timer)).await.expect("woken");
        assert_eq!(elapsed(&*clock), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_timer_can_be_set_again() {
        let clock = Arc::new(RuntimeClock::new());
        let mut timer = Timer::new(clock.clone(), Duration::from_secs(10));
        expired(&mut timer).await;
        timer.set_after(Duration::from_secs(20));
        expired(&mut timer).await;
        assert_eq!(elapsed(&*clock), Duration::from_secs(30));
    }
}
