//! A gateway in front of scripted upstreams, and a client that speaks in raw bytes.

use crate::http1::connection;
use crate::http1::stop::StopSwitch;
use crate::http1::tests::support::{Gate, Seen, configure};
use crate::http1::worker::{Application, Worker};
use crate::http1::{Asked, Forward, HostPolicy, Http1Settings, Observer, Routed, Router, Verdict};
use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::App;
use actix_web::dev::AppConfig;
use kernel::Sources;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use upstream::{InstanceSpec, Policy, Service, UpstreamSettings, Upstreams};

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that must happen soon.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it does not happen")
}

/// Runs a test whose tasks stay on its thread.
pub(crate) async fn local<T>(test: impl Future<Output = T>) -> T {
    soon(tokio::task::LocalSet::new().run_until(test)).await
}

/// Passes everything on but `/hello` and `/echo`.
#[derive(Clone)]
struct ForwardRouter(Forward);

impl Router for ForwardRouter {
    fn route(&self, asked: &Asked<'_>) -> Routed {
        let verdict = match asked.head.target.path {
            "/hello" | "/echo" => in_process(),
            _ => Verdict::Forward(self.0.clone()),
        };
        let set_cookie = (asked.head.target.path == "/cookie").then(|| "session=1".into());
        Routed { verdict, set_cookie, compare: None, side: None }
    }
}

pub(crate) fn in_process() -> Verdict {
    Verdict::InProcess { route: "test.local".into(), module: None }
}

/// How a test's gateway is set.
pub(crate) struct Plan {
    pub(crate) settings: Http1Settings,
    pub(crate) policy: Policy,
    pub(crate) change: fn(&mut Forward),
    pub(crate) base: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        let mut policy = Policy { slow_start_ms: 0, ..Policy::default() };
        policy.breaker.enabled = false;
        policy.ejection.enabled = false;
        policy.retry.backoff_base_ms = 1;
        Self { settings: Http1Settings::default(), policy, change: |_| (), base: "" }
    }
}

/// A gateway with one service, `svc`, whose instances are called `i0`, `i1`, ...
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
    pub(crate) stop: Rc<StopSwitch>,
    pub(crate) service: Arc<Service>,
}

impl Front {
    pub(crate) async fn start(upstreams: &[&Upstream], plan: Plan) -> Self {
        let addresses: Vec<_> = upstreams.iter().map(|upstream| upstream.address()).collect();
        Self::start_at(&addresses, plan).await
    }

    pub(crate) async fn start_at(addresses: &[SocketAddr], plan: Plan) -> Self {
        let sources = Sources::system();
        let upstreams = Upstreams::new(UpstreamSettings::default(), sources.clone());
        let service = upstreams.define("svc", plan.policy);
        let spec = |(index, address): (usize, &SocketAddr)| {
            InstanceSpec::parse(&format!("i{index}"), &format!("http://{address}{}", plan.base), 1).unwrap()
        };
        upstreams.set_instances("svc", addresses.iter().enumerate().map(spec).collect());
        let mut forward = Forward {
            route: "test.route".into(),
            service: service.clone(),
            legacy: false,
            hash: None,
            host: HostPolicy::Preserve,
            fallback: None,
        };
        (plan.change)(&mut forward);
        let seen = Seen::default();
        let app = App::new().configure(|config| configure(config, Gate::default()));
        let application = app.into_factory().new_service(AppConfig::default()).await.unwrap();
        let router = ForwardRouter(forward);
        let worker = Rc::new(Worker::new(
            application,
            router,
            seen.clone(),
            &upstreams,
            None,
            plan.settings,
            &sources,
        ));
        let stop = worker.stop.clone();
        let address = serve_worker(worker).await;
        Self { address, seen, stop, service }
    }

    pub(crate) async fn connect(&self) -> Talk {
        Talk(TcpStream::connect(self.address).await.unwrap())
    }

