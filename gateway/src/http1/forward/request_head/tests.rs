//! Heads for upstreams, whole.

use super::*;
use crate::http1::{field_slots, parse};
use kernel::{SeededRandom, Timestamp};
use proptest::prelude::*;

const OURS: &str = "traceparent: TRACE\nx-request-id: ID\n";

fn written(raw: &str, change: impl FnOnce(&mut Telling<'_>), instance: (&str, &str)) -> (String, Draft) {
    let mut slots = field_slots();
    let head = parse(raw.as_bytes(), &mut slots, 1_000).unwrap();
    let random = SeededRandom::new(1);
    let mut telling = Telling {
        client: Client { peer: "192.0.2.1".parse().ok(), trusted: false, secure: false },
        kept: None,
        request_id: RequestId::new(&random, Timestamp(0)),
        trace: TraceContext::start(&random),
        trace_is_theirs: false,
        host: head.host,
        via: false,
        expects_continue: head.expects_continue,
    };
    change(&mut telling);
    let mut out = Vec::new();
    let mut draft = write(&mut out, &head, &telling);
    finish(&mut out, &mut draft, ("elsewhere:1", "/longer/base"), Some(("x", 9_999)));
    out.extend_from_slice(b"body of the attempt before");
    finish(&mut out, &mut draft, instance, Some(("banyan-deadline-ms", 30)));
    let text = String::from_utf8(out).unwrap().replace("\r\n", "\n");
    let text = text.replace(&telling.trace.to_string(), "TRACE");
    (text.replace(&telling.request_id.to_string(), "ID"), draft)
}

fn plain(fields: &str) -> (String, Draft) {
    written(&format!("GET /a?b=%20 HTTP/1.1\r\nHost: h\r\n{fields}\r\n"), |_| (), ("up:1", ""))
}

/// The fields that went on from the client's.
fn passed(fields: &str) -> String {
    let (text, _) = plain(fields);
    let rest = text.strip_prefix("GET /a?b=%20 HTTP/1.1\nHost: h\n").unwrap();
    rest.split("x-forwarded-for: 192.0.2.1\n").next().unwrap().to_owned()
}

#[test]
fn a_whole_head() {
    let (text, _) = plain("Accept: */*\r\nX-Empty:\r\n");
    assert_eq!(
        text,
        format!(
            "GET /a?b=%20 HTTP/1.1\nHost: h\nAccept: */*\nX-Empty:\nx-forwarded-for: 192.0.2.1\n\
             x-forwarded-proto: http\nx-forwarded-host: h\nforwarded: for=192.0.2.1;host=h;proto=http\n\
             {OURS}banyan-deadline-ms: 30\n\n"
        )
    );
}

#[test]
fn host_and_base_path_are_the_instance_s() {
    let raw = "GET http://h/a HTTP/1.1\r\nHost: other\r\n\r\n";
    let (text, _) = written(raw, |telling| telling.host = None, ("up:1", "/base"));
    assert!(text.starts_with("GET /base/a HTTP/1.1\nhost: up:1\nx-forwarded-for"), "{text}");
    assert!(text.ends_with("ID\nbanyan-deadline-ms: 30\n\n"), "{text}");
    let raw = "GET /a HTTP/1.1\r\nAccept: x\r\nHost: h\r\n\r\n";
    let (text, _) = written(raw, |telling| telling.host = None, ("up:1", "/base"));
    assert!(
        text.starts_with("GET /base/a HTTP/1.1\nhost: up:1\nAccept: x\nx-forwarded-for"),
        "one host: {text}"
    );
    let (text, _) = written(raw, |_| (), ("up:1", "/base"));
    assert!(
        text.starts_with("GET /base/a HTTP/1.1\nAccept: x\nHost: h\nx-forwarded-for"),
        "as it came: {text}"
    );
    let (text, _) = written("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", |_| (), ("up:1", "/base"));
    assert!(text.starts_with("OPTIONS * HTTP/1.1\nHost: h\n"), "{text}");
}

#[test]
fn what_belongs_to_the_connection_stays_behind() {
    for fields in [
        "Connection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\n",
        "x-mine: 1\r\nConnection: close\r\nConnection: X-MINE\r\n",
        "Proxy-Connection: a\r\nProxy-Authorization: b\r\nProxy: c\r\nTE: gzip\r\nUpgrade: websocket\r\n",
        "X-Request-Id: 7\r\ntraceparent: x\r\ntracestate: y\r\nbanyan-dry-run: 1\r\nBanyan_Served: x\r\n",
        "X-Real-IP: 1\r\nX-Forwarded-Port: 2\r\nX_Forwarded_For: 3\r\nForwarded: for=1\r\nX-Forwarded-Host: 4\r\n",
    ] {
        assert_eq!(passed(fields), "", "{fields}");
    }
}

#[test]
fn trusted_peers_and_callers_are_listened_to() {
    let raw = "GET / HTTP/1.1\r\nHost: h\r\nX-Real-IP: 1.1.1.1\r\ntracestate: y\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n";
    let believe =
        |telling: &mut Telling<'_>| (telling.client.trusted, telling.trace_is_theirs) = (true, true);
    let (text, _) = written(raw, believe, ("up:1", ""));
    let expected = "Host: h\nX-Real-IP: 1.1.1.1\ntracestate: y\nx-forwarded-for: 1.1.1.1, 192.0.2.1\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn bodies_are_announced() {
    for (method, fields, expected) in [
        ("POST", "Content-Length: 007\r\n", "content-length: 7\n"),
        ("POST", "Transfer-Encoding: Chunked\r\n", "transfer-encoding: chunked\n"),
        ("POST", "", "content-length: 0\n"),
        ("DELETE", "Content-Length: 0\r\n", "content-length: 0\n"),
        ("DELETE", "", ""),
        ("PUT", "Expect: 100-continue\r\nContent-Length: 1\r\n", "content-length: 1\nexpect: 100-continue\n"),
        ("POST", "TE: gzip, trailers\r\n", "content-length: 0\nconnection: te\nte: trailers\n"),
    ] {
        let raw = format!("{method} / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");
        let (text, _) = written(&raw, |_| (), ("up:1", ""));
        assert!(text.contains(&format!("Host: h\n{expected}x-forwarded-for")), "{text}");
    }
}

#[test]
fn other_protocols_are_asked_for_but_other_versions_of_http_are_not() {
    let (text, draft) = plain("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n");
    assert!(draft.upgrade && text.contains("connection: upgrade\nupgrade: websocket\n"), "{text}");
    for fields in [
        "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
    ] {
        let (text, draft) = plain(fields);
        assert!(!draft.upgrade && !text.contains("pgrade:") && !text.contains("ettings"), "{text}");
    }
}

proptest! {
    /// Whatever the client sends: every line is a field, and nothing is said twice that must be said once.
    #[test]
    fn a_head_stays_one_head(fields in proptest::collection::vec(
        ("(Connection|connection|TE|Upgrade|Keep-Alive|Content_Length|Transfer_Encoding|host_|Expect_|X-[a-zA-Z_-]{0,9}|[a-zA-Z_-]{1,12})",
         "[ -~\u{a0}-\u{ff}\t]{0,24}"), 0..12)) {
        let lines: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let raw = format!("POST /p HTTP/1.1\r\nHost: h\r\n{lines}\r\n");
        let mut slots = field_slots();
        prop_assume!(parse(raw.as_bytes(), &mut slots, 100).is_ok());
        let (text, draft) = written(&raw, |_| (), ("up:1", "/b"));
        prop_assert_eq!(text.matches("\n\n").count(), 1);
        prop_assert!(text.ends_with("\n\n"));
        let names: Vec<String> = text.lines().skip(1).take_while(|line| !line.is_empty())
            .map(|line| line.split_once(": ").unwrap().0.to_ascii_lowercase().replace('_', "-")).collect();
        for once in ["host", "x-forwarded-for", "forwarded", "traceparent", "x-request-id", "content-length"] {
            prop_assert_eq!(names.iter().filter(|name| *name == once).count(), 1, "{} in {}", once, text);
        }
        for never in ["keep-alive", "proxy-connection", "transfer-encoding", "http2-settings"] {
            prop_assert!(!names.iter().any(|name| name == never), "{} in {}", never, text);
        }
        prop_assert_eq!(names.iter().any(|name| name == "upgrade"), draft.upgrade);
    }
}
