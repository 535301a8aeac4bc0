//! The circuit breaker of a service: closed, open, half-open; by itself or forced by a person.

mod window;

#[cfg(test)]
mod tests;

use crate::BreakerPolicy;
use crate::outcome::Verdict;
use crate::timeline::Moment;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use window::Window;

/// What a breaker does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerState {
    /// Lets all through.
    Closed,
    /// Refuses all.
    Open,
    /// Lets a few through, to see.
    HalfOpen,
}

/// What a person wants of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerForce {
    /// Refuse all requests.
    Open,
    /// Let all through, whatever happens.
    Closed,
    /// Decide by itself.
    Auto,
}

/// The right to ask the service once. Every permit is given back by [`Breaker::record`], so that probes are never lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Given while closed; its result counts in the window.
    Usual,
    /// One of the probes of the half-open phase that began at this millisecond.
    Probe(u64),
    /// Given because a person said so, or because the breaker is off: its result says nothing.
    Uncounted,
}

/// What a result has made of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    Opened,
    Closed,
}

/// The breaker of one service.
///
/// Its whole state is one word, moved by compare-and-swap, so that no two threads can both open it, or both take the
/// last probe. The window beside it is a statistic: a result may fall into it a moment after the state has moved on.
#[derive(Debug)]
pub(crate) struct Breaker {
    word: AtomicU64,
    force: AtomicU8,
    window: Window,
    opened: AtomicU64,
}

/// The word, unpacked: two bits of phase, 42 of milliseconds, ten each of probes under way and probes that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phase {
    state: BreakerState,
    since_ms: u64,
    under_way: u64,
    succeeded: u64,
}

const MILLIS_MASK: u64 = (1 << 42) - 1;
const PROBES_MASK: u64 = (1 << 10) - 1;

impl Phase {
    fn new(state: BreakerState, now: Moment) -> Self {
        Self { state, since_ms: now.millis() & MILLIS_MASK, under_way: 0, succeeded: 0 }
    }

    fn pack(self) -> u64 {
        let tag = match self.state {
            BreakerState::Closed => 0,
            BreakerState::Open => 1,
            BreakerState::HalfOpen => 2,
        };
        tag | self.since_ms << 2 | self.under_way << 44 | self.succeeded << 54
    }

    fn unpack(word: u64) -> Self {
        let state = match word & 3 {
            0 => BreakerState::Closed,
            1 => BreakerState::Open,
            _ => BreakerState::HalfOpen,
        };
        let since_ms = word >> 2 & MILLIS_MASK;
        Self { state, since_ms, under_way: word >> 44 & PROBES_MASK, succeeded: word >> 54 & PROBES_MASK }
    }

    /// The phase after one more request is let through, and its permit; `None` refuses it.
    fn admit(self, policy: &BreakerPolicy, now: Moment) -> Option<(Self, Permit)> {
        let waited = now.millis().saturating_sub(self.since_ms) >= policy.open_ms;
        match self.state {
            BreakerState::Closed => Some((self, Permit::Usual)),
            // Probes that have not come back for so long hold no others up.
            BreakerState::Open | BreakerState::HalfOpen if waited => {
                let phase = Self { under_way: 1, ..Self::new(BreakerState::HalfOpen, now) };
                Some((phase, Permit::Probe(phase.since_ms)))
            }
            BreakerState::HalfOpen if self.under_way + self.succeeded < u64::from(policy.probes) => {
                Some((Self { under_way: self.under_way + 1, ..self }, Permit::Probe(self.since_ms)))
            }
            BreakerState::Open | BreakerState::HalfOpen => None,
        }
    }

    /// The phase after a probe came back.
    fn settle(self, verdict: Verdict, policy: &BreakerPolicy, now: Moment) -> Self {
        let under_way = self.under_way.saturating_sub(1);
        match verdict {
            Verdict::Failure => Self::new(BreakerState::Open, now),
            Verdict::Neither => Self { under_way, ..self },
            Verdict::Success if self.succeeded + 1 >= u64::from(policy.probes) => {
                Self::new(BreakerState::Closed, now)
            }
            Verdict::Success => Self { under_way, succeeded: self.succeeded + 1, ..self },
        }
    }
}

