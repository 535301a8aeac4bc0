//! Carries one body from one connection to the other: reads no further than the other side takes, and holds one
//! buffer at most. Long bodies of known length pass by the process, through a pipe.

use crate::http1::forward::passage::Passage;
use crate::http1::forward::pipe::{Pipe, Pipes};
use crate::http1::forward::side::Side;
use bytes::Buf;
use kernel::{Clock, Monotonic};
use std::io;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// What a body waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    Nothing,
    /// Bytes from where it comes.
    Source,
    /// Room where it goes.
    Sink,
}

/// Why a body does not arrive whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Where it comes from has ended too early.
    Source,
    /// Where it goes takes nothing more.
    Sink,
    /// Its chunks are malformed.
    Chunking,
}

/// A body under way, with what is sent before it.
pub(crate) struct Relay {
    pub(crate) passage: Passage,
    /// What is to be sent first: a head, framing, small pieces. Kept when all of it has been sent, until more is taken.
    pub(crate) out: Vec<u8>,
    written: usize,
    /// Bytes at the front of the source's buffer that are to be sent behind `out`.
    direct: usize,
    /// On which what is long enough passes by; without it everything is copied.
    pipe: Option<Pipe>,
    /// Bytes that the sink has taken, heads and framing included.
    pub(crate) sent: u64,
    pub(crate) waiting: Waiting,
    /// When the wait is over.
    pub(crate) deadline: Monotonic,
    source_wait: Duration,
    sink_wait: Duration,
}

impl Relay {
    /// A body that passes behind what is in `out`. Neither side may be silent for longer than its wait.
    pub(crate) fn new(
        passage: Passage,
        out: Vec<u8>,
        source_wait: Duration,
        sink_wait: Duration,
        now: Monotonic,
    ) -> Self {
        Self {
            passage,
            out,
            written: 0,
            direct: 0,
            pipe: None,
            sent: 0,
            waiting: Waiting::Nothing,
            deadline: now.plus(source_wait),
            source_wait,
            sink_wait,
        }
    }

    /// Lets the body pass by on a pipe, if it is long enough. Nobody here then sees it.
    pub(crate) fn lend_pipe(&mut self, pipes: &Pipes) {
        if self.passage.is_long() && self.pipe.is_none() {
            self.pipe = pipes.take();
        }
    }

    /// Gives the pipe back.
    pub(crate) fn give_pipe(&mut self, pipes: &Pipes) {
        if let Some(pipe) = self.pipe.take() {
            pipes.give(pipe);
        }
    }

    /// Whether all of it has been sent.
    pub(crate) fn is_done(&self) -> bool {
        self.passage.is_done() && self.is_flushed()
    }

    fn is_flushed(&self) -> bool {
        self.written == self.out.len() && self.direct == 0 && self.pipe.as_ref().is_none_or(Pipe::is_empty)
    }

    /// Whether `out` still holds everything that was sent, and nothing is to follow.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.passage.is_done() && self.direct == 0 && self.sent == self.written as u64
    }

    /// Sends `out` from its beginning again.
    pub(crate) fn rewind(&mut self) {
        (self.written, self.sent, self.waiting) = (0, 0, Waiting::Nothing);
    }

    /// Takes what has arrived already, so that it goes out in one write with what is in `out`.
    ///
    /// # Errors
    /// [`Broken::Chunking`].
    pub(crate) fn take(&mut self, source: &mut impl Side) -> Result<(), Broken> {
        if source.input().is_empty() || self.passage.is_done() {
            return Ok(());
        }
        if self.is_flushed() && self.written > 0 {
            self.out.clear();
            self.written = 0;
        }
        let taken = self.passage.take(source.input(), &mut self.out).map_err(|_| Broken::Chunking)?;
        source.input().advance(taken.used);
        self.direct = taken.direct;
        Ok(())
    }

    /// Carries as much as goes.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        clock: &dyn Clock,
        source: &mut impl Side,
        sink: &mut impl Side,
    ) -> Poll<Result<(), Broken>> {
        let sent_before = self.sent;
        loop {
            match self.poll_flush(cx, source, sink) {
                Poll::Ready(Ok(())) if self.passage.is_done() => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(broken)) => return Poll::Ready(Err(broken)),
                Poll::Pending => return self.wait(Waiting::Sink, sent_before, clock),
            }
            if source.input().is_empty() {
                match self.poll_pass_by(cx, source) {
                    Some(Poll::Ready(Ok(()))) => continue,
                    Some(Poll::Ready(Err(broken))) => return Poll::Ready(Err(broken)),
                    Some(Poll::Pending) => return self.wait(Waiting::Source, sent_before, clock),
                    None => {}
                }
                match source.poll_receive(cx, self.passage.wanted()) {
                    Poll::Ready(Ok(0)) if self.passage.close(&mut self.out) => continue,
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(Broken::Source)),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Pending => return self.wait(Waiting::Source, sent_before, clock),
                }
            }
            self.take(source)?;
        }
    }

    fn poll_flush(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut impl Side,
        sink: &mut impl Side,
    ) -> Poll<Result<(), Broken>> {
        while !self.is_flushed() {
            if self.written == self.out.len() && self.direct == 0 {
                ready!(self.poll_drain(cx, sink))?;
                continue;
            }
            let first = self.out.get(self.written..).unwrap_or_default();
            let second = source.input().get(..self.direct).unwrap_or_default();
            let sent = match ready!(sink.poll_send(cx, first, second)) {
                Ok(0) | Err(_) => return Poll::Ready(Err(Broken::Sink)),
                Ok(sent) => sent,
            };
            let of_first = sent.min(first.len());
            self.written += of_first;
            self.direct -= sent - of_first;
            source.input().advance(sent - of_first);
            self.sent += sent as u64;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>, sink: &mut impl Side) -> Poll<Result<(), Broken>> {
        let (Some(pipe), Some(socket)) = (&mut self.pipe, sink.socket()) else {
            return Poll::Ready(Err(Broken::Sink));
        };
        match ready!(pipe.poll_drain(cx, socket)) {
            Ok(0) | Err(_) => Poll::Ready(Err(Broken::Sink)),
            Ok(sent) => {
                self.sent += sent as u64;
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Fills the pipe from the source; `None` where bytes are to be copied.
    fn poll_pass_by(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut impl Side,
    ) -> Option<Poll<Result<(), Broken>>> {
        let bytes = self.passage.plain_bytes();
        let pipe = self.pipe.as_mut().filter(|_| bytes > 0)?;
        Some(match pipe.poll_fill(cx, source.socket()?, bytes) {
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => {
                // The system cannot do it with these sockets; nothing has moved.
                self.pipe = None;
                return None;
            }
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Err(Broken::Source)),
            Poll::Ready(Ok(filled)) => {
                self.passage.pass_by(filled);
                Poll::Ready(Ok(()))
            }
            Poll::Pending => Poll::Pending,
        })
    }

    /// The wait begins anew with every byte that moves.
    fn wait(&mut self, waiting: Waiting, sent_before: u64, clock: &dyn Clock) -> Poll<Result<(), Broken>> {
        if self.waiting != waiting || self.sent != sent_before {
            self.waiting = waiting;
            let wait = if waiting == Waiting::Sink { self.sink_wait } else { self.source_wait };
            self.deadline = clock.monotonic().plus(wait);
        }
        Poll::Pending
    }
}
