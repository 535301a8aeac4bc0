//! The second half of an exchange: the answer goes to the client, while the rest of the request may still go out.

use crate::http1::forward::answer_head::{AnswerFraming, BadAnswer};
use crate::http1::forward::ask::Answer;
use crate::http1::forward::failure::{End, Failure};
use crate::http1::forward::passage::Passage;
use crate::http1::forward::relay::{Broken, Relay, Waiting};
use crate::http1::forward::session::Session;
use crate::http1::forward::side::Peer;
use report::DropCause;
use std::future::poll_fn;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use upstream::{FailureKind, Outcome};

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Whole,
    /// The upstream closed too early.
    Short,
    /// The upstream, or the client, let the other wait for too long.
    UpstreamLate,
    ClientLate,
    Malformed,
    ClientLeft,
}

impl From<Broken> for Ended {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Source => Self::Short,
            Broken::Sink => Self::ClientLeft,
            Broken::Chunking => Self::Malformed,
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Session<'_, IO> {
    /// Sends the answer whose head is in `out`, and its body as it comes.
    pub(crate) async fn answer(&mut self, mut peer: Peer, answer: Answer) -> End {
        if answer.is_switch {
            if let Some(tap) = &mut self.record.tap {
                tap.fail(DropCause::NotComparable);
            }
            return self.tunnel(peer, answer.status).await;
        }
        let mut passage = Passage::download(answer.framing, answer.delivery);
        if let Some(tap) = &mut self.record.tap {
            passage.kept = tap.keep_answer(answer.framing.length());
        }
        let (idle, write) = (self.policy().timeouts.idle(), self.tools.waits.write);
        let out = std::mem::take(self.out);
        let mut relay = Relay::new(passage, out, idle, write, answer.came);
        if relay.take(&mut peer).is_err() {
            // Nothing has been sent: the client can still be told.
            *self.out = relay.out;
            self.out.clear();
            let failure = Failure::Malformed(BadAnswer::Chunking);
            peer.lease.finish(failure.outcome(false), false);
            return failure.end(self.upload.relay.passage.is_done());
        }
        relay.lend_pipe(&self.tools.desk.pipes);
        let ended = poll_fn(|cx| self.poll_delivery(cx, &mut peer, &mut relay)).await;
        relay.give_pipe(&self.tools.desk.pipes);
        let body_bytes = relay.passage.bytes;
        if let Some(tap) = &mut self.record.tap {
            match ended {
                Ended::Whole => tap.take_answer(relay.passage.kept.take(), relay.passage.trailers()),
                Ended::ClientLate | Ended::ClientLeft => tap.fail(DropCause::ClientLeft),
                Ended::Short | Ended::UpstreamLate | Ended::Malformed => tap.fail(DropCause::NotComparable),
            }
        }
        *self.out = relay.out;
        self.finish(peer, &answer, ended);
        let complete = ended == Ended::Whole;
        End::Sent { status: answer.status, body_bytes, complete, keep: answer.keep && complete }
    }

    fn poll_delivery(&mut self, cx: &mut Context<'_>, peer: &mut Peer, relay: &mut Relay) -> Poll<Ended> {
        if self.poll_upload(cx, peer).is_err() {
            // The client gives up its request, not the answer.
            self.upload.over_since = Some(self.tools.clock.monotonic());
        }
        if let Poll::Ready(carried) = relay.poll(cx, self.tools.clock, peer, self.wire) {
            return Poll::Ready(carried.map_or_else(Ended::from, |()| Ended::Whole));
        }
        let upstream_is_waited_for = relay.waiting == Waiting::Source;
        if upstream_is_waited_for && self.upload.over_since.is_some() && self.wire.poll_gone(cx).is_ready() {
            return Poll::Ready(Ended::ClientLeft);
        }
        let deadline = self.total_end.map_or(relay.deadline, |total| total.min(relay.deadline));
        self.wire.timer.set(deadline);
        let late = if upstream_is_waited_for { Ended::UpstreamLate } else { Ended::ClientLate };
        self.wire.timer.poll_expired(cx).map(|()| late)
    }

    /// Gives the connection back where both messages were whole and nothing is left of either.
    fn finish(&mut self, peer: Peer, answer: &Answer, ended: Ended) {
        let outcome = match ended {
            Ended::Whole => answer.outcome,
            Ended::Short => Outcome::Failed(FailureKind::Closed),
            Ended::UpstreamLate => Outcome::Failed(FailureKind::TimedOut),
            Ended::Malformed => Outcome::Failed(FailureKind::Malformed),
            Ended::ClientLate | Ended::ClientLeft => Outcome::Abandoned,
        };
        if let Outcome::Failed(kind) = outcome {
            let (request_id, service) = (self.record.request_id, self.job.forward.service.name());
            let instance = peer.lease.instance().id();
            tracing::warn!(%request_id, %service, %instance, ?kind, "an upstream's answer broke off");
        }
        let keep = answer.upstream_keeps
            && answer.framing != AnswerFraming::UntilClose
            && self.upload.relay.is_done()
            && peer.input.is_empty();
        let now = self.tools.clock.monotonic();
        self.record.ended = Some(now);
        peer.lease.finish_at(outcome, keep, now);
        self.tools.desk.buffers.give_input(peer.input);
    }
}
