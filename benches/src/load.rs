//! The load: a fixed number of kept connections, each with one request under way at any time, or requests at a fixed
//! rate, each on a connection that is idle.
//!
//! One thread, one epoll, no runtime: it shares the machine's cores with the server, so what it costs is measured and
//! kept small.

mod connection;
mod pace;

use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::poll::{Event, EventFlags, Poller};
use crate::usage::{Usage, Used};
use connection::Connection;
use kernel::{Clock, Monotonic, SystemClock};
use pace::Pace;
use std::net::SocketAddr;
use std::time::Duration;

/// The key of the timer, which no connection has.
const TIMER: usize = usize::MAX;
/// Longest wait for the requests that are under way when the time is over: a server that hangs fails the run.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// What to ask whom, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    /// Its processes: those whose CPU time is measured.
    pub(crate) pids: &'a [u32],
    /// The request, as it goes over the wire.
    pub(crate) request: &'a [u8],
    /// The one status that is right.
    pub(crate) expected_status: u16,
    /// How many connections.
    pub(crate) connections: usize,
    /// Requests a second; `None`: on each connection the next as soon as the last is answered.
    pub(crate) rate_per_s: Option<f64>,
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
        self.run_and_look(clock, || Ok(())).map(|(sample, ())| sample)
    }

    /// The same, and has a look at something at the end, while all connections are there.
    ///
    /// # Errors
    /// As [`Load::run`], and what `look` gives.
    pub(crate) fn run_and_look<T>(
        &self,
        clock: &SystemClock,
        look: impl FnOnce() -> Result<T, BenchError>,
    ) -> Result<(Sample, T), BenchError> {
        let mut clients = Clients::connect(self, clock)?;
        clients.drive(self.warm_up, |_| ())?;
        let mut histogram = Histogram::new()?;
        let (start, before) = (clock.monotonic(), Usage::now(self.pids)?);
        clients.drive(self.measured, |took| histogram.record(took))?;
        let (used, took) = (Usage::now(self.pids)?.since(&before), clock.monotonic().since(start));
        let seen = look()?;
        clients.drain(|_| ())?;
        Ok((sample(&histogram, used, took), seen))
    }

    /// Asks and measures so that all counts that comes of it, also what the server still does when its clients have their
    /// answers: `settle` is told how many were answered, and comes back when nothing is left to be done. What it gives is
    /// that of the measured requests.
    ///
    /// # Errors
    /// As [`Load::run`], and what `settle` gives.
    pub(crate) fn run_settled<T>(
        &self,
        clock: &SystemClock,
        mut settle: impl FnMut(u64) -> Result<T, BenchError>,
    ) -> Result<(Sample, T), BenchError> {
        let mut clients = Clients::connect(self, clock)?;
        let mut answered = 0;
        clients.drive(self.warm_up, |_| answered += 1)?;
        clients.drain(|_| answered += 1)?;
        settle(answered)?;
        clients.resume();
        let mut histogram = Histogram::new()?;
        let (start, before) = (clock.monotonic(), Usage::now(self.pids)?);
        clients.drive(self.measured, |took| histogram.record(took))?;
        clients.drain(|took| histogram.record(took))?;
        let took = clock.monotonic().since(start);
        let seen = settle(histogram.count())?;
        let used = Usage::now(self.pids)?.since(&before);
        Ok((sample(&histogram, used, took), seen))
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

/// The connections.
struct Clients<'a> {
    load: &'a Load<'a>,
    clock: &'a SystemClock,
    poller: Poller,
    events: Vec<Event>,
    connections: Vec<Connection>,
    /// Those without a request under way.
    idle: Vec<usize>,
    pace: Option<Pace>,
    /// Nothing more is sent.
    is_over: bool,
    buffer: Vec<u8>,
}

impl<'a> Clients<'a> {
    /// Connects all.
    fn connect(load: &'a Load<'a>, clock: &'a SystemClock) -> Result<Self, BenchError> {
        let poller = Poller::new()?;
        let mut connections = Vec::with_capacity(load.connections);
        for key in 0..load.connections {
            let connection = Connection::open(load.address, clock.monotonic())?;
            poller.add(connection.stream(), key, EventFlags::IN)?;
            connections.push(connection);
        }
        let pace = load.rate_per_s.map(|rate| Pace::new(rate, clock.monotonic())).transpose()?;
        if let Some(pace) = &pace {
            poller.add(pace.timer(), TIMER, EventFlags::IN | EventFlags::ET)?;
        }
        let (events, buffer) = (Vec::new(), vec![0; connection::READ_MAX_BYTES]);
        let idle = (0..load.connections).rev().collect();
        Ok(Self { load, clock, poller, events, connections, idle, pace, is_over: false, buffer })
    }

    /// Sends what is due and takes answers, for so long.
    fn drive(&mut self, within: Duration, mut answered: impl FnMut(Duration)) -> Result<(), BenchError> {
        let end = self.clock.monotonic().plus(within);
        loop {
            let now = self.clock.monotonic();
            let left = end.since(now);
            if left.is_zero() {
                return Ok(());
            }
            self.send_due(now)?;
            self.take_answers(left, &mut answered)?;
        }
    }

    /// At a fixed rate, what is due, as far as there are idle connections: later ones are charged for the wait. Without
    /// one, on every idle connection.
    fn send_due(&mut self, now: Monotonic) -> Result<(), BenchError> {
        while let Some(key) = self.idle.pop() {
            let Some(due) = self.pace.as_ref().map_or(Some(now), |pace| pace.due(now)) else {
                self.idle.push(key);
                break;
            };
            let Some(connection) = self.connections.get_mut(key) else { continue };
            connection.send(self.load.request, due)?;
            if let Some(pace) = &mut self.pace {
                pace.step();
            }
        }
        match &self.pace {
            Some(pace) if !self.idle.is_empty() => pace.arm(now),
            _ => Ok(()),
        }
    }

    /// Waits for answers, this long at most, and takes them.
    fn take_answers(
        &mut self,
        within: Duration,
        answered: &mut impl FnMut(Duration),
    ) -> Result<(), BenchError> {
        self.poller.wait(Some(within), &mut self.events)?;
        for event in &self.events {
            let Some(connection) = self.connections.get_mut(event.key) else { continue };
            let Some(status) = connection.receive(&mut self.buffer)? else { continue };
            let now = self.clock.monotonic();
            answered(connection.answered(self.load, status, now)?);
            if self.pace.is_some() || self.is_over {
                self.idle.push(event.key);
            } else {
                connection.send(self.load.request, now)?;
            }
        }
        Ok(())
    }

    /// Takes the answers that are still under way.
    fn drain(&mut self, mut answered: impl FnMut(Duration)) -> Result<(), BenchError> {
        self.is_over = true;
        let end = self.clock.monotonic().plus(DRAIN_WITHIN);
        while self.idle.len() < self.connections.len() {
            let left = end.since(self.clock.monotonic());
            if left.is_zero() {
                return Err(BenchError::Unreadable {
                    from: self.load.address,
                    reason: "an answer does not come",
                });
            }
            self.take_answers(left, &mut answered)?;
        }
        Ok(())
    }

    /// Begins again after a pause, for which nobody is charged.
    fn resume(&mut self) {
        self.is_over = false;
        if let Some(pace) = &mut self.pace {
            pace.restart(self.clock.monotonic());
        }
    }
}

#[cfg(test)]
mod tests;
