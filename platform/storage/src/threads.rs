//! The threads of one store: named after the module, restarted when a bug of ours kills one, joined within a bound.

use crate::StorageError;
use crate::error::thread_works_for;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The threads of one store.
pub(crate) struct Threads {
    module: &'static str,
    handles: Vec<JoinHandle<()>>,
    /// Each thread holds a clone; once all are dropped, all threads are done.
    alive: SyncSender<Infallible>,
    ended: Receiver<Infallible>,
}

impl Threads {
    /// No threads yet.
    pub(crate) fn new(module: &'static str) -> Self {
        let (alive, ended) = sync_channel(0);
        Self { module, handles: Vec::new(), alive, ended }
    }

    /// Starts a thread that runs `body` until it returns; when it panics, again.
    pub(crate) fn spawn(
        &mut self,
        role: &str,
        mut body: impl FnMut() + Send + 'static,
    ) -> Result<(), StorageError> {
        let (module, alive) = (self.module, self.alive.clone());
        let number = self.handles.len();
        let run = move || {
            thread_works_for(module);
            // A unit of work cannot come here, it is caught on its own: this is for what drops after it.
            while catch_unwind(AssertUnwindSafe(&mut body)).is_err() {
                tracing::error!(module, "a thread of the store panicked and starts again");
            }
            drop(alive);
        };
        let handle = Builder::new()
            .name(format!("{module}-{role}-{number}"))
            .spawn(run)
            .map_err(|error| StorageError::setup(module, format!("cannot start a thread: {error}")))?;
        self.handles.push(handle);
        Ok(())
    }

    /// Waits for all threads to end; `false` when some had not after `within`, which are then left to themselves.
    pub(crate) fn join(self, within: Duration) -> bool {
        drop(self.alive);
        if self.ended.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
            return false;
        }
        self.handles.into_iter().all(|handle| handle.join().is_ok())
    }
}
