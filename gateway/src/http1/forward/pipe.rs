//! A body past the process: from socket to pipe to socket, page by page, where nothing looks at it (`splice(2)`).

use rustix::fd::OwnedFd;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// Room in a pipe. What the system grants less is as good.
const PIPE_BYTES: usize = 256 * 1024;
/// Pipes that a worker has open at once, two descriptors each; beyond it bodies are copied.
const PIPES_MAX: usize = 256;
/// Of these, kept while nothing needs them.
const SPARE_MAX: usize = 16;

/// A worker's pipes.
#[derive(Debug, Default)]
pub(crate) struct Pipes {
    spare: RefCell<Vec<Pipe>>,
    /// Every pipe that is open holds a share, so that none is forgotten, however its exchange ended.
    open: Rc<()>,
}

/// A pipe on which one body passes.
#[derive(Debug)]
pub(crate) struct Pipe {
    end: OwnedFd,
    start: OwnedFd,
    /// Bytes that are in it.
    held: usize,
    _share: Rc<()>,
}

impl Pipes {
    /// An empty pipe; `None` where there are enough, or the system has none.
    pub(crate) fn take(&self) -> Option<Pipe> {
        let spare = self.spare.borrow_mut().pop();
        spare.or_else(|| (self.open() < PIPES_MAX).then(|| Pipe::new(self.open.clone()).ok())?)
    }

    fn open(&self) -> usize {
        Rc::strong_count(&self.open) - 1
    }

    /// Takes a pipe back. One that still holds a part of a body is closed: it is nobody else's.
    pub(crate) fn give(&self, pipe: Pipe) {
        let mut spare = self.spare.borrow_mut();
        if pipe.is_empty() && spare.len() < SPARE_MAX {
            spare.push(pipe);
        }
    }
}

impl Pipe {
    fn new(share: Rc<()>) -> io::Result<Self> {
        let (end, start) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC)?;
        // Who may not have so much makes more, smaller moves.
        let _ = fcntl_setpipe_size(&start, PIPE_BYTES);
        Ok(Self { end, start, held: 0, _share: share })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Moves up to `most` bytes from a socket into the empty pipe. 0 at the end of the stream.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        source: &TcpStream,
        most: u64,
    ) -> Poll<io::Result<usize>> {
        let most = usize::try_from(most).unwrap_or(PIPE_BYTES).min(PIPE_BYTES);
        loop {
            ready!(source.poll_read_ready(cx))?;
            // An empty pipe takes something: where it would block, it is the socket that has nothing.
            match source
                .try_io(Interest::READABLE, || moved(splice(source, None, &self.start, None, most, FLAGS)))
            {
                Err(error) if is_passing(&error) => {}
                result => {
                    self.held = *result.as_ref().unwrap_or(&0);
                    return Poll::Ready(result);
                }
            }
        }
    }

    /// Moves what the pipe holds, or a part of it, to a socket.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>, sink: &TcpStream) -> Poll<io::Result<usize>> {
        loop {
            ready!(sink.poll_write_ready(cx))?;
            match sink
                .try_io(Interest::WRITABLE, || moved(splice(&self.end, None, sink, None, self.held, FLAGS)))
            {
                Err(error) if is_passing(&error) => {}
                result => {
                    self.held -= *result.as_ref().unwrap_or(&0);
                    return Poll::Ready(result);
                }
            }
        }
    }
}

const FLAGS: SpliceFlags = SpliceFlags::NONBLOCK.union(SpliceFlags::MOVE);

fn moved(result: rustix::io::Result<usize>) -> io::Result<usize> {
    result.map_err(io::Error::from)
}

/// Whether the move is to be tried again: once the socket is ready, or at once.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (near, listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn bytes_pass_in_order_and_no_more_than_asked_for() {
        let ((mut writer, source), (sink, mut reader)) = (pair().await, pair().await);
        let sent: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
        let mut received = vec![0; sent.len() - 1];
        let pipes = Pipes::default();
        let mut pipe = pipes.take().unwrap();
        let carrying = async {
            let mut left = received_len(&sent);
            while left > 0 || !pipe.is_empty() {
                if pipe.is_empty() {
                    left -= poll_fn(|cx| pipe.poll_fill(cx, &source, left)).await.unwrap() as u64;
                }
                poll_fn(|cx| pipe.poll_drain(cx, &sink)).await.unwrap();
            }
        };
        let writing = async { writer.write_all(&sent).await.unwrap() };
        let reading = async { reader.read_exact(&mut received).await.unwrap() };
        tokio::join!(carrying, writing, reading);
        assert!(received == sent[..sent.len() - 1]);
        pipes.give(pipe);
        let mut last = Vec::new();
        drop(writer);
        let mut source = source;
        source.read_to_end(&mut last).await.unwrap();
        assert_eq!(last, sent[sent.len() - 1..], "what was not asked for stays in the socket");
    }

    fn received_len(sent: &[u8]) -> u64 {
        sent.len() as u64 - 1
    }

    #[tokio::test]
    async fn a_pipe_that_holds_something_is_not_lent_again() {
        let (mut writer, source) = pair().await;
        writer.write_all(b"of somebody").await.unwrap();
        let pipes = Pipes::default();
        let mut pipe = pipes.take().unwrap();
        assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &source, 100)).await.unwrap(), 11);
        pipes.give(pipe);
        assert_eq!((pipes.spare.borrow().len(), pipes.open()), (0, 0));
    }

    #[test]
    fn there_are_so_many_pipes_and_no_more() {
        let pipes = Pipes::default();
        let held: Vec<_> = (1..PIPES_MAX).map(|_| pipes.open.clone()).collect();
        let last = pipes.take().unwrap();
        assert!(pipes.take().is_none());
        pipes.give(last);
        assert!(pipes.take().is_some(), "a spare one");
        drop(held);
        assert_eq!(pipes.open(), 0, "dropped, not given back: closed all the same");
    }
}
