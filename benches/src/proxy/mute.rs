//! Upstreams that answer nothing: they accept every connection, and read what comes, or not even that.

use super::serving::listen;
use crate::error::BenchError;
use crate::poll::{EventFlags, Poller};
use std::io::Read;
use std::net::TcpStream;

/// What this program is started with to be such an upstream.
pub(crate) const COMMAND: &str = "mute";

/// Bytes that are read at once.
const READ_BYTES: usize = 64 * 1024;
/// The key of the listener, which no connection has.
const LISTENER: usize = usize::MAX;

/// Accepts until it is killed; reads if it is to.
pub(crate) fn serve(reads: bool) -> Result<(), BenchError> {
    let listener = listen()?;
    let mut poller = Poller::new()?;
    poller.add(&listener, LISTENER, EventFlags::IN)?;
    let (mut events, mut connections) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; READ_BYTES];
    loop {
        poller.wait(None, &mut events)?;
        for event in &events {
            if event.key == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).map_err(BenchError::system("accept a connection"))?;
                    if reads {
                        poller.add(&stream, connections.len(), EventFlags::IN)?;
                    }
                    connections.push(Some(stream));
                }
            } else if let Some(slot) = connections.get_mut(event.key)
                && slot.as_mut().is_some_and(|stream| is_closed(stream, &mut buffer))
            {
                *slot = None;
            }
        }
    }
}

fn is_closed(stream: &mut TcpStream, buffer: &mut [u8]) -> bool {
    matches!(stream.read(buffer), Ok(0))
}
