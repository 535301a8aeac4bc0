//! After an upgrade: bytes both ways, whatever they mean, until both sides have ended.

use crate::http1::forward::failure::End;
use crate::http1::forward::session::Session;
use crate::http1::forward::side::{Peer, READ_BYTES, Side};
use bytes::Buf;
use kernel::Monotonic;
use std::future::poll_fn;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use upstream::Outcome;

/// One direction.
#[derive(Debug, Default)]
struct Way {
    /// The source has ended.
    ended: bool,
    /// The sink knows that.
    told: bool,
    bytes: u64,
}

/// A side is gone for good.
struct Broken;

impl Way {
    /// Carries what there is; holds one buffer at most.
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut impl Side,
        to: &mut impl Side,
    ) -> Poll<Result<(), Broken>> {
        loop {
            while !from.input().is_empty() {
                match to.poll_send(cx, from.input(), &[]) {
                    Poll::Ready(Ok(sent)) if sent > 0 => {
                        from.input().advance(sent);
                        self.bytes += sent as u64;
                    }
                    Poll::Ready(_) => return Poll::Ready(Err(Broken)),
                    Poll::Pending => return Poll::Pending,
                }
            }
            if self.ended {
                if !self.told {
                    std::task::ready!(to.poll_end(cx)).map_err(|_| Broken)?;
                    self.told = true;
                }
                return Poll::Ready(Ok(()));
            }
            match from.poll_receive(cx, READ_BYTES) {
                Poll::Ready(Ok(0)) => self.ended = true,
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(Err(Broken)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Session<'_, IO> {
    /// Sends the head that is in `out`, then carries bytes both ways.
    pub(crate) async fn tunnel(&mut self, mut peer: Peer, status: u16) -> End {
        let sent = self.wire.send(self.out, &[]).await;
        self.out.clear();
        let (mut up, mut down) = (Way::default(), Way::default());
        if sent.is_ok() {
            let mut quiet = Quiet { bytes: 0, stopping: false, deadline: self.tools.clock.monotonic() };
            quiet.deadline = quiet.deadline.plus(self.tools.desk.tunnel_idle);
            poll_fn(|cx| self.poll_tunnel(cx, &mut peer, (&mut up, &mut down), &mut quiet)).await;
        }
        peer.lease.finish(Outcome::Abandoned, false);
        self.upload.relay.passage.bytes = up.bytes;
        End::Sent { status, body_bytes: down.bytes, complete: sent.is_ok(), keep: false }
    }

    fn poll_tunnel(
        &mut self,
        cx: &mut Context<'_>,
        peer: &mut Peer,
        (up, down): (&mut Way, &mut Way),
        quiet: &mut Quiet,
    ) -> Poll<()> {
        let sent = up.poll(cx, self.wire, peer);
        let received = down.poll(cx, peer, self.wire);
        match (sent, received) {
            (Poll::Ready(Err(Broken)), _) | (_, Poll::Ready(Err(Broken))) => return Poll::Ready(()),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => return Poll::Ready(()),
            _ => {}
        }
        let desk = self.tools.desk;
        let stopping = self.tools.stop.is_stopping();
        if stopping && !quiet.stopping {
            quiet.stopping = true;
            quiet.deadline = self.tools.clock.monotonic().plus(desk.tunnel_stop);
        } else if !stopping && quiet.bytes != up.bytes + down.bytes {
            quiet.bytes = up.bytes + down.bytes;
            quiet.deadline = self.tools.clock.monotonic().plus(desk.tunnel_idle);
        }
        self.wire.timer.set(quiet.deadline);
        self.wire.timer.poll_expired(cx)
    }
}

/// How long nothing has moved.
struct Quiet {
    bytes: u64,
    stopping: bool,
    deadline: Monotonic,
}
