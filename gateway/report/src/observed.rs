//! What the parallel run hands over: two answers that differ, and how.

use crate::Cause;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// Whom the second question went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The other side: the comparison (A/B).
    Other,
    /// The same side again, to see how it differs from itself (A/A).
    Same,
}

/// The side that answers the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving {
    /// The monolith or legacy application.
    Old,
    /// The service.
    New,
}

/// What one side took for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// From the last byte of the question to the head of the answer: how long the body takes depends on who reads it.
    pub duration: Duration,
    /// HTTP status.
    pub status: u16,
}

/// One difference of two answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Under what it is counted.
    pub cause: Cause,
    /// Where it is in these two answers: `$.messages[3].html`.
    pub place: String,
    /// What the old side has there; shortened by whoever compares.
    pub old: Option<String>,
    /// What the new side has there.
    pub new: Option<String>,
    /// The rule that covers it, as `ignore[2]`; `None`: nobody said that this may be.
    pub explained: Option<String>,
}

/// Two answers that differ.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The route's name.
    pub route: Arc<str>,
    /// Whom the second question went to.
    pub asked: Asked,
    /// Who answered the client.
    pub serving: Serving,
    /// The old side; for [`Asked::Same`] the first answer.
    pub old: Taken,
    /// The new side; for [`Asked::Same`] the second answer.
    pub new: Taken,
    /// How they differ; explained differences too.
    pub findings: Vec<Finding>,
    /// Whether it was gone when both were asked again.
    pub lag: bool,
    /// Of [`Asked::Other`], where the serving side was asked again because the answers differed: how its second answer
    /// differed from its first. Empty: not at all. `None`: it was not asked again. The sharpest witness of noise.
    pub again: Option<Vec<Finding>>,
    /// What was asked and answered, for samples.
    pub exchange: Exchange,
}

/// What was asked and answered. Redacted before it is kept.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// The request's id.
    pub request_id: String,
    /// Method, as sent.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Header fields of the request, in order.
    pub headers: Vec<(String, Bytes)>,
    /// Body of the request.
    pub body: Bytes,
    /// Where the old side was asked, as `http://127.0.0.1:5000`; `None` for modules in the process.
    pub old_url: Option<Arc<str>>,
    /// Where the new side was asked.
    pub new_url: Option<Arc<str>>,
    /// The old side's answer.
    pub old: Recorded,
    /// The new side's answer.
    pub new: Recorded,
}

/// An answer, as it came.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// HTTP status.
    pub status: u16,
    /// Header fields, in order.
    pub headers: Vec<(String, Bytes)>,
    /// The decoded body.
    pub body: Bytes,
}
