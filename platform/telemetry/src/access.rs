//! The access line: one a request, written by hand into the worker's own buffer.

use crate::spool::{Lines, Shared};
use crate::text::{MomentText, escaped, escaped_bytes, number};
use kernel::text::put_hex;
use kernel::{RequestId, Timestamp, TraceContext};
use std::cell::RefCell;
use std::io::Write;
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
    pub path: &'a [u8],
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
    /// Who asked: address and port, which a connection needs to write once only.
    pub remote: Option<&'a str>,
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
    known: RefCell<Known>,
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
        let known = RefCell::default();
        AccessLines { lines: self.spool.lines(), known, json: self.json, enabled: self.enabled }
    }
}

impl AccessLines {
    /// Leaves a line for this request. It is written out within a tenth of a second.
    pub fn record(&self, exchange: &Exchange<'_>) {
        if !self.enabled {
            return;
        }
        // Writing a line calls nobody back.
        let Ok(mut known) = self.known.try_borrow_mut() else { return };
        let write = if self.json { json } else { pretty };
        self.lines.push(|out| write(out, exchange, &mut known));
    }
}

/// What a worker has written before and will write again.
#[derive(Default)]
struct Known {
    moment: MomentText,
    middles: [Middle; MIDDLES],
}

/// Pieces of lines that are kept; two that fall on one place take turns.
const MIDDLES: usize = 16;

/// The piece of a line from its moment to its path: the same for all requests of a route that one instance answers.
#[derive(Default)]
struct Middle {
    route: Box<str>,
    served_by: Box<str>,
    method: Box<str>,
    text: Vec<u8>,
}

impl Middle {
    /// The piece for this exchange.
    fn of<'m>(middles: &'m mut [Self; MIDDLES], exchange: &Exchange<'_>) -> &'m [u8] {
        // Names live as long as the features that have them, so that where they lie tells them apart for a while.
        let place = |text: &str| text.as_ptr().addr() >> 4;
        let index = place(exchange.route) ^ exchange.served_by.last().map_or(0, |last| place(last));
        let Some(middle) = middles.get_mut(index % MIDDLES) else { return &[] };
        if !middle.is_of(exchange) {
            middle.write(exchange);
        }
        &middle.text
    }

    fn is_of(&self, exchange: &Exchange<'_>) -> bool {
        let rest = exchange.served_by.iter().try_fold(&*self.served_by, |rest, part| rest.strip_prefix(part));
        *self.route == *exchange.route
            && *self.method == *exchange.method
            && rest == Some("")
            && !self.text.is_empty()
    }

    fn write(&mut self, exchange: &Exchange<'_>) {
        (self.route, self.method) = (exchange.route.into(), exchange.method.into());
        self.served_by = exchange.served_by.concat().into();
        self.text.clear();
        let names = [("route", &self.route), ("served_by", &self.served_by), ("method", &self.method)];
        self.text.extend_from_slice(b"\",\"level\":\"INFO\",\"message\":\"request");
        for (name, value) in names {
            self.text.extend_from_slice(b"\",\"");
            self.text.extend_from_slice(name.as_bytes());
            self.text.extend_from_slice(b"\":\"");
            escaped(&mut self.text, value);
        }
        self.text.extend_from_slice(b"\",\"path\":\"");
    }
}

fn json(line: &mut Vec<u8>, exchange: &Exchange<'_>, known: &mut Known) {
    line.extend_from_slice(b"{\"timestamp\":\"");
    known.moment.put(line, exchange.at);
    line.extend_from_slice(Middle::of(&mut known.middles, exchange));
    escaped_bytes(line, exchange.path);
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
        line.extend_from_slice(remote.as_bytes());
    }
    line.extend_from_slice(b"\"}\n");
}

fn pretty(line: &mut Vec<u8>, exchange: &Exchange<'_>, known: &mut Known) {
    known.moment.put(line, exchange.at);
    let _ = write!(line, "  INFO request {} ", exchange.status);
    escaped(line, exchange.method);
    line.push(b' ');
    escaped_bytes(line, exchange.path);
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
            path: path.as_bytes(),
            status: 200,
            duration: Duration::from_micros(150),
            request_bytes: 0,
            response_bytes: 12,
            request_id: RequestId::new(&*sources.random, sources.clock.now()),
            trace: TraceContext::start(&SeededRandom::new(3)),
            remote: Some("127.0.0.1:4000"),
        };
        let (mut line, mut plain) = (Vec::new(), Vec::new());
        json(&mut line, &exchange, &mut Known::default());
        pretty(&mut plain, &exchange, &mut Known::default());
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
    fn what_is_kept_of_a_line_is_never_taken_for_another() {
        let (route, instance) = (String::from("r"), String::from("i"));
        let (sources, _) = Sources::fixed(Timestamp(0), 1);
        let mut known = Known::default();
        let mut written = |route: &str, served_by: &[&str], method: &str| {
            let mut line = Vec::new();
            let exchange = Exchange {
                at: Timestamp(0),
                route,
                served_by,
                method,
                path: b"/",
                status: 200,
                duration: Duration::ZERO,
                request_bytes: 0,
                response_bytes: 0,
                request_id: RequestId::new(&*sources.random, Timestamp(0)),
                trace: TraceContext::start(&*sources.random),
                remote: None,
            };
            json(&mut line, &exchange, &mut known);
            let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
            ["route", "served_by", "method"].map(|name| line[name].as_str().unwrap().to_owned())
        };
        for round in 0..3 {
            for (of, by, method, expected) in [
                (&*route, ["s", "/", &*instance], "GET", ["r", "s/i", "GET"]),
                (&route, ["s", "/", &instance], "POST", ["r", "s/i", "POST"]),
                (&route, ["s2", "/", &instance], "POST", ["r", "s2/i", "POST"]),
                (&route, ["s", "", &instance], "POST", ["r", "si", "POST"]),
                (&route, ["", "", &instance], "POST", ["r", "i", "POST"]),
                ("r\"", ["s", "/", &instance], "GET", ["r\"", "s/i", "GET"]),
                ("", ["", "", ""], "", ["", "", ""]),
            ] {
                assert_eq!(written(of, &by, method), expected, "round {round}");
            }
        }
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
