//! What goes out of order in HTTP/1.1: answers before the request is whole, interim answers, trailers.

use crate::streams::{fronted, read_to};
use blackbox::SOON;
use testkit::{Backend, Client, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

#[test]
fn an_early_answer_arrives_while_the_body_is_owed() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        send(&mut stream, "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nsome").await;
        let answer = read_to(&mut stream, "early").await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "where the next request begins is open");
        let end = tokio::time::timeout(SOON, stream.read(&mut [0; 1])).await.expect("it is closed");
        assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
        assert_eq!(gateway.get("/ok").send().await.expect_status(200).text(), "ok");
    });
}

#[test]
fn the_upstream_says_whether_the_client_is_to_go_on() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let head = |path: &str| {
            format!("POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        };
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        send(&mut stream, &head("/continue")).await;
        assert_eq!(read_to(&mut stream, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
        send(&mut stream, "hello").await;
        let answer = read_to(&mut stream, "\r\n\r\n5").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        // The connection goes on, and the next answer may be no.
        send(&mut stream, &head("/no-continue")).await;
        let answer = read_to(&mut stream, "\r\n\r\nno").await;
        assert!(answer.starts_with("HTTP/1.1 417 "), "{answer}");
    });
}

#[test]
fn trailers_pass_both_ways_but_for_those_that_frame() {
    run(Backend::Sqlite, |_| async {
        let (_directory, upstream, gateway) = fronted().await;
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        send(&mut stream, "GET /trailers HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n").await;
        let answer = read_to(&mut stream, "294\r\n\r\n").await;
        assert!(answer.ends_with("abc\r\n0\r\nX-Sum: 294\r\n\r\n"), "{answer}");
        assert!(answer.contains("railer: X-Sum\r\n"), "{answer}");

        let head = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Own\r\n\r\n";
        send(&mut stream, head).await;
        send(&mut stream, "3\r\nabc\r\n0\r\nX-Own: 7\r\nHost: evil\r\n\r\n").await;
        read_to(&mut stream, "\r\n\r\n3").await;
        let seen = Client::new(upstream.address).get("/seen").send().await.text();
        assert!(seen.contains("trailer X-Own: 7\r\n") && !seen.contains("evil"), "{seen}");
    });
}

#[test]
fn an_interim_answer_comes_before_the_answer() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        send(&mut stream, "GET /hints HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let answer = read_to(&mut stream, "hinted").await;
        assert!(
            answer.starts_with("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 "),
            "{answer}"
        );
    });
}
