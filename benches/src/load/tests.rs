//! The load against small servers that answer well, badly, in pieces and not at all.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const REQUEST: &[u8] = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

/// Serves every connection on a thread of its own with `serve`.
fn server(serve: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

/// Answers each request with `pieces`, one write each, as long as the client is there.
fn answering(pieces: &'static [&'static [u8]]) -> SocketAddr {
    server(move |mut stream| {
        stream.set_nodelay(true).unwrap();
        let mut request = [0; REQUEST.len()];
        while stream.read_exact(&mut request).is_ok() {
            for piece in pieces {
                let _ = stream.write_all(piece);
            }
        }
    })
}

fn load(address: SocketAddr, connections: usize) -> Load<'static> {
    Load {
        address,
        pids: own_process(),
        request: REQUEST,
        expected_status: 200,
        connections,
        rate_per_s: None,
        warm_up: Duration::from_millis(10),
        measured: Duration::from_millis(50),
    }
}

/// This process, for as long as the tests run.
fn own_process() -> &'static [u32] {
    Box::leak(Box::new([std::process::id()]))
}

fn run(load: &Load<'_>) -> Result<Sample, BenchError> {
    load.run(&SystemClock::new())
}

#[test]
fn requests_times_and_cpu_are_counted() {
    let address = answering(&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
    let sample = run(&load(address, 3)).unwrap();
    assert!(sample.requests > 3, "{sample:?}");
    assert!(sample.requests_per_s <= sample.requests as f64 / 0.05, "{sample:?}");
    assert!(sample.p50_us > 0.0 && sample.p50_us <= sample.p99_us, "{sample:?}");
    assert!(sample.load_cpu_us > 0.0 && sample.cpu_us >= sample.load_cpu_us, "{sample:?}");
}

#[test]
fn an_answer_may_come_in_pieces() {
    let address = answering(&[b"HTTP/1.1 200 OK\r\nConte", b"nt-Length: 2\r\n\r\n", b"o", b"k"]);
    assert!(run(&load(address, 2)).unwrap().requests > 2);
}

#[test]
fn another_status_fails_the_run_and_shows_the_body() {
    let address = answering(&[b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nfull"]);
    let error = run(&load(address, 1)).unwrap_err().to_string();
    assert!(error.contains("GET /x HTTP/1.1: 503 instead of 200: full"), "{error}");
}

#[test]
fn a_closed_connection_fails_the_run() {
    let address = server(drop);
    assert!(run(&load(address, 1)).is_err());
}

#[test]
fn an_answer_too_many_fails_the_run() {
    let address = answering(&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"]);
    let error = run(&load(address, 1)).unwrap_err().to_string();
    assert!(error.contains("more than one answer"), "{error}");
}

#[test]
fn a_fixed_rate_is_kept() {
    let address = answering(&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
    let paced = Load { rate_per_s: Some(200.0), measured: Duration::from_millis(500), ..load(address, 2) };
    let sample = run(&paced).unwrap();
    assert!((80..=110).contains(&sample.requests), "{sample:?}");
}

#[test]
fn who_waits_for_an_idle_connection_is_charged_for_the_wait() {
    let address = server(|mut stream| {
        let mut request = [0; REQUEST.len()];
        while stream.read_exact(&mut request).is_ok() {
            std::thread::sleep(Duration::from_millis(10));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let paced = Load { rate_per_s: Some(1_000.0), measured: Duration::from_millis(200), ..load(address, 1) };
    let sample = run(&paced).unwrap();
    assert!(sample.p99_us > 100_000.0, "{sample:?}");
}

#[test]
fn what_a_server_does_behind_its_answers_is_waited_for_and_the_pause_charged_to_nobody() {
    let address = answering(&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
    let paced = Load { rate_per_s: Some(200.0), measured: Duration::from_millis(300), ..load(address, 2) };
    let mut answered = Vec::new();
    let settle = |requests| {
        answered.push(requests);
        std::thread::sleep(Duration::from_millis(400));
        Ok(answered.len())
    };
    let (sample, looks) = paced.run_settled(&SystemClock::new(), settle).unwrap();
    assert_eq!((looks, answered.last()), (2, Some(&sample.requests)));
    // Nothing that was due in the pause is made up for.
    assert!((40..=62).contains(&sample.requests), "{sample:?}");
}
