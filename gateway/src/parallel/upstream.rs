//! Asks a service or legacy upstream, over connections of the parallel run's own.

use crate::http1::HeadScan;
use crate::http1::forward::answer_head::{self, AnswerFraming, AnswerHead};
use crate::http1::forward::passage::Passage;
use crate::http1::forward::request_head::{self, Draft, Telling};
use crate::http1::forward::rewrite::Places;
use crate::http1::forward::side::{Peer, READ_BYTES, Side};
use crate::http1::forward::vouch::{self, Client};
use crate::http1::forward::{INTERIM_MAX, reply};
use crate::http1::{Delivery, HostPolicy, RequestHead, reader};
use crate::parallel::SHADOW_FIELD;
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use bytes::Buf;
use identity::{DRY_RUN_DONE, DRY_RUN_FIELD, Marked};
use kernel::Deadline;
use report::DropCause;
use std::future::poll_fn;
use std::sync::Arc;
use upstream::{AcquireError, FailureKind, Outcome, Pick, Service};

/// A request that is written as far as it does not depend on the instance.
struct Written {
    out: Vec<u8>,
    draft: Draft,
    /// Host that the client asked, for what names places.
    host: String,
    https: bool,
    is_head: bool,
}

/// Why there is no answer.
struct Failed {
    cause: DropCause,
    /// What it says of the instance.
    kind: FailureKind,
}

/// Asks an instance of the service, within the deadline. A pooled connection that turns out to be closed is replaced
/// once, where asking twice is asking once.
pub(crate) async fn ask(
    desk: &ParallelDesk,
    question: &Question,
    service: &Arc<Service>,
    host: HostPolicy,
) -> Result<Taken, DropCause> {
    let deadline = Deadline::after(desk.clock(), desk.settings().deadline());
    let mut written = write(desk, question, host).ok_or(DropCause::NotComparable)?;
    let mut fresh = false;
    let answered = loop {
        let (hash, now) = (question.to_compare.hash, desk.clock().monotonic());
        let pick = Pick { hash, deadline, avoid: &[], fresh, now };
        let lease = match desk.pool.acquire(service, &pick).await {
            Ok(lease) => lease,
            Err(error) => break Err(no_connection(&error)),
        };
        let reused = lease.reused();
        let mut peer = Peer { input: desk.buffers.input(), ..Peer::new(lease) };
        let left = deadline.remaining(desk.clock());
        let exchanged = exchange(desk, question, &mut peer, &mut written);
        // Dropped half way, it would say nothing about an instance that hangs.
        let exchanged = tokio::time::timeout(left, exchanged).await.unwrap_or(Err(Failed::late()));
        match exchanged {
            Ok((taken, keep)) => {
                let answered = Outcome::Answered { status: taken.status, first_byte: taken.took };
                peer.lease.finish(answered, keep);
                desk.buffers.give_input(peer.input);
                break Ok(taken);
            }
            Err(failed) => {
                peer.lease.finish(failed.outcome(reused), false);
                desk.buffers.give_input(peer.input);
                if failed.is_stale(reused) && !fresh && question.is_safe {
                    fresh = true;
                    continue;
                }
                break Err(failed.cause);
            }
        }
    };
    desk.buffers.give_output(written.out);
    answered
}

fn write(desk: &ParallelDesk, question: &Question, host: HostPolicy) -> Option<Written> {
    let mut out = desk.buffers.output();
    let written = question.with_head(desk.target_max_bytes(), |head| {
        let peer = question.remote.map(|remote| remote.ip().to_canonical());
        let client =
            Client { peer, trusted: peer.is_some_and(|peer| desk.trusted.contains(peer)), secure: false };
        let draft = write_head(desk, question, head, client, host, &mut out)?;
        let host = vouch::host(head, &client).unwrap_or_default().to_owned();
        Some((draft, host, vouch::is_https(head, &client), head.method == "HEAD"))
    });
    let (draft, host, https, is_head) = written.flatten()?;
    Some(Written { out, draft, host, https, is_head })
}

/// The client's request, with an id of its own under the same trace, and marked.
fn write_head(
    desk: &ParallelDesk,
    question: &Question,
    head: &RequestHead<'_>,
    client: Client,
    host: HostPolicy,
    out: &mut Vec<u8>,
) -> Option<Draft> {
    let request_id = desk.fresh_id();
    let telling = Telling {
        client,
        kept: None,
        request_id,
        trace: question.trace.child(desk.random()),
        trace_is_theirs: question.trace_is_theirs,
        host: head.host.filter(|_| host == HostPolicy::Preserve),
        via: desk.forward.via,
        expects_continue: false,
    };
    let mut draft = request_head::write(out, head, &telling);
    request_head::add(out, &mut draft, SHADOW_FIELD, "1");
    if question.is_dry_run() {
        let (id, target) = (request_id.to_string(), &head.target.path_and_query);
        let marked = Marked { request_id: &id, method: head.method, target };
        let mark = desk.dry_run_key()?.sign(marked, desk.clock().now());
        request_head::add(out, &mut draft, DRY_RUN_FIELD, &mark);
    }
    Some(draft)
}

