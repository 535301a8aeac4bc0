//! Asks a service or legacy upstream, over connections of the parallel run's own.

use crate::http1::forward::answer_head::{AnswerFraming, AnswerHead};
use crate::http1::forward::reply;
use crate::http1::forward::request_head;
use crate::http1::forward::rewrite::Places;
use crate::http1::forward::side::{Peer, Side};
use crate::http1::{HostPolicy, Timer};
use crate::parallel::beside::{Answered, same_head};
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use crate::parallel::receive::{Failed, read_body, read_head};
use crate::parallel::taken::Taken;
use crate::parallel::written::{Written, write};
use identity::{DRY_RUN_DONE, DRY_RUN_FIELD};
use kernel::{Deadline, Monotonic};
use report::DropCause;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use upstream::{AcquireError, Outcome, Pick, Service};

/// An answer that came, and what is left of its exchange.
struct Came {
    answered: Answered,
    status: u16,
    /// When its head was there.
    at: Monotonic,
    /// Whether the connection may be used again.
    keep: bool,
}

/// Asks an instance of the service, within the deadline. A pooled connection that turns out to be closed is replaced
/// once, where asking twice is asking once.
pub(crate) async fn ask(
    desk: &ParallelDesk,
    question: &Question,
    (service, host): (&Arc<Service>, HostPolicy),
    beside: Option<&Taken>,
    timer: &mut Timer,
) -> Result<Answered, DropCause> {
    let mut now = desk.clock().monotonic();
    let deadline = now.plus(desk.settings().deadline());
    let mut written = write(desk, question, host).ok_or(DropCause::NotComparable)?;
    let mut fresh = false;
    let answered = loop {
        let hash = question.to_compare.hash;
        let pick = Pick { hash, deadline: Deadline::at(deadline), avoid: &[], fresh, now };
        let lease = match desk.pool.acquire(service, &pick).await {
            Ok(lease) => lease,
            Err(error) => break Err(no_connection(&error)),
        };
        let reused = lease.reused();
        let mut peer = Peer { input: desk.buffers.input(), ..Peer::new(lease) };
        timer.set(deadline);
        let exchanged = {
            let mut exchange = pin!(exchange(desk, question, beside, &mut peer, &mut written));
            // Dropped half way, it would say nothing about an instance that hangs.
            poll_fn(|cx| match exchange.as_mut().poll(cx) {
                Poll::Pending => timer.poll_expired(cx).map(|()| Err(Failed::late())),
                ready => ready,
            })
            .await
        };
        match exchanged {
            Ok(Came { answered, status, at, keep }) => {
                let outcome = Outcome::Answered { status, first_byte: answered.took() };
                peer.lease.finish_at(outcome, keep, at);
                desk.buffers.give_input(peer.input);
                break Ok(answered);
            }
            Err(failed) => {
                peer.lease.finish(failed.outcome(reused), false);
                desk.buffers.give_input(peer.input);
                if failed.is_stale(reused) && !fresh && question.is_safe {
                    (fresh, now) = (true, desk.clock().monotonic());
                    continue;
                }
                break Err(failed.cause);
            }
        }
    };
    desk.buffers.give_output(written.out);
    answered
}

/// Sends the request and takes the answer.
async fn exchange(
    desk: &ParallelDesk,
    question: &Question,
    beside: Option<&Taken>,
    peer: &mut Peer,
    written: &mut Written<'_>,
) -> Result<Came, Failed> {
    let instance = peer.lease.instance().clone();
    let budget_ms = desk.settings().deadline_ms;
    let field = desk.forward.deadline_field.as_str();
    let budget = (!field.is_empty()).then_some((field, budget_ms));
    let place = (instance.authority(), instance.base_path());
    request_head::finish(&mut written.out, &mut written.draft, place, budget);
    send(peer, &written.out, &question.body).await?;
    let asked = desk.clock().monotonic();
    let places = Places {
        authority: instance.authority(),
        base_path: instance.base_path(),
        host: Some(&*written.host).filter(|host| !host.is_empty()),
        https: written.https,
    };
    let (mut head_out, mut dry_run_done) = (desk.buffers.output(), false);
    let (status, framing, keep) = read_head(peer, question.is_head(), |head| {
        reply::put_fields_only(&mut head_out, head, &places);
        dry_run_done = question.is_dry_run() && was_dry_run(head);
    })
    .await?;
    let at = desk.clock().monotonic();
    if question.is_dry_run() && !dry_run_done {
        return Err(Failed::by(DropCause::NotComparable));
    }
    let rules = &question.to_compare.compared.rules;
    let beside = beside.filter(|beside| {
        beside.status == status && beside.trailers.is_empty() && same_head(rules, &beside.head, &head_out)
    });
    let (body, trailers) =
        read_body(peer, framing, desk.settings().body_max_bytes, beside.map(|beside| &*beside.body)).await?;
    let took = at.since(asked);
    let answered = if body.is_none() && trailers.is_empty() {
        Answered::Same(took)
    } else {
        let body = body.or_else(|| beside.map(|beside| beside.body.clone())).unwrap_or_default();
        Answered::Another(Taken {
            status,
            took,
            head: head_out.clone(),
            body,
            trailers,
            instance: Some(instance),
        })
    };
    desk.buffers.give_output(head_out);
    let keep = keep && framing != AnswerFraming::UntilClose && peer.input.is_empty();
    Ok(Came { answered, status, at, keep })
}

/// Head and body in one write. A side that takes no more may have answered already: then its answer counts.
async fn send(peer: &mut Peer, head: &[u8], body: &[u8]) -> Result<(), Failed> {
    let (total, mut sent) = (head.len() + body.len(), 0);
    poll_fn(|cx| {
        while sent < total {
            let first = head.get(sent..).unwrap_or_default();
            let second = body.get(sent.saturating_sub(head.len())..).unwrap_or_default();
            match std::task::ready!(peer.poll_send(cx, first, second)) {
                Ok(0) | Err(_) => break,
                Ok(bytes) => sent += bytes,
            }
        }
        Poll::Ready(Ok(()))
    })
    .await
}

/// Whether the side says that it rolled everything back, and that the answer is the real one's.
fn was_dry_run(head: &AnswerHead<'_>) -> bool {
    let mut words = head.headers().filter(|(name, _)| name.eq_ignore_ascii_case(DRY_RUN_FIELD));
    words.any(|(_, word)| word == DRY_RUN_DONE.as_bytes())
}

fn no_connection(error: &AcquireError) -> DropCause {
    match error {
        // Nothing was asked: none of them says anything about how the side would have answered.
        AcquireError::BulkheadFull { .. } | AcquireError::Shed { .. } | AcquireError::TimedOut { .. } => {
            DropCause::QueueFull
        }
        AcquireError::BreakerOpen { .. } => DropCause::BreakerOpen,
        AcquireError::NoInstance { .. } | AcquireError::Connect { .. } => DropCause::Connect,
    }
}
