//! Idle connections of one worker, by instance.

use crate::UpstreamSettings;
use crate::instance::Instance;
use crate::timeline::Moment;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// Idle connections of one worker. The one that idled shortest is used first, so that the others can expire.
#[derive(Debug)]
pub(crate) struct Shelf {
    per_instance_max: usize,
    max: usize,
    timeout: Duration,
    probe_after: Duration,
    idle: RefCell<Idle>,
}

#[derive(Debug, Default)]
struct Idle {
    by_instance: BTreeMap<u64, Row>,
    count: usize,
}

/// The connections of one instance, the one that idled longest in front.
#[derive(Debug)]
struct Row {
    instance: Arc<Instance>,
    connections: VecDeque<(TcpStream, Moment)>,
}

impl Shelf {
    pub(crate) fn new(settings: &UpstreamSettings) -> Self {
        Self {
            per_instance_max: settings.idle_max_per_instance,
            max: settings.idle_max_per_worker,
            timeout: settings.idle_timeout(),
            probe_after: settings.probe_after_idle(),
            idle: RefCell::default(),
        }
    }

    /// The connection that idled shortest and is still usable; and how many were found closed on the way.
    pub(crate) fn take(&self, instance: &Instance, now: Moment) -> (Option<TcpStream>, u64) {
        let mut idle = self.idle.borrow_mut();
        let mut stale = 0;
        while let Some((stream, since)) = idle.pop(instance) {
            let idled = now.since(since);
            if idled >= self.timeout {
                continue;
            }
            if idled < self.probe_after || is_quiet(&stream) {
                return (Some(stream), stale);
            }
            stale += 1;
        }
        (None, stale)
    }

    /// Keeps a connection for later, or closes it: its instance has gone, or there are enough.
    pub(crate) fn put(&self, instance: &Arc<Instance>, stream: TcpStream, now: Moment) {
        if instance.is_gone() || self.per_instance_max == 0 {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        let Idle { by_instance, count } = &mut *idle;
        let new = || Row { instance: instance.clone(), connections: VecDeque::new() };
        let row = by_instance.entry(instance.key).or_insert_with(new);
        if row.connections.len() >= self.per_instance_max {
            *count -= usize::from(row.connections.pop_front().is_some());
        }
        if *count < self.max {
            row.connections.push_back((stream, now));
            *count += 1;
        }
    }

    /// Closes what has idled too long or belongs to an instance that has gone.
    pub(crate) fn sweep(&self, now: Moment) {
        let mut idle = self.idle.borrow_mut();
        let idle = &mut *idle;
        let count = &mut idle.count;
        idle.by_instance.retain(|_, row| {
            let before = row.connections.len();
            let gone = row.instance.is_gone();
            row.connections.retain(|(_, since)| !gone && now.since(*since) < self.timeout);
            *count -= before - row.connections.len();
            !gone
        });
    }

    /// Idle connections on which nothing has arrived.
    #[cfg(test)]
    pub(crate) fn quiet(&self) -> usize {
        let idle = self.idle.borrow();
        idle.by_instance
            .values()
            .flat_map(|row| &row.connections)
            .filter(|(stream, _)| is_quiet(stream))
            .count()
    }

    pub(crate) fn len(&self) -> usize {
        self.idle.borrow().count
    }
}

impl Idle {
    fn pop(&mut self, instance: &Instance) -> Option<(TcpStream, Moment)> {
        let popped = self.by_instance.get_mut(&instance.key)?.connections.pop_back()?;
        self.count -= 1;
        Some(popped)
    }
}

/// Whether the other side has neither closed nor sent what nobody asked for: bytes that came between two exchanges must
/// never be taken for the next answer. Costs a system call only where the runtime has seen something arrive.
fn is_quiet(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}
