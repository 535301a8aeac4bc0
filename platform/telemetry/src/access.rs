//! The access line: one a request, written by hand into one buffer and handed to the log's queue.

use crate::text::{escaped, number, rfc3339};
use kernel::text::{put_address, put_hex};
use kernel::{RequestId, Timestamp, TraceContext};
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tracing_appender::non_blocking::NonBlocking;

/// One request that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// When it was answered.
    pub at: Timestamp,
    /// Name of the route, or `-`.
    pub route: &'a str,
    /// Who answered: `monolith`, a service's instance, or `gateway` for errors of the gateway's own.
    pub served_by: &'a str,
    /// Method.
    pub method: &'a str,
    /// Path without the query: what is behind `?` may be a secret.
    pub path: &'a str,
    /// HTTP status.
    pub status: u16,
    /// From the head's last byte to the answer's.
    pub duration: Duration,
    /// Bytes of the request's body.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
    /// The request's id.
    pub request_id: RequestId,
    /// Its trace.
    pub trace: TraceContext,
    /// Who asked.
    pub remote: Option<SocketAddr>,
}

/// Writes access lines. Clones share the queue.
#[derive(Clone)]
pub struct AccessLog {
    writer: NonBlocking,
    json: bool,
    enabled: bool,
}

impl AccessLog {
    pub(crate) fn new(writer: NonBlocking, json: bool, enabled: bool) -> Self {
        Self { writer, json, enabled }
    }

    /// Leaves a line for this request. `line` is scratch space that the caller keeps.
    pub fn record(&mut self, line: &mut Vec<u8>, exchange: &Exchange<'_>) {
        if !self.enabled {
            return;
        }
        line.clear();
        if self.json {
            json(line, exchange);
        } else {
            pretty(line, exchange);
        }
        // A full queue counts what it drops; there is nobody else to tell.
        let _ = self.writer.write_all(line);
    }
}

fn json(line: &mut Vec<u8>, exchange: &Exchange<'_>) {
    line.extend_from_slice(b"{\"timestamp\":\"");
    rfc3339(line, exchange.at);
    line.extend_from_slice(b"\",\"level\":\"INFO\",\"message\":\"request\"");
    for (name, value) in [
        ("route", exchange.route),
        ("served_by", exchange.served_by),
        ("method", exchange.method),
        ("path", exchange.path),
    ] {
        line.extend_from_slice(b",\"");
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":\"");
        escaped(line, value);
        line.push(b'"');
    }
    for (name, value) in [
        ("status", u64::from(exchange.status)),
        ("duration_us", u64::try_from(exchange.duration.as_micros()).unwrap_or(u64::MAX)),
        ("request_bytes", exchange.request_bytes),
        ("response_bytes", exchange.response_bytes),
    ] {
        line.extend_from_slice(b",\"");
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":");
        number(line, value);
    }
    line.extend_from_slice(b",\"request_id\":\"");
    exchange.request_id.put(line);
    line.extend_from_slice(b"\",\"trace_id\":\"");
    put_hex(line, exchange.trace.trace_id, 32);
    if let Some(remote) = exchange.remote {
        line.extend_from_slice(b"\",\"remote\":\"");
        put_address(line, remote);
    }
    line.extend_from_slice(b"\"}\n");
}

fn pretty(line: &mut Vec<u8>, exchange: &Exchange<'_>) {
    rfc3339(line, exchange.at);
    let _ = write!(line, "  INFO request {} ", exchange.status);
    escaped(line, exchange.method);
    line.push(b' ');
    escaped(line, exchange.path);
    let _ = writeln!(
        line,
        " route={} served_by={} duration={:?} request_id={} trace_id={:032x}",
        exchange.route, exchange.served_by, exchange.duration, exchange.request_id, exchange.trace.trace_id
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{SeededRandom, Sources};

    fn exchange(path: &str) -> (Vec<u8>, Vec<u8>) {
        let (sources, _) = Sources::fixed(Timestamp(1_795_252_799_007), 1);
        let exchange = Exchange {
            at: sources.clock.now(),
            route: "messages.read",
            served_by: "monolith",
            method: "GET",
            path,
            status: 200,
            duration: Duration::from_micros(150),
            request_bytes: 0,
            response_bytes: 12,
            request_id: RequestId::new(&*sources.random, sources.clock.now()),
            trace: TraceContext::start(&SeededRandom::new(3)),
            remote: Some(([127, 0, 0, 1], 4000).into()),
        };
        let (mut line, mut plain) = (Vec::new(), Vec::new());
        json(&mut line, &exchange);
        pretty(&mut plain, &exchange);
        (line, plain)
    }

    #[test]
    fn the_line_is_one_json_object_with_the_fields_of_the_guide() {
        let (line, _) = exchange("/api/messages/1");
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["timestamp"], "2026-11-21T09:19:59.007Z");
        assert_eq!(line["route"], "messages.read");
        assert_eq!(line["status"], 200);
        assert_eq!(line["duration_us"], 150);
        assert_eq!(line["remote"], "127.0.0.1:4000");
        assert_eq!(line["trace_id"].as_str().unwrap().len(), 32);
        assert_eq!(line["request_id"].as_str().unwrap().len(), 36);
    }

    #[test]
    fn a_path_cannot_forge_a_line() {
        let (line, plain) = exchange("/\"}\n{\"level\":\"ERROR\u{1b}[2J");
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(plain.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert!(!plain.contains(&0x1b));
        assert!(serde_json::from_slice::<serde_json::Value>(&line).is_ok());
    }
}
