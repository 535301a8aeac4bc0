//! A fixed rate of requests: when the next is due, and a timer of the kernel that says so to the microsecond.

use crate::error::BenchError;
use kernel::Monotonic;
use rustix::fd::OwnedFd;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::time::Duration;

/// Requests at equal distances.
pub(super) struct Pace {
    every: Duration,
    next: Monotonic,
    timer: OwnedFd,
}

impl Pace {
    /// So many a second, beginning now.
    pub(super) fn new(rate_per_s: f64, now: Monotonic) -> Result<Self, BenchError> {
        let failed = BenchError::system("make a timer");
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)
            .map_err(failed)?;
        Ok(Self { every: Duration::from_secs_f64(1.0 / rate_per_s), next: now, timer })
    }

    /// What becomes readable when the next request is due. To be watched edge-triggered: nobody reads it.
    pub(super) fn timer(&self) -> &OwnedFd {
        &self.timer
    }

    /// The moment of a request that is due.
    pub(super) fn due(&self, now: Monotonic) -> Option<Monotonic> {
        (self.next <= now).then_some(self.next)
    }

    /// That request was sent.
    pub(super) fn step(&mut self) {
        self.next = self.next.plus(self.every);
    }

    /// The next one is due now.
    pub(super) fn restart(&mut self, now: Monotonic) {
        self.next = now;
    }

    /// Lets the timer say when the next one is due.
    pub(super) fn arm(&self, now: Monotonic) -> Result<(), BenchError> {
        // A time of zero would stop the timer.
        let left = self.next.since(now).max(Duration::from_nanos(1));
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let once = Itimerspec { it_interval: zero, it_value: Timespec::try_from(left).unwrap_or(zero) };
        let failed = BenchError::system("set a timer");
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once).map(drop).map_err(failed)
    }
}