impl Breaker {
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            word: AtomicU64::new(Phase::new(BreakerState::Closed, now).pack()),
            force: AtomicU8::new(0),
            window: Window::default(),
            opened: AtomicU64::new(0),
        }
    }

    /// What it would do with a request now. Open for long enough counts as half-open.
    pub(crate) fn state(&self, policy: &BreakerPolicy, now: Moment) -> BreakerState {
        match self.forced() {
            BreakerForce::Open => BreakerState::Open,
            BreakerForce::Closed => BreakerState::Closed,
            BreakerForce::Auto if !policy.enabled => BreakerState::Closed,
            BreakerForce::Auto => {
                let phase = Phase::unpack(self.word.load(Relaxed));
                let opens = phase.state == BreakerState::Open && phase.admit(policy, now).is_some();
                if opens { BreakerState::HalfOpen } else { phase.state }
            }
        }
    }

    /// Asks for the right to send one request.
    pub(crate) fn permit(&self, policy: &BreakerPolicy, now: Moment) -> Option<Permit> {
        match self.forced() {
            BreakerForce::Open => return None,
            BreakerForce::Closed => return Some(Permit::Uncounted),
            BreakerForce::Auto if !policy.enabled => return Some(Permit::Uncounted),
            BreakerForce::Auto => {}
        }
        let mut word = self.word.load(Relaxed);
        loop {
            let (next, permit) = Phase::unpack(word).admit(policy, now)?;
            if permit == Permit::Usual {
                return Some(permit);
            }
            match self.word.compare_exchange_weak(word, next.pack(), Relaxed, Relaxed) {
                Ok(_) => return Some(permit),
                Err(current) => word = current,
            }
        }
    }

    /// Whether a request would be refused now; takes no probe.
    pub(crate) fn refuses(&self, policy: &BreakerPolicy, now: Moment) -> bool {
        match self.forced() {
            BreakerForce::Open => true,
            BreakerForce::Closed => false,
            BreakerForce::Auto if !policy.enabled => false,
            BreakerForce::Auto => Phase::unpack(self.word.load(Relaxed)).admit(policy, now).is_none(),
        }
    }

    /// Gives a permit back with what came of it. Says whether this made the breaker open or close.
    pub(crate) fn record(
        &self,
        permit: Permit,
        verdict: Verdict,
        policy: &BreakerPolicy,
        now: Moment,
    ) -> Option<Moved> {
        match permit {
            Permit::Uncounted => None,
            Permit::Usual => self.count(verdict, policy, now),
            Permit::Probe(since_ms) => self.settle(since_ms, verdict, policy, now),
        }
    }

    fn count(&self, verdict: Verdict, policy: &BreakerPolicy, now: Moment) -> Option<Moved> {
        let word = self.word.load(Relaxed);
        // Results of before it opened would count against what comes after.
        if verdict == Verdict::Neither || Phase::unpack(word).state != BreakerState::Closed {
            return None;
        }
        let failed = verdict == Verdict::Failure;
        self.window.add(failed, policy.window_ms, now);
        let trips = failed && self.has_tripped(policy, now);
        trips.then(|| self.swap(word, Phase::new(BreakerState::Open, now))).flatten()
    }

    fn has_tripped(&self, policy: &BreakerPolicy, now: Moment) -> bool {
        let (total, failures) = self.window.sum(policy.window_ms, now);
        total >= u64::from(policy.volume_min) && failures * 100 >= total * u64::from(policy.failure_percent)
    }

    fn settle(&self, since_ms: u64, verdict: Verdict, policy: &BreakerPolicy, now: Moment) -> Option<Moved> {
        let mut word = self.word.load(Relaxed);
        loop {
            let phase = Phase::unpack(word);
            // A probe of an earlier phase says nothing of this one.
            if phase.state != BreakerState::HalfOpen || phase.since_ms != since_ms {
                return None;
            }
            let next = phase.settle(verdict, policy, now);
            match self.word.compare_exchange_weak(word, next.pack(), Relaxed, Relaxed) {
                Ok(_) => return self.moved(next.state),
                Err(current) => word = current,
            }
        }
    }

    fn swap(&self, from: u64, to: Phase) -> Option<Moved> {
        self.word.compare_exchange(from, to.pack(), Relaxed, Relaxed).ok()?;
        self.moved(to.state)
    }

    /// After the word has moved to `state`.
    fn moved(&self, state: BreakerState) -> Option<Moved> {
        match state {
            BreakerState::Closed => {
                self.window.clear();
                Some(Moved::Closed)
            }
            BreakerState::Open => {
                self.opened.fetch_add(1, Relaxed);
                Some(Moved::Opened)
            }
            BreakerState::HalfOpen => None,
        }
    }

    /// What a person wants of it. Forced, it counts nothing; back on `Auto` it goes on from where it was.
    pub(crate) fn force(&self, force: BreakerForce) {
        let number = match force {
            BreakerForce::Auto => 0,
            BreakerForce::Open => 1,
            BreakerForce::Closed => 2,
        };
        self.force.store(number, Relaxed);
    }

    pub(crate) fn forced(&self) -> BreakerForce {
        match self.force.load(Relaxed) {
            1 => BreakerForce::Open,
            2 => BreakerForce::Closed,
            _ => BreakerForce::Auto,
        }
    }

    /// How often it has opened.
    pub(crate) fn opened(&self) -> u64 {
        self.opened.load(Relaxed)
    }

    /// Forgets the window: its buckets mean something else under another policy.
    pub(crate) fn clear_window(&self) {
        self.window.clear();
    }

    /// Results in the window, and how many of them are failures.
    pub(crate) fn recent(&self, policy: &BreakerPolicy, now: Moment) -> (u64, u64) {
        self.window.sum(policy.window_ms, now)
    }
}
