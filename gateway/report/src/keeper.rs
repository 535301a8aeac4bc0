//! The thread that keeps what was counted: once a second into the store, and what is too old out of it.

use crate::{Recorder, ReportError};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time between two savings: what a process that is killed loses at most.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// Savings between two tidyings.
const TIDY_EVERY: u32 = 60;

/// Keeps what was counted. To be stopped at the end of the process, so that the last second is kept too.
#[derive(Debug)]
pub struct Keeper {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`ReportError::Thread`] when the system gives none.
    pub fn start(recorder: Recorder) -> Result<Self, ReportError> {
        let (stop, stopped) = sync_channel(1);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(ReportError::Thread)?;
        let thread = std::thread::Builder::new()
            .name("report".into())
            .spawn(move || keep(&recorder, &stopped, &runtime))
            .map_err(ReportError::Thread)?;
        Ok(Self { stop, thread })
    }

    /// Keeps what is left and ends the thread. Blocks while the store takes it, for its own bounds at most.
    pub fn stop(self) {
        // A thread that ended by itself hears nothing, and need not.
        let _ = self.stop.try_send(());
        let _ = self.thread.join();
    }
}

fn keep(recorder: &Recorder, stopped: &Receiver<()>, runtime: &tokio::runtime::Runtime) {
    let mut round = 0_u32;
    loop {
        let stop = !matches!(stopped.recv_timeout(SAVE_EVERY), Err(RecvTimeoutError::Timeout));
        // Whether it fails is noted where it fails; the next round tries again.
        let _ = runtime.block_on(recorder.save());
        if round.is_multiple_of(TIDY_EVERY) && !stop && runtime.block_on(recorder.tidy()).is_err() {
            tracing::debug!("the report's store could not be tidied");
        }
        round = round.wrapping_add(1);
        if stop {
            return;
        }
    }
}
