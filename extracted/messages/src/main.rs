//! The module `messages` in a process of its own.

mod announce;
mod error;
mod settings;

use clap::Parser;
use egress::PageFetcher;
use error::ServiceError;
use host::{Mounted, Service, ServiceParts};
use identity::Verifier;
use kernel::Sources;
use remote::{Client, HttpWire, IdentityFollower};
use settings::{Flags, Settings};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use storage::{Secrets, StorageUrl, Store, StoreOptions};
use telemetry::{Log, Metrics};
use tokio::signal::unix::{SignalKind, signal};
use users_api::UsersClient;

/// Longest that previews under way may take to end.
const SETTLE_WITHIN: Duration = Duration::from_secs(6);
/// Wrong settings or a taken port: something for the person at the terminal to mend.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    match Settings::load(&Flags::parse()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log may not be there yet, or be on its way out: this goes to the terminal itself.
            let _ = writeln!(std::io::stderr(), "banyan-messages: {error}");
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn run(settings: Settings) -> Result<(), ServiceError> {
    let log = Log::start(&settings.log)?;
    actix_rt::System::new().block_on(serve(settings, &log))
}

async fn serve(settings: Settings, log: &Log) -> Result<(), ServiceError> {
    let dry_run = settings.dry_run.key().map_err(ServiceError::Setting)?;
    let (sources, metrics, verifier) = (Sources::system(), Metrics::new(), Verifier::new());
    let store = Store::open(StoreOptions {
        migrations: messages::migrations(),
        settings: settings.storage.clone(),
        secrets: secrets(&settings)?,
        sources: sources.clone(),
    })?;
    let monolith = Client::new(settings.monolith.clone())?;
    let follower = IdentityFollower::new(monolith.clone(), verifier.clone());
    if let Err(error) = follower.look().await {
        tracing::warn!(%error, "keys are not known yet: nobody can sign in until the monolith answers");
    }
    let fetcher = PageFetcher::new(settings.messages.egress(), sources.clock.clone());
    metrics.register(|registry| fetcher.register(registry));
    let users = UsersClient::new(Arc::new(HttpWire::new(monolith, sources.clone(), dry_run.clone())));
    let messages = messages::start(messages::Deps {
        store: store.clone(),
        settings: settings.messages,
        users: Arc::new(users),
        fetcher,
        sources: sources.clone(),
    });
    metrics.register(|registry| messages.service.register(registry));
    let mounted = Mounted {
        modules: Arc::new([messages.module]),
        verifier,
        sources: sources.clone(),
        settings: settings.host,
        dry_run,
    };
    host::watch_stores(&metrics, &mounted.modules);
    let service = Service::start(ServiceParts {
        mounted,
        metrics,
        access: log.access(),
        server: settings.server,
        admin: settings.admin,
        extensions: Vec::new(),
        jobs: vec![follower.job()],
    })
    .map_err(ServiceError::listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServiceError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServiceError::Signal)?;
    // A reader that went away is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "listening public={} admin={}", service.public, service.admin);

    let announcer = settings.announce.start(messages::NAME, service.public, &sources)?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: no more is accepted, what is in flight ends"),
        _ = interrupt.recv() => tracing::info!("SIGINT: no more is accepted, what is in flight ends"),
    }
    if let Some(announcer) = announcer
        && let Err(error) = announcer.leave().await
    {
        tracing::warn!(%error, "the registry was not told; the entry expires");
    }
    service.stop().await;
    if tokio::time::timeout(SETTLE_WITHIN, messages.service.settle()).await.is_err() {
        tracing::warn!("link previews under way were dropped");
    }
    if !store.close() {
        tracing::warn!("the store was closed with work unfinished");
    }
    Ok(())
}

/// The password of the module's role; SQLite needs none.
fn secrets(settings: &Settings) -> Result<Secrets, ServiceError> {
    match settings.storage.url {
        StorageUrl::Sqlite { .. } => Ok(Secrets::default()),
        StorageUrl::Postgres { .. } => Ok(Secrets::load(&settings.secrets)?),
    }
}
