//! A small application behind the loop, and a client that speaks in raw bytes.

use crate::http1::connection;
use crate::http1::settings::Http1Settings;
use crate::http1::testing::RuntimeClock;
use crate::http1::worker::{Application, Worker};
use crate::http1::{Asked, Exchange, Observer, Routed, Router, Verdict};
use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::dev::AppConfig;
use actix_web::web::{self, Bytes, Payload, ServiceConfig};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse};
use futures_util::{StreamExt, stream};
use host::ChosenModule;
use kernel::{Context, Problem, SeededRandom, Sources};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use upstream::{AdaptiveLimit, UpstreamSettings, Upstreams};

/// Everything but `/none` is answered in process.
#[derive(Clone, Copy)]
pub(super) struct TestRouter;

impl Router for TestRouter {
    fn route(&self, asked: &Asked<'_>) -> Routed {
        let verdict = match asked.head.target.path {
            "/none" => Verdict::Problem(Problem::not_found()),
            "/get-only" => Verdict::Problem(Problem::method_not_allowed("GET, HEAD")),
            _ => Verdict::InProcess { route: "test.route".into(), module: Some("test".into()) },
        };
        verdict.into()
    }
}

/// Writes each exchange down as a line.
#[derive(Clone, Default)]
pub(crate) struct Seen(pub(crate) Arc<Mutex<Vec<String>>>);

impl Observer for Seen {
    fn finished(&self, exchange: &Exchange<'_>) {
        let line = format!(
            "{} {} {} {} in={} out={} {}ms {}",
            exchange.method,
            String::from_utf8_lossy(exchange.path),
            exchange.route.unwrap_or("-"),
            exchange.status,
            exchange.request_body_bytes,
            exchange.response_body_bytes,
            exchange.duration.as_millis() / 10 * 10,
            if exchange.complete { "whole" } else { "broken" },
        );
        self.0.lock().unwrap().push(line);
    }
}

/// Lets a test see that a handler began, and lets it end.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    pub(super) entered: Arc<Notify>,
    pub(super) open: Arc<Notify>,
}

pub(crate) fn configure(config: &mut ServiceConfig, gate: Gate) {
    config
        .route("/hello", web::get().to(|| async { "hello" }))
        .route("/hello", web::head().to(|| async { "hello" }))
        .route("/empty", web::get().to(|| async { HttpResponse::NoContent().finish() }))
        .route("/echo", web::post().to(|body: Bytes| async move { body }))
        .route("/facts", web::get().to(facts))
        .route("/stream", web::get().to(|| async { HttpResponse::Ok().streaming(pieces()) }))
        .route("/large", web::get().to(|| async { "x".repeat(300_000) }))
        .route("/short", web::get().to(|| async { HttpResponse::Ok().no_chunking(99).streaming(pieces()) }))
        .route("/hang-up", web::get().to(|| async { HttpResponse::Ok().force_close().body("bye") }))
        .route("/teapot", web::get().to(|| async { Err::<&str, _>(actix_web::error::ErrorImATeapot("tea")) }))
        .route("/panic", web::get().to(broken))
        .route("/never", web::get().to(std::future::pending::<HttpResponse>))
        .route(
            "/silent",
            web::get().to(|| async {
                let first = stream::iter([Ok::<_, actix_web::Error>(Bytes::from_static(b"first"))]);
                HttpResponse::Ok().streaming(first.chain(stream::pending()))
            }),
        )
        .route(
            "/length",
            web::post().to(|request: HttpRequest, body: Payload| async move {
                let header =
                    request.headers().get("content-length").map(|value| value.to_str().unwrap().to_owned());
                format!(
                    "{header:?} {:?} {}",
                    request.headers().get("transfer-encoding"),
                    body.to_bytes().await.unwrap().len()
                )
            }),
        )
        .route(
            "/gate",
            web::get().to(move || {
                let gate = gate.clone();
                async move {
                    gate.entered.notify_one();
                    gate.open.notified().await;
                    "through"
                }
            }),
        );
}

fn pieces() -> impl futures_util::Stream<Item = Result<Bytes, actix_web::Error>> {
    stream::iter([Ok(Bytes::from_static(b"one")), Ok(Bytes::new()), Ok(Bytes::from_static(b"three"))])
}

