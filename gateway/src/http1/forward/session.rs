//! One request passed on: connections had and lost, attempts, and who is told what in the end.

use crate::http1::date::DateCache;
use crate::http1::forward::desk::Desk;
use crate::http1::forward::failure::{End, Failure, calls_for_fallback, no_connection};
use crate::http1::forward::job::Job;
use crate::http1::forward::passage::Passage;
use crate::http1::forward::relay::{Broken, Relay};
use crate::http1::forward::request_head;
use crate::http1::forward::side::Peer;
use crate::http1::ids::BlockRandom;
use crate::http1::record::Record;
use crate::http1::settings::Waits;
use crate::http1::stop::StopSwitch;
use crate::http1::wire::Wire;
use crate::http1::{Framing, Refusal, ServedBy};
use kernel::{Clock, Deadline, Monotonic, Random};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use upstream::{AcquireError, Instance, Lease, Pick, Policy, Terms};

/// What of the worker a session uses.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'c> {
    pub(crate) desk: &'c Desk,
    pub(crate) clock: &'c dyn Clock,
    pub(crate) random: &'c BlockRandom,
    pub(crate) date: &'c DateCache,
    pub(crate) stop: &'c StopSwitch,
    pub(crate) waits: &'c Waits,
}

/// A request that is being passed on.
pub(crate) struct Session<'c, IO> {
    pub(crate) wire: &'c mut Wire<IO>,
    /// Memory for what the client is sent.
    pub(crate) out: &'c mut Vec<u8>,
    pub(crate) record: &'c mut Record,
    pub(crate) tools: Tools<'c>,
    pub(crate) job: &'c mut Job,
    /// Whether the client wants to keep its connection.
    pub(crate) keep: bool,
    /// What the request began by; an attempt that follows another looks again.
    terms: Terms,
    pub(crate) upload: Upload,
    /// Until when the head of an answer is of use.
    budget_end: Monotonic,
    /// Until when all of the answer is, if the policy says so.
    pub(crate) total_end: Option<Monotonic>,
}

/// The request on its way to the upstream.
pub(crate) struct Upload {
    pub(crate) relay: Relay,
    /// Where the body begins in the relay's buffer; 0 before the head is complete.
    body_at: usize,
    /// When the attempt began.
    pub(crate) begun: Monotonic,
    /// When nothing more of it was to be sent: all of it was, or the upstream takes no more.
    pub(crate) over_since: Option<Monotonic>,
}

/// What the attempts so far leave to the next.
#[derive(Default)]
struct Attempts {
    made: u32,
    tried: Vec<Arc<Instance>>,
    fresh: bool,
}

impl<'c, IO: AsyncRead + AsyncWrite + Unpin> Session<'c, IO> {
    pub(crate) fn new(
        wire: &'c mut Wire<IO>,
        out: &'c mut Vec<u8>,
        record: &'c mut Record,
        tools: Tools<'c>,
        job: &'c mut Job,
        keep: bool,
    ) -> Self {
        let terms = job.forward.service.terms();
        let policy = terms.policy();
        let (started, waits) = (record.started, tools.waits);
        let total_end = policy.timeouts.total().map(|total| started.plus(total));
        let budget_end = started.plus(waits.request);
        let mut passage = Passage::upload(job.framing);
        if let Some(tap) = &mut record.tap {
            passage.kept = tap.keep_request(job.framing);
        }
        let written = std::mem::take(&mut job.head);
        let relay = Relay::new(passage, written, waits.body_idle, policy.timeouts.idle(), started);
        let upload = Upload { relay, body_at: 0, begun: started, over_since: None };
        Self { wire, out, record, tools, job, keep, terms, upload, budget_end, total_end }
    }

    /// Passes the request on, and the answer back.
    pub(crate) async fn run(&mut self) -> End {
        self.job.forward.service.retry_budget().deposit(self.record.started);
        self.upload.relay.lend_pipe(&self.tools.desk.pipes);
        self.attempts().await
    }

