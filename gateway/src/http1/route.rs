//! Who decides what answers a request. The loop asks; the gateway's routes and toggles answer.

use crate::http1::RequestHead;
use kernel::Problem;
use std::sync::Arc;

/// Decides what answers a request: a pure look at the head and at a snapshot of routes and toggles, without waiting.
pub trait Router {
    /// What answers the request with this head.
    fn route(&self, head: &RequestHead<'_>) -> Verdict;
}

/// What answers a request.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// The worker's own application.
    InProcess {
        /// The name of the matched route, for logs and metrics.
        route: Arc<str>,
        /// The module that is to answer; handed to the application as [`host::ChosenModule`].
        module: Option<Arc<str>>,
    },
    /// Nothing: the client is told why.
    Problem(Problem),
}
