//! The answer of an upstream, as it comes.

use crate::http1::forward::INTERIM_MAX;
use crate::http1::forward::answer_head::{self, AnswerFraming, AnswerHead};
use crate::http1::forward::passage::Passage;
use crate::http1::forward::side::{Peer, READ_BYTES, Side};
use crate::http1::{Delivery, HeadScan, reader};
use crate::parallel::beside::Body;
use bytes::{Buf, Bytes};
use report::DropCause;
use std::future::poll_fn;
use upstream::{FailureKind, Outcome};

/// Why there is no answer.
pub(crate) struct Failed {
    pub(crate) cause: DropCause,
    /// What it says of the instance.
    pub(crate) kind: FailureKind,
}

/// Waits for the head of the answer, past interim ones.
pub(crate) async fn read_head(
    peer: &mut Peer,
    to_head: bool,
    mut take: impl FnMut(&AnswerHead<'_>),
) -> Result<(u16, AnswerFraming, bool), Failed> {
    let (mut scan, mut interim) = (HeadScan::default(), 0);
    loop {
        if peer.input.is_empty() {
            receive(peer, READ_BYTES).await?;
        }
        let mut slots = reader::field_slots();
        let found = answer_head::arrived(&peer.input, &mut scan, &mut slots, to_head);
        let Some(head) = found.map_err(|_| Failed::garbage())? else {
            drop(slots);
            receive(peer, READ_BYTES).await?;
            continue;
        };
        let end = head.raw.len();
        let read = match head.status {
            101 => return Err(Failed::garbage()),
            100..200 => None,
            _ => {
                take(&head);
                Some((head.status, head.framing, head.keep))
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

/// Reads the body, as far as it may be kept, and the trailers. No body is one that is the same as that beside which it is read.
pub(crate) async fn read_body(
    peer: &mut Peer,
    framing: AnswerFraming,
    max_bytes: usize,
    beside: Option<&[u8]>,
) -> Result<(Option<Bytes>, Vec<u8>), Failed> {
    let expected = usize::try_from(framing.length().unwrap_or_default()).unwrap_or(usize::MAX);
    if expected > max_bytes {
        return Err(Failed::by(DropCause::OtherTooLarge));
    }
    let mut body = Body::new(beside, expected);
    if let AnswerFraming::Length(_) = framing {
        while body.len() < expected {
            if peer.input.is_empty() {
                receive(peer, expected - body.len()).await?;
            }
            let run = peer.input.len().min(expected - body.len());
            body.push(peer.input.get(..run).unwrap_or_default());
            peer.input.advance(run);
        }
        return Ok((body.finish(), Vec::new()));
    }
    // Without framing of its own, what it writes is the body itself.
    let (mut passage, mut short) = (Passage::download(framing, Delivery::Bare), Vec::new());
    while !passage.is_done() {
        let passed = passage.take(&peer.input, &mut short).map_err(|_| Failed::garbage())?;
        let end = passed.used + passed.direct;
        body.push(&short);
        body.push(peer.input.get(passed.used..end).unwrap_or_default());
        short.clear();
        peer.input.advance(end);
        if body.len() > max_bytes {
            return Err(Failed::by(DropCause::OtherTooLarge));
        }
        if peer.input.is_empty() && !passage.is_done() {
            match receive(peer, passage.wanted()).await {
                Err(_) if passage.close(&mut short) => {}
                Err(failed) => return Err(failed),
                Ok(()) => {}
            }
        }
    }
    Ok((body.finish(), passage.trailers().to_vec()))
}

async fn receive(peer: &mut Peer, wanted: usize) -> Result<(), Failed> {
    match poll_fn(|cx| peer.poll_receive(cx, wanted)).await {
        Ok(0) | Err(_) => Err(Failed { cause: DropCause::Closed, kind: FailureKind::Closed }),
        Ok(_) => Ok(()),
    }
}

impl Failed {
    /// By what is no fault of the instance.
    pub(crate) fn by(cause: DropCause) -> Self {
        Self { cause, kind: FailureKind::Stale }
    }

    pub(crate) fn garbage() -> Self {
        Self { cause: DropCause::Garbage, kind: FailureKind::Malformed }
    }

    pub(crate) fn late() -> Self {
        Self { cause: DropCause::Deadline, kind: FailureKind::TimedOut }
    }

    pub(crate) fn is_stale(&self, reused: bool) -> bool {
        reused && self.kind == FailureKind::Closed
    }

    pub(crate) fn outcome(&self, reused: bool) -> Outcome {
        Outcome::Failed(if self.is_stale(reused) { FailureKind::Stale } else { self.kind })
    }
}
