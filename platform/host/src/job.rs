//! What a module does without being asked: again and again, one run at a time, each run with a deadline.

use crate::boundary::chain;
use kernel::{Context, Sources};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// One run of a job.
pub type JobFuture =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// Longest that one run may take.
const RUN_MAX: Duration = Duration::from_secs(30);

/// Work that comes again.
#[derive(Clone)]
pub struct Job {
    /// Name in logs and metrics: `users.presence_sweep`.
    pub name: &'static str,
    /// Time between the end of one run and the start of the next.
    pub every: Duration,
    /// One run. The context's deadline is the run's.
    pub run: Arc<dyn Fn(Context) -> JobFuture + Send + Sync>,
}

/// Runs jobs until it is told to stop.
pub struct JobRunner {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl JobRunner {
    /// Starts the jobs on this thread's runtime. The first run of each comes after its interval.
    #[must_use]
    pub fn start(jobs: Vec<Job>, sources: &Sources) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for job in jobs {
            tasks.spawn(repeat(job, sources.clone(), stopped.clone()));
        }
        Self { stop, tasks }
    }

    /// Lets the runs under way end, and starts no more.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn repeat(job: Job, sources: Sources, mut stopped: watch::Receiver<bool>) {
    // A job says when it begins to fail and when it is well again, not at every run.
    let mut failing = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep(job.every) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let run = (job.run)(Context::background(&sources, RUN_MAX));
        let failure = match tokio::time::timeout(RUN_MAX, run).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(chain(&*error)),
            Err(_) => Some(format!("took longer than {RUN_MAX:?}")),
        };
        match (&failure, failing) {
            (Some(cause), false) => tracing::warn!(job = job.name, cause, "job fails"),
            (Some(cause), true) => tracing::debug!(job = job.name, cause, "job still fails"),
            (None, true) => tracing::info!(job = job.name, "job is well again"),
            (None, false) => {}
        }
        failing = failure.is_some();
    }
}