    /// The first `count` exchanges as they were seen, without how long they took.
    pub(crate) async fn lines(&self, count: usize) -> Vec<String> {
        soon(async {
            loop {
                let lines = self.seen.0.lock().unwrap().clone();
                if lines.len() >= count {
                    return lines.iter().map(|line| without_duration(line)).collect();
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}

fn without_duration(line: &str) -> String {
    line.split(' ').filter(|word| !word.ends_with("ms")).collect::<Vec<_>>().join(" ")
}

/// Serves connections to a port by a worker; gives the port.
pub(crate) async fn serve_worker<A, R, O>(worker: Rc<Worker<A, R, O>>) -> SocketAddr
where
    A: Application + 'static,
    R: Router + 'static,
    O: Observer + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::task::spawn_local(async move {
        while let Ok((stream, remote)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            tokio::task::spawn_local(connection::serve(
                stream,
                |socket| Some(socket),
                Some(remote),
                worker.clone(),
            ));
        }
    });
    address
}

/// A place where upstream connections arrive.
pub(crate) struct Upstream(TcpListener);

impl Upstream {
    pub(crate) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(crate) async fn accept(&self) -> Talk {
        let (stream, _) = soon(self.0.accept()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Talk(stream)
    }

    /// Nobody has connected.
    pub(crate) fn is_lonely(&self) -> bool {
        self.accepted().is_none()
    }

    /// Whoever has connected already.
    pub(crate) fn accepted(&self) -> Option<Talk> {
        futures_util::FutureExt::now_or_never(self.0.accept()).map(|accepted| Talk(accepted.unwrap().0))
    }
}

/// One end of a connection.
pub(crate) struct Talk(pub(crate) TcpStream);

impl Talk {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads up to and including `end`.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut got = Vec::new();
        soon(async {
            while !got.ends_with(end.as_bytes()) {
                match self.0.read_u8().await {
                    Ok(byte) => got.push(byte),
                    Err(_) => panic!("ended after {:?} instead of {end:?}", String::from_utf8_lossy(&got)),
                }
            }
        })
        .await;
        String::from_utf8(got).unwrap()
    }

    /// Reads a head; line ends become `\n`, what changes from request to request is left out.
    pub(crate) async fn head(&mut self) -> String {
        let head = self.until("\r\n\r\n").await.replace("\r\n", "\n");
        let varies = |line: &&str| {
            !["date: ", "x-request-id: ", "traceparent: ", "banyan-deadline-ms: "]
                .iter()
                .any(|name| line.starts_with(name))
        };
        head.trim_end().lines().filter(varies).map(|line| format!("{line}\n")).collect()
    }

    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        soon(self.0.read_exact(&mut bytes)).await.unwrap();
        bytes
    }

    pub(crate) async fn text(&mut self, count: usize) -> String {
        String::from_utf8(self.bytes(count).await).unwrap()
    }

    /// Everything until the other end closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset ends it too.
        let _ = soon(self.0.read_to_end(&mut rest)).await;
        String::from_utf8(rest).unwrap()
    }

    /// Sends and reads the answer, whose length its head tells.
    pub(crate) async fn ask(&mut self, request: &str) -> (String, String) {
        self.send(request).await;
        self.answer().await
    }

    pub(crate) async fn answer(&mut self) -> (String, String) {
        let head = self.head().await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let body = self.text(length.map_or(0, |length| length.parse().unwrap())).await;
        (head, body)
    }

    /// Reads a request and answers it.
    pub(crate) async fn serve(&mut self, body: &str) -> String {
        let head = self.head().await;
        self.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
        head
    }
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: front.example\r\n\r\n")
}

pub(crate) fn post(body: &str) -> String {
    format!("POST /p HTTP/1.1\r\nHost: front.example\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The status of a head.
pub(crate) fn status(head: &str) -> u16 {
    head[9..12].parse().unwrap()
}
