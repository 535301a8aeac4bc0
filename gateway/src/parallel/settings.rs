//! The section `parallel`: every bound of the parallel run by name, with its unit.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Limits and waits of the parallel run. Every one of them protects clients, and the process, from the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParallelSettings {
    /// Whether anything is compared at all; a way to stop all of it without a word in the features file.
    pub enabled: bool,
    /// Exchanges that wait for the other side, a worker; one more is dropped.
    pub queue_max: usize,
    /// Questions to other sides under way at once, a worker.
    pub concurrent_max: usize,
    /// Largest body, of a request or an answer, that is kept for a comparison, bytes; what is larger is dropped.
    pub body_max_bytes: usize,
    /// What exchanges that wait or are under way may hold, a worker, bytes; one more is dropped.
    pub memory_max_bytes: usize,
    /// For one question to the other side, from the moment in which it is asked, connecting included.
    pub deadline_ms: u64,
    /// Connections to one side, of all workers together, that only questions of the parallel run use.
    pub connections_max: u32,
    /// Pairs of answers that wait for the judge; one more is dropped.
    pub judge_queue_max: usize,
    /// What these may hold, bytes.
    pub judge_max_bytes: usize,
    /// Differences of one worker that wait to be asked again; one more counts without.
    pub recheck_max: usize,
}

impl Default for ParallelSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            queue_max: 1_024,
            concurrent_max: 64,
            body_max_bytes: 256 * 1024,
            memory_max_bytes: 32 * 1024 * 1024,
            deadline_ms: 5_000,
            connections_max: 256,
            judge_queue_max: 1_024,
            judge_max_bytes: 64 * 1024 * 1024,
            recheck_max: 64,
        }
    }
}

/// A setting that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("parallel.{setting} must {must}")]
pub struct ParallelSettingError {
    /// Its name.
    pub setting: &'static str,
    /// What it must be.
    pub must: &'static str,
}

impl ParallelSettings {
    /// Whether all bounds can be held.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self) -> Result<(), ParallelSettingError> {
        const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;
        let positive = [
            ("concurrent_max", self.concurrent_max),
            ("queue_max", self.queue_max),
            ("connections_max", self.connections_max as usize),
            ("judge_queue_max", self.judge_queue_max),
            ("recheck_max", self.recheck_max),
            ("body_max_bytes", self.body_max_bytes),
        ];
        if let Some((setting, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(ParallelSettingError { setting, must: "be at least 1" });
        }
        if self.body_max_bytes > BODY_MAX_BYTES {
            return Err(ParallelSettingError { setting: "body_max_bytes", must: "be at most 67108864" });
        }
        if self.judge_queue_max > 1_000_000 {
            return Err(ParallelSettingError { setting: "judge_queue_max", must: "be at most 1000000" });
        }
        if !(1..=600_000).contains(&self.deadline_ms) {
            return Err(ParallelSettingError { setting: "deadline_ms", must: "be 1 to 600000" });
        }
        Ok(())
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_checked_and_unknown_settings_refused() {
        assert_eq!(ParallelSettings::default().check(), Ok(()));
        let none = ParallelSettings { queue_max: 0, ..ParallelSettings::default() };
        assert_eq!(none.check().unwrap_err().to_string(), "parallel.queue_max must be at least 1");
        let late = ParallelSettings { deadline_ms: 0, ..ParallelSettings::default() };
        assert_eq!(late.check().unwrap_err().setting, "deadline_ms");
        serde_json::from_str::<ParallelSettings>(r#"{"queue": 7}"#).unwrap_err();
    }
}
