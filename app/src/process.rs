//! A process that serves: its two ports, its workers, and its way out. The same with modules and without.

use crate::command::print;
use crate::error::AppError;
use crate::front::Front;
use crate::settings::Settings;
use actix_web::HttpServer;
use gateway::http1::{self, WorkerParts};
use gateway::{Routing, Tokens, Watching, Who};
use host::{AdminExtension, AdminState, JobRunner, Mounted};
use kernel::Sources;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use telemetry::{Kind, Log, Metrics, Reading};
use tokio::signal::unix::{SignalKind, signal};

/// Threads of the admin side: it answers people and scrapers.
const ADMIN_WORKERS: usize = 1;
/// Seconds that calls to the admin side have to end.
const ADMIN_SHUTDOWN_S: u64 = 1;

/// Starts the log and the runtime, serves to the end, and writes what the log still holds.
pub(crate) fn run<F>(settings: Settings, serve: impl FnOnce(Start) -> F) -> Result<ExitCode, AppError>
where
    F: Future<Output = Result<(), AppError>>,
{
    let log = Log::start(&settings.log)?;
    let start = Start { sources: Sources::system(), metrics: Metrics::new(), access: log.access(), settings };
    watch_log(&start.metrics, &log);
    let served = actix_rt::System::new().block_on(serve(start));
    drop(log);
    served.map(|()| ExitCode::SUCCESS)
}

/// What a process that serves starts with.
pub(crate) struct Start {
    pub(crate) settings: Settings,
    pub(crate) sources: Sources,
    pub(crate) metrics: Metrics,
    access: telemetry::AccessLog,
}

/// Both ports, taken before anything else is done.
pub(crate) struct Ports {
    public: TcpListener,
    admin: TcpListener,
}

impl Ports {
    /// Takes the ports.
    pub(crate) fn take(settings: &Settings) -> Result<Self, AppError> {
        let public = listen("server.listen", settings.server.listen)?;
        Ok(Self { public, admin: listen("admin.listen", settings.admin.listen)? })
    }
}

/// What is served.
pub(crate) struct Served {
    /// The modules.
    pub(crate) mounted: Mounted,
    /// The tokens by which toggles tell users apart.
    pub(crate) tokens: Tokens,
    /// What the modules put on the admin side.
    pub(crate) extensions: Vec<AdminExtension>,
    /// Routes, toggles and upstreams.
    pub(crate) front: Front,
}

impl Start {
    /// Serves until SIGTERM or SIGINT, and then lets end what is in flight.
    pub(crate) async fn serve(self, ports: Ports, served: Served) -> Result<(), AppError> {
        let started = |source| AppError::System { doing: "start the server", source };
        let Served { mounted, tokens, mut extensions, front } = served;
        extensions.push(dashboard::dashboard());
        extensions.push(front.admin(&self.settings, &self.sources, &self.metrics));
        let modules = mounted.modules.clone();
        let state = AdminState {
            metrics: self.metrics.clone(),
            modules: modules.clone(),
            sources: self.sources.clone(),
            token: self.settings.admin.token.as_deref().map(Into::into),
            names: self.settings.admin.names.clone().into(),
            extensions,
            descriptions: vec![("admin", gateway::admin_openapi)],
            open: &dashboard::OPEN_PATHS,
        };
        let server = self.public(ports.public, mounted, tokens, &front).map_err(started)?;
        let (public_at, admin_at) = (server.address(), ports.admin.local_addr().map_err(started)?);
        let admin = HttpServer::new(move || host::admin(state.clone()))
            .workers(ADMIN_WORKERS)
            .shutdown_timeout(ADMIN_SHUTDOWN_S)
            .disable_signals()
            .listen(ports.admin)
            .map_err(started)?
            .run();

        let jobs = modules.iter().flat_map(|module| module.jobs.clone()).collect();
        let jobs = JobRunner::start(jobs, &self.sources);
        let (stopper, admin_stopper) = (server.stopper(), admin.handle());
        let mut terminate = signal(SignalKind::terminate()).map_err(started)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(started)?;
        let (server, admin) = (actix_rt::spawn(server.run()), actix_rt::spawn(admin));
        print(&format!("listening public={public_at} admin={admin_at}\n"))?;

        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: no more is accepted, what is in flight ends"),
            _ = interrupt.recv() => tracing::info!("SIGINT: no more is accepted, what is in flight ends"),
        }
        stopper.stop().await;
        jobs.stop().await;
        admin_stopper.stop(true).await;
        let _ = tokio::join!(server, admin);
        front.stop().await;
        Ok(())
    }

    fn public(
        &self,
        listener: TcpListener,
        mounted: Mounted,
        tokens: Tokens,
        front: &Front,
    ) -> std::io::Result<http1::Http1Server> {
        let (current, upstreams) = (front.current.clone(), front.upstreams.clone());
        let parallel = front.parallel.clone();
        let (watched, access, sources) = (self.metrics.clone(), self.access.clone(), self.sources.clone());
        http1::serve(listener, &self.settings.gateway, &self.sources, move || WorkerParts {
            application: host::application(&mounted),
            router: Routing::new(current.clone(), Who::new(tokens.clone(), &sources)),
            observer: Watching::new(&watched, &access),
            upstreams: upstreams.clone(),
            parallel: Some(parallel.clone()),
        })
    }
}

fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, AppError> {
    let failed = |source| AppError::Listen { setting, address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn watch_log(metrics: &Metrics, log: &Log) {
    metrics.read(Reading {
        name: "log_lines_dropped",
        help: "Log lines that found the queue full",
        kind: Kind::Counter,
        label: "cause",
        sources: vec![("queue_full", Box::new(log.dropped_lines()))],
    });
}
