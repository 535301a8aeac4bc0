//! Whether to try to reach the database now: after a failure one thread tries at a time, in growing intervals, and
//! until then everybody is answered at once. A database that is away costs nothing.

use crate::StorageSettings;
use kernel::Monotonic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Pause after the first failure; it doubles with each that follows, up to `postgres_reconnect_max_ms`.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Guards the way to a database.
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Whether `state` holds a failure: read on the way of every request, without the lock.
    down: AtomicBool,
    migrated: AtomicBool,
    /// Changes whenever a connection is found cut: the others are then looked at before they are used.
    cuts: AtomicU64,
    pause_max: Duration,
    /// How long an attempt may take: for this time nobody else tries.
    attempt: Duration,
}

struct State {
    pause: Duration,
    retry_at: Option<Monotonic>,
    reason: String,
}

impl Gate {
    /// Open.
    pub(crate) fn new(settings: &StorageSettings) -> Self {
        Self {
            state: Mutex::new(State { pause: FIRST_PAUSE, retry_at: None, reason: String::new() }),
            down: AtomicBool::new(false),
            migrated: AtomicBool::new(false),
            cuts: AtomicU64::new(0),
            pause_max: Duration::from_millis(settings.postgres_reconnect_max_ms).max(FIRST_PAUSE),
            attempt: Duration::from_secs(settings.postgres_connect_within_s.into()),
        }
    }

    /// Why nobody need ask now, if so.
    pub(crate) fn closed(&self, now: Monotonic) -> Option<String> {
        if !self.down.load(Relaxed) {
            return None;
        }
        let state = self.lock();
        state.retry_at.is_some_and(|at| now < at).then(|| state.reason.clone())
    }

    /// Lets a thread try to connect, and after a failure only this one for as long as an attempt may take.
    pub(super) fn enter(&self, now: Monotonic) -> Result<(), String> {
        let mut state = self.lock();
        match state.retry_at {
            Some(at) if now < at => Err(state.reason.clone()),
            Some(_) => {
                state.retry_at = Some(now.plus(self.attempt));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The database cannot be reached: whether that is news, and the pause until the next attempt.
    pub(super) fn failed(&self, now: Monotonic, reason: String) -> (bool, Duration) {
        let mut state = self.lock();
        let pause = state.pause;
        state.retry_at = Some(now.plus(pause));
        state.pause = pause.saturating_mul(2).min(self.pause_max);
        state.reason = reason;
        (!self.down.swap(true, Relaxed), pause)
    }

    /// The database was reached: whether that is news after a failure.
    pub(super) fn reached(&self) -> bool {
        let mut state = self.lock();
        state.pause = FIRST_PAUSE;
        state.retry_at = None;
        self.down.swap(false, Relaxed)
    }

    /// The migrations ran.
    pub(super) fn migrated(&self) {
        self.migrated.store(true, Relaxed);
    }

    /// Whether the migrations ran.
    pub(super) fn is_migrated(&self) -> bool {
        self.migrated.load(Relaxed)
    }

    /// A connection was found cut.
    pub(super) fn cut(&self) {
        self.cuts.fetch_add(1, Relaxed);
    }

    /// How often a connection was found cut.
    pub(super) fn cuts(&self) -> u64 {
        self.cuts.load(Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, ManualClock, Timestamp};

    #[test]
    fn after_a_failure_one_tries_at_a_time_and_pauses_grow() {
        let clock = ManualClock::new(Timestamp(0));
        let settings = StorageSettings { postgres_reconnect_max_ms: 150, ..StorageSettings::default() };
        let gate = Gate::new(&settings);
        assert!(gate.enter(clock.monotonic()).is_ok() && gate.enter(clock.monotonic()).is_ok());

        let failed = |reason: &str| {
            let (news, pause) = gate.failed(clock.monotonic(), reason.into());
            (news, pause.as_millis())
        };
        let failures = [(); 4].map(|()| failed("refused"));
        assert_eq!(failures, [(true, 50), (false, 100), (false, 150), (false, 150)]);
        assert_eq!(gate.closed(clock.monotonic()), Some("refused".into()));
        assert_eq!(gate.enter(clock.monotonic()), Err("refused".into()));

        clock.advance(Duration::from_millis(150));
        assert_eq!(gate.closed(clock.monotonic()), None);
        assert!(gate.enter(clock.monotonic()).is_ok(), "the first may try");
        assert!(gate.enter(clock.monotonic()).is_err(), "the second may not, while the first does");

        assert!(gate.reached(), "that is news");
        assert!(!gate.reached(), "and then no more");
        assert!(gate.enter(clock.monotonic()).is_ok() && gate.closed(clock.monotonic()).is_none());
        assert_eq!(failed(""), (true, 50));
    }
}
