//! The results as they are written: every name carries its unit.

use super::loads::{DiskRow, LoadRow};
use super::memory::MemoryRow;
use super::start::StartRow;
use crate::goal::Goal;
use crate::machine::Machine;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything that was measured, and on what.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Report {
    /// Which benchmark.
    pub(crate) benchmark: &'static str,
    /// Whether it was only a look at whether everything works.
    pub(crate) quick: bool,
    /// On what.
    pub(crate) machine: Machine,
    /// The server's version and what decides the cost of its durable writes.
    pub(crate) postgres: Option<BTreeMap<&'static str, String>>,
    /// How.
    pub(crate) method: Method,
    /// What was to be reached, and what was.
    pub(crate) goals: Vec<Goal>,
    /// From the start of the process to its first answers.
    pub(crate) start: Vec<StartRow>,
    /// Of the idle process.
    pub(crate) memory: Vec<MemoryRow>,
    /// What the disk can do by itself.
    pub(crate) disk: Option<DiskRow>,
    /// Reading and posting.
    pub(crate) loads: Vec<LoadRow>,
    /// What was not measured, and why.
    pub(crate) skipped: Vec<String>,
}

/// How the loads were measured.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Method {
    /// Each runs every load once, each round beginning with another.
    pub(crate) rounds: usize,
    /// How long each load counts.
    #[serde(rename = "measured_s", serialize_with = "seconds")]
    pub(crate) measured: Duration,
    /// How long each load runs before that.
    #[serde(rename = "warm_up_s", serialize_with = "seconds")]
    pub(crate) warm_up: Duration,
    /// How often the process was started for the figures of its start.
    pub(crate) starts: usize,
    /// Kept connections, each with one request under way.
    pub(crate) connections: Vec<usize>,
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}
