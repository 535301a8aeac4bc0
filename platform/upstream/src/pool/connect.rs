//! A new connection, within a deadline.

use crate::resolver::Resolver;
use crate::spec::Target;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;

/// Connects to one of the target's addresses, in turn from the one that `start` points at; looking up the name and all
/// attempts together take `wait` at the longest.
///
/// # Errors
/// What the system said of the last address; [`io::ErrorKind::TimedOut`].
pub(crate) async fn connect(
    resolver: &Resolver,
    target: &Target,
    wait: Duration,
    start: u64,
) -> io::Result<TcpStream> {
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no connection within the deadline");
    let connected = tokio::time::timeout(wait, to_any(resolver, target, wait, start)).await;
    let connected = connected.map_err(late).flatten();
    if connected.is_err() {
        resolver.doubt(target);
    }
    connected
}

async fn to_any(resolver: &Resolver, target: &Target, wait: Duration, start: u64) -> io::Result<TcpStream> {
    let addresses = resolver.resolve(target).await?;
    let count = addresses.len().max(1);
    // One address that does not answer leaves time for the others.
    let share = wait / u32::try_from(count).unwrap_or(u32::MAX);
    let skip = usize::try_from(start % u64::try_from(count).unwrap_or(1)).unwrap_or_default();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses.iter().cycle().skip(skip).take(addresses.len()) {
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::new(io::ErrorKind::TimedOut, "no connection within the deadline"),
        }
    }
    Err(last)
}
