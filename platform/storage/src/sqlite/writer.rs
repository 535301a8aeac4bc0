//! The one thread that writes to a file. It commits in groups: what waits while the disk syncs shares the next sync,
//! which is what makes durable writes cheap.

use super::File;
use crate::job::{Outcome, Task};
use crate::metrics::count;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::transaction::{self, Ended};
use crate::{AnyConnection, StorageError};
use diesel::connection::SimpleConnection;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How long a group may take units of work before it commits: slow ones must not keep the quick ones waiting.
const GROUP_WITHIN: Duration = Duration::from_millis(20);

/// The thread that writes.
pub(super) struct Writer {
    shared: Arc<Shared>,
    file: File,
    queue: Arc<Queue>,
    connection: Option<AnyConnection>,
    group: Group,
}

/// Units of work that were run and wait for the commit. Empty between two groups; kept for its space.
#[derive(Default)]
struct Group {
    /// Their changes are in the open transaction.
    kept: Vec<Task>,
    /// Dry runs that went well.
    as_if: Vec<Task>,
    /// Their changes were rolled back. They are, as are dry runs, answered after the commit too, as what they answer may rest on
    /// changes of the others: a name that is taken by one of the group is free again when the commit fails.
    rolled_back: Vec<(Task, Outcome)>,
}

impl Group {
    /// Units of work that were run.
    fn len(&self) -> usize {
        self.kept.len() + self.as_if.len() + self.rolled_back.len()
    }
}

impl Writer {
    /// Opens the connection, so that a file that cannot be written is known at start.
    pub(super) fn new(shared: Arc<Shared>, file: File, queue: Arc<Queue>) -> Result<Self, StorageError> {
        let mut writer = Self { shared, file, queue, connection: None, group: Group::default() };
        writer.connect().map_err(|reason| StorageError::setup(writer.shared.module(), reason))?;
        Ok(writer)
    }

    /// Works until the queue is closed and empty; then moves the log into the file.
    pub(super) fn run(&mut self) {
        // After a panic of our own code: nothing of it may be committed with what comes.
        self.fail_group("the writer was interrupted");
        self.leave_no_transaction();
        while let Some(task) = self.queue.pop() {
            if let Some(task) = self.shared.unless_abandoned(task) {
                self.run_group(task);
            }
        }
        if let Some(connection) = &mut self.connection
            && let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            // The log is replayed at the next start: nothing is lost.
            tracing::warn!(module = self.shared.module(), %error, "the last checkpoint failed");
        }
        self.disconnect();
    }

    /// Runs `first` and what waits behind it in one transaction, commits, and answers.
    fn run_group(&mut self, first: Task) {
        if let Err(reason) = self.begin() {
            // Those that wait would each wait as long for the same answer.
            self.shared.refuse(first, &reason);
            self.refuse_waiting(&reason);
            return;
        }
        let began = self.shared.sources.clock.monotonic();
        let mut next = Some(first);
        while let Some(task) = next {
            if let Some(task) = self.shared.unless_abandoned(task)
                && !self.run_one(task)
            {
                return;
            }
            let size = self.group.len();
            let full = size >= self.shared.settings.group_max;
            let late = self.shared.sources.clock.monotonic().since(began) >= GROUP_WITHIN;
            next = if full || late { None } else { self.queue.try_pop() };
        }
        self.commit();
    }

    /// Runs one unit of work in a savepoint of its own. `false` when that ended the group.
    fn run_one(&mut self, mut task: Task) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        match transaction::run_in_savepoint(connection, &mut task) {
            Ended::Kept(outcome) => {
                self.shared.counters.ran(outcome);
                self.group.kept.push(task);
            }
            Ended::AsIf => {
                self.shared.counters.ran(Outcome::Done);
                count(&self.shared.counters.dry_runs);
                self.group.as_if.push(task);
            }
            Ended::RolledBack(outcome) => {
                self.shared.counters.ran(outcome);
                self.group.rolled_back.push((task, outcome));
            }
            Ended::Broken => {
                // SQLite ends the whole transaction by itself when the disk is full, for one.
                self.group.kept.push(task);
                self.fail_group("the transaction was ended by the database");
                self.disconnect();
                return false;
            }
        }
        true
    }

    /// Commits, and answers all. Where nothing is to be kept, nothing is written and the disk is not synced.
    fn commit(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let nothing_kept = self.group.kept.is_empty();
        let ended =
            if nothing_kept { transaction::discard(connection) } else { transaction::commit(connection) };
        if let Err(error) = ended {
            self.fail_group(&format!("the commit failed: {error}"));
            self.leave_no_transaction();
            return;
        }
        if !nothing_kept {
            self.shared.counters.committed(self.group.kept.len());
        }
        for task in self.group.kept.drain(..).chain(self.group.as_if.drain(..)) {
            task.job.answer();
        }
        for (task, outcome) in self.group.rolled_back.drain(..) {
            self.shared.answer_rolled_back(task, outcome);
        }
    }

    fn begin(&mut self) -> Result<(), String> {
        self.connect()?;
        let Some(connection) = &mut self.connection else { return Ok(()) };
        transaction::begin(connection).map_err(|error| {
            self.leave_no_transaction();
            error.to_string()
        })
    }

    fn fail_group(&mut self, reason: &str) {
        for task in self.group.kept.drain(..).chain(self.group.as_if.drain(..)) {
            self.shared.refuse(task, reason);
        }
        for (task, _) in self.group.rolled_back.drain(..) {
            self.shared.refuse(task, reason);
        }
    }

    fn refuse_waiting(&self, reason: &str) {
        for task in std::iter::from_fn(|| self.queue.try_pop()).take(self.shared.settings.group_max) {
            self.shared.refuse(task, reason);
        }
    }

    /// Connects, unless it is connected.
    fn connect(&mut self) -> Result<(), String> {
        if self.connection.is_none() {
            let connection = self.file.connect_to_write(&self.shared.settings);
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

    fn leave_no_transaction(&mut self) {
        if let Some(connection) = &mut self.connection
            && !transaction::roll_back_to(connection, 0)
        {
            self.disconnect();
        }
    }
}
