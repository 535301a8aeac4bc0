//! The backend behind every proxy: answers any path that ends in a number with JSON of so many bytes. One thread, one
//! epoll.

mod reply;

pub(crate) use reply::Variant;

use super::serving::listen;
use crate::error::BenchError;
use crate::poll::{Event, EventFlags, Poller};
use reply::Replies;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;

/// What this program is started with to be the backend.
pub(crate) const COMMAND: &str = "backend";

/// Bytes that are read at once; the heads that proxies send are far smaller.
const READ_BYTES: usize = 16 * 1024;
/// The key of the listener, which no connection has.
const LISTENER: usize = usize::MAX;

/// Answers until it is killed.
pub(crate) fn serve(variant: Variant) -> Result<(), BenchError> {
    let listener = listen()?;
    let mut poller = Poller::new()?;
    poller.add(&listener, LISTENER, EventFlags::IN)?;
    let (mut events, mut connections) = (Vec::new(), Vec::new());
    let (mut replies, mut buffer) = (Replies::of(variant), vec![0; READ_BYTES]);
    loop {
        poller.wait(None, &mut events)?;
        for event in &events {
            if event.key == LISTENER {
                accept(&listener, &poller, &mut connections)?;
            } else if let Some(slot) = connections.get_mut(event.key)
                && !slot.as_mut().is_some_and(|connection| connection.turn(event, &mut replies, &mut buffer))
            {
                *slot = None;
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    poller: &Poller,
    connections: &mut Vec<Option<Connection>>,
) -> Result<(), BenchError> {
    while let Ok((stream, _)) = listener.accept() {
        let failed = || BenchError::system("accept a connection");
        stream.set_nonblocking(true).map_err(failed())?;
        stream.set_nodelay(true).map_err(failed())?;
        let key = connections.iter().position(Option::is_none).unwrap_or(connections.len());
        // Edge-triggered for both ways, so that nothing is ever armed again.
        poller.add(&stream, key, EventFlags::IN | EventFlags::OUT | EventFlags::ET)?;
        let connection = Connection { stream, head: Vec::new(), reply: None };
        match connections.get_mut(key) {
            Some(slot) => *slot = Some(connection),
            None => connections.push(Some(connection)),
        }
    }
    Ok(())
}

struct Connection {
    stream: TcpStream,
    /// A head whose end has not come; empty for nearly all.
    head: Vec<u8>,
    /// An answer that the socket has not taken whole, and how much it has.
    reply: Option<(Rc<[u8]>, usize)>,
}

impl Connection {
    /// Does what can be done; `false` when the connection is over.
    fn turn(&mut self, event: &Event, replies: &mut Replies, buffer: &mut [u8]) -> bool {
        if event.flags.contains(EventFlags::OUT) && self.reply.is_some() && !self.flush() {
            return false;
        }
        while self.reply.is_none() {
            let read = match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(read) => read,
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            };
            self.head.extend_from_slice(buffer.get(..read).unwrap_or_default());
            if self.head.ends_with(b"\r\n\r\n") {
                self.reply = replies.to(&self.head).map(|reply| (reply, 0));
                self.head.clear();
                if self.reply.is_none() || !self.flush() {
                    return false;
                }
            }
            // What fills less than the buffer was all there is.
            if read < buffer.len() {
                return true;
            }
        }
        true
    }

    fn flush(&mut self) -> bool {
        while let Some((reply, sent)) = &mut self.reply {
            match self.stream.write(reply.get(*sent..).unwrap_or_default()) {
                Ok(more) => *sent += more,
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
            if *sent >= reply.len() {
                self.reply = None;
            }
        }
        true
    }
}
