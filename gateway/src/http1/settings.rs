//! The settings of the public port: every limit and every wait of the loop by name, with its unit.

use crate::http1::forward::ForwardSettings;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use upstream::AdaptiveSettings;

/// Limits and waits of the HTTP/1.1 loop. Every one of them protects the worker from a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http1Settings {
    /// Threads that serve connections, 1 to 512; 0 takes one a core.
    pub workers: usize,
    /// Open connections a worker; beyond it nothing is accepted until one closes.
    pub connections_max_per_worker: usize,
    /// Largest request head, bytes, request line and empty line included; beyond it 431.
    pub head_max_bytes: usize,
    /// Longest request target, bytes; beyond it 414.
    pub target_max_bytes: usize,
    /// Largest request body that is collected for a module, bytes; beyond it 413.
    pub body_max_bytes: usize,
    /// A request head must be whole this long after its first byte (or after the connection was opened); else 408.
    pub head_timeout_ms: u64,
    /// Longest silence within a request body; else 408.
    pub body_idle_timeout_ms: u64,
    /// A request body must be whole this long after its head; else 408.
    pub body_timeout_ms: u64,
    /// A kept connection without a request is closed after this.
    pub idle_timeout_ms: u64,
    /// Longest time for which a client takes no byte of the answer; then the connection is cut.
    pub write_timeout_ms: u64,
    /// Budget of a request, from its last byte to the head of its answer; beyond it 504.
    pub request_timeout_ms: u64,
    /// Longest wait for the next piece of a streamed answer; then the connection is cut.
    pub stream_timeout_ms: u64,
    /// How long an erring client is still read after its answer, so that it can read the answer before a reset.
    pub linger_timeout_ms: u64,
    /// How many bytes of an erring client are thrown away at most before the connection is cut.
    pub linger_max_bytes: usize,
    /// How long an idle connection stays open at shutdown for a request that may be on its way already; that request
    /// is answered with `connection: close`. 0 closes idle connections at once and loses such requests.
    pub stop_grace_ms: u64,
    /// Time that requests in flight have at shutdown, seconds.
    pub shutdown_timeout_s: u64,
    /// Whether requests that modules answer are shed when these get slow: what does not fit the limit of requests at
    /// once gets 503 at once. What is passed on has the bulkhead of its service instead; the admin side is exempt.
    pub shedding: bool,
    /// Bounds and pace of that limit, for all workers together.
    pub shedding_limit: AdaptiveSettings,
    /// What concerns requests that are passed on to upstreams.
    pub forward: ForwardSettings,
}

impl Default for Http1Settings {
    fn default() -> Self {
        Self {
            workers: 0,
            connections_max_per_worker: 25_000,
            head_max_bytes: 32 * 1024,
            target_max_bytes: 8 * 1024,
            body_max_bytes: 1024 * 1024,
            head_timeout_ms: 10_000,
            body_idle_timeout_ms: 10_000,
            body_timeout_ms: 60_000,
            idle_timeout_ms: 75_000,
            write_timeout_ms: 30_000,
            request_timeout_ms: 30_000,
            stream_timeout_ms: 120_000,
            linger_timeout_ms: 1_000,
            linger_max_bytes: 256 * 1024,
            stop_grace_ms: 100,
            shutdown_timeout_s: 30,
            shedding: true,
            // Handlers that wait for events are many and slow; they must not be taken for overload.
            shedding_limit: AdaptiveSettings { initial: 4_096, min: 256, ..AdaptiveSettings::default() },
            forward: ForwardSettings::default(),
        }
    }
}

/// The waits of [`Http1Settings`] as the loop uses them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    pub(crate) head: Duration,
    pub(crate) body_idle: Duration,
    pub(crate) body: Duration,
    pub(crate) idle: Duration,
    pub(crate) write: Duration,
    pub(crate) request: Duration,
    pub(crate) stream: Duration,
    pub(crate) linger: Duration,
    pub(crate) stop_grace: Duration,
}

impl Waits {
    pub(crate) fn new(settings: &Http1Settings) -> Self {
        let ms = Duration::from_millis;
        Self {
            head: ms(settings.head_timeout_ms),
            body_idle: ms(settings.body_idle_timeout_ms),
            body: ms(settings.body_timeout_ms),
            idle: ms(settings.idle_timeout_ms),
            write: ms(settings.write_timeout_ms),
            request: ms(settings.request_timeout_ms),
            stream: ms(settings.stream_timeout_ms),
            linger: ms(settings.linger_timeout_ms),
            stop_grace: ms(settings.stop_grace_ms),
        }
    }

    /// The shortest wait that is armed for each request: how often an idle connection looks at its deadline.
    pub(crate) fn shortest(&self) -> Duration {
        self.head.min(self.body_idle).min(self.idle).min(self.request)
    }
}
