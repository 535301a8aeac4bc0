//! Clients that send or read slowly hold little of the gateway, and not for long.

use crate::kit::{Program, Python, RAW, peak_kib};
use crate::load::Load;
use blackbox::SOON;
use std::time::Duration;
use testkit::{Backend, banyan_command, eventually, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SLOW_CLIENTS: usize = 100;
/// That each of them may cost at most, KiB: two buffers of an exchange, and what a connection has.
const COST_MAX_KIB: u64 = 256;
/// Much longer than the waits below, much shorter than the defaults.
const BOUNDED: Duration = Duration::from_secs(9);

async fn fronted() -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let upstream = Python::start(RAW, &[]).await;
    let mut command = banyan_command(directory.path());
    command.args(["gateway", "--legacy", &format!("http://{}", upstream.address)]);
    for wait in ["HEAD_TIMEOUT_MS", "BODY_IDLE_TIMEOUT_MS", "WRITE_TIMEOUT_MS"] {
        command.env(format!("BANYAN__GATEWAY__{wait}"), "500");
    }
    let gateway = Program::start(&mut command).await;
    (directory, upstream, gateway)
}

async fn opened(gateway: &Program, bytes: &str) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..SLOW_CLIENTS {
        let mut stream = TcpStream::connect(gateway.public).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    streams
}

/// What comes until the gateway closes.
async fn to_the_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    // A reset is an end as well.
    let _ = tokio::time::timeout(BOUNDED, stream.read_to_end(&mut all)).await.expect("it is closed");
    all
}

#[test]
fn requests_that_do_not_come_to_an_end_are_ended() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let mut beside = Load::new();
        beside.client((*gateway).clone(), 200, |to, _| to.get("/ok"));
        for unfinished in [
            "GET /ok HTTP/1.1\r\nHost: a\r\nX-Slow: ",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345",
            "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\n12345",
        ] {
            for stream in &mut opened(&gateway, unfinished).await {
                let answer = String::from_utf8_lossy(&to_the_end(stream).await).into_owned();
                assert!(answer.starts_with("HTTP/1.1 408 "), "{unfinished}: {answer}");
            }
        }
        assert!(beside.stop().await > 0);
    });
}

#[test]
fn readers_that_take_nothing_are_ended_and_hold_little_memory() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        gateway.get("/ok").send().await.expect_status(200);
        let in_use = async || {
            let services = gateway.admin.get("/api/services").send().await.expect_status(200).json();
            services["services"][0]["connections"]["in_use"].as_u64().unwrap()
        };
        let before = peak_kib(&gateway);
        for path in ["/download", "/gibibyte"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            let streams = opened(&gateway, &request).await;
            let least = SLOW_CLIENTS as u64 / 2;
            eventually("answers on their way", SOON, async || (in_use().await > least).then_some(())).await;
            eventually("all are ended", SOON, async || (in_use().await == 0).then_some(())).await;
            let growth = peak_kib(&gateway) - before;
            assert!(growth < COST_MAX_KIB * SLOW_CLIENTS as u64, "{path}: {growth} KiB");
            drop(streams);
        }
        assert_eq!(gateway.get("/ok").send().await.expect_status(200).text(), "ok");
    });
}
