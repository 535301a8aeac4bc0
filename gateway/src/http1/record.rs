//! What is remembered of a request while it is answered, for its context and for whoever watches.

use crate::http1::exchange::{Exchange, Observer};
use crate::http1::route::Router;
use crate::http1::worker::{Application, Worker};
use crate::http1::{RequestHead, ServedBy, Version};
use crate::parallel::Tap;
use kernel::{Context, Deadline, Monotonic, RequestId, Timestamp, TraceContext};
use std::borrow::Cow;
use std::sync::Arc;
use telemetry::Side;

/// A request under way.
pub(crate) struct Record {
    pub(crate) request_id: RequestId,
    pub(crate) trace: TraceContext,
    /// Whether the client began the trace.
    pub(crate) trace_is_theirs: bool,
    pub(crate) started: Monotonic,
    /// The same moment on the wall.
    pub(crate) started_at: Timestamp,
    /// When the last byte of the answer was sent, where that was looked at already.
    pub(crate) ended: Option<Monotonic>,
    /// The head, as it came; empty when it could not be read.
    pub(crate) head: Vec<u8>,
    method: Cow<'static, str>,
    path: Path,
    pub(crate) route: Option<Arc<str>>,
    pub(crate) module: Option<Arc<str>>,
    pub(crate) version: Version,
    pub(crate) is_head: bool,
    pub(crate) request_body_bytes: u64,
    pub(crate) served_by: ServedBy,
    /// The side that was chosen, where it is counted.
    pub(crate) side: Option<Side>,
    /// A `Set-Cookie` of the gateway's own.
    pub(crate) set_cookie: Option<Box<str>>,
    /// What is kept for the other side to be asked the same; `None` for most requests.
    pub(crate) tap: Option<Box<Tap>>,
}

/// The path of a request.
enum Path {
    /// The head could not be read.
    Unknown,
    /// The one of an absolute-form target without any.
    Root,
    Within(Part),
}

/// Where a text stands within a head: what is remembered of a head while its bytes lie elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    start: usize,
    end: usize,
}

impl Part {
    /// `None` for a text that is no part of the head.
    pub(crate) fn of(head: &[u8], text: &str) -> Option<Self> {
        let start = text.as_ptr().addr().checked_sub(head.as_ptr().addr())?;
        let end = start + text.len();
        (end <= head.len()).then_some(Self { start, end })
    }

    /// The text.
    pub(crate) fn within(self, head: &[u8]) -> &[u8] {
        head.get(self.start..self.end).unwrap_or_default()
    }
}

/// What became of the answer.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) body_bytes: u64,
    pub(crate) complete: bool,
}

impl Record {
    /// Starts a request of which nothing is known yet.
    pub(crate) fn start<A: Application, R: Router, O: Observer>(worker: &Worker<A, R, O>) -> Self {
        let (started_at, started) = worker.moments.now(&*worker.clock);
        let (request_id, trace) = worker.random.ids(started_at);
        Self {
            request_id,
            trace,
            started,
            started_at,
            ended: None,
            trace_is_theirs: false,
            head: Vec::new(),
            method: Cow::Borrowed(""),
            path: Path::Unknown,
            route: None,
            module: None,
            version: Version::Http11,
            is_head: false,
            request_body_bytes: 0,
            served_by: ServedBy::default(),
            side: None,
            set_cookie: None,
            tap: None,
        }
    }

    /// Takes over what the head says.
    pub(crate) fn take_head<A: Application, R: Router, O: Observer>(
        &mut self,
        head: &RequestHead<'_>,
        worker: &Worker<A, R, O>,
    ) {
        if let Some(caller) = head.traceparent.and_then(TraceContext::parse) {
            self.trace = caller.child(&worker.random);
            self.trace_is_theirs = true;
        }
        self.method = method(head.method);
        self.path = Part::of(head.raw, head.target.path).map_or(Path::Root, Path::Within);
        self.version = head.version;
        self.is_head = head.method == "HEAD";
    }

    /// The method, as it came.
    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    /// The time on the wall at `moment`, which lies behind the start, without a look at the clock.
    pub(crate) fn at(&self, moment: Monotonic) -> Timestamp {
        self.started_at.plus(moment.since(self.started))
    }

    /// The context that travels with the request.
    pub(crate) fn context<A: Application, R: Router, O: Observer>(
        &self,
        worker: &Worker<A, R, O>,
    ) -> Context {
        Context {
            request_id: self.request_id,
            trace: self.trace,
            principal: None,
            deadline: Deadline::after(&*worker.clock, worker.waits.request),
            dry_run: None,
        }
    }

    /// Tells the observer; gives the moment, for whoever waits next.
    pub(crate) fn finish<A: Application, R: Router, O: Observer>(
        &self,
        worker: &Worker<A, R, O>,
        remote: Option<&str>,
        outcome: Outcome,
    ) -> Monotonic {
        let now = self.ended.unwrap_or_else(|| worker.clock.monotonic());
        worker.observer.finished(&Exchange {
            at: self.at(now),
            method: &self.method,
            path: match self.path {
                Path::Unknown => b"",
                Path::Root => b"/",
                Path::Within(part) => part.within(&self.head),
            },
            route: self.route.as_deref(),
            module: self.module.as_deref(),
            status: outcome.status,
            duration: now.since(self.started),
            request_body_bytes: self.request_body_bytes,
            response_body_bytes: outcome.body_bytes,
            complete: outcome.complete,
            request_id: self.request_id,
            trace: self.trace,
            remote,
            side: self.side,
            served_by: &self.served_by,
        });
        now
    }
}

/// The usual ones without a copy.
fn method(name: &str) -> Cow<'static, str> {
    const USUAL: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    let usual = USUAL.into_iter().find(|usual| *usual == name);
    usual.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}
