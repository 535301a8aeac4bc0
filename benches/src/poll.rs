//! One epoll: for the load and for the reference servers, which share a core with it and have to cost little.

use crate::error::BenchError;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::time::Duration;

pub(crate) use rustix::event::epoll::EventFlags;

/// Events taken from the kernel at once.
const EVENTS_MAX: usize = 256;

/// Watches sockets.
pub(crate) struct Poller {
    epoll: OwnedFd,
    events: Vec<epoll::Event>,
}

/// Something happened to what was added under this key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    /// The key.
    pub(crate) key: usize,
    /// What happened.
    pub(crate) flags: EventFlags,
}

impl Poller {
    /// Watches nothing yet.
    pub(crate) fn new() -> Result<Self, BenchError> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(failed())?;
        Ok(Self { epoll, events: Vec::with_capacity(EVENTS_MAX) })
    }

    /// Watches a socket from now on, until it is closed.
    pub(crate) fn add(&self, what: impl AsFd, key: usize, flags: EventFlags) -> Result<(), BenchError> {
        epoll::add(&self.epoll, what, epoll::EventData::new_u64(key as u64), flags).map_err(failed())
    }

    /// Waits for events, this long at most (in whole milliseconds); without a time, for as long as it takes.
    pub(crate) fn wait(
        &mut self,
        within: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> Result<(), BenchError> {
        events.clear();
        let timeout = within.and_then(|within| Timespec::try_from(within).ok());
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(BenchError::system("wait for answers")(error)),
        }
        events.extend(self.events.drain(..).filter_map(|event| {
            let (data, flags) = (event.data, event.flags);
            Some(Event { key: usize::try_from(data.u64()).ok()?, flags })
        }));
        Ok(())
    }
}

fn failed<E: Into<std::io::Error>>() -> impl FnOnce(E) -> BenchError {
    BenchError::system("watch connections")
}
