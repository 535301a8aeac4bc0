//! What processes and the machine have used: CPU time by the scheduler's nanoseconds, memory by its pages.

use crate::error::BenchError;
use std::collections::HashMap;
use std::path::Path;

/// Ticks a second in `/proc/stat` (`USER_HZ`, part of the kernel's interface).
const TICKS_PER_S: u64 = 100;
const NS_PER_S: u64 = 1_000_000_000;

/// CPU time used so far, at one moment.
pub(crate) struct Usage {
    /// Each thread of the measured processes, nanoseconds.
    server_ns: HashMap<String, u64>,
    /// The calling thread, nanoseconds.
    load_ns: u64,
    /// Everybody on the machine, nanoseconds in steps of 10 ms.
    machine_ns: u64,
}

/// CPU time used between two moments, nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    /// By the measured process.
    pub(crate) server_ns: u64,
    /// By the thread that makes the load.
    pub(crate) load_ns: u64,
    /// By all others: a database server, the kernel's own threads, and neighbours that disturb.
    pub(crate) others_ns: u64,
}

impl Usage {
    /// Of the processes `pids`, of the calling thread and of the machine, now.
    pub(crate) fn now(pids: &[u32]) -> Result<Self, BenchError> {
        let mut server_ns = HashMap::new();
        for pid in pids {
            let doing = || BenchError::system(format!("look at the threads of process {pid}"));
            for thread in std::fs::read_dir(format!("/proc/{pid}/task")).map_err(doing())? {
                let thread = thread.map_err(doing())?;
                // A thread may end between the listing and the reading.
                if let Ok(text) = std::fs::read_to_string(thread.path().join("schedstat")) {
                    server_ns.insert(thread.file_name().to_string_lossy().into_owned(), run_time_ns(&text));
                }
            }
        }
        let load_ns = run_time_ns(&read("/proc/thread-self/schedstat")?);
        Ok(Self { server_ns, load_ns, machine_ns: busy_ns(&read("/proc/stat")?) })
    }

    /// What was used since `earlier`. What a thread used that has ended since is not in it.
    pub(crate) fn since(&self, earlier: &Self) -> Used {
        let of_thread = |(thread, now): (&String, &u64)| {
            now.saturating_sub(earlier.server_ns.get(thread).copied().unwrap_or_default())
        };
        let server_ns = self.server_ns.iter().map(of_thread).sum();
        let load_ns = self.load_ns.saturating_sub(earlier.load_ns);
        let machine_ns = self.machine_ns.saturating_sub(earlier.machine_ns);
        Used { server_ns, load_ns, others_ns: machine_ns.saturating_sub(server_ns + load_ns) }
    }
}

/// Memory of a process, KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Memory {
    /// Pages in memory, shared ones in full.
    pub(crate) rss_kib: u64,
    /// Pages in memory, shared ones by share.
    pub(crate) pss_kib: u64,
    /// Of these what is the process's own and backed by no file.
    pub(crate) anonymous_kib: u64,
    /// Threads.
    pub(crate) threads: u64,
}

impl Memory {
    /// Of the process `pid`, now.
    pub(crate) fn of(pid: u32) -> Result<Self, BenchError> {
        let rollup = read(format!("/proc/{pid}/smaps_rollup"))?;
        let status = read(format!("/proc/{pid}/status"))?;
        Ok(Self {
            rss_kib: field(&rollup, "Rss:"),
            pss_kib: field(&rollup, "Pss:"),
            anonymous_kib: field(&rollup, "Anonymous:"),
            threads: field(&status, "Threads:"),
        })
    }
}

/// The processes that the process `pid` has started, and itself.
pub(crate) fn family(pid: u32) -> Result<Vec<u32>, BenchError> {
    let children = read(format!("/proc/{pid}/task/{pid}/children"))?;
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    Ok(std::iter::once(pid).chain(children).collect())
}

fn read(path: impl AsRef<Path>) -> Result<String, BenchError> {
    let path = path.as_ref();
    std::fs::read_to_string(path).map_err(BenchError::system(format!("read {}", path.display())))
}

/// The first of the three figures of `schedstat`: nanoseconds on a CPU.
fn run_time_ns(schedstat: &str) -> u64 {
    schedstat.split_whitespace().next().and_then(|figure| figure.parse().ok()).unwrap_or_default()
}

/// Time that was not idle: user, nice, system, interrupts (fields 1, 2, 3, 6, 7 of the line `cpu`); proc(5).
fn busy_ns(stat: &str) -> u64 {
    let figures: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let busy = [0, 1, 2, 5, 6].iter().filter_map(|index| figures.get(*index)).sum::<u64>();
    busy * (NS_PER_S / TICKS_PER_S)
}

/// The number behind a name in a file of `/proc/PID`; 0 without it.
fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_used_before_is_not_counted_and_a_new_thread_is() {
        let usage = |server: &[(&str, u64)], load_ns, machine_ns| Usage {
            server_ns: server.iter().map(|(thread, ns)| ((*thread).to_owned(), *ns)).collect(),
            load_ns,
            machine_ns,
        };
        let before = usage(&[("1", 500), ("2", 70)], 10, 10_000);
        let after = usage(&[("1", 800), ("3", 40)], 110, 11_000);
        assert_eq!(after.since(&before), Used { server_ns: 340, load_ns: 100, others_ns: 560 });
    }

    #[test]
    fn waiting_for_disks_and_idling_is_not_busy() {
        assert_eq!(busy_ns("cpu  1 2 3 1000 1000 4 5 0 0 0\ncpu0 9"), 15 * 10_000_000);
    }

    #[test]
    fn this_process_uses_something() {
        let pid = std::process::id();
        let before = Usage::now(&[pid]).unwrap();
        let sum = (0..3_000_000_u64).fold(0_u64, |sum, n| std::hint::black_box(sum ^ n));
        let used = Usage::now(&[pid]).unwrap().since(&before);
        assert!(used.load_ns > 0 && used.server_ns >= used.load_ns, "{used:?} {sum}");
        assert!(Memory::of(pid).unwrap().rss_kib > 100);
    }
}
