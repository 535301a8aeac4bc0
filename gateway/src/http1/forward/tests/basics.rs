//! Whole requests and answers, one after another.

use super::support::{Front, Plan, Upstream, get, local, post, status};
use crate::http1::{ForwardSettings, HostPolicy, Http1Settings};

#[tokio::test]
async fn a_request_and_its_answer_pass() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/a/b?c=%2F")).await;
        let mut server = upstream.accept().await;
        let head = server.serve("hello").await;
        assert_eq!(
            head,
            "GET /a/b?c=%2F HTTP/1.1\nHost: front.example\nx-forwarded-for: 127.0.0.1\nx-forwarded-proto: http\n\
             x-forwarded-host: front.example\nforwarded: for=127.0.0.1;host=front.example;proto=http\n"
        );
        let (head, body) = client.answer().await;
        assert_eq!(head, "HTTP/1.1 200 OK\ncontent-length: 5\nbanyan-served-by: svc/i0\n");
        assert_eq!(body, "hello");
        let lines = front.lines(1).await;
        assert_eq!(lines, ["GET /a/b test.route 200 in=0 out=5 whole"]);
    })
    .await;
}

#[tokio::test]
async fn both_connections_are_kept() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/0")).await;
        let mut server = upstream.accept().await;
        server.serve("0").await;
        assert_eq!(client.answer().await.1, "0");
        for body in ["1", "22", ""] {
            client.send(post(body)).await;
            let head = server.head().await;
            assert!(head.contains(&format!("content-length: {}\n", body.len())), "{head}");
            assert_eq!(server.text(body.len()).await, body);
            server.send(format!("HTTP/1.1 201 Made\r\nContent-Length: 1\r\n\r\n{}", body.len())).await;
            assert_eq!(client.answer().await.1, body.len().to_string());
        }
        assert!(upstream.is_lonely());
        // Another client finds the connection too.
        let mut other = front.connect().await;
        other.send(get("/other")).await;
        server.serve("other").await;
        assert_eq!(other.answer().await.1, "other");
        assert!(upstream.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_by_both_sides() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(format!("{}{}{}{}", get("/1"), get("/hello"), post("abc"), get("/4"))).await;
        let mut server = upstream.accept().await;
        assert!(server.serve("one").await.starts_with("GET /1 "));
        let head = server.head().await;
        assert!(head.starts_with("POST /p "), "{head}");
        assert_eq!(server.text(3).await, "abc");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree").await;
        assert!(server.serve("four").await.starts_with("GET /4 "));
        let mut got = Vec::new();
        for _ in 0..4 {
            let (head, body) = client.answer().await;
            let side =
                head.lines().find_map(|line| line.strip_prefix("banyan-served-by: ")).unwrap().to_owned();
            got.push((side, body));
        }
        let expected = [("svc/i0", "one"), ("monolith", "hello"), ("svc/i0", "three"), ("svc/i0", "four")];
        assert_eq!(got, expected.map(|(side, body)| (side.to_owned(), body.to_owned())));
    })
    .await;
}

#[tokio::test]
async fn answers_without_a_body() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/").replace("GET", "HEAD")).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n").await;
        assert_eq!(client.head().await, "HTTP/1.1 200 OK\ncontent-length: 99\nbanyan-served-by: svc/i0\n");
        for (answer, expected) in [
            ("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\nbanyan-served-by: svc/i0\n"),
            ("HTTP/1.1 304 Not\r\nETag: x\r\n\r\n", "HTTP/1.1 304 Not\nETag: x\nbanyan-served-by: svc/i0\n"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\ncontent-length: 0\nbanyan-served-by: svc/i0\n",
            ),
        ] {
            client.send(get("/")).await;
            server.head().await;
            server.send(answer).await;
            assert_eq!(client.head().await, expected);
        }
        assert!(upstream.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn settings_and_routes_change_what_is_told() {
    local(async {
        let upstream = Upstream::start().await;
        let forward = ForwardSettings {
            trusted_peers: vec!["127.0.0.0/8".parse().unwrap()],
            served_by: false,
            via: true,
            deadline_field: String::new(),
            ..ForwardSettings::default()
        };
        let settings = Http1Settings { forward, ..Http1Settings::default() };
        let change = |forward: &mut crate::http1::Forward| forward.host = HostPolicy::Upstream;
        let front =
            Front::start(&[&upstream], Plan { settings, change, base: "/base/", ..Plan::default() }).await;
        let mut client = front.connect().await;
        client.send("GET /cookie HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n").await;
        let mut server = upstream.accept().await;
        let head = server.until("\r\n\r\n").await;
        let host = format!("GET /base/cookie HTTP/1.1\r\nhost: {}\r\n", upstream.address());
        assert!(head.starts_with(&host), "{head}");
        assert!(head.contains("x-forwarded-for: 192.0.2.9, 127.0.0.1\r\n"), "{head}");
        assert!(head.contains("via: 1.1 banyan\r\n") && !head.contains("banyan-"), "{head}");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let (head, _) = client.answer().await;
        assert_eq!(head, "HTTP/1.1 200 OK\ncontent-length: 0\nset-cookie: session=1\n");
    })
    .await;
}

#[tokio::test]
async fn the_rest_of_the_time_and_the_ids_are_passed_on() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        let mut server = upstream.accept().await;
        let asked = server.until("\r\n\r\n").await;
        let field = |head: &str, name: &str| {
            let line = head
                .lines()
                .find(|line| line.starts_with(name))
                .unwrap_or_else(|| panic!("{name} in {head}"));
            line.split_once(": ").unwrap().1.to_owned()
        };
        let left: u64 = field(&asked, "banyan-deadline-ms").parse().unwrap();
        assert!((20_000..=30_000).contains(&left), "{left}");
        assert_eq!(field(&asked, "traceparent").len(), 55);
        server.send("HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nContent-Length: 0\r\n\r\n").await;
        let answered = client.until("\r\n\r\n").await;
        assert_eq!(field(&answered, "x-request-id"), field(&asked, "x-request-id"));
        assert_eq!(status(&answered), 200);
    })
    .await;
}

#[tokio::test]
async fn who_wants_to_close_is_heard_on_both_sides() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
        let mut server = upstream.accept().await;
        let head = server.serve("bye").await;
        assert!(!head.contains("onnection"), "{head}");
        let (head, body) = client.answer().await;
        assert!(head.contains("connection: close\n"), "{head}");
        assert_eq!((body.as_str(), client.rest().await.as_str()), ("bye", ""));
        let mut client = front.connect().await;
        client.send(get("/")).await;
        server.head().await;
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
        let (head, _) = client.answer().await;
        assert!(!head.contains("onnection"), "{head}");
        assert_eq!(server.rest().await, "");
        client.send(get("/")).await;
        upstream.accept().await.serve("again").await;
        assert_eq!(client.answer().await.1, "again");
    })
    .await;
}
