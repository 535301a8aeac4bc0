//! What the tasks that talk to one server share.

use super::api::Api;
use super::error::CallError;
use super::settings::UnleashSettings;
use super::status::{Counters, Status};
use crate::stored::Toggles;
use kernel::{Sources, Timestamp};
use tokio::sync::{oneshot, watch};

/// What the tasks share. A clone costs some pointers and texts, once a task.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) settings: UnleashSettings,
    pub(super) sources: Sources,
    pub(super) toggles: Toggles,
    pub(super) api: Api,
    pub(super) instance: String,
    pub(super) status: watch::Sender<Status>,
    pub(super) counters: Counters,
    pub(super) started: Timestamp,
}

impl Shared {
    pub(super) fn now(&self) -> Timestamp {
        self.sources.clock.now()
    }
}

/// Runs work that takes milliseconds, compiling or a write that waits for the disk, on a thread of its own, so that no
/// task beside it waits. Each caller waits for its own, so that there are at most as many threads as callers.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CallError> {
    let (done, result) = oneshot::channel();
    let thread = std::thread::Builder::new().name("unleash".into());
    let run = move || {
        // Whoever waited may be gone.
        let _ = done.send(work());
    };
    thread.spawn(run).map_err(|_| CallError::Thread)?;
    result.await.map_err(|_| CallError::Thread)
}

/// Resolves when the handle was told to stop, or is gone.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the handle is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}
