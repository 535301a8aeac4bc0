//! An adaptive limit of requests at once: what does not fit is shed at the door, before it makes everybody slow.

mod settings;

#[cfg(test)]
mod tests;

pub use settings::AdaptiveSettings;

use crate::timeline::{Timeline, nanos};
use kernel::Clock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// Limits the requests at once by the latency they see (the gradient algorithm of Netflix's concurrency-limits).
///
/// While answers take as long as they usually do, the limit grows by the square root of itself a window; when they
/// take longer, because they queue somewhere, it shrinks in proportion; when requests are dropped for overload, it is
/// cut by a tenth at least. It never leaves its bounds, and does not grow while it is not used. The "usual" latency is
/// a slow average, which comes down quickly when answers get faster.
///
/// A request costs three additions to shared counts; the limit is computed once a window by the thread that
/// ends it. Who is exempt (health checks, the admin port) does not ask.
#[derive(Debug)]
pub struct AdaptiveLimit {
    settings: AdaptiveSettings,
    timeline: Timeline,
    limit: AtomicU32,
    in_flight: AtomicU32,
    shed: AtomicU64,
    window: Samples,
    window_ends_ns: AtomicU64,
    /// Locked by the thread that ends a window, and never waited for.
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

/// What became of an admitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It was answered in this time.
    Answered(Duration),
    /// It was dropped for overload further on: a deadline passed, a queue was full, a 503 came.
    Dropped,
    /// Its time says nothing: a stream, an upgrade, a client that went away.
    Ignored,
}

impl AdaptiveLimit {
    /// Begins with the initial limit.
    #[must_use]
    pub fn new(settings: AdaptiveSettings, clock: Arc<dyn Clock>) -> Self {
        let timeline = Timeline::new(clock);
        let initial = settings.initial.clamp(settings.min(), settings.max());
        let ends = timeline.now().plus_ms(settings.window_ms);
        Self {
            limit: AtomicU32::new(initial),
            in_flight: AtomicU32::new(0),
            shed: AtomicU64::new(0),
            window: Samples::default(),
            window_ends_ns: AtomicU64::new(ends.0),
            usual: Mutex::new(Usual { latency_ns: None, limit: f64::from(initial) }),
            settings,
            timeline,
        }
    }

    /// Lets a request in, or sheds it (`None`).
    #[must_use]
    pub fn try_enter(self: &Arc<Self>) -> Option<Admission> {
        let limit = self.limit.load(Relaxed);
        let admit = |now| (now < limit).then_some(now + 1);
        match self.in_flight.fetch_update(Relaxed, Relaxed, admit) {
            Ok(before) => {
                self.window.saw_in_flight(before + 1);
                Some(Admission(self.clone()))
            }
            Err(_) => {
                self.shed.fetch_add(1, Relaxed);
                None
            }
        }
    }

    /// Requests that may be in flight now.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.load(Relaxed)
    }

    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Relaxed)
    }

    /// Requests shed.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.shed.load(Relaxed)
    }

    fn observe(&self, admitted: Admitted) {
        match admitted {
            Admitted::Ignored => return,
            Admitted::Dropped => self.window.dropped.fetch_add(1, Relaxed),
            Admitted::Answered(latency) => {
                self.window.latency_ns.fetch_add(nanos(latency), Relaxed);
                self.window.count.fetch_add(1, Relaxed)
            }
        };
        let now = self.timeline.now();
        if now.0 >= self.window_ends_ns.load(Relaxed) && self.window.is_enough(&self.settings) {
            match self.usual.try_lock() {
                Ok(mut usual) => self.end_window(&mut usual),
                Err(TryLockError::Poisoned(poisoned)) => self.end_window(&mut poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
    }

    fn end_window(&self, usual: &mut Usual) {
        let now = self.timeline.now();
        if now.0 < self.window_ends_ns.load(Relaxed) {
            return;
        }
        self.window_ends_ns.store(now.plus_ms(self.settings.window_ms).0, Relaxed);
        let window = self.window.take(self.in_flight());
        usual.adapt(&window, &self.settings);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "kept within u32 bounds"
        )]
        self.limit.store(usual.limit as u32, Relaxed);
    }

    /// The latency that counts as usual; `None` before the first window has ended.
    #[must_use]
    pub fn usual_latency(&self) -> Option<Duration> {
        let usual = self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        usual.latency_ns.map(|nanos| Duration::from_secs_f64(nanos / 1e9))
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
        // Faster answers are the better measure, and are believed sooner.
        let smoothing = if latency < usual { 5.0 } else { f64::from(settings.memory_windows.max(1)) };
        self.latency_ns = Some(usual + (latency - usual) / smoothing);
        (tolerated / latency).clamp(0.5, 1.0)
    }
}

/// A request that was let in. Dropped, it counts as [`Admitted::Ignored`].
#[derive(Debug)]
pub struct Admission(Arc<AdaptiveLimit>);

impl Admission {
    /// Says what became of it.
    pub fn finish(self, admitted: Admitted) {
        self.0.observe(admitted);
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}
