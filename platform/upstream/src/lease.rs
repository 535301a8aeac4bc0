//! A connection in use.

use crate::instance::InFlight;
use crate::pool::Shelf;
use crate::service::Entry;
use crate::{Instance, Outcome, Service};
use kernel::Monotonic;
use std::rc::Rc;
use std::sync::Arc;
use tokio::net::TcpStream;

/// A connection in use by one exchange, counted as in flight until it is finished or dropped. Dropped, the connection
/// is closed, and nothing is said of the instance unless [`Lease::report`] has.
#[derive(Debug)]
pub struct Lease {
    stream: TcpStream,
    reused: bool,
    entry: Entry,
    instance: InFlight,
    shelf: Rc<Shelf>,
    acquired: Monotonic,
}

impl Lease {
    pub(crate) fn new(
        stream: TcpStream,
        reused: bool,
        entry: Entry,
        instance: InFlight,
        shelf: Rc<Shelf>,
        acquired: Monotonic,
    ) -> Self {
        Self { stream, reused, entry, instance, shelf, acquired }
    }

    /// When it was to be had.
    #[must_use]
    pub fn acquired(&self) -> Monotonic {
        self.acquired
    }

    /// The connection. `TCP_NODELAY` is set.
    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Whether it has carried an exchange before: if it breaks before the first byte of the answer, that may be the
    /// race of keep-alive ([`FailureKind::Stale`](crate::FailureKind::Stale)) and not the instance's fault.
    #[must_use]
    pub fn reused(&self) -> bool {
        self.reused
    }

    /// Who is asked.
    #[must_use]
    pub fn instance(&self) -> &Arc<Instance> {
        &self.instance.0
    }

    /// The service that is asked.
    #[must_use]
    pub fn service(&self) -> &Arc<Service> {
        &self.entry.service
    }

    /// Says how it went as soon as that is known, which is when the head of the answer is there: a long body then keeps
    /// neither the breaker nor a probe waiting. Afterwards [`Lease::finish`] counts only a failure.
    pub fn report(&mut self, outcome: Outcome, now: Monotonic) {
        let now = self.entry.service.timeline.at(now);
        self.entry.record(Some(&self.instance.0), outcome, now);
    }

    /// Ends the exchange. `keep`: request and answer are whole, nothing is left to read, and neither side has asked for
    /// the connection to close; it may then serve another request. It is closed all the same after an outcome
    /// other than [`Outcome::Answered`], and if its instance has gone.
    pub fn finish(self, outcome: Outcome, keep: bool) {
        let now = self.entry.service.timeline.clock().monotonic();
        self.finish_at(outcome, keep, now);
    }

    /// The same, for whoever has looked at the clock already.
    pub fn finish_at(mut self, outcome: Outcome, keep: bool, now: Monotonic) {
        let now = self.entry.service.timeline.at(now);
        self.entry.record(Some(&self.instance.0), outcome, now);
        if keep && matches!(outcome, Outcome::Answered { .. }) {
            self.shelf.put(&self.instance.0, self.stream, now);
        }
    }
}
