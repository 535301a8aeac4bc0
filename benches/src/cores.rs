//! Which core runs what: the measured proxy has one to itself, everything else shares another.

use crate::error::BenchError;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity, set_current_timer_slack};
use std::num::NonZeroU64;

/// How late the kernel may wake this thread, nanoseconds.
const TIMER_SLACK: Option<NonZeroU64> = NonZeroU64::new(1);

/// A core for the proxy, and one for the load and whatever else there is.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Cores {
    /// Runs the process that is measured, and nothing else of ours.
    pub(crate) proxy: usize,
    /// Runs the backend, the load, and the threads that read logs.
    pub(crate) load: usize,
}

impl Cores {
    /// The first two cores that this process may use; with only one, everything shares it. From now on the calling
    /// thread, and what it starts, runs on the second.
    pub(crate) fn take() -> Result<Self, BenchError> {
        let failed = || BenchError::system("look at the cores");
        let allowed = sched_getaffinity(None).map_err(failed())?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
        let proxy = cores.next().unwrap_or_default();
        let cores = Self { proxy, load: cores.next().unwrap_or(proxy) };
        pin(cores.load)?;
        // Without the right to do so, loads at a fixed rate are a little less exact.
        let _ = set_current_timer_slack(TIMER_SLACK);
        Ok(cores)
    }

    /// Lets `start` start a process on the proxy's core.
    pub(crate) fn on_proxy_core<T>(
        self,
        start: impl FnOnce() -> Result<T, BenchError>,
    ) -> Result<T, BenchError> {
        pin(self.proxy)?;
        let started = start();
        pin(self.load)?;
        started
    }
}

fn pin(core: usize) -> Result<(), BenchError> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).map_err(BenchError::system(format!("stay on core {core}")))
}

/// Lets this process and its children open as many connections as the system lets anybody.
pub(crate) fn raise_file_limit() -> Result<(), BenchError> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).map_err(BenchError::system("raise the limit of open files"))
}
