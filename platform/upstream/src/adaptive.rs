//! An adaptive limit of requests at once: what does not fit is shed at the door, before it makes everybody slow.

mod gate;
mod settings;

#[cfg(test)]
mod tests;

pub(crate) use gate::Gate;
pub use settings::AdaptiveSettings;

use crate::timeline::Timeline;
use kernel::Clock;
use std::sync::Arc;
use std::time::Duration;

/// Limits the requests at once by the latency they see (the gradient algorithm of Netflix's concurrency-limits).
///
/// While answers take as long as they usually do, the limit grows by the square root of itself a window; when they
/// take longer, because they queue somewhere, it shrinks in proportion; when requests are dropped for overload, it is
/// cut by a tenth at least. It never leaves its bounds, and does not grow while it is not used. The "usual" latency is
/// a slow average, which comes down quickly when answers get faster. Answers below `slow_from_ms` are never slow.
///
/// A request costs three additions to shared counts; the limit is computed once a window by the thread that
/// ends it. Who is exempt (health checks, the admin port) does not ask.
#[derive(Debug)]
pub struct AdaptiveLimit {
    settings: AdaptiveSettings,
    timeline: Timeline,
    gate: Gate,
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
        Self { gate: Gate::new(&settings, timeline.now()), settings, timeline }
    }

    /// Lets a request in, or sheds it (`None`).
    #[must_use]
    pub fn try_enter(self: &Arc<Self>) -> Option<Admission> {
        self.gate.try_enter().then(|| Admission(self.clone()))
    }

    /// Requests that may be in flight now.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.gate.limit()
    }

    /// Requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.gate.in_flight()
    }

    /// Requests shed.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.gate.shed()
    }

    /// The latency that counts as usual; `None` before the first window has ended.
    #[must_use]
    pub fn usual_latency(&self) -> Option<Duration> {
        self.gate.usual_latency()
    }
}

/// A request that was let in. Dropped, it counts as [`Admitted::Ignored`].
#[derive(Debug)]
pub struct Admission(Arc<AdaptiveLimit>);

impl Admission {
    /// Says what became of it.
    pub fn finish(self, admitted: Admitted) {
        self.0.gate.observe(admitted, &self.0.settings, self.0.timeline.now());
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.0.gate.leave();
    }
}
