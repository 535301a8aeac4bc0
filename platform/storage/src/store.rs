//! A module's own store: the face that modules see.

use crate::job::{Job, Kind, Task, Work};
use crate::metrics::{Counters, StoreMetrics, count};
use crate::postgres::{self, Gate};
use crate::queue::{Queue, Refusal};
use crate::shared::Shared;
use crate::threads::Threads;
use crate::{AnyConnection, Migrations, Secrets, StorageError, StorageSettings, StorageUrl, name, sqlite};
use diesel::connection::SimpleConnection;
use kernel::{Context, Sources};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a store is opened with.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The module and its migrations.
    pub migrations: Migrations,
    /// The section `storage`.
    pub settings: StorageSettings,
    /// The passwords of the modules' roles; empty for SQLite.
    pub secrets: Secrets,
    /// Where time comes from.
    pub sources: Sources,
}

/// A module's own store: its own threads, and with them its own connections. Clones share it; when the last one is
/// dropped, the threads finish what is queued and end.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    reads: Arc<Queue>,
    writes: Arc<Queue>,
    gate: Option<Arc<Gate>>,
    threads: Mutex<Option<Threads>>,
}

/// What an engine gives when it started.
pub(crate) struct Engine {
    pub(crate) reads: Arc<Queue>,
    /// The same queue as `reads` where the same threads do both.
    pub(crate) writes: Arc<Queue>,
    /// Where the database may be away.
    pub(crate) gate: Option<Arc<Gate>>,
    pub(crate) threads: Threads,
}

impl Store {
    /// Opens the store of a module: makes what is missing (SQLite), runs the migrations, starts the threads. Blocks;
    /// belongs at the start of the process. Needs no runtime.
    ///
    /// # Errors
    /// [`StorageError::Setup`] when somebody must act: a directory that cannot be written, a file that is no
    /// database, a refused password, a missing schema, a bound of zero; [`StorageError::Migration`] when one fails.
    /// A PostgreSQL that is away is no error: the store answers [`StorageError::Unavailable`] until it is there.
    pub fn open(options: StoreOptions) -> Result<Self, StorageError> {
        let StoreOptions { migrations, settings, secrets, sources } = options;
        let module = migrations.module;
        if !name::is_valid(module) {
            return Err(StorageError::setup(module, "the name must match [a-z][a-z0-9_]{0,30}"));
        }
        settings.check(module)?;
        let shared =
            Arc::new(Shared { migrations, settings, secrets, sources, counters: Counters::default() });
        let engine = match &shared.settings.url {
            StorageUrl::Sqlite { directory } => sqlite::start(&shared, directory)?,
            StorageUrl::Postgres { .. } => postgres::start(&shared)?,
        };
        let Engine { reads, writes, gate, threads } = engine;
        Ok(Self {
            inner: Arc::new(Inner { shared, reads, writes, gate, threads: Mutex::new(Some(threads)) }),
        })
    }

    /// Reads: runs `work` on one of the module's reading connections, outside of any transaction. In SQLite the
    /// connection can change nothing.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when no answer came within the context's deadline or `answer_within_ms`, when
    /// too many wait already, or when the database is away; whatever `work` gives.
    pub async fn read<T, E, F>(&self, context: &Context, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        if let Some(dry_run) = &context.dry_run {
            dry_run.reads(self.module());
        }
        self.ask(context, Kind::Read, work).await
    }

    /// Writes: runs `work` in a transaction of its own; once this answers `Ok`, the effect is durable. `work` runs
    /// once at most; inside it `connection.transaction(…)` nests as a savepoint.
    ///
    /// In a dry run ([`Context::dry_run`]) the transaction is rolled back, and this answers as if it had been committed.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] as in [`Store::read`]; then nothing was changed, except when the answer was lost
    /// while the commit was under way. Whatever `work` gives, and then nothing was changed.
    pub async fn write<T, E, F>(&self, context: &Context, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let kind = match &context.dry_run {
            Some(dry_run) => {
                dry_run.writes(self.module());
                Kind::DryRun
            }
            None => Kind::Write,
        };
        self.ask(context, kind, work).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when it does not.
    pub async fn ping(&self, context: &Context) -> Result<(), StorageError> {
        // Any table would do; without one SQLite would not look at the file.
        const SQLITE: &str = "SELECT 1 FROM sqlite_master LIMIT 1";
        self.read(context, |connection| match connection {
            AnyConnection::Sqlite(sqlite) => Ok(sqlite.batch_execute(SQLITE)?),
            AnyConnection::Postgres(postgres) => Ok(postgres.batch_execute("SELECT 1")?),
        })
        .await
    }

    /// The module whose store this is.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.inner.shared.module()
    }

    /// The store in figures, now.
    #[must_use]
    pub fn metrics(&self) -> StoreMetrics {
        let Inner { shared, reads, writes, .. } = &*self.inner;
        let queued = if Arc::ptr_eq(reads, writes) { reads.len() } else { reads.len() + writes.len() };
        shared.counters.snapshot(queued)
    }

    /// Takes nothing more, finishes what is queued, moves SQLite's log into the file, and ends the threads. Blocks
    /// for `close_within_ms` at most; `false` when some work was left unfinished then. Closing twice is no harm.
    pub fn close(&self) -> bool {
        self.inner.close_queues();
        let threads = self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        let within = Duration::from_millis(self.inner.shared.settings.close_within_ms);
        threads.is_none_or(|threads| threads.join(within))
    }

    async fn ask<T, E, F>(&self, context: &Context, kind: Kind, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let shared = &*self.inner.shared;
        let wait = context.deadline.remaining(&*shared.sources.clock).min(shared.settings.answer_within());
        if wait.is_zero() {
            count(&shared.counters.timed_out);
            return Err(shared.unavailable("the deadline has passed").into());
        }
        let (work, answered) = Work::new(shared.module(), work);
        self.inner.queue(Box::new(work), kind)?;
        match tokio::time::timeout(wait, answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(shared.unavailable("the work was dropped").into()),
            Err(_) => {
                count(&shared.counters.timed_out);
                Err(shared.unavailable(format_args!("no answer within {} ms", wait.as_millis())).into())
            }
        }
    }
}

impl Inner {
    /// Puts a unit of work into its queue, or says why not.
    fn queue(&self, job: Box<dyn Job>, kind: Kind) -> Result<(), StorageError> {
        let shared = &*self.shared;
        if let Some(reason) = self.away() {
            count(&shared.counters.unavailable);
            return Err(shared.unavailable(reason));
        }
        let queue = if kind == Kind::Read { &self.reads } else { &self.writes };
        queue.push(Task { job, kind }).map_err(|refusal| {
            count(&shared.counters.refused);
            shared.unavailable(match refusal {
                Refusal::Full => "too many wait already",
                Refusal::Closed => "the store is closed",
            })
        })
    }

    /// Why the database is known to be away, if it is.
    fn away(&self) -> Option<String> {
        let gate = self.gate.as_ref()?;
        if self.shared.counters.connected.load(Relaxed) > 0 {
            return None;
        }
        gate.closed(self.shared.sources.clock.monotonic())
    }

    fn close_queues(&self) {
        self.reads.close();
        self.writes.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close_queues();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("module", &self.module()).finish_non_exhaustive()
    }
}