    /// Gives back what was lent, and remembers what became of the request.
    pub(crate) fn end(mut self) {
        self.upload.relay.give_pipe(&self.tools.desk.pipes);
        let passage = &mut self.upload.relay.passage;
        self.record.request_body_bytes = passage.bytes;
        if let Some(tap) = &mut self.record.tap {
            tap.take_request(passage.kept.take(), passage.is_done());
        }
        self.tools.desk.buffers.give_output(self.upload.relay.out);
        self.wire.shrink();
    }

    async fn attempts(&mut self) -> End {
        let mut attempts = Attempts::default();
        loop {
            attempts.made += 1;
            if attempts.made > 1 {
                self.terms = self.job.forward.service.terms();
            }
            let mut peer = match self.acquire(&attempts).await {
                None => return End::ClientLeft,
                Some(Ok(peer)) => peer,
                Some(Err(error)) => match self.after_no_connection(error, &mut attempts).await {
                    None => continue,
                    Some(end) => return end,
                },
            };
            let now = peer.lease.acquired();
            if self.make_ready(&mut peer, now).is_err() {
                return End::Refused(Refusal::Chunking);
            }
            match self.ask(&mut peer, now).await {
                Ok(answer) => return self.answer(peer, answer).await,
                Err(failure) => match self.after_failure(failure, peer, &mut attempts).await {
                    None => {}
                    Some(end) => return end,
                },
            }
        }
    }

    /// A connection; `None` when the client left meanwhile.
    async fn acquire(&mut self, attempts: &Attempts) -> Option<Result<Peer, AcquireError>> {
        let (forward, tools) = (&self.job.forward, self.tools);
        let end = self.total_end.map_or(self.budget_end, |total| total.min(self.budget_end));
        // The first attempt begins where the request does.
        let now = if attempts.made > 1 { tools.clock.monotonic() } else { self.record.started };
        let pick = Pick {
            now,
            hash: forward.hash,
            deadline: Deadline::at(end),
            avoid: &attempts.tried,
            fresh: attempts.fresh,
        };
        let mut acquired = pin!(tools.desk.pool.acquire_by(&forward.service, &self.terms, &pick));
        let wire = &mut *self.wire;
        let lease = poll_fn(|cx| match acquired.as_mut().poll(cx) {
            Poll::Ready(lease) => Poll::Ready(Some(lease)),
            Poll::Pending => wire.poll_gone(cx).map(|()| None),
        });
        Some(lease.await?.map(Peer::new))
    }

    /// Completes the head for this instance, with what there is of the body behind it.
    fn make_ready(&mut self, peer: &mut Peer, now: Monotonic) -> Result<(), Broken> {
        let (upload, settings) = (&mut self.upload, &self.tools.desk.settings);
        let left_ms = u64::try_from(self.budget_end.since(now).as_millis());
        let budget = (!settings.deadline_field.is_empty())
            .then(|| (settings.deadline_field.as_str(), left_ms.unwrap_or(u64::MAX)));
        let instance = peer.lease.instance();
        let again = upload.body_at > 0;
        let body = if again { upload.relay.out.split_off(upload.body_at) } else { Vec::new() };
        let place = (instance.authority(), instance.base_path());
        request_head::finish(&mut upload.relay.out, &mut self.job.draft, place, budget);
        upload.body_at = upload.relay.out.len();
        upload.relay.rewind();
        (upload.begun, upload.over_since) = (now, None);
        if again {
            upload.relay.out.extend_from_slice(&body);
            return Ok(());
        }
        upload.relay.take(self.wire)
    }

