//! What a module does without being asked: at fixed intervals, one run at a time.

use kernel::Context;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A future that a job's run is.
pub type JobFuture =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// Work that comes again.
#[derive(Clone)]
pub struct Job {
    /// Name in logs and metrics: `users.presence_sweep`.
    pub name: &'static str,
    /// Time between the end of one run and the start of the next; also the deadline of a run is never above it.
    pub every: Duration,
    /// One run.
    pub run: Arc<dyn Fn(Context) -> JobFuture + Send + Sync>,
}
