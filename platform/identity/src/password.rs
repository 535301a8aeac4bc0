//! Password hashing (Argon2id, RFC 9106) on threads of its own, so that it never holds a worker up.

mod memory;
mod work;

#[cfg(test)]
mod tests;

use kernel::{Context, Sources};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use tokio::sync::oneshot;
use work::{Job, Task};
use zeroize::Zeroizing;

/// Why a password was not hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are waiting, or the deadline passed.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash cannot be read.
    #[error("the stored hash cannot be read")]
    Corrupt,
    /// The cost is out of Argon2's bounds.
    #[error("the cost of a password hash is out of bounds: {0}")]
    Cost(argon2::Error),
    /// The hashing threads could not be started.
    #[error("a thread for password hashing could not be started")]
    Threads(#[source] std::io::Error),
}

/// What one hash costs. A stored hash names its own cost, so that a changed one breaks no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory of one hash, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes; computed one after the other.
    pub lanes: u32,
}

impl Cost {
    /// For production: 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet), some 20 ms.
    pub const PRODUCTION: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// For tests only: the least that Argon2 takes, some microseconds.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// Bounds of the hashing.
#[derive(Debug, Clone, Copy)]
pub struct PasswordOptions {
    /// Threads that hash; each takes a core and [`Cost::memory_kib`] while it does.
    pub threads: usize,
    /// Passwords that may wait for a thread; more are refused as busy.
    pub queue_max: usize,
    /// What one hash costs.
    pub cost: Cost,
}

impl Default for PasswordOptions {
    /// Two threads, and a queue that they work off in less than a second.
    fn default() -> Self {
        Self { threads: 2, queue_max: 64, cost: Cost::PRODUCTION }
    }
}

/// Hashes and checks passwords on a bounded number of threads, through a bounded queue. The threads end with its last
/// clone.
#[derive(Clone)]
pub struct PasswordHasher {
    queue: SyncSender<Job>,
    sources: Arc<Sources>,
}

impl PasswordHasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`PasswordError::Cost`] and [`PasswordError::Threads`].
    pub fn start(sources: Sources, options: PasswordOptions) -> Result<Self, PasswordError> {
        let (queue, jobs) = sync_channel(options.queue_max);
        let sources = Arc::new(sources);
        work::start(jobs, &sources, options)?;
        Ok(Self { queue, sources })
    }

    /// The hash to store (PHC string).
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full or the deadline passes.
    pub async fn hash(&self, context: &Context, password: String) -> Result<String, PasswordError> {
        let (reply, answer) = oneshot::channel();
        self.ask(context, Task::Hash { password: Zeroizing::new(password), reply }, answer).await
    }

    /// Whether the password fits the stored hash. With `None` (no such user) it takes as long and says no.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full or the deadline passes.
    pub async fn verify(
        &self,
        context: &Context,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, PasswordError> {
        let (reply, answer) = oneshot::channel();
        self.ask(context, Task::Verify { password: Zeroizing::new(password), stored, reply }, answer).await
    }

    async fn ask<T>(
        &self,
        context: &Context,
        task: Task,
        answer: oneshot::Receiver<Result<T, PasswordError>>,
    ) -> Result<T, PasswordError> {
        let job = Job { deadline: context.deadline, task };
        self.queue.try_send(job).map_err(|_| PasswordError::Busy)?;
        let patience = context.deadline.remaining(&*self.sources.clock);
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(PasswordError::Busy),
        }
    }
}
