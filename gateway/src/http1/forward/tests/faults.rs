//! Upstreams and clients that fail in every way: never a hang, never another client's bytes.

use super::support::{Front, Plan, Talk, Upstream, get, local, post, status};
use crate::http1::Http1Settings;

async fn asked(front: &Front, upstream: &Upstream, request: &str) -> (Talk, Talk) {
    let mut client = front.connect().await;
    client.send(request).await;
    let mut server = upstream.accept().await;
    server.head().await;
    (client, server)
}

fn fast() -> Plan {
    let mut plan = Plan::default();
    plan.policy.timeouts.first_byte_ms = 50;
    plan.policy.timeouts.idle_ms = 50;
    plan.policy.retry.attempts_max = 1;
    plan
}

fn is_problem(head: &str, body: &str) -> bool {
    head.contains("content-type: application/problem+json\n") && body.contains("\"request_id\":\"")
}

#[tokio::test]
async fn garbage_is_a_502_and_its_connection_not_used_again() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], fast()).await;
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(101));
        let large =
            format!("HTTP/1.1 200 OK\r\n{}\r\n", format!("A: {}\r\n", "b".repeat(8 * 1024)).repeat(100));
        for answer in [
            "garbage",
            "SSH-2.0-x\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            many.as_str(),
            large.as_str(),
        ] {
            let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
            let _ = tokio::io::AsyncWriteExt::write_all(&mut server.0, answer.as_bytes()).await;
            let (head, body) = client.answer().await;
            assert_eq!(status(&head), 502, "{answer:.60}");
            assert!(is_problem(&head, &body), "{head}{body}");
            assert!(!body.contains("127.0.0.1"), "{body}");
            assert_eq!(server.rest().await, "");
            // The client's own connection is none the worse.
            client.send(get("/hello")).await;
            assert_eq!(client.answer().await.1, "hello");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_closes_is_a_502_before_its_answer_and_a_cut_within() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], fast()).await;
        for part in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nA: b\r\n"] {
            let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
            server.send(part).await;
            drop(server);
            let (head, body) = client.answer().await;
            assert_eq!((status(&head), is_problem(&head, &body)), (502, true), "{part}");
        }
        for (answer, expected) in [
            ("Content-Length: 10\r\n\r\nhalf", "half"),
            ("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "4\r\nhalf\r\n"),
            ("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n", "4\r\nhalf\r\n"),
        ] {
            let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
            server.send(format!("HTTP/1.1 200 OK\r\n{answer}")).await;
            assert_eq!(status(&client.head().await), 200);
            drop(server);
            assert_eq!(client.rest().await, expected, "{answer}");
        }
        assert!(front.lines(6).await[5].ends_with("broken"));
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_hangs_is_a_504_before_its_answer_and_a_cut_within() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], fast()).await;
        for part in ["", "HTTP/1.1 200 OK\r\nA"] {
            let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
            server.send(part).await;
            let (head, body) = client.answer().await;
            assert_eq!((status(&head), is_problem(&head, &body)), (504, true), "{part}");
            assert_eq!(server.rest().await, "");
        }
        let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
        client.head().await;
        assert_eq!((client.rest().await.as_str(), server.rest().await.as_str()), ("half", ""));
    })
    .await;
}