    /// Nothing has been sent: another instance, the other side, or a problem.
    async fn after_no_connection(&mut self, error: AcquireError, attempts: &mut Attempts) -> Option<End> {
        if let AcquireError::Connect { instance, .. } = &error
            && self.may_spend(attempts)
        {
            attempts.tried.push(instance.clone());
            return self.back_off(attempts).await;
        }
        let fallback = self.job.forward.fallback.take().filter(|_| calls_for_fallback(&error));
        // That a breaker has opened is said once, by the breaker. What is shed is counted: a line each would add to the load.
        if !matches!(error, AcquireError::BreakerOpen { .. } | AcquireError::Shed { .. }) {
            tracing::warn!(
                request_id = %self.record.request_id,
                error = %Chain(&error),
                fallback = fallback.is_some(),
                "no connection to an upstream"
            );
        }
        Some(match fallback {
            // Another side reads the request from the client's connection: nothing of a body may have been taken from it.
            Some(verdict) if self.upload.body_at == 0 || self.job.framing == Framing::None => {
                End::Fallback(*verdict)
            }
            _ => End::Problem { problem: no_connection(&error), whole: self.upload.relay.passage.is_done() },
        })
    }

    /// Tries again where that is safe: nothing was sent; or nothing of an answer came, what was sent is all there is,
    /// and doing it twice is doing it once.
    async fn after_failure(&mut self, failure: Failure, peer: Peer, attempts: &mut Attempts) -> Option<End> {
        self.out.clear();
        let (reused, instance) = (peer.lease.reused(), peer.lease.instance().clone());
        peer.lease.finish(failure.outcome(reused), false);
        let relay = &self.upload.relay;
        let repeatable = relay.sent == 0 || (self.job.idempotent && relay.is_at_hand());
        if failure == (Failure::Closed { began: false }) && repeatable {
            // The race of keep-alive is nobody's fault and costs nothing.
            if reused && !attempts.fresh {
                attempts.fresh = true;
                return None;
            }
            if self.may_spend(attempts) {
                attempts.tried.push(instance);
                return self.back_off(attempts).await;
            }
        }
        if !matches!(failure, Failure::ClientLeft | Failure::Refused(_)) {
            let service = self.job.forward.service.name();
            let (request_id, instance) = (self.record.request_id, instance.id());
            tracing::warn!(%request_id, %service, %instance, error = %failure, "an upstream failed");
        }
        Some(failure.end(self.upload.relay.passage.is_done()))
    }

    fn may_spend(&self, attempts: &Attempts) -> bool {
        attempts.made < self.policy().retry.attempts_max && self.job.forward.service.retry_budget().try_take()
    }

    /// Waits a random part of a time that doubles with every attempt.
    async fn back_off(&mut self, attempts: &Attempts) -> Option<End> {
        let retry = &self.policy().retry;
        let doubled = retry.backoff_base_ms.saturating_mul(1 << (attempts.made - 1).min(20));
        let most_ms = doubled.min(retry.backoff_max_ms);
        let wait_ms = self.tools.random.next_u64() % most_ms.saturating_add(1);
        if wait_ms == 0 {
            return None;
        }
        self.wire.timer.set_after(Duration::from_millis(wait_ms));
        let wire = &mut *self.wire;
        poll_fn(|cx| match wire.poll_gone(cx) {
            Poll::Ready(()) => Poll::Ready(Some(End::ClientLeft)),
            Poll::Pending => wire.timer.poll_expired(cx).map(|()| None),
        })
        .await
    }

    pub(crate) fn policy(&self) -> &Policy {
        self.terms.policy()
    }

    /// When the head of the answer must be there, counted from the last byte of the request.
    pub(crate) fn head_deadline(&self, asked: Monotonic) -> Monotonic {
        let first_byte = asked.plus(self.policy().timeouts.first_byte());
        let budget_end = self.budget_end.max(asked.plus(self.tools.waits.request));
        let total_end = self.total_end.unwrap_or(budget_end);
        first_byte.min(budget_end).min(total_end)
    }

    /// Who answers, for the client and whoever watches.
    pub(crate) fn note_served_by(&mut self, lease: &Lease) {
        self.record.served_by = if self.job.forward.legacy {
            ServedBy::Legacy
        } else {
            let service = self.job.forward.service.name().clone();
            ServedBy::Instance { service, instance: lease.instance().id().clone() }
        };
    }
}

/// An error with its causes, for one line of the log.
struct Chain<'e>(&'e dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
