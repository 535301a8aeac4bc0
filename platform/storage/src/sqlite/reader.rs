//! A thread that reads: one connection that can change nothing, one unit of work after the other.

use super::File;
use crate::metrics::count;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::{AnyConnection, StorageError, transaction};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// A thread that reads.
pub(super) struct Reader {
    shared: Arc<Shared>,
    file: File,
    queue: Arc<Queue>,
    connection: Option<AnyConnection>,
}

impl Reader {
    /// Opens the connection, so that a file that cannot be read is known at start.
    pub(super) fn new(shared: Arc<Shared>, file: File, queue: Arc<Queue>) -> Result<Self, StorageError> {
        let mut reader = Self { shared, file, queue, connection: None };
        reader.connect().map_err(|reason| StorageError::setup(reader.shared.module(), reason))?;
        Ok(reader)
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(&mut self) {
        while let Some(task) = self.queue.pop() {
            let Some(mut task) = self.shared.unless_abandoned(task) else { continue };
            if let Err(reason) = self.connect() {
                self.shared.refuse(task, reason);
                continue;
            }
            let Some(connection) = &mut self.connection else { continue };
            let outcome = task.job.run(connection);
            self.shared.counters.ran(outcome);
            task.job.answer();
            self.leave_no_transaction();
        }
        self.disconnect();
    }

    /// Connects, unless it is connected.
    fn connect(&mut self) -> Result<(), String> {
        if self.connection.is_none() {
            let connection = self.file.connect_to_read(&self.shared.settings);
            let counters = &self.shared.counters;
            count(if connection.is_ok() { &counters.connects } else { &counters.connect_failures });
            self.connection = Some(connection?);
            counters.connected.fetch_add(1, Relaxed);
        }
        Ok(())
    }

    fn disconnect(&mut self) {
        if self.connection.take().is_some() {
            self.shared.counters.connected.fetch_sub(1, Relaxed);
        }
    }

    /// A transaction left open would make every later read see the past, and the log grow for ever.
    fn leave_no_transaction(&mut self) {
        if let Some(connection) = &mut self.connection
            && !transaction::roll_back_to(connection, 0)
        {
            self.disconnect();
        }
    }
}
