//! Requests that are too large, too strange or too slow, and places that are spelled in two ways.

use blackbox::{expect_problem, post_message, sign_up};
use testkit::{Backend, Banyan, both_backends, raw};

const MIB: usize = 1024 * 1024;

both_backends! {
    /// 413: with a length that says so, without the body being read; and in chunks, once it is too much.
    async fn a_body_that_is_too_large(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let body = format!("{{\"source\": \"hello\", \"more\": \"{}\"}}", "x".repeat(MIB));
        let call = banyan.post("/api/messages").bearer(&ann.token).header("content-type", "application/json");
        expect_problem(&call.body(body.clone()).send().await, 413);
        let head = format!("POST /api/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n", ann.token);
        let said = raw(banyan.public(), format!("{head}Content-Length: 99999999999\r\n\r\n").as_bytes()).await;
        assert_eq!((said.statuses(), said.closed), (vec![413], true), "{}", said.text());
        let chunk = format!("{:x}\r\n{body}\r\n", body.len());
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
        let answer = raw(banyan.public(), chunked.as_bytes()).await;
        assert_eq!((answer.statuses(), answer.closed), (vec![413], true), "{}", answer.text());
        // Just below is read, and the fields that nobody asked for are ignored.
        let fits = format!("{{\"source\": \"hello\", \"more\": \"{}\"}}", "x".repeat(MIB - 64));
        let call = banyan.post("/api/messages").bearer(&ann.token).header("content-type", "application/json");
        call.body(fits).send().await.expect_status(201);
    }

    /// 431 for a head that is too large, and for too many fields; 414 for a target that is too long.
    async fn a_head_that_is_too_large(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let with = |fields: &str| format!("GET /stats HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        let many = "X: y\r\n".repeat(1000);
        let target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(20_000));
        for (request, status) in [
            (with(&format!("X: {}\r\n", "y".repeat(40_000))), 431),
            (with(&many), 431),
            (with(&format!("{}: x\r\n", "Y".repeat(40_000))), 431),
            (target, 414),
        ] {
            let answer = raw(banyan.public(), request.as_bytes()).await;
            assert_eq!((answer.statuses(), answer.closed), (vec![status], true), "{}", answer.text());
            assert!(answer.text().contains("application/problem+json"), "{}", answer.text());
        }
        let fits = raw(banyan.public(), with(&format!("X: {}\r\n", "y".repeat(20_000))).as_bytes()).await;
        assert_eq!(fits.statuses(), [200]);
    }

    /// Other protocols and unknown expectations have their own answers.
    async fn what_is_not_spoken_here(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (request, status) in [
            ("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501),
            ("POST /api/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
            ("PUT /api/users HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n{}", 417),
            ("GET /stats HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            ("GET /stats HTTP/0.9\r\nHost: a\r\n\r\n", 505),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ] {
            let answer = raw(banyan.public(), request.as_bytes()).await;
            assert_eq!(answer.statuses(), [status], "{request}: {}", answer.text());
        }
        for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"\0\0\0\0\r\n\r\n", b"\xff\xfe\r\n\r\n"] {
            let answer = raw(banyan.public(), garbage).await;
            assert!(matches!(answer.statuses().as_slice(), [400] | []), "{garbage:?}: {}", answer.text());
        }
        banyan.get("/stats").send().await.expect_status(200);
    }

    /// A path that two readers could read in two ways is refused, whatever it would mean.
    async fn a_path_that_is_not_clear(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        for path in [
            "/api//messages/1", "/api/./messages/1", "/api/x/../messages/1", "/api/messages%2f1", "/api/messages%5c1",
            "/api/%2e%2e/api/messages/1", "/api/messages/1%00", "/api/messages/%zz", "/api/messages/%",
        ] {
            // A client would tidy it up: raw.
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let answer = raw(banyan.public(), request.as_bytes()).await;
            assert!(matches!(answer.statuses().as_slice(), [400 | 404]), "{path}: {}", answer.text());
        }
    }

    /// A head that does not end in time is 408, and takes nobody else's place.
    async fn a_head_that_never_ends(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("gateway.head_timeout_ms", "300").start().await;
        let answer = raw(banyan.public(), b"GET /stats HTTP/1.1\r\nHost: a\r\nX: ").await;
        assert_eq!((answer.statuses(), answer.closed), (vec![408], true), "{}", answer.text());
    }

    /// A body that stops coming is 408.
    async fn a_body_that_never_ends(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("gateway.body_idle_timeout_ms", "300").start().await;
        let head = b"POST /api/users HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{\"nick";
        let answer = raw(banyan.public(), head).await;
        assert_eq!((answer.statuses(), answer.closed), (vec![408], true), "{}", answer.text());
    }
}
