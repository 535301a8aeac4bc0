//! A door with an adaptive limit. The settings come with every call, since those of a service may change.

use super::{AdaptiveSettings, Admitted};
use crate::timeline::{Moment, nanos};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// How many may be in, how many are, and what was learnt from those that left.
#[derive(Debug)]
pub(crate) struct Gate {
    limit: AtomicU32,
    in_flight: AtomicU32,
    shed: AtomicU64,
    window: Samples,
    window_ends_ns: AtomicU64,
    /// Locked by the thread that ends a window, which never waits for it, and when settings change.
    usual: Mutex<Usual>,
}

/// Sums over the window under way. A sample may fall into the next one; each is counted once.
#[derive(Debug, Default)]
struct Samples {
    latency_ns: AtomicU64,
    count: AtomicU64,
    dropped: AtomicU64,
    in_flight_most: AtomicU32,
}

#[derive(Debug)]
struct Usual {
    latency_ns: Option<f64>,
    limit: f64,
}

impl Gate {
    /// Begins with the initial limit.
    pub(crate) fn new(settings: &AdaptiveSettings, now: Moment) -> Self {
        let initial = settings.initial.clamp(settings.min(), settings.max());
        Self {
            limit: AtomicU32::new(initial),
            in_flight: AtomicU32::new(0),
            shed: AtomicU64::new(0),
            window: Samples::default(),
            window_ends_ns: AtomicU64::new(now.plus_ms(settings.window_ms).0),
            usual: Mutex::new(Usual { latency_ns: None, limit: f64::from(initial) }),
        }
    }

    /// Lets a request in, or sheds it. Each that was let in is taken out by one [`Gate::leave`].
    pub(crate) fn try_enter(&self) -> bool {
        let limit = self.limit.load(Relaxed);
        let admit = |now| (now < limit).then_some(now + 1);
        match self.in_flight.fetch_update(Relaxed, Relaxed, admit) {
            Ok(before) => {
                self.window.saw_in_flight(before + 1);
                true
            }
            Err(_) => {
                self.shed.fetch_add(1, Relaxed);
                false
            }
        }
    }

    /// Takes a request out.
    pub(crate) fn leave(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    /// Learns from what became of a request.
    pub(crate) fn observe(&self, admitted: Admitted, settings: &AdaptiveSettings, now: Moment) {
        match admitted {
            Admitted::Ignored => return,
            Admitted::Dropped => self.window.dropped.fetch_add(1, Relaxed),
            Admitted::Answered(latency) => {
                self.window.latency_ns.fetch_add(nanos(latency), Relaxed);
                self.window.count.fetch_add(1, Relaxed)
            }
        };
        if now.0 >= self.window_ends_ns.load(Relaxed) && self.window.is_enough(settings) {
            match self.usual.try_lock() {
                Ok(mut usual) => self.end_window(&mut usual, settings, now),
                Err(TryLockError::Poisoned(poisoned)) => {
                    self.end_window(&mut poisoned.into_inner(), settings, now);
                }
                Err(TryLockError::WouldBlock) => {}
            }
        }
    }

    fn end_window(&self, usual: &mut Usual, settings: &AdaptiveSettings, now: Moment) {
        if now.0 < self.window_ends_ns.load(Relaxed) {
            return;
        }
        self.window_ends_ns.store(now.plus_ms(settings.window_ms).0, Relaxed);
        let window = self.window.take(self.in_flight());
        usual.adapt(&window, settings);
        self.publish(usual);
    }

    fn publish(&self, usual: &Usual) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "kept within u32 bounds"
        )]
        self.limit.store(usual.limit as u32, Relaxed);
    }

    /// Other bounds hold from now on; what was learnt stays.
    pub(crate) fn configure(&self, settings: &AdaptiveSettings) {
        let mut usual = self.usual();
        usual.limit = usual.limit.clamp(f64::from(settings.min()), f64::from(settings.max()));
        self.publish(&usual);
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.load(Relaxed)
    }

    pub(crate) fn in_flight(&self) -> u32 {
        self.in_flight.load(Relaxed)
    }

    pub(crate) fn shed(&self) -> u64 {
        self.shed.load(Relaxed)
    }

    /// The latency that counts as usual; `None` before the first window has ended.
    pub(crate) fn usual_latency(&self) -> Option<Duration> {
        self.usual().latency_ns.map(|nanos| Duration::from_secs_f64(nanos / 1e9))
    }

    fn usual(&self) -> MutexGuard<'_, Usual> {
        self.usual.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One window.
struct Window {
    latency_ns: Option<f64>,
    dropped: bool,
    in_flight_most: f64,
}

impl Samples {
    fn saw_in_flight(&self, in_flight: u32) {
        // Written only where it is new, so that the workers do not fight for the line.
        if in_flight > self.in_flight_most.load(Relaxed) {
            self.in_flight_most.fetch_max(in_flight, Relaxed);
        }
    }

    fn is_enough(&self, settings: &AdaptiveSettings) -> bool {
        let seen = self.count.load(Relaxed) + self.dropped.load(Relaxed);
        seen >= u64::from(settings.samples_min.max(1))
    }

    #[expect(clippy::cast_precision_loss, reason = "an average needs no more than 53 bits")]
    fn take(&self, in_flight: u32) -> Window {
        let (count, sum) = (self.count.swap(0, Relaxed), self.latency_ns.swap(0, Relaxed));
        Window {
            latency_ns: (count > 0).then(|| (sum as f64 / count as f64).max(1.0)),
            dropped: self.dropped.swap(0, Relaxed) > 0,
            in_flight_most: f64::from(self.in_flight_most.swap(in_flight, Relaxed).max(in_flight)),
        }
    }
}

impl Usual {
    fn adapt(&mut self, window: &Window, settings: &AdaptiveSettings) {
        let gradient = self.gradient(window, settings);
        let grown =
            self.limit * gradient + if gradient < 1.0 || window.dropped { 0.0 } else { self.limit.sqrt() };
        let next = if window.dropped { grown.min(self.limit * 0.9) } else { grown };
        // Nothing is learnt about a limit that nobody comes near.
        if next > self.limit && window.in_flight_most < self.limit / 2.0 {
            return;
        }
        self.limit = next.clamp(f64::from(settings.min()), f64::from(settings.max()));
    }

    /// How the usual latency compares to the window's: 1 as usual or better, less when slower, 0.5 at the least.
    fn gradient(&mut self, window: &Window, settings: &AdaptiveSettings) -> f64 {
        let Some(latency) = window.latency_ns else { return 1.0 };
        let usual = self.latency_ns.unwrap_or(latency);
        let tolerated = usual * (1.0 + f64::from(settings.tolerance_percent) / 100.0);
        let tolerated = tolerated.max(f64::from(settings.slow_from_ms) * 1e6);
        // Faster answers are the better measure, and are believed sooner.
        let smoothing = if latency < usual { 5.0 } else { f64::from(settings.memory_windows.max(1)) };
        self.latency_ns = Some(usual + (latency - usual) / smoothing);
        (tolerated / latency).clamp(0.5, 1.0)
    }
}
