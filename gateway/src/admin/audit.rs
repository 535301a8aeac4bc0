//! The audit log: who changed what, from what to what, when; in a file of its own and, the latest, in memory.
//!
//! A person's change is written to disk before it is made ([`Audit::record`]): one that cannot be written is not made,
//! so that nobody changes a gateway unseen by filling its disk. What came of it is on disk before the person is told
//! ([`Audit::settle`]). What machines do by themselves, or what has happened
//! already, is noted and never held up ([`Audit::note`]): a full disk stops no service from registering. Failures are
//! counted and shown.

mod entry;
mod file;
mod ring;
mod settings;
#[cfg(test)]
mod tests;
mod writer;

pub use entry::{Action, By, Entry, Outcome, Record, Who};
pub use ring::{Page, UnknownCursor};
pub use settings::{AuditSettingError, AuditSettings};

use file::Journal;
use kernel::Sources;
use ring::Ring;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use telemetry::{Kind, Metrics, Reading};
use writer::Writer;

/// The longest that a change waits for the disk.
const WRITE_WITHIN: Duration = Duration::from_secs(2);

/// Why an entry was not written. The change that it is about must not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The file cannot be written: the disk is full, or the place is not there.
    #[error("the audit log {path} cannot be written: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The disk takes too long.
    #[error("the audit log was not written within {} ms", WRITE_WITHIN.as_millis())]
    TimedOut,
    /// Too many entries wait to be written.
    #[error("too many entries wait for the audit log")]
    Busy,
    /// The thread that writes has ended.
    #[error("the audit log is closed")]
    Closed,
}

/// How the audit log fares.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct AuditState {
    /// The file; `null`: entries are kept in memory and logged, and end with the process.
    pub file: Option<String>,
    /// Entries written since the process began.
    pub written: u64,
    /// Entries that could not be written.
    pub failed: u64,
    /// Why the last entry was not written; `null` when it was.
    pub error: Option<String>,
}

/// The audit log. Clones are the same.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    sources: Sources,
    path: Option<PathBuf>,
    /// `None` where there is no file.
    writer: Option<Writer>,
    ring: Mutex<Ring>,
    counts: Arc<Counts>,
}

/// What became of entries.
#[derive(Debug, Default)]
pub(super) struct Counts {
    written: AtomicU64,
    failed: AtomicU64,
    error: Mutex<Option<String>>,
}

impl Counts {
    pub(super) fn count(&self, written: &Result<(), AuditError>) {
        let counter = if written.is_ok() { &self.written } else { &self.failed };
        counter.fetch_add(1, Relaxed);
        let error = written.as_ref().err().map(ToString::to_string);
        let mut last = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = error.as_ref().filter(|error| Some(*error) != last.as_ref()) {
            tracing::error!(error, "the audit log cannot be written: changes are refused");
        }
        *last = error;
    }
}

impl Audit {
    /// Opens the audit log and remembers its last entries. A file that cannot be written now does not keep the process
    /// from starting: it is tried again with each entry.
    ///
    /// # Errors
    /// [`AuditSettingError`] for settings out of their bounds, and when the system gives no thread.
    pub fn start(settings: &AuditSettings, sources: &Sources) -> Result<Self, AuditSettingError> {
        settings.check()?;
        let (counts, path) = (Arc::<Counts>::default(), settings.file());
        let journal =
            path.clone().map(|path| Journal::new(path, settings.file_max_bytes, settings.files_max));
        let mut ring = Ring::new(settings.memory_max);
        for record in journal.iter().flat_map(|journal| journal.tail(settings.memory_max)) {
            ring.push(record);
        }
        let writer = journal.map(|journal| Writer::start(journal, counts.clone())).transpose()?;
        let ring = Mutex::new(ring);
        Ok(Self(Arc::new(Inner { sources: sources.clone(), path, writer, ring, counts })))
    }

    /// Writes down a change that is about to be made, and waits until it is on disk.
    ///
    /// # Errors
    /// [`AuditError`]: the change must not be made.
    pub async fn record(&self, entry: Entry) -> Result<Record, AuditError> {
        let record = self.stamp(entry);
        self.write(&record, Some(&self.retraction(&record))).await?;
        self.remember(record.clone());
        Ok(record)
    }

    /// Writes down what came of a change, and waits for the disk: who is told of it then finds it written, whatever becomes
    /// of this process. It was made, and stays so when the disk fails; that is counted.
    pub async fn settle(&self, entry: Entry) -> Record {
        let record = self.stamp(entry);
        let _ = self.write(&record, None).await;
        self.remember(record.clone());
        record
    }

    async fn write(&self, record: &Record, retraction: Option<&Record>) -> Result<(), AuditError> {
        let Some(writer) = &self.0.writer else { return Ok(()) };
        let written = writer.write(record, retraction, WRITE_WITHIN).await;
        // What the disk says is counted where it is written.
        if matches!(written, Err(AuditError::Busy | AuditError::Closed | AuditError::TimedOut)) {
            self.0.counts.count(&written);
        }
        written
    }

    /// Writes down what has happened, or what must not be held up. Waits for nothing.
    pub fn note(&self, entry: Entry) -> Record {
        let record = self.stamp(entry);
        if let Some(writer) = &self.0.writer
            && let Err(error) = writer.post(&record)
        {
            self.0.counts.count(&Err(error));
        }
        self.remember(record.clone());
        record
    }

    /// The latest entries, the newest first: `limit` of those before `cursor`.
    ///
    /// # Errors
    /// [`UnknownCursor`] when the entry of that id is not, or no longer, in memory.
    pub fn page(&self, limit: usize, cursor: Option<&str>) -> Result<Page, UnknownCursor> {
        self.ring().page(limit, cursor)
    }

    /// How it fares.
    #[must_use]
    pub fn state(&self) -> AuditState {
        let counts = &self.0.counts;
        AuditState {
            file: self.0.path.as_ref().map(|path| path.display().to_string()),
            written: counts.written.load(Relaxed),
            failed: counts.failed.load(Relaxed),
            error: counts.error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Shows in the metrics how many entries were written, and how many could not be.
    pub fn watch(&self, metrics: &Metrics) {
        let (written, failed) = (self.0.counts.clone(), self.0.counts.clone());
        metrics.read(Reading {
            name: "audit_entries",
            help: "Entries of the audit log",
            kind: Kind::Counter,
            label: "result",
            sources: vec![
                ("written", Box::new(move || written.written.load(Relaxed))),
                ("failed", Box::new(move || failed.failed.load(Relaxed))),
            ],
        });
    }

    fn stamp(&self, entry: Entry) -> Record {
        let Sources { clock, random } = &self.0.sources;
        let now = clock.now();
        Record { id: random.uuid(now).to_string(), at: toggles::rfc3339(now), entry: entry.bounded() }
    }

    /// Says of an entry that reached the disk too late that its change was not made.
    fn retraction(&self, record: &Record) -> Record {
        let entry =
            record.entry.clone().not_made(Outcome::Failed, "nobody waited for the audit log any more");
        self.stamp(Entry { of: Some(record.id.clone()), ..entry })
    }

    fn remember(&self, record: Record) {
        let Record { id, entry, .. } = &record;
        tracing::info!(
            audit_id = %id,
            action = %entry.action,
            subject = %entry.subject,
            by = %entry.who,
            outcome = %entry.outcome,
            before = %entry.before,
            after = %entry.after,
            request_id = entry.request_id.as_deref(),
            "audit"
        );
        self.ring().push(record);
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").field("path", &self.0.path).finish_non_exhaustive()
    }
}
