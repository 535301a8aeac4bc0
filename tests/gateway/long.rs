//! Long bodies through the gateway, in memory that does not grow with them.

use crate::kit::{Program, peak_kib};
use crate::streams::{fronted, read_to};
use std::time::Duration;
use testkit::{Backend, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PIECE: usize = 64 * 1024;
const PIECES: usize = 1024;
const GIBIBYTE: usize = 1 << 30;
/// That the gateway may grow by, whatever passes, KiB.
const GROWTH_MAX_KIB: u64 = 32 * 1024;
/// For a gibibyte through a build without optimisation on a busy machine.
const PASSES_WITHIN: Duration = Duration::from_secs(80);

async fn upload(gateway: &Program, head: &str, piece: &[u8], pieces: usize, end: &str) {
    let mut stream = TcpStream::connect(gateway.public).await.unwrap();
    stream.write_all(format!("POST /upload HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    for _ in 0..pieces {
        stream.write_all(piece).await.unwrap();
    }
    stream.write_all(end.as_bytes()).await.unwrap();
    let answer = read_to(&mut stream, &(PIECE * pieces).to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn chunks_pass_both_ways() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let before = peak_kib(&gateway);
        let chunk = [b"10000\r\n", vec![b'x'; PIECE].as_slice(), b"\r\n"].concat();
        upload(&gateway, "Transfer-Encoding: chunked", &chunk, PIECES, "0\r\n\r\n").await;
        let got = gateway.get("/download").send().await.expect_status(200);
        assert!(got.body.len() == PIECE * PIECES && got.body.iter().all(|byte| *byte == b'x'));
        let growth = peak_kib(&gateway) - before;
        assert!(growth < GROWTH_MAX_KIB, "{growth} KiB");
    });
}

/// Reads a gibibyte of `x`; how much came.
async fn download(gateway: &Program) -> usize {
    let mut stream = TcpStream::connect(gateway.public).await.unwrap();
    let head = "GET /gibibyte HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut buffer, mut came) = (vec![0; 16 * PIECE], Vec::new());
    let body_at = loop {
        let read = stream.read(&mut buffer).await.unwrap();
        came.extend_from_slice(&buffer[..read]);
        if let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let mut body = came.len() - body_at;
    let expected = vec![b'x'; buffer.len()];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..read] == expected[..read], "after {body} bytes");
        body += read;
        if read == 0 {
            return body;
        }
    }
}

#[test]
fn a_gibibyte_passes_both_ways_in_little_memory() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let before = peak_kib(&gateway);
        let (length, piece) = (format!("Content-Length: {GIBIBYTE}"), vec![b'x'; PIECE]);
        let up = upload(&gateway, &length, &piece, GIBIBYTE / PIECE, "");
        tokio::time::timeout(PASSES_WITHIN, up).await.expect("all of it is sent");
        let down = tokio::time::timeout(PASSES_WITHIN, download(&gateway)).await;
        assert_eq!(down.expect("all of it comes"), GIBIBYTE);
        let growth = peak_kib(&gateway) - before;
        assert!(growth < GROWTH_MAX_KIB, "{growth} KiB");
    });
}
