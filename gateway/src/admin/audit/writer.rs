//! The thread that writes the audit log: a disk that hangs holds up no call of the admin side but those that change
//! something.

use super::entry::Record;
use super::file::Journal;
use super::{AuditError, Counts};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;

/// Entries that wait to be written; one more is refused.
const QUEUE_MAX: usize = 256;

type Reply = oneshot::Sender<Result<(), AuditError>>;

/// An entry on its way to the file, and whoever waits for it.
struct Line {
    text: Vec<u8>,
    reply: Option<Reply>,
    /// Of what is yet to be made: what is to be added when nobody waits any more, for it was not made.
    retraction: Option<Vec<u8>>,
}

/// The way to the thread. The thread ends when this is dropped.
pub(super) struct Writer(SyncSender<Line>);

impl Writer {
    pub(super) fn start(journal: Journal, counts: Arc<Counts>) -> std::io::Result<Self> {
        let (lines, incoming) = sync_channel(QUEUE_MAX);
        let work = move || run(&journal, &incoming, &counts);
        std::thread::Builder::new().name("audit".to_owned()).spawn(work)?;
        Ok(Self(lines))
    }

    /// Writes and waits until it is on disk. Should nobody wait any more by then, `retraction` is written too; without
    /// one it is written whoever waits.
    pub(super) async fn write(
        &self,
        record: &Record,
        retraction: Option<&Record>,
        within: Duration,
    ) -> Result<(), AuditError> {
        let (reply, answer) = oneshot::channel();
        self.send(Line { text: text(record), reply: Some(reply), retraction: retraction.map(text) })?;
        match tokio::time::timeout(within, answer).await {
            Ok(written) => written.unwrap_or(Err(AuditError::Closed)),
            Err(_) => Err(AuditError::TimedOut),
        }
    }

    /// Writes without waiting.
    pub(super) fn post(&self, record: &Record) -> Result<(), AuditError> {
        self.send(Line { text: text(record), reply: None, retraction: None })
    }

    fn send(&self, line: Line) -> Result<(), AuditError> {
        self.0.try_send(line).map_err(|error| match error {
            TrySendError::Full(_) => AuditError::Busy,
            TrySendError::Disconnected(_) => AuditError::Closed,
        })
    }
}

fn run(journal: &Journal, incoming: &Receiver<Line>, counts: &Counts) {
    while let Ok(Line { text, reply, retraction }) = incoming.recv() {
        // Who has given up before the turn of its entry makes no change: there is nothing to write.
        if retraction.is_some() && reply.as_ref().is_some_and(oneshot::Sender::is_closed) {
            continue;
        }
        let written = append(journal, &text);
        counts.count(&written);
        let is_written = written.is_ok();
        let is_heard = reply.is_none_or(|reply| reply.send(written).is_ok());
        if let Some(retraction) = retraction.filter(|_| is_written && !is_heard) {
            counts.count(&append(journal, &retraction));
        }
    }
}

fn append(journal: &Journal, line: &[u8]) -> Result<(), AuditError> {
    journal.append(line).map_err(|error| AuditError::Write {
        path: journal.path().display().to_string(),
        reason: error.to_string(),
    })
}

fn text(record: &Record) -> Vec<u8> {
    // Texts, numbers and JSON values, which always serialise.
    serde_json::to_vec(record).unwrap_or_default()
}
