//! Streams through the gateway: piece by piece, both ways.

use crate::kit::{Program, Python, RAW};
use blackbox::SOON;
use testkit::{Backend, Client, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) async fn fronted() -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let upstream = Python::start(RAW, &[]).await;
    let gateway =
        Program::gateway(directory.path(), &["--legacy", &format!("http://{}", upstream.address)]).await;
    assert_eq!(gateway.get("/ok").send().await.expect_status(200).text(), "ok");
    (directory, upstream, gateway)
}

/// Reads until what came ends with `end`.
pub(crate) async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.ends_with(end) {
        let read = tokio::time::timeout(SOON, stream.read(&mut buffer)).await.expect(end).unwrap();
        assert!(read > 0, "closed: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[test]
fn another_protocol_passes_both_ways() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        let head = "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let head = read_to(&mut stream, "\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        for number in 0..5 {
            let said = format!("GET / HTTP/1.1 is only text here {number}\0");
            stream.write_all(said.as_bytes()).await.unwrap();
            assert_eq!(read_to(&mut stream, "\0").await, said);
        }
        stream.shutdown().await.unwrap();
        let end = tokio::time::timeout(SOON, stream.read(&mut [0; 1])).await.unwrap().unwrap();
        assert_eq!(end, 0, "the end passes, too");
    });
}

/// Behind another version of HTTP requests would pass that nobody has looked at.
#[test]
fn another_version_of_http_is_not_asked_for() {
    run(Backend::Sqlite, |_| async {
        let (_directory, upstream, gateway) = fronted().await;
        for protocol in ["h2c", "H2C, echo", "HTTP/2.0", "TLS/1.0"] {
            let call = gateway.get("/ok").header("connection", "Upgrade").header("upgrade", protocol);
            assert_eq!(call.send().await.expect_status(200).text(), "ok");
        }
        let seen = Client::new(upstream.address).get("/seen").send().await.text().to_lowercase();
        assert!(!seen.contains("upgrade"), "{seen}");
    });
}

/// The next event is only sent when the one before has arrived.
#[test]
fn events_arrive_one_by_one() {
    run(Backend::Sqlite, |_| async {
        let (_directory, upstream, gateway) = fronted().await;
        let aside = Client::new(upstream.address);
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        stream.write_all(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        for number in 0..3 {
            let text = read_to(&mut stream, &format!("data: {number}\n\n\r\n")).await;
            assert!(!text.contains(&format!("data: {}", number + 1)), "{text}");
            aside.get("/go").send().await.expect_status(200);
        }
        read_to(&mut stream, "0\r\n\r\n").await;
    });
}
