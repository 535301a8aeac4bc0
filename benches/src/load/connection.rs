//! One kept connection of the load: sends a request whole, and takes answers apart as they come.

use super::Load;
use crate::answer::Head;
use crate::error::BenchError;
use crate::http::beginning;
use kernel::Monotonic;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Bytes that are read at once.
pub(super) const READ_MAX_BYTES: usize = 256 * 1024;

/// A connection with at most one request under way.
pub(super) struct Connection {
    stream: TcpStream,
    from: SocketAddr,
    due: Monotonic,
    /// The beginning of a head whose end has not come; empty for nearly all.
    partial: Vec<u8>,
    /// The answer whose body is coming, and how many bytes of it are still to come.
    coming: Option<(Head, usize)>,
    /// The beginning of the last body, kept only when it came with a status that no run expects.
    failed_body: String,
}

impl Connection {
    /// Connects.
    pub(super) fn open(to: SocketAddr, now: Monotonic) -> Result<Self, BenchError> {
        let failed = || BenchError::system(format!("connect to {to}"));
        let stream = TcpStream::connect(to).map_err(failed())?;
        stream.set_nodelay(true).map_err(failed())?;
        stream.set_nonblocking(true).map_err(failed())?;
        Ok(Self { stream, from: to, due: now, partial: Vec::new(), coming: None, failed_body: String::new() })
    }

    /// The socket, to be watched.
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends a request that was due at that moment. One always fits: nothing else is in the socket's buffer.
    pub(super) fn send(&mut self, request: &[u8], due: Monotonic) -> Result<(), BenchError> {
        self.due = due;
        self.stream.write_all(request).map_err(BenchError::system("send a request"))
    }

    /// Reads what has come; the status once an answer is whole.
    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Result<Option<u16>, BenchError> {
        let read = match self.stream.read(buffer) {
            Ok(0) => return Err(self.unreadable("it closed a kept connection")),
            Ok(read) => read,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(None);
            }
            Err(error) => return Err(BenchError::system("receive an answer")(error)),
        };
        let received = buffer.get(..read).unwrap_or_default();
        if let Some((head, left)) = self.coming.take() {
            return self.continued(head, left, received);
        }
        if self.partial.is_empty() {
            return self.began(received);
        }
        let mut partial = std::mem::take(&mut self.partial);
        partial.extend_from_slice(received);
        self.began(&partial)
    }

    /// How long the answered request took, from the moment at which it was due.
    ///
    /// # Errors
    /// When the answer has another status than is measured.
    pub(super) fn answered(
        &mut self,
        load: &Load<'_>,
        status: u16,
        now: Monotonic,
    ) -> Result<Duration, BenchError> {
        if status == load.expected_status {
            return Ok(now.since(self.due));
        }
        let line = load.request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        Err(BenchError::Unexpected {
            request: beginning(line),
            status,
            expected: load.expected_status,
            body: std::mem::take(&mut self.failed_body),
        })
    }

    fn began(&mut self, bytes: &[u8]) -> Result<Option<u16>, BenchError> {
        let Some(head) = Head::read(bytes).map_err(|reason| self.unreadable(reason))? else {
            self.partial = bytes.to_vec();
            return Ok(None);
        };
        let body = bytes.get(head.head_bytes..).unwrap_or_default();
        if head.status >= 400 {
            self.failed_body = beginning(body);
        }
        self.continued(head, head.body_bytes, body)
    }

    fn continued(&mut self, head: Head, left: usize, body: &[u8]) -> Result<Option<u16>, BenchError> {
        let Some(left) = left.checked_sub(body.len()) else {
            return Err(self.unreadable("more than one answer to one request"));
        };
        if left > 0 {
            self.coming = Some((head, left));
            return Ok(None);
        }
        Ok(Some(head.status))
    }

    fn unreadable(&self, reason: &'static str) -> BenchError {
        BenchError::Unreadable { from: self.from, reason }
    }
}
