//! How an exchange over a lease went, as far as it says something about the instance.

use crate::Policy;
use std::time::Duration;

/// How an exchange went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The instance answered.
    Answered {
        /// Status of the answer.
        status: u16,
        /// From the last byte of the request to the first of the answer.
        first_byte: Duration,
    },
    /// The instance did not answer, or not to the end.
    Failed(FailureKind),
    /// Says nothing about the instance: the client went away, or the request was at fault.
    Abandoned,
}

/// Why there was no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection.
    Connect,
    /// No answer in time.
    TimedOut,
    /// Closed or reset before the answer was whole.
    Closed,
    /// The answer was not HTTP, or broke a limit.
    Malformed,
    /// A pooled connection had been closed before anything of the answer came: the usual race of keep-alive. Not
    /// counted against the instance.
    Stale,
}

/// What an outcome means for ejection and breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Success,
    Failure,
    Neither,
}

impl Outcome {
    pub(crate) fn verdict(self, policy: &Policy) -> Verdict {
        match self {
            Self::Answered { status, .. } if policy.failing_statuses.includes(status) => Verdict::Failure,
            Self::Answered { .. } => Verdict::Success,
            Self::Failed(FailureKind::Stale) | Self::Abandoned => Verdict::Neither,
            Self::Failed(_) => Verdict::Failure,
        }
    }
}
