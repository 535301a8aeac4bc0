//! What the process keeps in memory while nobody asks it anything.

use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::place::Engine;
use crate::usage::Memory;
use std::time::Duration;

/// How long nobody asks before memory is looked at: the allocator's and SQLite's after-work is over then.
const REST: Duration = Duration::from_secs(2);

/// Memory of an idle process.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct MemoryRow {
    /// Where the data is.
    pub(crate) storage: Engine,
    /// When.
    pub(crate) when: When,
    /// How much.
    #[serde(flatten)]
    pub(crate) memory: Memory,
}

/// When memory is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    /// It has started, signed a user in, and answered a few calls.
    AfterStart,
    /// All loads are over.
    AfterLoads,
}

/// Looks at a process that nobody asks anything.
pub(super) fn look(storage: Engine, when: When, banyan: &Banyan) -> Result<MemoryRow, BenchError> {
    std::thread::sleep(REST);
    Ok(MemoryRow { storage, when, memory: Memory::of(banyan.child.pid())? })
}