#[tokio::test]
async fn the_whole_exchange_can_have_a_deadline() {
    local(async {
        let upstream = Upstream::start().await;
        let mut plan = Plan::default();
        plan.policy.timeouts.total_ms = 100;
        let front = Front::start(&[&upstream], plan).await;
        let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
        assert_eq!(status(&client.answer().await.0), 504);
        assert_eq!(server.rest().await, "");
        let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        client.head().await;
        let drip = tokio::task::spawn_local(async move {
            while tokio::io::AsyncWriteExt::write_all(&mut server.0, b"1\r\nx\r\n").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        });
        assert!(client.rest().await.ends_with("1\r\nx\r\n"));
        drip.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn bytes_behind_an_answer_are_nobodys() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], fast()).await;
        for extra in ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "x"] {
            let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
            server.send(format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok{extra}")).await;
            assert_eq!(client.answer().await.1, "ok");
            assert_eq!(server.rest().await, "");
            client.send(get("/next")).await;
            let mut fresh = upstream.accept().await;
            fresh.serve("own").await;
            assert_eq!(client.answer().await.1, "own");
            // What comes later, on a connection at rest, is found before it is used.
            fresh.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil").await;
            client.send(get("/hello")).await;
            assert_eq!(client.answer().await.1, "hello");
            client.send(get("/third")).await;
            upstream.accept().await.serve("third").await;
            assert_eq!(client.answer().await.1, "third");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_there_is_a_502_or_a_503() {
    local(async {
        let gone = Upstream::start().await.address();
        let front = Front::start_at(&[gone], Plan::default()).await;
        let mut client = front.connect().await;
        let (head, body) = client.ask(&post("abc")).await;
        assert_eq!((status(&head), is_problem(&head, &body)), (502, true), "{head}");
        assert!(
            !body.contains(&gone.port().to_string()) && !head.contains("banyan-served-by"),
            "{head}{body}"
        );
        let front = Front::start_at(&[], Plan::default()).await;
        let (head, body) = front.connect().await.ask(&get("/")).await;
        assert_eq!((status(&head), is_problem(&head, &body)), (503, true), "{head}");
        assert!(head.contains("retry-after: 1\n"), "{head}");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_request_along() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        // While it waits, within its body, within the answer.
        let (client, mut server) = asked(&front, &upstream, &get("/")).await;
        drop(client);
        assert_eq!(server.rest().await, "");
        let half = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc";
        let (client, mut server) = asked(&front, &upstream, half).await;
        drop(client);
        assert_eq!(server.rest().await, "abc");
        let (mut client, mut server) = asked(&front, &upstream, &get("/")).await;
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        client.head().await;
        drop(client);
        assert_eq!(server.rest().await, "");
        let lines = front.lines(3).await;
        assert_eq!(lines[0], "GET / test.route 499 in=0 out=0 broken");
        assert_eq!(lines[1], "POST / test.route 499 in=3 out=0 broken");
        assert_eq!(lines[2], "GET / test.route 200 in=0 out=0 broken");
    })
    .await;
}

#[tokio::test]
async fn a_client_whose_body_stops_is_refused() {
    local(async {
        let upstream = Upstream::start().await;
        let settings = Http1Settings { body_idle_timeout_ms: 50, ..Http1Settings::default() };
        let front = Front::start(&[&upstream], Plan { settings, ..Plan::default() }).await;
        let half = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc";
        let (mut client, mut server) = asked(&front, &upstream, half).await;
        let (head, body) = client.answer().await;
        assert_eq!((status(&head), is_problem(&head, &body)), (408, true));
        assert_eq!(server.rest().await, "abc");
    })
    .await;
}

#[tokio::test]
async fn smuggled_requests_reach_nobody() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        for request in [
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\nabcde",
            "POST / HTTP/1.1\nHost: h\nContent-Length: 5\n\nabcde",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\nabcde\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\nabcde\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
            "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            let mut client = front.connect().await;
            client.send(request).await;
            let status = status(&client.answer().await.0);
            assert!((400..=501).contains(&status), "{status}: {request}");
            assert_eq!(client.rest().await, "", "{request}");
            // A connection may have been opened for it; nothing was sent there.
            if let Some(mut opened) = upstream.accepted() {
                assert_eq!(opened.rest().await, "", "{request}");
            }
        }
        // A body that turns bad on the way is cut off, not ended.
        let mut client = front.connect().await;
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
        let mut server = upstream.accept().await;
        assert!(server.head().await.starts_with("POST / "));
        assert_eq!(server.text(8).await, "3\r\nabc\r\n");
        client.send("x\r\n").await;
        assert_eq!(status(&client.answer().await.0), 400);
        assert_eq!(server.rest().await, "");
    })
    .await;
}
