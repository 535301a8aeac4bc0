//! What the face of a store and its threads share.

use crate::job::{Outcome, Task};
use crate::metrics::{Counters, count};
use crate::{Migrations, Secrets, StorageError, StorageSettings};
use kernel::Sources;

/// What the face of a store and its threads share.
pub(crate) struct Shared {
    pub(crate) migrations: Migrations,
    pub(crate) settings: StorageSettings,
    pub(crate) secrets: Secrets,
    pub(crate) sources: Sources,
    pub(crate) counters: Counters,
}

impl Shared {
    pub(crate) fn module(&self) -> &'static str {
        self.migrations.module
    }

    /// The database is away, or too busy.
    pub(crate) fn unavailable(&self, reason: impl ToString) -> StorageError {
        StorageError::Unavailable { module: self.module(), reason: reason.to_string() }
    }

    /// Passes on a unit of work whose caller still waits; drops it, counted, when nobody does.
    pub(crate) fn unless_abandoned(&self, task: Task) -> Option<Task> {
        if task.job.is_abandoned() {
            count(&self.counters.abandoned);
            return None;
        }
        Some(task)
    }

    /// Answers that the database is away.
    pub(crate) fn refuse(&self, task: Task, reason: impl ToString) {
        count(&self.counters.unavailable);
        task.job.refuse(self.unavailable(reason));
    }

    /// Answers a unit of work whose changes were rolled back.
    pub(crate) fn answer_rolled_back(&self, task: Task, outcome: Outcome) {
        if task.job.is_abandoned() {
            count(&self.counters.abandoned);
        } else if outcome == Outcome::Done {
            // It answered `Ok` but left a transaction open or closed one that was not its own.
            let source = diesel::result::Error::AlreadyInTransaction;
            task.job.refuse(StorageError::Database { source });
        } else {
            task.job.answer();
        }
    }
}