/// Sends the request and takes the answer; says whether the connection may be used again.
async fn exchange(
    desk: &ParallelDesk,
    question: &Question,
    peer: &mut Peer,
    written: &mut Written,
) -> Result<(Taken, bool), Failed> {
    let instance = peer.lease.instance().clone();
    let budget_ms = desk.settings().deadline_ms;
    let field = desk.forward.deadline_field.as_str();
    let budget = (!field.is_empty()).then_some((field, budget_ms));
    let place = (instance.authority(), instance.base_path());
    request_head::finish(&mut written.out, &mut written.draft, place, budget);
    send(peer, &written.out, &question.body).await?;
    let asked = desk.clock().monotonic();
    let mut taken = Taken { instance: Some(instance.clone()), ..Taken::default() };
    let places = Places {
        authority: instance.authority(),
        base_path: instance.base_path(),
        host: Some(written.host.as_bytes()).filter(|host| !host.is_empty()),
        https: written.https,
    };
    let mut dry_run_done = false;
    let (framing, keep) = read_head(peer, written.is_head, |head| {
        taken.status = head.status;
        reply::put_fields_only(&mut taken.head, head, &places);
        dry_run_done = was_dry_run(head);
    })
    .await?;
    taken.took = desk.clock().monotonic().since(asked);
    if question.is_dry_run() && !dry_run_done {
        return Err(Failed::by(DropCause::NotComparable));
    }
    read_body(peer, framing, desk.settings().body_max_bytes, &mut taken).await?;
    let keep = keep && framing != AnswerFraming::UntilClose && peer.input.is_empty();
    Ok((taken, keep))
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
        std::task::Poll::Ready(Ok(()))
    })
    .await
}

/// Waits for the head of the answer, past interim ones.
async fn read_head(
    peer: &mut Peer,
    to_head: bool,
    mut take: impl FnMut(&AnswerHead<'_>),
) -> Result<(AnswerFraming, bool), Failed> {
    let (mut scan, mut interim) = (HeadScan::default(), 0);
    loop {
        let found = if peer.input.is_empty() { Ok(None) } else { answer_head::scan(&mut scan, &peer.input) };
        let Some(end) = found.map_err(|_| Failed::garbage())? else {
            receive(peer, READ_BYTES).await?;
            continue;
        };
        let mut slots = reader::field_slots();
        let raw = peer.input.get(..end).unwrap_or_default();
        let head = answer_head::parse(raw, &mut slots, to_head).map_err(|_| Failed::garbage())?;
        let read = match head.status {
            101 => return Err(Failed::garbage()),
            100..200 => None,
            _ => {
                take(&head);
                Some((head.framing, head.keep))
            }
        };
        drop(slots);
        peer.input.advance(end);
        if let Some(read) = read {
            return Ok(read);
        }
        (interim, scan) = (interim + 1, HeadScan::default());
        if interim > INTERIM_MAX {
            return Err(Failed::garbage());
        }
    }
}

/// Reads the body, as far as it may be kept.
async fn read_body(
    peer: &mut Peer,
    framing: AnswerFraming,
    max_bytes: usize,
    taken: &mut Taken,
) -> Result<(), Failed> {
    let expected = usize::try_from(framing.length().unwrap_or_default()).unwrap_or(usize::MAX);
    if expected > max_bytes {
        return Err(Failed::by(DropCause::OtherTooLarge));
    }
    let mut body = Vec::with_capacity(expected);
    // Without framing of its own, what it writes is the body itself.
    let mut passage = Passage::download(framing, Delivery::Bare);
    while !passage.is_done() {
        let passed = passage.take(&peer.input, &mut body).map_err(|_| Failed::garbage())?;
        let end = passed.used + passed.direct;
        body.extend_from_slice(peer.input.get(passed.used..end).unwrap_or_default());
        peer.input.advance(end);
        if body.len() > max_bytes {
            return Err(Failed::by(DropCause::OtherTooLarge));
        }
        if peer.input.is_empty() && !passage.is_done() {
            match receive(peer, passage.wanted()).await {
                Err(_) if passage.close(&mut body) => {}
                Err(failed) => return Err(failed),
                Ok(()) => {}
            }
        }
    }
    taken.trailers = passage.trailers().to_vec();
    taken.body = body.into();
    Ok(())
}

async fn receive(peer: &mut Peer, wanted: usize) -> Result<(), Failed> {
    match poll_fn(|cx| peer.poll_receive(cx, wanted)).await {
        Ok(0) | Err(_) => Err(Failed { cause: DropCause::Closed, kind: FailureKind::Closed }),
        Ok(_) => Ok(()),
    }
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

impl Failed {
    /// By what is no fault of the instance.
    fn by(cause: DropCause) -> Self {
        Self { cause, kind: FailureKind::Stale }
    }

    fn garbage() -> Self {
        Self { cause: DropCause::Garbage, kind: FailureKind::Malformed }
    }

    fn late() -> Self {
        Self { cause: DropCause::Deadline, kind: FailureKind::TimedOut }
    }

    fn is_stale(&self, reused: bool) -> bool {
        reused && self.kind == FailureKind::Closed
    }

    fn outcome(&self, reused: bool) -> Outcome {
        Outcome::Failed(if self.is_stale(reused) { FailureKind::Stale } else { self.kind })
    }
}
