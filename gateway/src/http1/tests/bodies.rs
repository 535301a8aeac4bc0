//! Bodies both ways.

use super::support::{PIPE_BYTES, connect, get, local};
use crate::http1::Http1Settings;
use tokio::io::AsyncReadExt;

fn settings() -> Http1Settings {
    Http1Settings { body_max_bytes: 1_000, ..Http1Settings::default() }
}

fn post(path: &str, lines: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n")
}

#[tokio::test(start_paused = true)]
async fn a_body_may_come_in_pieces() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(post("/echo", "Content-Length: 6\r\n")).await;
        for piece in ["ab", "cd", "ef"] {
            tokio::task::yield_now().await;
            client.send(piece).await;
        }
        assert_eq!(client.answer(false).await.text(), "abcdef");
        client.send(post("/echo", "Transfer-Encoding: chunked\r\n")).await;
        for piece in ["3\r", "\nabc\r\n0", "\r\nTrailer: x\r\n\r\n"] {
            tokio::task::yield_now().await;
            client.send(piece).await;
        }
        assert_eq!(client.answer(false).await.text(), "abc");
        assert_eq!(client.lines()[1], "POST /echo test.route 200 in=3 out=3 0ms whole");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_application_sees_a_length_and_no_coding() {
    local(async {
        let mut client = connect(settings()).await;
        let chunked = post("/length", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(client.ask(chunked).await.text(), "Some(\"3\") None 3");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn streams_are_chunked() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(get("/stream")).await;
        let head = client.answer(false).await;
        assert_eq!(head.header("transfer-encoding"), Some("chunked"));
        let mut body = [0; 23];
        client.io.read_exact(&mut body).await.unwrap();
        assert_eq!(&body[..], b"3\r\none\r\n5\r\nthree\r\n0\r\n\r\n");
        assert_eq!(client.ask(get("/hello")).await.text(), "hello");
        client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").await;
        let head = client.answer(false).await;
        assert_eq!((head.header("transfer-encoding"), head.header("connection")), (None, Some("close")));
        assert_eq!(client.rest().await, "onethree");
        assert_eq!(client.lines()[0], "GET /stream test.route 200 in=0 out=8 0ms whole");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_lies_about_its_length_cuts_the_connection() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(get("/short")).await;
        let rest = client.rest().await;
        assert!(rest.contains("content-length: 99\r\n") && rest.ends_with("onethree"), "{rest}");
        assert_eq!(client.lines(), ["GET /short test.route 200 in=0 out=8 0ms broken"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_larger_than_the_pipe_arrives_whole() {
    const { assert!(300_000 > PIPE_BYTES) };
    local(async {
        let mut client = connect(settings()).await;
        let answer = client.ask(get("/large")).await;
        assert!(answer.body.len() == 300_000 && answer.body.iter().all(|&b| b == b'x'));
        assert_eq!(client.ask(get("/hello")).await.text(), "hello");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_client_is_asked_for_the_body_once_it_is_wanted() {
    local(async {
        let mut client = connect(settings()).await;
        let waits = "Expect: 100-continue\r\nContent-Length: 3\r\n";
        client.send(post("/echo", waits)).await;
        let mut asked = [0; 25];
        client.io.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked[..], b"HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(client.ask("abc").await.text(), "abc");
        // Who does not wait is not asked.
        assert_eq!(client.ask(post("/echo", waits) + "abc").await.text(), "abc");
        // Nobody wants this body: the answer comes at once, and where the next request begins is uncertain.
        let refused = client.ask(post("/none", waits)).await;
        assert_eq!((refused.status, refused.header("connection")), (404, Some("close")));
        assert_eq!(client.rest().await, "");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_large_body_is_refused_before_it_is_read_or_asked_for() {
    local(async {
        for expect in ["", "Expect: 100-continue\r\n"] {
            let mut client = connect(settings()).await;
            let answer = client.ask(post("/echo", &format!("Content-Length: 1001\r\n{expect}"))).await;
            assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
            assert!(answer.text().contains("1000 bytes at most"));
            assert_eq!(client.rest().await, "");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn chunks_are_refused_once_they_are_too_many_or_broken() {
    local(async {
        let large = format!("3e8\r\n{}\r\n1\r\nx\r\n", "x".repeat(1_000));
        for (status, body) in
            [(413, large.as_str()), (400, "5\r\nhello!\r\n"), (400, "5\nhello"), (400, "zz\r\n")]
        {
            let mut client = connect(settings()).await;
            let answer = client.ask(post("/echo", "Transfer-Encoding: chunked\r\n") + body).await;
            assert_eq!((answer.status, answer.header("connection")), (status, Some("close")), "{body}");
            assert_eq!(client.rest().await, "");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_within_its_body_is_noted() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(post("/echo", "Content-Length: 6\r\n") + "abc").await;
        let seen = client.seen.clone();
        drop(client.io);
        client.served.await.unwrap();
        assert_eq!(*seen.0.lock().unwrap(), ["POST /echo test.route 499 in=0 out=0 0ms broken"]);
    })
    .await;
}
