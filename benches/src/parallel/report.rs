//! The results as they are written: every name carries its unit.

use super::hung;
use super::rows::Row;
use crate::cores::Cores;
use crate::goal::Goal;
use crate::machine::{Machine, said};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::path::Path;
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
    /// Asking both sides and comparing.
    pub(super) loads: Vec<Row>,
    /// What clients saw beside a hung shadow.
    pub(super) hung: Vec<hung::Row>,
}

/// How it was measured.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Method {
    /// Each runs every load once, in another order.
    pub(super) rounds: usize,
    /// How long each load asks; what comes of it is waited for.
    #[serde(rename = "measured_s", serialize_with = "seconds")]
    pub(super) measured: Duration,
    /// How long each load runs before that.
    #[serde(rename = "warm_up_s", serialize_with = "seconds")]
    pub(super) warm_up: Duration,
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}

/// What the others say of themselves.
pub(super) fn versions(envoy: Option<&Path>) -> BTreeMap<&'static str, String> {
    let first_line = |text: String| {
        let line = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
        // Envoy begins with the path that it was started by.
        line.rsplit_once("version: ").map_or(line, |(_, version)| version).to_owned()
    };
    let envoy = envoy.map(|program| ("envoy", first_line(said(&program.to_string_lossy(), &["--version"]))));
    let others = ["haproxy", "nginx"].map(|program| (program, first_line(said(program, &["-v"]))));
    others.into_iter().chain(envoy).collect()
}
