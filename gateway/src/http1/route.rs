//! Who decides what answers a request. The loop asks; the gateway's routes and toggles answer.

use crate::http1::{Forward, RequestHead};
use crate::parallel::ToCompare;
use kernel::{Problem, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;
use telemetry::Side;

/// Decides what answers a request: a pure look at the head and at a snapshot of routes and toggles, without waiting.
pub trait Router {
    /// What answers this request.
    fn route(&self, asked: &Asked<'_>) -> Routed;
}

/// What a [`Router`] may know of a request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The head, as it came.
    pub head: &'a RequestHead<'a>,
    /// Who asks: the peer, or where the peer is one of `forward.trusted_peers`, the address that it vouches for.
    /// `None` where the transport knows no addresses.
    pub client: Option<IpAddr>,
    /// When it came.
    pub at: Timestamp,
}

/// What becomes of a request.
#[derive(Debug, Clone)]
pub struct Routed {
    /// What answers it.
    pub verdict: Verdict,
    /// The value of a `Set-Cookie` field that the answer gets besides its own, whoever gives it: the gateway's session
    /// cookie. Without control characters.
    pub set_cookie: Option<Box<str>>,
    /// How the other side is asked the same, where the answers are to be compared.
    pub compare: Option<ToCompare>,
    /// The side of the route that was chosen, where it is to be counted.
    pub side: Option<Side>,
}

impl From<Verdict> for Routed {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, set_cookie: None, compare: None, side: None }
    }
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
    /// An instance of a service.
    Forward(Forward),
    /// Nothing: the client is told why.
    Problem(Problem),
}
