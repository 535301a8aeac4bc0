//! Sets logging up, once a process: bounded queues, threads that write, standard error.

use crate::spool::Spool;
use crate::{AccessLog, LogSettings};
use std::io::{BufWriter, IsTerminal, stderr};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::UtcTime;
use tracing_subscriber::util::SubscriberInitExt;

/// Bytes that the writing thread gathers before it writes; it also writes whenever its queue is empty.
const WRITE_BUFFER_BYTES: usize = 64 * 1024;

/// Libraries that say which URLs they fetch: people wrote those, so these libraries say nothing below a warning,
/// whatever `log.filter` asks of all crates.
const QUIET: [&str; 3] = ["hyper=warn", "hyper_util=warn", "reqwest=warn"];

/// Why logging was not set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `log.filter` cannot be read.
    #[error("log.filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else of this process logs already.
    #[error("logging was set up already: {0}")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
    /// The thread that writes access lines cannot be started.
    #[error("the thread for access lines cannot be started")]
    Thread(#[from] std::io::Error),
}

/// Logging of this process. When it is dropped, what waits is written.
pub struct Log {
    access: AccessLog,
    /// What this process logs besides access lines.
    events_dropped: ErrorCounter,
    /// Dropped first: access lines before the last words.
    spool: Spool,
    _guard: WorkerGuard,
}

/// Reads `log.filter`.
fn filter(text: &str) -> Result<EnvFilter, LogError> {
    let asked = EnvFilter::builder().parse(text)?;
    QUIET.iter().try_fold(asked, |filter, directive| Ok(filter.add_directive(directive.parse()?)))
}

impl Log {
    /// Sets logging up.
    ///
    /// # Errors
    /// [`LogError`] when the filter is wrong or logging is set up already.
    pub fn start(settings: &LogSettings) -> Result<Self, LogError> {
        let filter = filter(&settings.filter)?;
        let terminal = stderr().is_terminal();
        let json = settings.format.is_json(terminal);
        let (writer, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(settings.queue_max_lines)
            .lossy(true)
            .thread_name("log")
            .finish(BufWriter::with_capacity(WRITE_BUFFER_BYTES, stderr()));
        let events_dropped = writer.error_counter();
        // Both threads hold the lock of standard error for whole lines, so that none is torn.
        let spool = Spool::start(settings.access_buffer_max_bytes, stderr())?;
        let access = AccessLog::new(spool.shared(), json, settings.access);
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            .with_timer(UtcTime::rfc_3339())
            .with_ansi(terminal);
        if json {
            subscriber.json().flatten_event(true).finish().try_init()?;
        } else {
            subscriber.finish().try_init()?;
        }
        Ok(Self { access, events_dropped, spool, _guard: guard })
    }

    /// Where the access lines go.
    #[must_use]
    pub fn access(&self) -> AccessLog {
        self.access.clone()
    }

    /// Counts the lines that found the queue, or the buffer of their worker, full.
    pub fn dropped_lines(&self) -> impl Fn() -> u64 + Send + Sync + 'static {
        let (events, lines) = (self.events_dropped.clone(), self.spool.shared());
        move || events.dropped_lines() as u64 + lines.dropped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_say_urls_stay_quiet_whatever_is_asked_for() {
        for asked in ["trace", "info,hyper_util=trace", ""] {
            let read = filter(asked).unwrap().to_string();
            for quiet in QUIET {
                assert!(read.split(',').any(|directive| directive == quiet), "{asked}: {read}");
            }
            assert!(!read.contains("hyper_util=trace"), "{read}");
        }
        assert!(filter("=,=").is_err());
    }
}
