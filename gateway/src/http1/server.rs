//! The public port: listeners, workers and graceful stop are actix-server's; the service on each worker is our loop.

use crate::http1::connection;
use crate::http1::door::Door;
use crate::http1::exchange::Observer;
use crate::http1::route::Router;
use crate::http1::settings::Http1Settings;
use crate::http1::stop::StopSwitch;
use crate::http1::worker::{Application, Worker};
use crate::parallel::Parallel;
use actix_http::Request;
use actix_http::body::MessageBody;
use actix_server::{Server, ServerHandle};
use actix_service::{IntoServiceFactory, ServiceFactory, fn_factory, fn_service};
use actix_web::dev::{AppConfig, ServiceResponse};
use kernel::Sources;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use upstream::{AdaptiveLimit, Upstreams};

/// Workers that actix-server can start at most.
const WORKERS_MAX: usize = 512;
/// How long after their grace idle connections may take to close before the listeners do: actix-server looks only once
/// a second whether a worker that had any connection has none left.
const IDLE_CLOSE_WAIT: Duration = Duration::from_millis(100);

/// What one worker serves with. Made once on each worker's thread, so that nothing of it need be shared.
pub struct WorkerParts<I, R, O> {
    /// The actix-web application.
    pub application: I,
    /// Decides what answers.
    pub router: R,
    /// Is told of every request.
    pub observer: O,
    /// The services that requests are passed on to.
    pub upstreams: Upstreams,
    /// Asks other sides; `None` where nothing is ever compared.
    pub parallel: Option<Parallel>,
}

/// A server that is bound and starts when [`Http1Server::run`] is awaited.
pub struct Http1Server {
    server: Server,
    address: SocketAddr,
    stopper: Http1Stopper,
}

/// Stops the server it belongs to.
#[derive(Clone)]
pub struct Http1Stopper {
    handle: ServerHandle,
    door: Arc<Door>,
    stopping: watch::Sender<bool>,
    connections: Arc<Connections>,
    idle_close_wait: Duration,
}

/// Open connections of all workers; touched once a connection, not once a request.
#[derive(Debug, Default)]
struct Connections {
    open: AtomicUsize,
    none_left: Notify,
}

/// Prepares to serve `listener`. `parts` runs once on each worker.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve<F, I, A, B, R, O>(
    listener: TcpListener,
    settings: &Http1Settings,
    sources: &Sources,
    parts: F,
) -> io::Result<Http1Server>
where
    F: Fn() -> WorkerParts<I, R, O> + Clone + Send + 'static,
    I: IntoServiceFactory<A, Request> + 'static,
    A: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    A::Service: 'static,
    B: MessageBody + 'static,
    R: Router + 'static,
    O: Observer + 'static,
{
    let (address, door) = (listener.local_addr()?, Arc::new(Door::of(&listener)?));
    let (stopping, stop_seen) = watch::channel(false);
    let connections = Arc::<Connections>::default();
    let shedding = settings
        .shedding
        .then(|| Arc::new(AdaptiveLimit::new(settings.shedding_limit.clone(), sources.clock.clone())));
    let factory = {
        let (settings, sources, connections) = (settings.clone(), sources.clone(), connections.clone());
        move || {
            let (parts, settings, sources) = (parts.clone(), settings.clone(), sources.clone());
            let (connections, stop_seen) = (connections.clone(), stop_seen.clone());
            let shedding = shedding.clone();
            fn_factory(move || {
                let (parts, settings, sources) = (parts(), settings.clone(), sources.clone());
                let (connections, stop_seen) = (connections.clone(), stop_seen.clone());
                let shedding = shedding.clone();
                async move {
                    let application =
                        parts.application.into_factory().new_service(AppConfig::default()).await?;
                    let WorkerParts { router, observer, upstreams, parallel, .. } = parts;
                    let worker =
                        Worker::new(application, router, observer, &upstreams, shedding, settings, &sources);
                    let worker = Rc::new(match &parallel {
                        Some(parallel) => worker.comparing(parallel),
                        None => worker,
                    });
                    actix_rt::spawn(worker.desk.pool.maintain());
                    actix_rt::spawn(watch_stop(stop_seen, worker.stop.clone()));
                    Ok::<_, ()>(fn_service(move |stream: TcpStream| {
                        accept(stream, worker.clone(), OpenConnection::new(connections.clone()))
                    }))
                }
            })
        }
    };
    let server = Server::build()
        .workers(workers(settings.workers))
        .max_concurrent_connections(settings.connections_max_per_worker)
        .shutdown_timeout(settings.shutdown_timeout_s)
        .disable_signals()
        .listen("http1", listener, factory)?
        .run();
    let idle_close_wait = Duration::from_millis(settings.stop_grace_ms) + IDLE_CLOSE_WAIT;
    let stopper = Http1Stopper { handle: server.handle(), door, stopping, connections, idle_close_wait };
    Ok(Http1Server { server, address, stopper })
}

fn workers(wanted: usize) -> usize {
    match wanted {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
        wanted => wanted,
    }
    .min(WORKERS_MAX)
}

async fn watch_stop(mut stopping: watch::Receiver<bool>, switch: Rc<StopSwitch>) {
    // An error means that the server itself is gone: a stop as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
    switch.stop();
}

async fn accept<A, R, O>(
    stream: TcpStream,
    worker: Rc<Worker<A, R, O>>,
    _open: OpenConnection,
) -> Result<(), ()>
where
    A: Application,
    R: Router,
    O: Observer,
{
    // Answers go out whole: waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let remote = stream.peer_addr().ok();
    connection::serve(stream, |socket| Some(socket), remote, worker).await;
    Ok(())
}

struct OpenConnection(Arc<Connections>);

impl OpenConnection {
    fn new(connections: Arc<Connections>) -> Self {
        connections.open.fetch_add(1, Relaxed);
        Self(connections)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Relaxed) == 1 {
            self.0.none_left.notify_waiters();
        }
    }
}

impl Http1Server {
    /// Where it listens: the real port when 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops this server; may be cloned and kept anywhere.
    #[must_use]
    pub fn stopper(&self) -> Http1Stopper {
        self.stopper.clone()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// When the workers cannot be started.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }
}

impl Http1Stopper {
    /// Connections that are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.connections.open.load(Relaxed)
    }

    /// Stops gracefully: idle connections are closed after their grace, requests in flight are answered with
    /// `connection: close`, as far as they end within `shutdown_timeout_s`; connections that the kernel has made by
    /// then count as in flight. Returns when the workers are done.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        let _ = tokio::time::timeout(self.idle_close_wait, self.none_left()).await;
        self.door.shut().await;
        self.handle.stop(true).await;
    }

    async fn none_left(&self) {
        loop {
            let changed = self.connections.none_left.notified();
            if self.open_connections() == 0 {
                return;
            }
            changed.await;
        }
    }
}
