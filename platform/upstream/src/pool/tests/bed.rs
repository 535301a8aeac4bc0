//! Upstreams under a standing clock, a pool, and servers whose connections the test holds.

use crate::{
    AcquireError, InstanceSpec, Lease, Outcome, Pick, Policy, Pool, Service, ServiceView, UpstreamSettings,
    Upstreams,
};
use kernel::{Clock, Deadline, ManualClock, Sources, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

pub(super) const OK: Outcome = Outcome::Answered { status: 200, first_byte: Duration::from_millis(1) };

/// One service `s` and one worker's pool.
pub(super) struct Bed {
    pub(super) upstreams: Upstreams,
    pub(super) service: Arc<Service>,
    pub(super) pool: Pool,
    pub(super) clock: Arc<ManualClock>,
}

impl Bed {
    pub(super) fn new(settings: UpstreamSettings, policy: Policy) -> Self {
        let (sources, clock) = Sources::fixed(Timestamp(0), 1);
        let upstreams = Upstreams::new(settings, sources);
        let service = upstreams.define("s", policy);
        Self { pool: Pool::new(&upstreams), service, upstreams, clock }
    }

    /// A service with one instance.
    pub(super) async fn with_server(settings: UpstreamSettings, policy: Policy) -> (Self, Server) {
        let (bed, server) = (Self::new(settings, policy), Server::start().await);
        bed.instances(&[("a", &server)]);
        (bed, server)
    }

    pub(super) fn instances(&self, all: &[(&str, &Server)]) {
        let spec = |(id, server): &(&str, &Server)| InstanceSpec::parse(id, &server.url(), 1).unwrap();
        self.upstreams.set_instances("s", all.iter().map(spec).collect());
    }

    pub(super) fn pick(&self) -> Pick<'static> {
        let deadline = Deadline::after(&*self.clock, Duration::from_secs(5));
        Pick { hash: None, deadline, avoid: &[], fresh: false, now: self.clock.monotonic() }
    }

    pub(super) async fn acquire(&self) -> Result<Lease, AcquireError> {
        self.pool.acquire(&self.service, &self.pick()).await
    }

    /// One exchange that goes well; gives the server's side of its connection if it was a new one.
    pub(super) async fn exchange(&self, server: &Server) -> Option<TcpStream> {
        let lease = self.acquire().await.unwrap();
        let accepted = if lease.reused() { None } else { Some(server.accept().await) };
        lease.finish(OK, true);
        accepted
    }

    pub(super) fn pass(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    pub(super) fn view(&self) -> ServiceView {
        self.upstreams.views().remove(0)
    }
}

/// A listener of the test's own.
pub(super) struct Server(TcpListener);

impl Server {
    pub(super) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    pub(super) async fn accept(&self) -> TcpStream {
        self.0.accept().await.unwrap().0
    }
}

/// Waits until the other side has closed.
pub(super) async fn closed(mut stream: TcpStream) -> bool {
    let end = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0; 1])).await;
    matches!(end, Ok(Ok(0) | Err(_)))
}

/// Whether the other side still holds the connection open, as far as has been heard.
pub(super) fn is_open(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0; 1]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}
