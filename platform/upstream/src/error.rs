//! What goes wrong before an upstream is asked: no connection to be had, an instance or a policy that makes no sense.

use crate::Instance;
use std::sync::Arc;

/// No connection to be had. Nothing has been sent, so any request may be tried again, methods that write included;
/// whether that can help says [`AcquireError::may_retry`].
#[derive(Debug, thiserror::Error)]
pub enum AcquireError {
    /// The circuit breaker is open, by itself or by force.
    #[error("the circuit breaker of {service} is open")]
    BreakerOpen {
        /// The service's name.
        service: Arc<str>,
    },
    /// All connections are in use and as many requests wait as may.
    #[error("{service} has no free connection and too many requests wait for one")]
    BulkheadFull {
        /// The service's name.
        service: Arc<str>,
    },
    /// The service has become slow, and as many requests wait for its answer as it is asked at once.
    #[error("{service} has become slow and is asked less at once")]
    Shed {
        /// The service's name.
        service: Arc<str>,
    },
    /// The service has no instance, or none with a weight.
    #[error("{service} has no instance")]
    NoInstance {
        /// The service's name.
        service: Arc<str>,
    },
    /// The instance could not be reached within the connect deadline.
    #[error("{service}/{} at {} cannot be reached", instance.id(), instance.authority())]
    Connect {
        /// The service's name.
        service: Arc<str>,
        /// The instance; to be avoided in the next attempt.
        instance: Arc<Instance>,
        /// What the system says.
        source: std::io::Error,
    },
    /// The request's deadline, or the longest wait for a free connection, has passed.
    #[error("no connection to {service} within the deadline")]
    TimedOut {
        /// The service's name.
        service: Arc<str>,
    },
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The upstream's: it is away or failing.
    Upstream,
    /// This process's own limits.
    Limit,
    /// Time ran out before anything could be said of the upstream.
    Time,
}

impl AcquireError {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::BreakerOpen { .. } | Self::NoInstance { .. } | Self::Connect { .. } => Fault::Upstream,
            Self::BulkheadFull { .. } | Self::Shed { .. } => Fault::Limit,
            Self::TimedOut { .. } => Fault::Time,
        }
    }

    /// Whether another attempt, with another instance, can help at once.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::Connect { .. })
    }
}

/// An instance that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum InvalidInstance {
    /// The id is empty, too long, or holds something else than visible ASCII.
    #[error("an instance's id must have 1 to {max} visible ASCII characters without `/`")]
    Id {
        /// The most characters.
        max: usize,
    },
    /// Not a URL.
    #[error("the instance's URL is not one")]
    Url {
        /// What is wrong with it. The text itself is not told: it may hold a password.
        source: url::ParseError,
    },
    /// A URL, but of a kind that cannot be asked.
    #[error("`{url}` {reason}")]
    Unusable {
        /// What was given, without credentials.
        url: String,
        /// What it must be.
        reason: &'static str,
    },
}

/// A policy that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{setting}` must {must}")]
pub struct InvalidPolicy {
    /// The setting, by its place within the policy.
    pub setting: &'static str,
    /// What it must be.
    pub must: &'static str,
}
