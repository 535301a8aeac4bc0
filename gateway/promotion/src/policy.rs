//! `[routes.promotion]`: how a route is promoted.

use serde::Serialize;
use std::time::Duration;

/// How a route is promoted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// The shares, percent, ascending: 0 (nobody yet, only compared) to 100.
    pub steps: Vec<u8>,
    /// The shortest time on one step.
    #[serde(serialize_with = "as_seconds", rename = "every_s")]
    pub every: Duration,
    /// The fewest compared requests on one step.
    pub enough: u64,
    /// The share of requests whose answers may really differ, 0 to 1.
    pub allowed_difference: f64,
    /// How many times the error rate (5xx) of the old side that of the new side may be.
    pub error_ratio: f64,
    /// How many times the p99 of the old side that of the new side may be.
    pub latency_ratio: f64,
    /// What a breach does.
    pub on_breach: OnBreach,
}

/// What a breach does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnBreach {
    /// The old side answers everybody, at once.
    #[default]
    Back,
    /// The share stays as it is.
    Hold,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            steps: vec![1, 5, 25, 50, 100],
            every: Duration::from_secs(600),
            enough: 1_000,
            allowed_difference: 0.001,
            error_ratio: 1.5,
            latency_ratio: 1.5,
            on_breach: OnBreach::Back,
        }
    }
}

impl Policy {
    /// The first step, percent.
    #[must_use]
    pub fn first(&self) -> u8 {
        self.steps.first().copied().unwrap_or_default()
    }

    /// The step after a share; `None` on the last one.
    #[must_use]
    pub fn after(&self, percent: u8) -> Option<u8> {
        self.steps.iter().copied().find(|step| *step > percent)
    }
}

fn as_seconds<S: serde::Serializer>(every: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(every.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other_also_from_a_share_that_is_none_of_them() {
        let policy = Policy::default();
        assert_eq!(
            (policy.first(), policy.after(1), policy.after(10), policy.after(100)),
            (1, Some(5), Some(25), None)
        );
    }
}
