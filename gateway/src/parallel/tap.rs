//! What is kept of an exchange while its client is served: the request's body, and the answer as the client gets it.

use crate::http1::Framing;
use crate::parallel::question::Sent;
use crate::parallel::taken::Taken;
use crate::parallel::{Kept, ToCompare};
use bytes::Bytes;
use memchr::memmem::Finder;
use report::DropCause;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use upstream::Instance;

/// Room for the head of an answer, as most of them are.
const HEAD_USUAL_BYTES: usize = 512;

/// What is kept of one exchange. The loop tells it what passes; the first thing that makes a comparison impossible ends
/// the keeping.
pub(crate) struct Tap {
    to_compare: ToCompare,
    body_max_bytes: usize,
    sent: Option<Sent>,
    request_body: Bytes,
    answer: Taken,
    is_whole: bool,
    fault: Option<DropCause>,
}

/// What passed between a client and the serving side, whole.
pub(crate) struct Passed {
    pub(crate) sent: Option<Sent>,
    pub(crate) request_body: Bytes,
    pub(crate) answer: Taken,
}

impl Tap {
    pub(crate) fn new(to_compare: ToCompare, body_max_bytes: usize) -> Self {
        Self {
            to_compare,
            body_max_bytes,
            sent: None,
            request_body: Bytes::new(),
            answer: Taken::default(),
            is_whole: false,
            fault: None,
        }
    }

    /// There is nothing to be compared, because of this.
    pub(crate) fn fail(&mut self, cause: DropCause) {
        self.fault.get_or_insert(cause);
    }

    /// The head that the serving side gets: the other side's will be the same, but for what names the request.
    pub(crate) fn take_sent(&mut self, sent: Sent) {
        self.sent = Some(sent);
    }

    /// Keeps a request's body while it goes to the serving side; `None` where that is of no use.
    pub(crate) fn keep_request(&mut self, framing: Framing) -> Option<Kept> {
        match framing {
            Framing::None => None,
            Framing::Length(bytes) => self.keep(Some(bytes)),
            Framing::Chunked => self.keep(None),
        }
    }

    /// The request's body has passed; `whole` if all of it has.
    pub(crate) fn take_request(&mut self, kept: Option<Kept>, whole: bool) {
        match kept.map(Kept::finish) {
            Some(None) => self.fail(DropCause::BodyTooLarge),
            Some(Some(_)) if !whole => self.fail(DropCause::NotComparable),
            Some(Some(body)) => self.request_body = body,
            None => {}
        }
    }

    /// The request's body is at hand.
    pub(crate) fn take_request_body(&mut self, body: Bytes) {
        if body.len() > self.body_max_bytes {
            self.fail(DropCause::BodyTooLarge);
        } else if self.fault.is_none() {
            self.request_body = body;
        }
    }

    /// The head of the answer, written by `write`, came so long after the request was whole.
    pub(crate) fn take_head(&mut self, status: u16, took: Duration, write: impl FnOnce(&mut Vec<u8>)) {
        if self.fault.is_some() {
            return;
        }
        self.answer.status = status;
        self.answer.took = took;
        self.answer.head.reserve(HEAD_USUAL_BYTES);
        write(&mut self.answer.head);
        if is_endless(&self.answer.head) {
            self.fail(DropCause::NotComparable);
        }
    }

    /// Who gives the answer, where it comes from outside of this process.
    pub(crate) fn take_instance(&mut self, instance: &Arc<Instance>) {
        self.answer.instance = Some(instance.clone());
    }

    /// Keeps an answer's body while it goes to the client; `None` where that is of no use.
    pub(crate) fn keep_answer(&mut self, length: Option<u64>) -> Option<Kept> {
        self.keep(length)
    }

    /// The answer's body has passed, all of it.
    pub(crate) fn take_answer(&mut self, kept: Option<Kept>, trailers: &[u8]) {
        match kept.map(Kept::finish) {
            Some(Some(body)) => {
                self.answer.trailers = trailers.to_vec();
                self.take_body(body);
            }
            Some(None) => self.fail(DropCause::BodyTooLarge),
            None => {}
        }
    }

    /// The answer's body was sent at once, all of it.
    pub(crate) fn take_body(&mut self, body: Bytes) {
        if body.len() > self.body_max_bytes {
            self.fail(DropCause::BodyTooLarge);
        } else if self.fault.is_none() {
            self.answer.body = body;
            self.is_whole = true;
        }
    }

    /// What was kept, with the request's body; or why there is nothing to compare.
    pub(crate) fn finish(mut self) -> (ToCompare, Result<Passed, DropCause>) {
        if !self.is_whole {
            // An error of the gateway's own is no answer of the serving side. An answer that began and was not taken
            // whole was not by the client, or else that has been said.
            let began = self.answer.status != 0;
            self.fail(if began { DropCause::ClientLeft } else { DropCause::NotComparable });
        }
        let kept = match self.fault {
            Some(cause) => Err(cause),
            None => Ok(Passed { sent: self.sent, request_body: self.request_body, answer: self.answer }),
        };
        (self.to_compare, kept)
    }

    fn keep(&mut self, length: Option<u64>) -> Option<Kept> {
        if self.fault.is_some() {
            return None;
        }
        let expected = usize::try_from(length.unwrap_or_default()).unwrap_or(usize::MAX);
        if expected > self.body_max_bytes {
            self.fail(DropCause::BodyTooLarge);
            return None;
        }
        Some(Kept::new(self.body_max_bytes, expected))
    }
}

/// Whether the answer goes on for as long as somebody listens.
fn is_endless(head: &[u8]) -> bool {
    static STREAM: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("text/event-stream"));
    STREAM.find(head).is_some()
}
