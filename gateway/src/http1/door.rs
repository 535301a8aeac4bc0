//! Closing the door without slamming it: what the kernel has let in is accepted and answered, nobody new is let in.
//!
//! Closing a listener resets every connection that the kernel has made and nobody has accepted yet, with a request that
//! may be on it already. So new handshakes are held off first, and the listener is closed when its queue has run empty.

use std::io;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the queue of connections may take to run empty once nobody new comes: a handshake under way ends within it,
/// and what the acceptor has handed to a worker begins there.
const DRAIN: Duration = Duration::from_millis(50);

/// A second handle on the listener.
pub(crate) struct Door(Mutex<Option<TcpListener>>);

impl Door {
    /// The door of this listener.
    ///
    /// # Errors
    /// When the system gives no second handle.
    pub(crate) fn of(listener: &TcpListener) -> io::Result<Self> {
        Ok(Self(Mutex::new(Some(listener.try_clone()?))))
    }

    /// Lets nobody new in and waits until those before have been accepted. A client that tries meanwhile tries again by
    /// itself after a second (RFC 6298), and is then refused or finds the next process.
    pub(crate) async fn shut(&self) {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(listener) = listener else { return };
        match hold_off(&listener) {
            Ok(()) => tokio::time::sleep(DRAIN).await,
            // Then the listener closes with what is in its queue, as it would without us.
            Err(error) => tracing::debug!(%error, "new connections cannot be held off"),
        }
    }
}

/// Drops packets that begin a connection (SYN), by a classic BPF program on the socket; it sees packets from the TCP
/// header on. Those that end a handshake pass.
#[cfg(target_os = "linux")]
fn hold_off(listener: &TcpListener) -> io::Result<()> {
    use socket2::SockFilter;
    /// Place of the flags in the TCP header (RFC 9293, 3.1).
    const FLAGS_AT: u32 = 13;
    const SYN: u32 = 0x02;
    // Opcodes of <linux/bpf_common.h>.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    socket2::SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS_AT),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn hold_off(_: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    #[tokio::test]
    async fn who_was_let_in_is_served_and_nobody_new_comes_in() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut before = TcpStream::connect(address).unwrap();
        Door::of(&listener).unwrap().shut().await;
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(200)).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        before.write_all(b"hello").unwrap();
        let (mut accepted, _) = listener.accept().unwrap();
        let mut said = [0; 5];
        accepted.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"hello");
        accepted.write_all(b"bye").unwrap();
        drop((accepted, listener));
        let mut answer = String::new();
        before.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "bye");
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
