//! What is told about each request once it is over: for the access line and the metrics.

use crate::http1::ServedBy;
use kernel::{RequestId, Timestamp, TraceContext};
use std::time::Duration;
use telemetry::Side;

/// Told of every finished exchange. Called in the request path: it must not wait.
pub trait Observer {
    /// An exchange is over: answered, refused, or given up by its client.
    fn finished(&self, exchange: &Exchange<'_>);
}

/// Status of an exchange whose client left before an answer could be sent.
pub const CLIENT_LEFT: u16 = 499;

/// A finished exchange.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// When the last byte of the answer was sent.
    pub at: Timestamp,
    /// The method; empty when the head could not be read.
    pub method: &'a str,
    /// The path as sent, without the query, which may hold what logs must not; empty when the head could not be read.
    pub path: &'a [u8],
    /// The name of the matched route; `None` when none matched.
    pub route: Option<&'a str>,
    /// The module that answered in process.
    pub module: Option<&'a str>,
    /// The status that was sent; [`CLIENT_LEFT`] when none was.
    pub status: u16,
    /// From the last byte of the head to the last byte of the answer.
    pub duration: Duration,
    /// Bytes of the request body, decoded.
    pub request_body_bytes: u64,
    /// Bytes of the answer's body, decoded, as far as they were sent.
    pub response_body_bytes: u64,
    /// Whether the answer was sent whole.
    pub complete: bool,
    /// The request's id.
    pub request_id: RequestId,
    /// Its trace, with the span id of our own.
    pub trace: TraceContext,
    /// The side of the route that was asked, where somebody wants to know: of routes that are promoted.
    pub side: Option<Side>,
    /// Who gave the answer.
    pub served_by: &'a ServedBy,
    /// The client's address and port, as text.
    pub remote: Option<&'a str>,
}
