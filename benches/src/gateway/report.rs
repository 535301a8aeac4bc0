//! The results as they are written: every name carries its unit.

use super::growth::Growth;
use super::rows::Row;
use crate::cores::Cores;
use crate::goal::Goal;
use crate::machine::{Machine, said};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything that was measured, and on what.
#[derive(Debug, serde::Serialize)]
pub(super) struct Report {
    /// Which benchmark.
    pub(super) benchmark: &'static str,
    /// Whether it was only a look at whether everything works.
    pub(super) quick: bool,
    /// On what.
    pub(super) machine: Machine,
    /// The versions of the others.
    pub(super) peers: BTreeMap<&'static str, String>,
    /// Which cores.
    pub(super) cores: Cores,
    /// How.
    pub(super) method: Method,
    /// What was to be reached, and what was.
    pub(super) goals: Vec<Goal>,
    /// Passing on.
    pub(super) loads: Vec<Row>,
    /// Of the gateway.
    pub(super) memory: Option<Growth>,
}

/// How it was measured.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Method {
    /// Each runs every load once, in another order.
    pub(super) rounds: usize,
    /// How long each load counts.
    #[serde(rename = "measured_s", serialize_with = "seconds")]
    pub(super) measured: Duration,
    /// How long each load runs before that.
    #[serde(rename = "warm_up_s", serialize_with = "seconds")]
    pub(super) warm_up: Duration,
    /// Requests over which memory was watched.
    pub(super) memory_requests: u64,
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}

/// What the others say of themselves.
pub(super) fn versions() -> BTreeMap<&'static str, String> {
    let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    [("haproxy", "-v"), ("nginx", "-v")]
        .map(|(program, flag)| (program, first_line(said(program, &[flag]))))
        .into()
}
