//! The floor: a relay of bytes that reads no HTTP, with one upstream connection a client connection. One thread, one
//! edge-triggered epoll; with `--splice` the bytes never enter the process.

use super::pipe::{Copied, Spliced, Way};
use super::serving::listen;
use crate::error::BenchError;
use crate::poll::{Event, EventFlags, Poller};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// What this program is started with to be the relay.
pub(crate) const COMMAND: &str = "relay";

/// The key of the listener, which no connection has.
const LISTENER: usize = usize::MAX;

/// Relays until it is killed.
pub(crate) fn serve(upstream: SocketAddr, splice: bool) -> Result<(), BenchError> {
    if splice { relay(upstream, Spliced::new) } else { relay(upstream, || Ok(Copied::default())) }
}

fn relay<W: Way>(upstream: SocketAddr, way: impl Fn() -> Result<W, BenchError>) -> Result<(), BenchError> {
    let listener = listen()?;
    let mut poller = Poller::new()?;
    poller.add(&listener, LISTENER, EventFlags::IN)?;
    let (mut events, mut pairs) = (Vec::new(), Vec::new());
    loop {
        poller.wait(None, &mut events)?;
        for event in &events {
            if event.key == LISTENER {
                accept(&listener, upstream, &poller, &mut pairs, &way)?;
            } else if let Some(slot) = pairs.get_mut(event.key / 2)
                && !slot.as_mut().is_some_and(|pair| pair.turn(event))
            {
                *slot = None;
            }
        }
    }
}

fn accept<W: Way>(
    listener: &TcpListener,
    upstream: SocketAddr,
    poller: &Poller,
    pairs: &mut Vec<Option<Pair<W>>>,
    way: impl Fn() -> Result<W, BenchError>,
) -> Result<(), BenchError> {
    while let Ok((client, _)) = listener.accept() {
        let failed = || BenchError::system("accept and connect");
        let upstream = TcpStream::connect(upstream).map_err(failed())?;
        let place = pairs.iter().position(Option::is_none).unwrap_or(pairs.len());
        let both = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        for (side, stream) in [&client, &upstream].into_iter().enumerate() {
            stream.set_nonblocking(true).map_err(failed())?;
            stream.set_nodelay(true).map_err(failed())?;
            poller.add(stream, 2 * place + side, both)?;
        }
        let pair = Pair { client, upstream, there: way()?, back: way()? };
        match pairs.get_mut(place) {
            Some(slot) => *slot = Some(pair),
            None => pairs.push(Some(pair)),
        }
    }
    Ok(())
}

/// Two connections and the two ways between them.
struct Pair<W> {
    client: TcpStream,
    upstream: TcpStream,
    there: W,
    back: W,
}

impl<W: Way> Pair<W> {
    /// Moves what can be moved; `false` when either side has ended.
    fn turn(&mut self, event: &Event) -> bool {
        if event.flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
            return false;
        }
        let of_client = event.key.is_multiple_of(2);
        let (from_here, to_here, here, other) = if of_client {
            (&mut self.there, &mut self.back, &self.client, &self.upstream)
        } else {
            (&mut self.back, &mut self.there, &self.upstream, &self.client)
        };
        let arrived = !event.flags.contains(EventFlags::IN) || from_here.carry(here, other);
        let has_room = event.flags.contains(EventFlags::OUT) && to_here.holds();
        arrived && (!has_room || to_here.carry(other, here))
    }
}
