//! The first half of an exchange: the request goes out while the head of the answer is waited for. An upstream may
//! answer before it has read everything; whoever speaks first is listened to.

use crate::http1::forward::INTERIM_MAX;
use crate::http1::forward::answer_head::{self, AnswerFraming, AnswerHead, BadAnswer};
use crate::http1::forward::failure::Failure;
use crate::http1::forward::job::Job;
use crate::http1::forward::passage;
use crate::http1::forward::relay::{Broken, Waiting};
use crate::http1::forward::reply;
use crate::http1::forward::rewrite::Places;
use crate::http1::forward::session::Session;
use crate::http1::forward::side::{Peer, READ_BYTES, Side};
use crate::http1::response::{Connection, Delivery, Envelope};
use crate::http1::{HeadScan, Refusal, ServedBy, Version, reader};
use bytes::Buf;
use kernel::Monotonic;
use std::future::poll_fn;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use upstream::{Instance, Lease, Outcome};

/// What the head of an answer says, once it is written down for the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) framing: AnswerFraming,
    pub(crate) delivery: Delivery,
    /// Whether the upstream keeps its connection.
    pub(crate) upstream_keeps: bool,
    /// Whether the client was told that its own stays open.
    pub(crate) keep: bool,
    /// How the instance did.
    pub(crate) outcome: Outcome,
    /// When its head came.
    pub(crate) came: Monotonic,
    /// Whether both sides now speak another protocol.
    pub(crate) is_switch: bool,
}

/// What happened while an answer was waited for.
enum Event {
    /// A head has come.
    Head(Look),
    /// The upstream does not say whether the client is to go on.
    NoWordOfContinue,
}

/// What a head is.
enum Look {
    Answer(Answer),
    /// Written down for the client, or nothing where the client does not know of interim answers.
    Interim,
    Continue,
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl<IO: AsyncRead + AsyncWrite + Unpin> Session<'_, IO> {
    /// Sends the request and waits for the head of the answer; it is then written down in `out` for the client.
    pub(crate) async fn ask(&mut self, peer: &mut Peer, started: Monotonic) -> Result<Answer, Failure> {
        let (mut scan, mut interim) = (HeadScan::default(), 0);
        let mut word_due = self.job.expects_continue.then(|| started.plus(self.tools.desk.continue_wait));
        loop {
            let event = poll_fn(|cx| self.poll_event(cx, peer, &mut scan, word_due)).await?;
            let look = match event {
                Event::NoWordOfContinue => Look::Continue,
                Event::Head(look) => {
                    interim += 1;
                    scan = HeadScan::default();
                    look
                }
            };
            match look {
                Look::Answer(answer) => return Ok(answer),
                Look::Interim if interim > INTERIM_MAX => return Err(BadAnswer::TooManyInterim.into()),
                Look::Interim => {}
                Look::Continue if word_due.take().is_some() && self.upload.relay.passage.bytes == 0 => {
                    self.out.extend_from_slice(CONTINUE);
                }
                Look::Continue => {}
            }
            if !self.out.is_empty() {
                let sent = self.wire.send(self.out, &[]).await;
                self.out.clear();
                sent.map_err(|_| Failure::ClientLeft)?;
            }
        }
    }

    fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        peer: &mut Peer,
        scan: &mut HeadScan,
        word_due: Option<Monotonic>,
    ) -> Poll<Result<Event, Failure>> {
        let upload_failed = self.poll_upload(cx, peer);
        loop {
            if !peer.input.is_empty()
                && let Some(look) = self.look(peer, scan)?
            {
                return Poll::Ready(Ok(Event::Head(look)));
            }
            // While nothing comes there is nothing to hold room for: a thousand requests may wait at once. Whoever is
            // woken after the first look is nearly always woken by the answer.
            if peer.input.capacity() == 0 {
                if !peer.is_awaited && peer.lease.stream().poll_read_ready(cx).is_pending() {
                    peer.is_awaited = true;
                    break;
                }
                peer.input = self.tools.desk.buffers.input();
            }
            match peer.poll_receive(cx, READ_BYTES) {
                Poll::Ready(Ok(0) | Err(_)) => {
                    return Poll::Ready(Err(Failure::Closed { began: !peer.input.is_empty() }));
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => {
                    if peer.input.is_empty() {
                        self.tools.desk.buffers.give_input(std::mem::take(&mut peer.input));
                    }
                    break;
                }
            }
        }
        if let Err(failure) = upload_failed {
            return Poll::Ready(Err(failure));
        }
        if self.upload.over_since.is_some() && self.wire.poll_gone(cx).is_ready() {
            return Poll::Ready(Err(Failure::ClientLeft));
        }
        self.poll_late(cx, word_due)
    }

    /// Sends on as much of the request as goes. An error is the client's.
    pub(crate) fn poll_upload(&mut self, cx: &mut Context<'_>, peer: &mut Peer) -> Result<(), Failure> {
        if self.upload.over_since.is_some() {
            return Ok(());
        }
        match self.upload.relay.poll(cx, self.tools.clock, self.wire, peer) {
            Poll::Pending => return Ok(()),
            Poll::Ready(Err(Broken::Source)) => return Err(Failure::ClientLeft),
            Poll::Ready(Err(Broken::Chunking)) => return Err(Failure::Refused(Refusal::Chunking)),
            // What takes no more may have answered already.
            Poll::Ready(Ok(()) | Err(Broken::Sink)) => {}
        }
        // What went out without a wait went out when the attempt began: that is not worth a look at the clock.
        let has_waited = self.upload.relay.waiting != Waiting::Nothing;
        let now = if has_waited { self.tools.clock.monotonic() } else { self.upload.begun };
        self.upload.over_since = Some(now);
        Ok(())
    }

    fn poll_late(
        &mut self,
        cx: &mut Context<'_>,
        word_due: Option<Monotonic>,
    ) -> Poll<Result<Event, Failure>> {
        let relay = &self.upload.relay;
        let word_due = word_due.filter(|_| self.upload.over_since.is_none() && relay.passage.bytes == 0);
        let (deadline, late) = match self.upload.over_since {
            Some(asked) => (self.head_deadline(asked), Failure::TimedOut),
            None if relay.waiting == Waiting::Sink => (relay.deadline, Failure::TimedOut),
            None => (relay.deadline, Failure::Refused(Refusal::TooSlow)),
        };
        self.wire.timer.set(word_due.map_or(deadline, |due| due.min(deadline)));
        match self.wire.timer.poll_expired(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) if word_due.is_some_and(|due| due < deadline) => {
                Poll::Ready(Ok(Event::NoWordOfContinue))
            }
            Poll::Ready(()) => Poll::Ready(Err(late)),
        }
    }

    /// Reads the head that `peer` has sent and writes down what the client gets of it; `None` while it has not come whole.
    fn look(&mut self, peer: &mut Peer, scan: &mut HeadScan) -> Result<Option<Look>, BadAnswer> {
        let (Peer { lease, input, .. }, to_head) = (peer, self.record.is_head);
        let mut slots = reader::field_slots();
        let arrived = answer_head::arrived(input, scan, &mut slots, to_head)?;
        let Some(head) = arrived else { return Ok(None) };
        let end = head.raw.len();
        let look = match head.status {
            100 => Look::Continue,
            101 if !self.job.draft.upgrade || head.upgrade.is_none() => return Err(BadAnswer::Upgrade),
            102..200 => {
                if self.record.version == Version::Http11 {
                    reply::put_fields_only(
                        self.out,
                        &head,
                        &places(self.job, &self.record.head, lease.instance()),
                    );
                }
                Look::Interim
            }
            _ => Look::Answer(self.write_down(lease, &head)),
        };
        drop(slots);
        input.advance(end);
        Ok(Some(look))
    }

    fn write_down(&mut self, lease: &mut Lease, head: &AnswerHead<'_>) -> Answer {
        self.note_served_by(lease);
        let tools = self.tools;
        let now = tools.clock.monotonic();
        let first_byte = now.since(self.upload.over_since.unwrap_or(self.upload.begun));
        let outcome = Outcome::Answered { status: head.status, first_byte };
        lease.report(outcome, now);
        let is_switch = head.status == 101;
        let delivery = passage::delivery(head.status, head.framing, self.record.is_head, self.record.version);
        // With a part of the request still to come, where the next one begins is not certain.
        let keep = self.keep
            && self.upload.relay.passage.is_done()
            && delivery != Delivery::UntilClose
            && !tools.stop.is_stopping();
        let told = tools.desk.settings.served_by && self.record.served_by != ServedBy::Gateway;
        let envelope = Envelope {
            served_by: told.then_some(&self.record.served_by),
            set_cookie: self.record.set_cookie.as_deref(),
            date: tools.date.text(self.record.at(now)),
            request_id: self.record.request_id,
            connection: if is_switch { Connection::Keep } else { Connection::new(keep, self.record.version) },
        };
        let places = places(self.job, &self.record.head, lease.instance());
        if let Some(tap) = &mut self.record.tap {
            tap.take_instance(lease.instance());
            tap.take_head(head.status, first_byte, |kept| reply::put_fields_only(kept, head, &places));
        }
        if is_switch {
            reply::put_switch(self.out, head, &places, &envelope);
        } else {
            reply::put_answer(self.out, head, delivery, &places, &envelope);
        }
        Answer {
            status: head.status,
            framing: head.framing,
            delivery,
            upstream_keeps: head.keep,
            keep,
            outcome,
            came: now,
            is_switch,
        }
    }
}

fn places<'a>(job: &Job, head: &'a [u8], instance: &'a Instance) -> Places<'a> {
    Places {
        authority: instance.authority(),
        base_path: instance.base_path(),
        host: job.host.map(|host| host.within(head)),
        https: job.https,
    }
}
