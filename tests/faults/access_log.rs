//! The access line: one for each request, with the fields of docs/LOGGING.md, whatever became of the request.

use blackbox::sign_up;
use serde_json::Value;
use std::collections::BTreeSet;
use testkit::{Answer, Backend, Banyan, both_backends, raw};

const FIELDS: [&str; 14] = [
    "timestamp",
    "level",
    "message",
    "route",
    "served_by",
    "method",
    "path",
    "status",
    "duration_us",
    "request_bytes",
    "response_bytes",
    "request_id",
    "trace_id",
    "remote",
];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The access lines of a process that has ended: all of them are written by then.
async fn lines(banyan: &Banyan) -> Vec<Value> {
    assert_eq!(banyan.sigterm_and_wait().await.code(), Some(0));
    let every = banyan.process().stderr();
    let every = every.iter().map(|line| {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("no JSON ({error}): {line}"))
    });
    every.filter(|line| line["message"] == "request").collect()
}

fn line_of<'a>(lines: &'a [Value], answer: &Answer) -> &'a Value {
    let id = answer.header("x-request-id");
    let mut of_it = lines.iter().filter(|line| line["request_id"] == id);
    let line = of_it.next().unwrap_or_else(|| panic!("no line of {id}"));
    assert_eq!(of_it.next(), None, "one line a request");
    line
}

both_backends! {
    /// One line for each request, and each field has what the request had.
    async fn one_line_a_request(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let mut asked = Vec::new();
        for (method, path, body, route, served_by, status) in [
            ("GET", "/api/messages?limit=2&secret=x", "", "messages.read", "monolith", 200),
            ("GET", "/api/messages/77", "", "messages.read", "monolith", 404),
            ("HEAD", "/api/users", "", "users", "monolith", 200),
            ("POST", "/api/messages", "{\"source\": \"hi\"}", "messages.write", "monolith", 201),
            ("POST", "/api/messages", "{}", "messages.write", "monolith", 400),
            ("GET", "/stats", "", "stats", "monolith", 200),
            ("GET", "/nowhere", "", "default", "monolith", 404),
            ("BREW", "/stats", "", "default", "monolith", 405),
            ("GET", "/a%2fb", "", "-", "gateway", 400),
        ] {
            let call = banyan.call(method, path).bearer(&ann.token).body(body);
            asked.push((call.send().await.expect_status(status), method, path, body, route, served_by));
        }
        let lines = lines(&banyan).await;
        assert_eq!(lines.len(), asked.len() + 2, "two for signing up");
        for (answer, method, path, body, route, served_by) in asked {
            let line = line_of(&lines, &answer);
            let fields: BTreeSet<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(fields, BTreeSet::from(FIELDS));
            assert_eq!((&line["method"], &line["route"]), (&method.into(), &route.into()), "{line}");
            assert_eq!((&line["served_by"], &line["level"]), (&served_by.into(), &"INFO".into()), "{line}");
            assert_eq!(line["path"], path.split('?').next().unwrap(), "{line}");
            assert_eq!((&line["status"], &line["request_bytes"]), (&answer.status.into(), &body.len().into()), "{line}");
            assert_eq!(line["response_bytes"], answer.body.len(), "{line}");
            assert!(line["duration_us"].as_u64().is_some_and(|us| us < 20_000_000), "{line}");
            assert!(line["remote"].as_str().unwrap().starts_with("127.0.0.1:"), "{line}");
            assert_eq!(line["trace_id"].as_str().unwrap().len(), 32, "{line}");
            let at = line["timestamp"].as_str().unwrap();
            assert!(at.len() == 24 && at.ends_with('Z') && at.contains('T'), "{line}");
        }
    }

    /// The caller's trace goes on in the line; one that is no trace context is as none.
    async fn the_trace_is_taken(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let mut asked = Vec::new();
        for (sent, taken) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), true),
            (format!("00-{TRACE}-00f067aa0ba902b7-00"), true),
            (format!("01-{TRACE}-00f067aa0ba902b7-01-more"), true),
            (format!("ff-{TRACE}-00f067aa0ba902b7-01"), false),
            (format!("00-{TRACE}-0000000000000000-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (TRACE.to_owned(), false),
            (String::new(), false),
        ] {
            let call = banyan.get("/stats").header("traceparent", &sent);
            asked.push((call.send().await.expect_status(200), sent, taken));
        }
        let lines = lines(&banyan).await;
        for (answer, sent, taken) in asked {
            let trace = line_of(&lines, &answer)["trace_id"].as_str().unwrap();
            assert_eq!(trace == TRACE, taken, "{sent}: {trace}");
            assert!(trace.len() == 32 && trace != "0".repeat(32), "{sent}: {trace}");
        }
    }

    /// A request that is refused before it has a route has its line, too; its path cannot forge another.
    async fn a_line_for_what_is_refused(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let requests: [(&[u8], u16); 4] = [
            (b"GET /stats HTTP/1.1\r\n\r\n", 400),
            (b"nonsense\r\n\r\n", 400),
            (b"GET /a\"b{\\\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            (b"POST /api/users HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
        ];
        for (request, status) in requests {
            assert_eq!(raw(banyan.public(), request).await.statuses(), [status]);
        }
        let lines = lines(&banyan).await;
        let statuses: Vec<u16> = lines.iter().map(|line| u16::try_from(line["status"].as_u64().unwrap()).unwrap()).collect();
        assert_eq!(statuses, requests.map(|(_, status)| status));
        assert!(lines.iter().all(|line| line["request_id"].as_str().is_some_and(|id| id.len() == 36)), "{lines:?}");
    }

    /// Without access lines there are none, and `pretty` is for people.
    async fn what_can_be_set(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("log.access", "false").start().await;
        banyan.get("/stats").send().await.expect_status(200);
        assert_eq!(lines(&banyan).await, Vec::<Value>::new());
        let banyan = Banyan::builder(backend).setting("log.format", "pretty").start().await;
        let answer = banyan.get("/stats").send().await.expect_status(200);
        banyan.sigterm_and_wait().await;
        let log = banyan.process().stderr();
        let line = log.iter().find(|line| line.contains(answer.header("x-request-id"))).unwrap();
        assert!(line.contains(" INFO request 200 GET /stats route=stats served_by=monolith duration="), "{line}");
    }
}
