//! A unit of work on its way: the closure, its outcome once it ran, and the line back to who asked.

use crate::{AnyConnection, StorageError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// A unit of work as the threads see it. The answer is a step of its own, as a write is answered only after the
/// commit, which it may share with others.
pub(crate) trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    /// Runs the work and keeps its outcome. Never panics.
    fn run(&mut self, connection: &mut AnyConnection) -> Outcome;
    /// Answers with the outcome that was kept.
    fn answer(self: Box<Self>);
    /// Answers with an error, whatever the outcome was.
    fn refuse(self: Box<Self>, error: StorageError);
}

/// How a unit of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It answered `Ok`.
    Done,
    /// It answered `Err`.
    Failed,
    /// It panicked.
    Panicked,
}

/// What a unit of work is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads, outside of any transaction.
    Read,
    /// Writes, in a transaction.
    Write,
    /// Writes in a transaction that is rolled back, and answers as if it had been kept.
    DryRun,
}

/// What waits in a queue.
pub(crate) struct Task {
    /// The unit of work.
    pub(crate) job: Box<dyn Job>,
    /// What it is for.
    pub(crate) kind: Kind,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The one implementation: what [`crate::Store::read`] and [`crate::Store::write`] were given.
pub(crate) struct Work<T, E, F> {
    module: &'static str,
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work<T, E, F> {
    /// The work, and where its answer arrives.
    pub(crate) fn new(module: &'static str, work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (answer, answered) = oneshot::channel();
        (Self { module, work: Some(work), outcome: None, answer }, answered)
    }
}

impl<T, E, F> Job for Work<T, E, F>
where
    F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(&mut self, connection: &mut AnyConnection) -> Outcome {
        let Some(work) = self.work.take() else { return Outcome::Failed };
        // What the closure saw half-changed is dropped with it, and the connection is put right by who calls this.
        let Ok(result) = catch_unwind(AssertUnwindSafe(|| work(connection))) else {
            self.outcome = Some(Err(StorageError::Panicked { module: self.module }.into()));
            return Outcome::Panicked;
        };
        let outcome = if result.is_ok() { Outcome::Done } else { Outcome::Failed };
        self.outcome = Some(result);
        outcome
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Nobody waits: then nobody is told.
            let _ = self.answer.send(outcome);
        }
    }

    fn refuse(self: Box<Self>, error: StorageError) {
        let _ = self.answer.send(Err(error.into()));
    }
}
