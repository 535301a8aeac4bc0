//! The two ways to carry bytes from one socket to another: through this process, or past it.

use crate::error::BenchError;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// Bytes that are read at once.
const READ_BYTES: usize = 256 * 1024;
/// Room in a pipe.
const PIPE_BYTES: usize = 1024 * 1024;
/// A move that brought less has emptied the socket.
const FULL_BYTES: usize = 32 * 1024;

/// A way from one socket to another.
pub(super) trait Way {
    /// Carries as much as goes; `false` when the source has ended or a socket is broken.
    fn carry(&mut self, source: &TcpStream, sink: &TcpStream) -> bool;
    /// Whether something has come that is not gone.
    fn holds(&self) -> bool;
}

/// Through this process.
pub(super) struct Copied {
    buffer: Vec<u8>,
    /// What of the buffer the sink has not taken.
    waiting: std::ops::Range<usize>,
}

impl Default for Copied {
    fn default() -> Self {
        Self { buffer: vec![0; READ_BYTES], waiting: 0..0 }
    }
}

impl Way for Copied {
    fn carry(&mut self, mut source: &TcpStream, mut sink: &TcpStream) -> bool {
        let mut emptied = false;
        loop {
            while self.holds() {
                match sink.write(self.buffer.get(self.waiting.clone()).unwrap_or_default()) {
                    Ok(sent) => self.waiting.start += sent,
                    Err(error) => return error.kind() == ErrorKind::WouldBlock,
                }
            }
            if emptied {
                return true;
            }
            match source.read(&mut self.buffer) {
                Ok(0) => return false,
                Ok(read) => (self.waiting, emptied) = (0..read, read < READ_BYTES),
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    fn holds(&self) -> bool {
        !self.waiting.is_empty()
    }
}

/// Past it: pages go from socket to pipe to socket.
pub(super) struct Spliced {
    read: OwnedFd,
    write: OwnedFd,
    waiting: usize,
}

impl Spliced {
    /// With a pipe of its own.
    pub(super) fn new() -> Result<Self, BenchError> {
        let failed = || BenchError::system("make a pipe");
        let (read, write) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).map_err(failed())?;
        fcntl_setpipe_size(&write, PIPE_BYTES).map_err(failed())?;
        Ok(Self { read, write, waiting: 0 })
    }
}

impl Way for Spliced {
    fn carry(&mut self, source: &TcpStream, sink: &TcpStream) -> bool {
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        let mut emptied = false;
        loop {
            while self.holds() {
                match splice(&self.read, None, sink, None, self.waiting, flags) {
                    Ok(sent) => self.waiting -= sent,
                    Err(error) => return error == Errno::AGAIN,
                }
            }
            if emptied {
                return true;
            }
            match splice(source, None, &self.write, None, PIPE_BYTES, flags) {
                Ok(0) => return false,
                Ok(read) => (self.waiting, emptied) = (read, read < FULL_BYTES),
                Err(error) => return error == Errno::AGAIN,
            }
        }
    }

    fn holds(&self) -> bool {
        self.waiting > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (near, listener.accept().unwrap().0)
    }

    fn carries_everything(mut way: impl Way) {
        let ((mut writer, source), (sink, mut reader)) = (pair(), pair());
        source.set_nonblocking(true).unwrap();
        sink.set_nonblocking(true).unwrap();
        let sent: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let (to_send, mut received) = (sent.clone(), vec![0; sent.len()]);
        let writing = std::thread::spawn(move || {
            writer.write_all(&to_send).unwrap();
            writer
        });
        let reading = std::thread::spawn(move || {
            reader.read_exact(&mut received).unwrap();
            received
        });
        while !reading.is_finished() {
            assert!(way.carry(&source, &sink));
            std::thread::yield_now();
        }
        assert!(reading.join().unwrap() == sent && !way.holds());
        drop(writing.join().unwrap());
        while way.carry(&source, &sink) {
            std::thread::yield_now();
        }
    }

    #[test]
    fn bytes_pass_through_the_process() {
        carries_everything(Copied::default());
    }

    #[test]
    fn bytes_pass_by_the_process() {
        carries_everything(Spliced::new().unwrap());
    }
}
