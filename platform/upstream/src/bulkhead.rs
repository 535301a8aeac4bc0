//! The bulkhead of a service: connections in use and requests that wait for one, both bounded.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Notify;

/// Slots and waiters of one service. The bounds come with every call, since a policy may change.
///
/// The order of two words matters here. One who waits first counts itself as waiting and then looks for a slot; one who
/// leaves first gives its slot back and then looks for waiters. In the single order of `SeqCst` at least one of them
/// sees the other, so no waiter sleeps beside a free slot. A newcomer may overtake a waiter that has been woken but has
/// not run yet; that waiter goes on waiting, until its deadline at the longest.
#[derive(Debug, Default)]
pub(crate) struct Bulkhead {
    in_use: AtomicU32,
    waiting: AtomicU32,
    freed: Notify,
}

/// Why there is no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSlot {
    /// As many wait as may.
    Full,
    /// None came free in time.
    TimedOut,
}

impl Bulkhead {
    /// Takes a slot if one is free. Each slot taken is given back by one [`Bulkhead::leave`].
    pub(crate) fn try_enter(&self, connections_max: u32) -> bool {
        bounded_increment(&self.in_use, connections_max)
    }

    /// Waits for a slot, `wait` at the longest. Dropping the future leaves nothing behind.
    pub(crate) async fn enter(
        &self,
        connections_max: impl Fn() -> u32,
        waiting_max: u32,
        wait: Duration,
    ) -> Result<(), NoSlot> {
        if !bounded_increment(&self.waiting, waiting_max) {
            return Err(NoSlot::Full);
        }
        let _waiting = Waiting(&self.waiting);
        let turn = async {
            loop {
                let mut freed = pin!(self.freed.notified());
                // Registered before the look, so that a slot freed in between wakes us.
                freed.as_mut().enable();
                if self.try_enter(connections_max()) {
                    return;
                }
                freed.await;
            }
        };
        within(wait, turn).await.ok_or(NoSlot::TimedOut)
    }

    /// Gives a slot back.
    pub(crate) fn leave(&self) {
        self.in_use.fetch_sub(1, SeqCst);
        if self.waiting.load(SeqCst) > 0 {
            self.freed.notify_one();
        }
    }

    /// Lets all waiters look again, after the bounds have changed.
    pub(crate) fn look_again(&self) {
        self.freed.notify_waiters();
    }

    pub(crate) fn in_use(&self) -> u32 {
        self.in_use.load(Relaxed)
    }

    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Relaxed)
    }
}

async fn within<T>(wait: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(wait, work).await.ok()
}

/// Counts up unless that would pass `max`.
fn bounded_increment(count: &AtomicU32, max: u32) -> bool {
    count.fetch_update(SeqCst, SeqCst, |now| (now < max).then_some(now + 1)).is_ok()
}

struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
