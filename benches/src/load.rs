//! Closed-loop load: a fixed number of kept connections, each with one request under way at any time.
//!
//! One thread, one epoll, no runtime: it shares the machine's cores with the server, so what it costs is measured and
//! kept small.

mod connection;

use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::usage::{Usage, Used};
use connection::Connection;
use kernel::{Clock, SystemClock};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::time::Duration;

/// Events taken from the kernel at once.
const EVENTS_MAX: usize = 256;
/// Longest wait for the requests that are under way when the time is over: a server that hangs fails the run.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// What to ask whom, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    /// Its process: the one whose CPU time is measured.
    pub(crate) pid: u32,
    /// The request, as it goes over the wire.
    pub(crate) request: &'a [u8],
    /// The one status that is right.
    pub(crate) expected_status: u16,
    /// How many connections.
    pub(crate) connections: usize,
    /// How long to ask before anything counts.
    pub(crate) warm_up: Duration,
    /// How long to measure.
    pub(crate) measured: Duration,
}

/// What one round gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Requests that were answered within the measured time.
    pub(crate) requests: u64,
    /// Of them, a second.
    pub(crate) requests_per_s: f64,
    /// Half of them took no longer.
    pub(crate) p50_us: f64,
    /// 99 of 100 took no longer.
    pub(crate) p99_us: f64,
    /// CPU time of the server's process a request.
    pub(crate) cpu_us: f64,
    /// CPU time of this load a request.
    pub(crate) load_cpu_us: f64,
    /// CPU time of everybody else a request: a database server, the kernel's threads, neighbours.
    pub(crate) others_cpu_us: f64,
}

impl Load<'_> {
    /// Asks, measures, and waits until everything that was asked is answered.
    ///
    /// # Errors
    /// At the first answer with another status, a closed connection, an answer that cannot be read or does not come.
    pub(crate) fn run(&self, clock: &SystemClock) -> Result<Sample, BenchError> {
        let mut clients = Clients::connect(self, clock)?;
        clients.drive(self.warm_up, |_| ())?;
        let mut histogram = Histogram::new()?;
        let (start, before) = (clock.monotonic(), Usage::now(self.pid)?);
        clients.drive(self.measured, |took| histogram.record(took))?;
        let (used, took) = (Usage::now(self.pid)?.since(&before), clock.monotonic().since(start));
        clients.drain()?;
        Ok(sample(&histogram, used, took))
    }
}

fn sample(histogram: &Histogram, used: Used, took: Duration) -> Sample {
    let requests = histogram.count();
    let each_us = |ns: u64| ns as f64 / 1e3 / requests.max(1) as f64;
    Sample {
        requests,
        requests_per_s: requests as f64 / took.as_secs_f64(),
        p50_us: histogram.quantile_us(0.5),
        p99_us: histogram.quantile_us(0.99),
        cpu_us: each_us(used.server_ns),
        load_cpu_us: each_us(used.load_ns),
        others_cpu_us: each_us(used.others_ns),
    }
}

/// The connections, each with a request under way.
struct Clients<'a> {
    load: &'a Load<'a>,
    clock: &'a SystemClock,
    epoll: OwnedFd,
    events: Vec<epoll::Event>,
    connections: Vec<Connection>,
    buffer: Vec<u8>,
}

impl<'a> Clients<'a> {
    /// Connects all and sends the first request on each.
    fn connect(load: &'a Load<'a>, clock: &'a SystemClock) -> Result<Self, BenchError> {
        let failed = || BenchError::system("watch connections");
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(failed())?;
        let mut connections = Vec::with_capacity(load.connections);
        for index in 0..load.connections {
            let mut connection = Connection::open(load.address, clock.monotonic())?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&epoll, connection.stream(), data, epoll::EventFlags::IN).map_err(failed())?;
            connection.send(load.request, clock.monotonic())?;
            connections.push(connection);
        }
        let (events, buffer) = (Vec::with_capacity(EVENTS_MAX), vec![0; connection::READ_MAX_BYTES]);
        Ok(Self { load, clock, epoll, events, connections, buffer })
    }

    /// Takes answers and sends the next request on each connection, for so long.
    fn drive(&mut self, within: Duration, mut answered: impl FnMut(Duration)) -> Result<(), BenchError> {
        let end = self.clock.monotonic().plus(within);
        loop {
            let left = end.since(self.clock.monotonic());
            if left.is_zero() {
                return Ok(());
            }
            self.wait(left)?;
            for event in self.events.drain(..) {
                let Some(connection) = at(&mut self.connections, event) else { continue };
                if let Some(status) = connection.receive(&mut self.buffer)? {
                    let now = self.clock.monotonic();
                    answered(connection.answered(self.load, status, now)?);
                    connection.send(self.load.request, now)?;
                }
            }
        }
    }

    /// Takes the answers that are still under way.
    fn drain(&mut self) -> Result<(), BenchError> {
        let end = self.clock.monotonic().plus(DRAIN_WITHIN);
        let mut open = self.connections.len();
        while open > 0 {
            let left = end.since(self.clock.monotonic());
            if left.is_zero() {
                return Err(BenchError::Unreadable {
                    from: self.load.address,
                    reason: "an answer does not come",
                });
            }
            self.wait(left)?;
            for event in self.events.drain(..) {
                let Some(connection) = at(&mut self.connections, event) else { continue };
                if let Some(status) = connection.receive(&mut self.buffer)? {
                    connection.answered(self.load, status, self.clock.monotonic())?;
                    open -= 1;
                }
            }
        }
        Ok(())
    }

    /// Waits for events, this long at most.
    fn wait(&mut self, within: Duration) -> Result<(), BenchError> {
        let timeout = Timespec::try_from(within).ok();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(BenchError::system("wait for answers")(error)),
        }
    }
}

fn at(connections: &mut [Connection], event: epoll::Event) -> Option<&mut Connection> {
    let data = event.data;
    connections.get_mut(usize::try_from(data.u64()).ok()?)
}

#[cfg(test)]
mod tests;
