//! The access line: one a request, written by hand into the worker's own buffer.

use crate::spool::{Lines, Shared};
use crate::text::{MomentText, escaped, number};
use kernel::text::{put_address, put_hex};
use kernel::{RequestId, Timestamp, TraceContext};
use std::cell::RefCell;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// One request that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// When it was answered.
    pub at: Timestamp,
    /// Name of the route, or `-`.
    pub route: &'a str,
    /// Who answered, in pieces: `monolith`, a service's instance, or `gateway` for errors of the gateway's own.
    pub served_by: &'a [&'a str],
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

/// Where access lines go.
#[derive(Clone)]
pub struct AccessLog {
    spool: Arc<Shared>,
    json: bool,
    enabled: bool,
}

/// Writes the access lines of one worker.
pub struct AccessLines {
    lines: Lines,
    moment: RefCell<MomentText>,
    json: bool,
    enabled: bool,
}

impl AccessLog {
    pub(crate) fn new(spool: Arc<Shared>, json: bool, enabled: bool) -> Self {
        Self { spool, json, enabled }
    }

    /// For one worker: what it writes is shared with nobody until it is written out.
    #[must_use]
    pub fn lines(&self) -> AccessLines {
        let moment = RefCell::default();
        AccessLines { lines: self.spool.lines(), moment, json: self.json, enabled: self.enabled }
    }
}

impl AccessLines {
    /// Leaves a line for this request. It is written out within a tenth of a second.
    pub fn record(&self, exchange: &Exchange<'_>) {
        if !self.enabled {
            return;
        }
        // Writing a line calls nobody back.
        let Ok(mut moment) = self.moment.try_borrow_mut() else { return };
        let write = if self.json { json } else { pretty };
        self.lines.push(|out| write(out, exchange, &mut moment));
    }
}

fn json(line: &mut Vec<u8>, exchange: &Exchange<'_>, moment: &mut MomentText) {
    line.extend_from_slice(b"{\"timestamp\":\"");
    moment.put(line, exchange.at);
    line.extend_from_slice(b"\",\"level\":\"INFO\",\"message\":\"request\",\"route\":\"");
    escaped(line, exchange.route);
    line.extend_from_slice(b"\",\"served_by\":\"");
    exchange.served_by.iter().for_each(|part| escaped(line, part));
    line.extend_from_slice(b"\",\"method\":\"");
    escaped(line, exchange.method);
    line.extend_from_slice(b"\",\"path\":\"");
    escaped(line, exchange.path);
    line.extend_from_slice(b"\",\"status\":");
    number(line, u64::from(exchange.status));
    line.extend_from_slice(b",\"duration_us\":");
    number(line, u64::try_from(exchange.duration.as_micros()).unwrap_or(u64::MAX));
    line.extend_from_slice(b",\"request_bytes\":");
    number(line, exchange.request_bytes);
    line.extend_from_slice(b",\"response_bytes\":");
    number(line, exchange.response_bytes);
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

fn pretty(line: &mut Vec<u8>, exchange: &Exchange<'_>, moment: &mut MomentText) {
    moment.put(line, exchange.at);
    let _ = write!(line, "  INFO request {} ", exchange.status);
    escaped(line, exchange.method);
    line.push(b' ');
    escaped(line, exchange.path);
    let _ = writeln!(
        line,
        " route={} served_by={} duration={:?} request_id={} trace_id={:032x}",
        exchange.route,
        exchange.served_by.concat(),
        exchange.duration,
        exchange.request_id,
        exchange.trace.trace_id
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
            served_by: &["monolith"],
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
        json(&mut line, &exchange, &mut MomentText::default());
        pretty(&mut plain, &exchange, &mut MomentText::default());
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
