//! The connection's bytes: one buffer that is read into, writes that go out whole, and one timer for every wait.

use crate::http1::forward::{Side, side};
use crate::http1::settings::Waits;
use crate::http1::stop::StopSwitch;
use crate::http1::timer::Timer;
use bytes::BytesMut;
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;

/// Room that each read finds at least; most requests come whole in one.
const READ_BYTES: usize = 8 * 1024;
/// Room for a read within a large body.
const READ_MAX_BYTES: usize = 64 * 1024;

/// Why no more bytes come or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The client closed or reset the connection.
    Gone,
    /// The deadline of the wait has passed.
    TimedOut,
    /// The server stops, and nothing of a request has come.
    Stopping,
}

/// Finds the socket of a connection that has one.
pub(crate) type SocketOf<IO> = fn(&IO) -> Option<&TcpStream>;

/// One connection's socket, buffer and timer.
pub(crate) struct Wire<IO> {
    io: IO,
    socket: SocketOf<IO>,
    /// What has been read and not yet used.
    pub(crate) input: BytesMut,
    /// The deadline of whatever is waited for.
    pub(crate) timer: Timer,
    waits: Waits,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Side for Wire<IO> {
    fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        side::poll_receive(&mut self.io, &mut self.input, cx, wanted)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, first: &[u8], second: &[u8]) -> Poll<io::Result<usize>> {
        side::poll_send(&mut self.io, cx, first, second)
    }

    fn socket(&mut self) -> Option<&TcpStream> {
        (self.socket)(&self.io)
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Wire<IO> {
    pub(crate) fn new(io: IO, socket: SocketOf<IO>, timer: Timer, waits: Waits) -> Self {
        Self { io, socket, input: BytesMut::with_capacity(READ_BYTES), timer, waits }
    }

    /// Reads once; `wanted` bytes are still to come as far as known. With `idle`, the stop of the server ends the wait.
    pub(crate) async fn fill(&mut self, wanted: usize, idle: Option<&StopSwitch>) -> Result<(), Ended> {
        self.input.reserve(wanted.clamp(READ_BYTES / 2, READ_MAX_BYTES));
        poll_fn(|cx| {
            if let Poll::Ready(read) = self.poll_read(cx) {
                return Poll::Ready(read);
            }
            if idle.is_some_and(StopSwitch::is_stopping) {
                return Poll::Ready(Err(Ended::Stopping));
            }
            self.timer.poll_expired(cx).map(|()| Err(Ended::TimedOut))
        })
        .await
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Ended>> {
        // The future of one read keeps nothing between polls, so a new one each time loses nothing.
        match ready!(pin!(self.io.read_buf(&mut self.input)).poll(cx)) {
            Ok(0) | Err(_) => Poll::Ready(Err(Ended::Gone)),
            Ok(_) => Poll::Ready(Ok(())),
        }
    }

    /// Ready when the client has left although it is owed an answer. What it sends meanwhile is kept, up to a bound. A
    /// client that only ends its sending side cannot be told from one that has left; both are taken to have left.
    pub(crate) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Nearly always nothing has come, which needs no room to be seen.
        if let Some(socket) = (self.socket)(&self.io)
            && socket.poll_read_ready(cx).is_pending()
        {
            return Poll::Pending;
        }
        while self.input.len() < READ_BYTES / 2 {
            if let Ok(0) | Err(_) = ready!(self.poll_receive(cx, 0)) {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Writes both pieces, in one call where the socket takes them. The client may pause as long as the write wait
    /// allows, but not longer between two bytes.
    pub(crate) async fn send(&mut self, first: &[u8], second: &[u8]) -> Result<(), Ended> {
        let total = first.len() + second.len();
        let (mut sent, mut stalled) = (0, false);
        poll_fn(|cx| {
            while sent < total {
                match Self::poll_write(Pin::new(&mut self.io), cx, first, second, sent) {
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(Ended::Gone)),
                    Poll::Ready(Ok(bytes)) => {
                        sent += bytes;
                        stalled = false;
                    }
                    Poll::Pending => {
                        if !stalled {
                            stalled = true;
                            self.timer.set_after(self.waits.write);
                        }
                        return self.timer.poll_expired(cx).map(|()| Err(Ended::TimedOut));
                    }
                }
            }
            Poll::Ready(Ok(()))
        })
        .await
    }

    fn poll_write(
        io: Pin<&mut IO>,
        cx: &mut Context<'_>,
        first: &[u8],
        second: &[u8],
        sent: usize,
    ) -> Poll<io::Result<usize>> {
        match (first.get(sent..), second.get(sent.saturating_sub(first.len())..)) {
            (Some(first), Some([]) | None) if !first.is_empty() => io.poll_write(cx, first),
            (Some(first), Some(second)) if !first.is_empty() => {
                io.poll_write_vectored(cx, &[IoSlice::new(first), IoSlice::new(second)])
            }
            (_, second) => io.poll_write(cx, second.unwrap_or_default()),
        }
    }

    /// Gives back the memory of a large body.
    pub(crate) fn shrink(&mut self) {
        if self.input.is_empty() && self.input.capacity() > 2 * READ_BYTES {
            self.input = BytesMut::with_capacity(READ_BYTES);
        }
    }

    /// Says goodbye: closes the sending side. A reset instead would take the answer away from the client.
    pub(crate) async fn finish(&mut self) {
        self.timer.set_after(self.waits.linger);
        poll_fn(|cx| {
            if Pin::new(&mut self.io).poll_shutdown(cx).is_ready() {
                return Poll::Ready(());
            }
            self.timer.poll_expired(cx)
        })
        .await;
    }

    /// Closes the sending side, then throws away what the client still sends, until it closes too or a bound is met.
    pub(crate) async fn linger(&mut self, max_bytes: usize) {
        self.finish().await;
        let mut thrown_away = self.input.len();
        self.input.clear();
        while thrown_away <= max_bytes && self.fill(0, None).await.is_ok() {
            thrown_away += self.input.len();
            self.input.clear();
        }
    }
}
