//! Streams through the gateway: piece by piece, both ways, in memory that does not grow with them.

use crate::kit::{Program, Python, RAW};
use blackbox::SOON;
use testkit::{Backend, Client, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PIECE: usize = 64 * 1024;
const PIECES: usize = 1024;
/// That the gateway may grow by, over 64 MiB that pass: KiB.
const GROWTH_MAX_KIB: u64 = 32 * 1024;

async fn fronted() -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let upstream = Python::start(RAW, &[]).await;
    let gateway =
        Program::gateway(directory.path(), &["--legacy", &format!("http://{}", upstream.address)]).await;
    assert_eq!(gateway.get("/ok").send().await.expect_status(200).text(), "ok");
    (directory, upstream, gateway)
}

/// Reads until what came ends with `end`.
async fn read_to(stream: &mut TcpStream, end: &str) -> String {
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

/// The most memory that the process has had, KiB.
fn peak_kib(gateway: &Program) -> u64 {
    let pid = gateway.process.pid().as_raw_nonzero();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn upload(gateway: &Program, head: &str, before: &str, after: &str, end: &str) -> String {
    let mut stream = TcpStream::connect(gateway.public).await.unwrap();
    stream.write_all(format!("POST /upload HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    let piece = [before.as_bytes(), &vec![b'x'; PIECE], after.as_bytes()].concat();
    for _ in 0..PIECES {
        stream.write_all(&piece).await.unwrap();
    }
    stream.write_all(end.as_bytes()).await.unwrap();
    read_to(&mut stream, &(PIECE * PIECES).to_string()).await
}

#[test]
fn long_bodies_pass_in_little_memory() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let before = peak_kib(&gateway);
        let answer = upload(&gateway, "Transfer-Encoding: chunked", "10000\r\n", "\r\n", "0\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let length = format!("Content-Length: {}", PIECE * PIECES);
        let answer = upload(&gateway, &length, "", "", "").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let got = gateway.get("/download").send().await.expect_status(200);
        assert!(got.body.len() == PIECE * PIECES && got.body.iter().all(|byte| *byte == b'x'));
        let growth = peak_kib(&gateway) - before;
        assert!(growth < GROWTH_MAX_KIB, "{growth} KiB");
    });
}
