//! The receiving half of the loop: the first bytes, a whole head, then a body as far as somebody wants it.

use super::Connection;
use crate::http1::body::Collector;
use crate::http1::exchange::Observer;
use crate::http1::route::Router;
use crate::http1::scan::HeadScan;
use crate::http1::wire::Ended;
use crate::http1::worker::Application;
use crate::http1::{Framing, Refusal};
use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite};

/// Why a request cannot be gone on with.
pub(super) enum Stuck {
    /// There is nobody to answer.
    Gone,
    /// It is refused.
    Refused(Refusal),
}

impl From<Refusal> for Stuck {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<IO, A, R, O> Connection<IO, A, R, O>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    A: Application,
    R: Router,
    O: Observer,
{
    /// Waits for the first bytes of a request.
    pub(super) async fn await_request(&mut self) -> Result<(), Stuck> {
        let mut last_call = false;
        while self.wire.input.is_empty() {
            let stop = (!last_call).then_some(&*self.worker.stop);
            match self.wire.fill(0, stop).await {
                Ok(()) => {}
                // A request may be on its way: closing now would lose it.
                Err(Ended::Stopping) => {
                    last_call = true;
                    self.wire.timer.set_after(self.worker.waits.stop_grace);
                }
                Err(_) => return Err(Stuck::Gone),
            }
        }
        Ok(())
    }

    /// Reads on until a head is whole, which has begun; gives its length.
    pub(super) async fn read_head(&mut self) -> Result<usize, Stuck> {
        let (mut scan, mut skipped_blank) = (HeadScan::default(), false);
        self.wire.timer.set_after(self.worker.waits.head);
        loop {
            match scan.scan(&self.wire.input)? {
                // One empty line in front of a request is a habit of old clients (RFC 9112 section 2.2).
                Some(2) if !skipped_blank => {
                    self.wire.input.advance(2);
                    (scan, skipped_blank) = (HeadScan::default(), true);
                    if self.wire.input.is_empty() {
                        self.wire.timer.set_after(self.worker.waits.idle);
                        self.await_request().await?;
                        self.wire.timer.set_after(self.worker.waits.head);
                    }
                    continue;
                }
                Some(2) => return Err(Refusal::RequestLine.into()),
                Some(end) if end <= self.worker.settings.head_max_bytes => return Ok(end),
                Some(_) => return Err(Refusal::HeadTooLarge.into()),
                None => self.check_partial_head(&scan)?,
            }
            match self.wire.fill(0, None).await {
                Ok(()) => {}
                Err(Ended::TimedOut) => return Err(Refusal::TooSlow.into()),
                Err(_) => return Err(Stuck::Gone),
            }
        }
    }

    fn check_partial_head(&self, scan: &HeadScan) -> Result<(), Refusal> {
        /// Method, version and the spaces of a request line.
        const AROUND_TARGET_BYTES: usize = 64;
        let (length, settings) = (self.wire.input.len(), &self.worker.settings);
        if !scan.has_request_line() && length > settings.target_max_bytes + AROUND_TARGET_BYTES {
            return Err(Refusal::TargetTooLong);
        }
        if length >= settings.head_max_bytes { Err(Refusal::HeadTooLarge) } else { Ok(()) }
    }

    /// Collects the body, and asks for it first where the client waits to be asked.
    pub(super) async fn read_body(
        &mut self,
        framing: Framing,
        expects_continue: bool,
    ) -> Result<Bytes, Stuck> {
        if framing == Framing::None {
            return Ok(Bytes::new());
        }
        let mut body = Collector::new(framing, self.worker.settings.body_max_bytes)?;
        // Who sends the body already does not wait.
        if expects_continue && self.wire.input.is_empty() {
            let asked = self.wire.send(b"HTTP/1.1 100 Continue\r\n\r\n", &[]).await;
            asked.map_err(|_| Stuck::Gone)?;
        }
        let used = body.take(&self.wire.input)?;
        self.wire.input.advance(used);
        if !body.is_done() {
            self.read_rest(&mut body).await?;
        }
        Ok(body.into_bytes())
    }

    async fn read_rest(&mut self, body: &mut Collector) -> Result<(), Stuck> {
        let (clock, waits) = (self.worker.clock.clone(), self.worker.waits);
        let last_moment = clock.monotonic().plus(waits.body);
        while !body.is_done() {
            self.wire.timer.set(clock.monotonic().plus(waits.body_idle).min(last_moment));
            match self.wire.fill(body.wanted(), None).await {
                Ok(()) => {}
                Err(Ended::TimedOut) => return Err(Refusal::TooSlow.into()),
                Err(_) => return Err(Stuck::Gone),
            }
            let used = body.take(&self.wire.input)?;
            self.wire.input.advance(used);
        }
        self.wire.shrink();
        Ok(())
    }

    /// Throws away a body that nobody wants, if all of it is there; `false` when only closing helps.
    pub(super) fn skip_body(&mut self, framing: Framing) -> bool {
        let Ok(mut body) = Collector::new(framing, self.worker.settings.body_max_bytes) else { return false };
        let Ok(used) = body.take(&self.wire.input) else { return false };
        self.wire.input.advance(used);
        body.is_done()
    }
}
