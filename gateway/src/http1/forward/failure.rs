//! What can go wrong with a request that is passed on: whose fault it is, what the client is told, what the instance
//! is marked with. The client never reads an address; the log has the rest.

use crate::http1::forward::answer_head::BadAnswer;
use crate::http1::{Refusal, Verdict};
use kernel::Problem;
use upstream::{AcquireError, FailureKind, Outcome};

/// How a request that was passed on ended.
pub(crate) enum End {
    /// The client was answered, at least in part.
    Sent {
        status: u16,
        body_bytes: u64,
        /// Whether the answer is whole; if not, only cutting the connection tells the client.
        complete: bool,
        /// Whether the client was told that the connection stays open.
        keep: bool,
    },
    /// Nothing was sent: the client is told why. `whole` when all of its request has been read.
    Problem { problem: Problem, whole: bool },
    /// The client's body was at fault.
    Refused(Refusal),
    /// There is nobody to answer.
    ClientLeft,
    /// The other side answers. Nothing of the body has been read.
    Fallback(Verdict),
}

/// Why an attempt brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the client left")]
    ClientLeft,
    #[error("{0}")]
    Refused(Refusal),
    /// Closed or reset; `began` when something of an answer had come.
    #[error("the upstream closed the connection")]
    Closed { began: bool },
    #[error("the upstream did not answer in time")]
    TimedOut,
    #[error("the upstream's answer is broken: {0}")]
    Malformed(#[from] BadAnswer),
}

impl Failure {
    /// What it says of the instance.
    pub(crate) fn outcome(self, reused: bool) -> Outcome {
        match self {
            Self::ClientLeft | Self::Refused(_) => Outcome::Abandoned,
            Self::Closed { began: false } if reused => Outcome::Failed(FailureKind::Stale),
            Self::Closed { .. } => Outcome::Failed(FailureKind::Closed),
            Self::TimedOut => Outcome::Failed(FailureKind::TimedOut),
            Self::Malformed(_) => Outcome::Failed(FailureKind::Malformed),
        }
    }

    /// How the request ends with it.
    pub(crate) fn end(self, whole: bool) -> End {
        let problem = match self {
            Self::ClientLeft => return End::ClientLeft,
            Self::Refused(refusal) => return End::Refused(refusal),
            Self::Closed { .. } => bad_gateway("the upstream closed the connection before it answered"),
            Self::TimedOut => gateway_timeout("the upstream did not answer in time"),
            Self::Malformed(_) => bad_gateway("the upstream's answer is broken"),
        };
        End::Problem { problem, whole }
    }
}

fn bad_gateway(detail: &'static str) -> Problem {
    Problem::new(502, "bad gateway").detail(detail)
}

fn gateway_timeout(detail: &'static str) -> Problem {
    Problem::new(504, "gateway timeout").detail(detail)
}

/// What the client is told when no connection was to be had.
pub(crate) fn no_connection(error: &AcquireError) -> Problem {
    match error {
        AcquireError::BreakerOpen { service } => {
            Problem::unavailable(format!("{service} fails and is left alone for a while"))
        }
        AcquireError::BulkheadFull { service } | AcquireError::Shed { service } => {
            Problem::unavailable(format!("{service} is overloaded"))
        }
        AcquireError::NoInstance { service } => Problem::unavailable(format!("{service} has no instance")),
        AcquireError::Connect { .. } => bad_gateway("the upstream cannot be reached"),
        AcquireError::TimedOut { .. } => gateway_timeout("no connection to the upstream in time"),
    }
}

/// Whether the other side may answer instead: the service is away, not merely busy.
pub(crate) fn calls_for_fallback(error: &AcquireError) -> bool {
    matches!(
        error,
        AcquireError::BreakerOpen { .. } | AcquireError::NoInstance { .. } | AcquireError::Connect { .. }
    )
}
