//! The whole server on real sockets.

use super::support::{Gate, Seen, TestRouter, configure, get, read_answer};
use crate::http1::{Http1Settings, Http1Stopper, WorkerParts, serve};
use actix_service::map_config;
use actix_web::App;
use actix_web::dev::AppConfig;
use kernel::Sources;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use upstream::{UpstreamSettings, Upstreams};

struct Running {
    address: SocketAddr,
    stopper: Http1Stopper,
    served: JoinHandle<std::io::Result<()>>,
    gate: Gate,
}

fn start(settings: Http1Settings) -> Running {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gate = Gate::default();
    let for_workers = gate.clone();
    let server = serve(listener, &settings, &Sources::system(), move || {
        let gate = for_workers.clone();
        let app = App::new().configure(|config| configure(config, gate));
        WorkerParts {
            application: app,
            router: TestRouter,
            observer: Seen::default(),
            upstreams: Upstreams::new(UpstreamSettings::default(), Sources::system()),
            parallel: None,
        }
    })
    .unwrap();
    let (address, stopper) = (server.address(), server.stopper());
    Running { address, stopper, served: tokio::spawn(server.run()), gate }
}

fn settings() -> Http1Settings {
    Http1Settings {
        workers: 2,
        body_max_bytes: 1_000,
        shutdown_timeout_s: 5,
        linger_timeout_ms: 30_000,
        ..Http1Settings::default()
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn stop(self) {
        self.stopper.stop().await;
        self.served.await.unwrap().unwrap();
    }
}

async fn ask(stream: &mut TcpStream, bytes: impl AsRef<[u8]>) -> super::support::Answer {
    stream.write_all(bytes.as_ref()).await.unwrap();
    read_answer(stream, false).await
}

#[tokio::test]
async fn several_connections_are_served_and_closed_at_the_stop() {
    let running = start(settings());
    assert_ne!(running.address.port(), 0);
    let mut streams = Vec::new();
    for _ in 0..4 {
        let mut stream = running.connect().await;
        for _ in 0..2 {
            assert_eq!(ask(&mut stream, get("/hello")).await.text(), "hello");
        }
        streams.push(stream);
    }
    assert_eq!(running.stopper.open_connections(), 4);
    let (address, stopper) = (running.address, running.stopper.clone());
    running.stop().await;
    assert_eq!(stopper.open_connections(), 0);
    for mut stream in streams {
        assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    }
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_request_in_flight_survives_the_stop() {
    let running = start(settings());
    let mut stream = running.connect().await;
    stream.write_all(get("/gate").as_bytes()).await.unwrap();
    running.gate.entered.notified().await;
    let (gate, stopping) = (running.gate.clone(), tokio::spawn(running.stop()));
    tokio::task::yield_now().await;
    gate.open.notify_one();
    assert_eq!(read_answer(&mut stream, false).await.text(), "through");
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_client_that_sends_too_much_still_reads_why() {
    let running = start(settings());
    let mut stream = running.connect().await;
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Without lingering, the unread bytes would make the kernel reset the connection.
    stream.write_all(&vec![b'x'; 200_000]).await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.status, 413);
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    drop(stream);
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_leaves_does_no_harm() {
    let running = start(settings());
    let mut stream = running.connect().await;
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").await.unwrap();
    drop(stream);
    let mut stream = running.connect().await;
    stream.write_all(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(read_answer(&mut stream, false).await.text(), "hello");
    running.stop().await;
}

#[tokio::test]
async fn a_large_answer_arrives_whole() {
    let running = start(settings());
    let mut stream = running.connect().await;
    assert_eq!(ask(&mut stream, get("/large")).await.body.len(), 300_000);
    drop(stream);
    running.stop().await;
}

/// An application that was given its configuration already is taken too.
#[tokio::test]
async fn a_wrapped_application_is_served() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = serve(listener, &settings(), &Sources::system(), || WorkerParts {
        application: map_config(
            actix_service::IntoServiceFactory::into_factory(App::new()),
            |config: AppConfig| config,
        ),
        router: TestRouter,
        observer: Seen::default(),
        upstreams: Upstreams::new(UpstreamSettings::default(), Sources::system()),
        parallel: None,
    })
    .unwrap();
    let (address, stopper) = (server.address(), server.stopper());
    let served = tokio::spawn(server.run());
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(&mut stream, get("/hello")).await.status, 404);
    stopper.stop().await;
    served.await.unwrap().unwrap();
}
