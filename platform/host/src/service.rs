//! Serves modules in a process of their own, behind a gateway somewhere else: the service's port, the admin port, jobs.

use crate::{Admin, AdminExtension, AdminState, JobRunner, Module, Mounted, admin, application};
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use kernel::Sources;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use telemetry::{AccessLog, Metrics};
use tokio::task::JoinHandle;

/// Threads of the admin side: it answers people and scrapers.
const ADMIN_WORKERS: usize = 1;
/// Seconds that calls to the admin side have to end.
const ADMIN_SHUTDOWN_S: u64 = 1;

/// The section `server` of a service.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// Threads that serve; 0: one a core.
    pub workers: usize,
    /// Open connections a worker; beyond it nothing is accepted until one closes.
    pub connections_max_per_worker: usize,
    /// Seconds that requests in flight have to end after SIGTERM.
    pub drain_s: u64,
    /// Seconds after which a kept connection without a request is closed.
    pub keep_alive_s: u64,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9101)),
            workers: 0,
            connections_max_per_worker: 25_000,
            drain_s: 30,
            keep_alive_s: 75,
        }
    }
}

/// What a service is made of.
pub struct ServiceParts {
    /// Its modules, and what serves them.
    pub mounted: Mounted,
    /// Its metrics.
    pub metrics: Metrics,
    /// Where its access lines go.
    pub access: AccessLog,
    /// The section `server`.
    pub server: ServerSettings,
    /// The section `admin`.
    pub admin: Admin,
    /// What else is on its admin side.
    pub extensions: Vec<AdminExtension>,
    /// What it does without being asked, beside its modules' own jobs.
    pub jobs: Vec<crate::Job>,
}

/// A service that serves.
pub struct Service {
    /// Where it listens: the real port when 0 was asked for.
    pub public: SocketAddr,
    /// Where its admin side listens.
    pub admin: SocketAddr,
    server: (ServerHandle, JoinHandle<io::Result<()>>),
    admin_server: (ServerHandle, JoinHandle<io::Result<()>>),
    jobs: JobRunner,
}

impl Service {
    /// Binds both ports and starts to serve, on this thread's runtime.
    ///
    /// # Errors
    /// Which setting's address cannot be listened on, and why.
    pub fn start(parts: ServiceParts) -> Result<Self, (&'static str, SocketAddr, io::Error)> {
        let ServiceParts { mounted, metrics, access, server, admin: admin_settings, extensions, jobs } =
            parts;
        let at = |setting, address| move |error| (setting, address, error);
        let public_at = at("server.listen", server.listen);
        let admin_at = at("admin.listen", admin_settings.listen);
        let listener = TcpListener::bind(server.listen).map_err(public_at)?;
        let admin_listener = TcpListener::bind(admin_settings.listen).map_err(admin_at)?;
        let public = listener.local_addr().map_err(public_at)?;
        let admin_address = admin_listener.local_addr().map_err(admin_at)?;

        let all_jobs = mounted.modules.iter().flat_map(|module| module.jobs.clone()).chain(jobs).collect();
        let state = admin_state(&mounted, &metrics, &admin_settings, extensions);
        let (modules_of, sources) = (mounted.clone(), mounted.sources.clone());
        let workers = match server.workers {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            workers => workers,
        };
        let serving = HttpServer::new(move || {
            crate::identify::identified(application(&modules_of), &sources, &metrics, &access)
        })
        .workers(workers)
        .max_connections(server.connections_max_per_worker)
        .keep_alive(std::time::Duration::from_secs(server.keep_alive_s))
        .shutdown_timeout(server.drain_s)
        .disable_signals()
        .listen(listener)
        .map_err(public_at)?
        .run();
        let admin_serving = HttpServer::new(move || admin(state.clone()))
            .workers(ADMIN_WORKERS)
            .shutdown_timeout(ADMIN_SHUTDOWN_S)
            .disable_signals()
            .listen(admin_listener)
            .map_err(admin_at)?
            .run();
        Ok(Self {
            public,
            admin: admin_address,
            server: (serving.handle(), tokio::task::spawn_local(serving)),
            admin_server: (admin_serving.handle(), tokio::task::spawn_local(admin_serving)),
            jobs: JobRunner::start(all_jobs, &mounted.sources),
        })
    }

    /// Stops: accepts no more, lets what is in flight end, then the jobs, then the admin side.
    pub async fn stop(self) {
        let (server, serving) = self.server;
        server.stop(true).await;
        let _ = serving.await;
        self.jobs.stop().await;
        let (admin, administering) = self.admin_server;
        admin.stop(true).await;
        let _ = administering.await;
    }
}

fn admin_state(
    mounted: &Mounted,
    metrics: &Metrics,
    settings: &Admin,
    extensions: Vec<AdminExtension>,
) -> AdminState {
    let (modules, sources): (Arc<[Module]>, Sources) = (mounted.modules.clone(), mounted.sources.clone());
    let token = settings.token.as_deref().map(Into::into);
    let names = settings.names.clone().into();
    AdminState {
        metrics: metrics.clone(),
        modules,
        sources,
        token,
        names,
        extensions,
        descriptions: Vec::new(),
        open: &[],
    }
}
