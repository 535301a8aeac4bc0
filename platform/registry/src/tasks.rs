//! Work in the background that ends with its owner.

use std::future::Future;
use tokio::task::JoinHandle;

/// A task; dropping it ends it.
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    /// On the runtime of the caller.
    pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self) {
        // A panic of the task has been reported where it happened.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