async fn broken() -> HttpResponse {
    std::panic::resume_unwind(Box::new("broken"))
}

async fn facts(request: HttpRequest) -> String {
    let extensions = request.extensions();
    let context = extensions.get::<Context>().unwrap();
    let module = &extensions.get::<ChosenModule>().unwrap().0;
    let host = request.headers().get("host").unwrap().to_str().unwrap();
    format!("{host} {} {module} {:032x} {}", request.uri(), context.trace.trace_id, context.request_id)
}

/// A connection to the loop through memory, on the test's own clock.
pub(super) struct Client {
    pub(super) io: DuplexStream,
    pub(super) seen: Seen,
    pub(super) gate: Gate,
    pub(super) stop: Rc<crate::http1::stop::StopSwitch>,
    pub(super) served: JoinHandle<()>,
}

/// Bytes that the memory between client and loop holds.
pub(super) const PIPE_BYTES: usize = 64 * 1024;

/// Connects; must run within a `LocalSet`.
pub(super) async fn connect(settings: Http1Settings) -> Client {
    let mut clients = connect_many(settings, 1).await;
    clients.remove(0)
}

/// Connects several times to one worker.
pub(super) async fn connect_many(settings: Http1Settings, count: usize) -> Vec<Client> {
    let (seen, gate) = (Seen::default(), Gate::default());
    let for_app = gate.clone();
    let app = App::new().configure(|config| configure(config, for_app));
    let application = app.into_factory().new_service(AppConfig::default()).await.unwrap();
    let sources = Sources { clock: Arc::new(RuntimeClock::new()), random: Arc::new(SeededRandom::new(1)) };
    let shedding = settings
        .shedding
        .then(|| Arc::new(AdaptiveLimit::new(settings.shedding_limit.clone(), sources.clock.clone())));
    let upstreams = Upstreams::new(UpstreamSettings::default(), sources.clone());
    let worker =
        Rc::new(Worker::new(application, TestRouter, seen.clone(), &upstreams, shedding, settings, &sources));
    let connect = |_| {
        let (io, other) = duplex(PIPE_BYTES);
        let stop = worker.stop.clone();
        let served = tokio::task::spawn_local(serve(other, worker.clone()));
        Client { io, seen: seen.clone(), gate: gate.clone(), stop, served }
    };
    (0..count).map(connect).collect()
}

async fn serve<A: Application>(io: DuplexStream, worker: Rc<Worker<A, TestRouter, Seen>>) {
    connection::serve(io, |_| None, Some("192.0.2.1:5".parse().unwrap()), worker).await;
}

/// An answer taken apart. Header lines are in the order of sending, without the date.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads one answer with its body, as its head delimits it; `head_only` for answers to HEAD.
    pub(super) async fn answer(&mut self, head_only: bool) -> Answer {
        read_answer(&mut self.io, head_only).await
    }

    /// Sends and reads the answer.
    pub(super) async fn ask(&mut self, bytes: impl AsRef<[u8]>) -> Answer {
        self.send(bytes).await;
        self.answer(false).await
    }

    /// Everything until the loop closes.
    pub(super) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        self.io.read_to_end(&mut rest).await.unwrap();
        String::from_utf8(rest).unwrap()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.seen.0.lock().unwrap().clone()
    }
}

pub(super) async fn read_answer(io: &mut (impl AsyncReadExt + Unpin), head_only: bool) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n").map(str::to_owned);
    let status = lines.next().unwrap()[9..12].parse().unwrap();
    let headers = lines.filter(|line| !line.starts_with("date: ")).collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    if let (Some(length), false) = (answer.header("content-length"), head_only) {
        answer.body = vec![0; length.parse().unwrap()];
        io.read_exact(&mut answer.body).await.unwrap();
    }
    answer
}

/// Runs a test whose tasks stay on its thread.
pub(super) async fn local<T>(test: impl Future<Output = T>) -> T {
    tokio::task::LocalSet::new().run_until(test).await
}

pub(super) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: example.com\r\n\r\n")
}
