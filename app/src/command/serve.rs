//! `banyan serve`: the modules behind the gateway, and the admin side, until SIGTERM.

use super::print;
use crate::compose::House;
use crate::error::AppError;
use crate::features;
use crate::settings::Settings;
use actix_web::HttpServer;
use gateway::http1::{self, WorkerParts};
use gateway::{Routing, Watching};
use host::{AdminState, JobRunner};
use kernel::Sources;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use telemetry::{Kind, Log, Metrics, Reading};
use tokio::signal::unix::{SignalKind, signal};
use upstream::{UpstreamSettings, Upstreams};

/// Threads of the admin side: it answers people and scrapers.
const ADMIN_WORKERS: usize = 1;
/// Seconds that calls to the admin side have to end.
const ADMIN_SHUTDOWN_S: u64 = 1;

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(settings: Settings) -> Result<ExitCode, AppError> {
    let log = Log::start(&settings.log)?;
    let served = actix_rt::System::new().block_on(serve(settings, &log));
    // What waits in the log's queue is written before the process ends.
    drop(log);
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(settings: Settings, log: &Log) -> Result<(), AppError> {
    let sources = Sources::system();
    let metrics = Metrics::new();
    let (snapshot, warnings) = features::snapshot(&settings)?;
    for warning in warnings.iter().flat_map(|report| report.findings()) {
        tracing::warn!(file = %settings.features.0.display(), reason = warning.reason, "features");
    }
    // Ports first: a taken one is said before the databases are touched.
    let public = listen("server.listen", settings.server.listen)?;
    let admin = listen("admin.listen", settings.admin.listen)?;
    let house = House::start(&settings, &sources, &metrics).await?;
    watch_log(&metrics, log);

    let mounted = house.mounted(&settings, &sources);
    let (current, watched, access) = (snapshot.into_current(), metrics.clone(), log.access());
    let upstreams = Upstreams::new(UpstreamSettings::default(), sources.clone());
    let started = |source| AppError::System { doing: "start the server", source };
    let server = {
        let sources = sources.clone();
        http1::serve(public, &settings.gateway, &sources.clone(), move || WorkerParts {
            application: host::application(&mounted),
            router: Routing::new(current.clone()),
            observer: Watching::new(&watched, access.clone(), &sources),
            upstreams: upstreams.clone(),
        })
        .map_err(started)?
    };
    let state = AdminState {
        metrics,
        modules: house.modules.clone(),
        sources: sources.clone(),
        token: settings.admin.token.as_deref().map(Into::into),
        extensions: house.extensions(&sources),
    };
    let (public_at, admin_at) = (server.address(), admin.local_addr().map_err(started)?);
    let admin = HttpServer::new(move || host::admin(state.clone()))
        .workers(ADMIN_WORKERS)
        .shutdown_timeout(ADMIN_SHUTDOWN_S)
        .disable_signals()
        .listen(admin)
        .map_err(started)?
        .run();

    let jobs = house.modules.iter().flat_map(|module| module.jobs.clone()).collect();
    let jobs = JobRunner::start(jobs, &sources);
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
    house.close().await;
    Ok(())
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
