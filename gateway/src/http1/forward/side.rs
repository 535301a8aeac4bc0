//! The two connections of an exchange, as what carries bodies sees them: a buffer, a read, a write.

use bytes::BytesMut;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use upstream::Lease;

/// Least room for a read.
pub(crate) const READ_BYTES: usize = 4 * 1024;
/// Most room for a read.
pub(crate) const READ_MAX_BYTES: usize = 64 * 1024;

/// One of the two connections.
pub(crate) trait Side {
    /// What has been read and not yet used.
    fn input(&mut self) -> &mut BytesMut;
    /// Reads once into the buffer, with room for about `wanted` bytes. 0 at the end.
    fn poll_receive(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>>;
    /// Writes both pieces, or a part of them.
    fn poll_send(&mut self, cx: &mut Context<'_>, first: &[u8], second: &[u8]) -> Poll<io::Result<usize>>;
    /// The socket, if bytes may pass by the process.
    fn socket(&mut self) -> Option<&TcpStream>;
    /// Ends the sending side.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// Reads once; a new future each time loses nothing, since the future of one read keeps nothing between polls.
pub(crate) fn poll_receive<IO: AsyncRead + Unpin>(
    io: &mut IO,
    input: &mut BytesMut,
    cx: &mut Context<'_>,
    wanted: usize,
) -> Poll<io::Result<usize>> {
    let wanted = wanted.clamp(READ_BYTES, READ_MAX_BYTES);
    if input.capacity() - input.len() < wanted {
        input.reserve(wanted);
    }
    pin!(io.read_buf(input)).poll(cx)
}

/// Writes once.
pub(crate) fn poll_send<IO: AsyncWrite + Unpin>(
    io: &mut IO,
    cx: &mut Context<'_>,
    first: &[u8],
    second: &[u8],
) -> Poll<io::Result<usize>> {
    let io = Pin::new(io);
    match (first.is_empty(), second.is_empty()) {
        (_, true) => io.poll_write(cx, first),
        (true, false) => io.poll_write(cx, second),
        (false, false) => io.poll_write_vectored(cx, &[IoSlice::new(first), IoSlice::new(second)]),
    }
}

/// The upstream's connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) lease: Lease,
    pub(crate) input: BytesMut,
    /// Whether it was seen that nothing has come yet.
    pub(crate) is_awaited: bool,
}

impl Peer {
    pub(crate) fn new(lease: Lease) -> Self {
        Self { lease, input: BytesMut::new(), is_awaited: false }
    }
}

impl Side for Peer {
    fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        poll_receive(self.lease.stream(), &mut self.input, cx, wanted)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, first: &[u8], second: &[u8]) -> Poll<io::Result<usize>> {
        poll_send(self.lease.stream(), cx, first, second)
    }

    fn socket(&mut self) -> Option<&TcpStream> {
        Some(self.lease.stream())
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.lease.stream()).poll_shutdown(cx)
    }
}
