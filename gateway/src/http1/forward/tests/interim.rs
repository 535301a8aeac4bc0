//! Answers before the answer: 100, 103, and answers that come before the request is whole.

use super::support::{Front, Plan, Upstream, get, local, status};
use crate::http1::{ForwardSettings, Http1Settings};

const EXPECTING: &str = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";

#[tokio::test]
async fn early_hints_pass_at_once() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nX: y\r\n\r\n").await;
        assert_eq!(client.head().await, "HTTP/1.1 103 Early Hints\nLink: </a>\n");
        server.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(client.head().await, "HTTP/1.1 102 Processing\n");
        assert_eq!(client.answer().await.1, "ok");
        client.send(get("/")).await;
        server.serve("kept").await;
        assert_eq!(client.answer().await.1, "kept");
    })
    .await;
}

#[tokio::test]
async fn interim_answers_have_a_limit() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP/1.1 102 Processing\r\n\r\n".repeat(40)).await;
        for _ in 0..32 {
            assert_eq!(status(&client.head().await), 102);
        }
        assert_eq!(status(&client.answer().await.0), 502);
    })
    .await;
}

#[tokio::test]
async fn the_upstream_says_whether_to_go_on() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(EXPECTING).await;
        let mut server = upstream.accept().await;
        let head = server.head().await;
        assert!(head.contains("content-length: 3\nexpect: 100-continue\n"), "{head}");
        server.send("HTTP/1.1 100 Continue\r\n\r\n").await;
        assert_eq!(client.head().await, "HTTP/1.1 100 Continue\n");
        client.send("abc").await;
        assert_eq!(server.text(3).await, "abc");
        server.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(client.answer().await.1, "ok");
        client.send(get("/")).await;
        server.serve("kept").await;
        assert_eq!(client.answer().await.1, "kept");
    })
    .await;
}

#[tokio::test]
async fn the_upstream_says_no_before_the_body_is_sent() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(EXPECTING).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno").await;
        let (head, body) = client.answer().await;
        assert!(head.contains("connection: close\n"), "{head}");
        assert_eq!((status(&head), body.as_str(), client.rest().await.as_str()), (413, "no", ""));
        assert_eq!(server.rest().await, "");
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_does_not_know_the_expectation_gets_the_body_anyway() {
    local(async {
        let upstream = Upstream::start().await;
        let forward = ForwardSettings { continue_timeout_ms: 30, ..ForwardSettings::default() };
        let settings = Http1Settings { forward, ..Http1Settings::default() };
        let front = Front::start(&[&upstream], Plan { settings, ..Plan::default() }).await;
        let mut client = front.connect().await;
        client.send(EXPECTING).await;
        let mut server = upstream.accept().await;
        server.head().await;
        assert_eq!(client.head().await, "HTTP/1.1 100 Continue\n");
        client.send("abc").await;
        assert_eq!(server.text(3).await, "abc");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(client.answer().await.1, "ok");
    })
    .await;
}

#[tokio::test]
async fn who_does_not_wait_is_not_asked_to_go_on() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(format!("{EXPECTING}abc")).await;
        let mut server = upstream.accept().await;
        let head = server.head().await;
        assert!(!head.contains("expect"), "{head}");
        assert_eq!(server.text(3).await, "abc");
        server.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(client.answer().await.1, "ok");
    })
    .await;
}

#[tokio::test]
async fn an_answer_may_come_while_the_request_is_still_on_its_way() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n").await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        let head = client.head().await;
        assert!(head.contains("connection: close\n"), "{head}");
        // An echo: both bodies go on side by side.
        assert_eq!(server.text(6).await, "1\r\na\r\n");
        for piece in ["2\r\nbb\r\n", "3\r\nccc\r\n"] {
            client.send(piece).await;
            assert_eq!(server.text(piece.len()).await, piece);
            server.send(piece).await;
            assert_eq!(client.text(piece.len()).await, piece);
        }
        server.send("0\r\n\r\n").await;
        assert_eq!(client.text(5).await, "0\r\n\r\n");
        // The answer is whole, the request is not: both connections end.
        assert_eq!(client.rest().await, "");
        assert_eq!(server.rest().await, "");
    })
    .await;
}
