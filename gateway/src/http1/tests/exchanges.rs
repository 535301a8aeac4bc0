//! Requests one after another: keeping, closing, pipelining, refusing.

use super::support::{connect, get, local};
use crate::http1::Http1Settings;

fn settings() -> Http1Settings {
    Http1Settings::default()
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_the_next_request() {
    local(async {
        let mut client = connect(settings()).await;
        for _ in 0..3 {
            let answer = client.ask(get("/hello")).await;
            assert_eq!((answer.status, answer.text()), (200, "hello"));
            assert_eq!(answer.header("connection"), None);
            assert_eq!(answer.header("content-length"), Some("5"));
        }
        assert_eq!(client.lines(), ["GET /hello test.route 200 in=0 out=5 0ms whole"; 3]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_are_answered_in_order() {
    local(async {
        let mut client = connect(settings()).await;
        let echo = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        client.send(format!("\r\n{}{echo}{}{echo}", get("/hello"), get("/none"))).await;
        let mut got = Vec::new();
        for _ in 0..4 {
            let answer = client.answer(false).await;
            got.push((answer.status, answer.text().chars().take(5).collect::<String>()));
        }
        let expected = [(200, "hello"), (200, "abc"), (404, "{\"typ"), (200, "abc")];
        assert_eq!(got, expected.map(|(status, text)| (status, text.to_owned())));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn head_and_204_have_no_body() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(get("/hello").replace("GET", "HEAD")).await;
        let head = client.answer(true).await;
        assert_eq!((head.status, head.header("content-length")), (200, Some("5")));
        client.send(get("/none").replace("GET", "HEAD")).await;
        assert_eq!(client.answer(true).await.status, 404);
        let empty = client.ask(get("/empty")).await;
        assert_eq!((empty.status, empty.header("content-length")), (204, None));
        assert_eq!(client.ask(get("/hello")).await.text(), "hello");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn close_is_said_and_done() {
    local(async {
        for (path, connection) in [("/hello", "Connection: close\r\n"), ("/hang-up", "")] {
            let mut client = connect(settings()).await;
            client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{connection}\r\n{}", get("/hello"))).await;
            assert_eq!(client.answer(false).await.header("connection"), Some("close"));
            assert_eq!(client.rest().await, "");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn http_1_0_closes_unless_asked() {
    local(async {
        let mut client = connect(settings()).await;
        let kept = client.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").await;
        assert_eq!((kept.text(), kept.header("connection")), ("hello", Some("keep-alive")));
        let closed = client.ask("GET /hello HTTP/1.0\r\n\r\n").await;
        assert_eq!((closed.text(), closed.header("connection")), ("hello", Some("close")));
        assert_eq!(client.rest().await, "");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_application_sees_who_asks_for_what() {
    local(async {
        let mut client = connect(settings()).await;
        let answer = client
            .ask(
                "GET http://named:81/facts?a=b HTTP/1.1\r\nHost: other\r\n\
                 traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n",
            )
            .await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(answer.text(), format!("named:81 /facts?a=b test 4bf92f3577b34da6a3ce929d0e0e4736 {id}"));
        let next = client.ask(get("/facts")).await;
        assert_ne!(next.header("x-request-id"), Some(id));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn errors_and_panics_are_answers() {
    local(async {
        let mut client = connect(settings()).await;
        let teapot = client.ask(get("/teapot")).await;
        assert_eq!((teapot.status, teapot.text()), (418, "tea"));
        let panicked = client.ask(get("/panic")).await;
        assert_eq!(panicked.header("content-type"), Some("application/problem+json"));
        assert_eq!((panicked.status, panicked.header("connection")), (500, None));
        assert_eq!(client.ask(get("/hello")).await.status, 200);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_route_that_says_no_keeps_the_connection_when_the_body_is_there() {
    local(async {
        let mut client = connect(settings()).await;
        let refused = client.ask("POST /get-only HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")));
        assert_eq!(client.ask(get("/hello")).await.status, 200);
        let unread = client.ask("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na").await;
        assert_eq!((unread.status, unread.header("connection")), (404, Some("close")));
        assert_eq!(client.rest().await, "");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_told_and_closed() {
    local(async {
        let small = Http1Settings { head_max_bytes: 1024, target_max_bytes: 100, ..settings() };
        let host = "Host: a\r\n";
        for (name, status, head) in [
            (
                "CL.TE",
                400,
                format!("POST / HTTP/1.1\r\n{host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ),
            ("no host", 400, "GET / HTTP/1.1\r\n\r\n".to_owned()),
            ("bare LF", 400, format!("GET / HTTP/1.1\n{host}\n")),
            ("two empty lines", 400, format!("\r\n\r\nGET / HTTP/1.1\r\n{host}\r\n")),
            ("a TLS hello", 400, "\x16\x03\x01\x02\n".to_owned()),
            ("long target", 414, format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(100))),
            ("long target, unfinished", 414, format!("GET /{}", "a".repeat(300))),
            (
                "expectation",
                417,
                format!("POST /echo HTTP/1.1\r\n{host}Expect: x\r\nContent-Length: 1\r\n\r\n"),
            ),
            ("large head", 431, format!("GET / HTTP/1.1\r\n{host}A: {}\r\n\r\n", "a".repeat(1024))),
            ("large head, unfinished", 431, format!("GET / HTTP/1.1\r\n{host}A: {}", "a".repeat(1024))),
            ("many fields", 431, format!("GET / HTTP/1.1\r\n{}\r\n", "A:\r\n".repeat(101))),
            ("tunnel", 501, format!("CONNECT a:1 HTTP/1.1\r\n{host}\r\n")),
            ("coding", 501, format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: gzip\r\n\r\n")),
            ("HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ] {
            let mut client = connect(small.clone()).await;
            let behind = if head.ends_with('\n') { get("/hello") } else { String::new() };
            let answer = client.ask(format!("{head}{behind}")).await;
            assert_eq!(answer.status, status, "{name}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
            assert_eq!(answer.header("connection"), Some("close"), "{name}");
            assert!(answer.text().contains(answer.header("x-request-id").unwrap()), "{name}");
            // What stands behind a refused request is never taken for a request.
            assert_eq!(client.rest().await, "", "{name}");
            assert_eq!(client.lines().len(), 1, "{name}");
        }
    })
    .await;
}
