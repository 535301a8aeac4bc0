//! Toggles from an Unleash server.
//!
//! Three tasks talk to it: one asks for the toggles (`GET client/features`), one registers the application
//! (`POST client/register`), one reports usage (`POST client/metrics`). When the server is away, the last toggles hold;
//! they are also kept on disk, for a start without it. Nothing of this is on the way of a request.
//!
//! The source is Unleash's client API and the habits of its own clients: <https://docs.getunleash.io>.

mod api;
mod backup;
mod body;
mod error;
mod pending;
mod poll;
mod report;
mod settings;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod wait;

pub use body::{StateError, parse_state};
pub use error::UnleashError;
pub use settings::{Token, UnleashSettings};
pub use status::{Source, Status};

use crate::stored::Toggles;
use api::Api;
use backup::Backup;
use kernel::Sources;
use poll::Poller;
use prometheus_client::registry::Registry;
use shared::Shared;
use status::Counters;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

/// An Unleash server as a source of toggles. Dropping it ends the tasks at once; [`Unleash::stop`] lets them report what
/// was not reported yet.
pub struct Unleash {
    shared: Shared,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Unleash {
    /// Starts talking to the server, on the tokio runtime that this is called on. When toggles are on disk from before,
    /// they are in place when this returns; the server itself is not waited for, and need not be there. Reads from disk
    /// and compiles, some milliseconds: for the start of a process.
    ///
    /// # Errors
    /// Settings that can never work.
    pub fn start(
        settings: &UnleashSettings,
        sources: &Sources,
        toggles: &Toggles,
    ) -> Result<Self, UnleashError> {
        let url = settings.checked_url()?;
        let shared = shared(settings, &url, sources, toggles)?;
        let mut poller = Poller::new(shared.clone(), backup(settings, &url));
        poller.start_from_backup();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(poller.run(stopped.clone()));
        tasks.spawn(report::register(shared.clone(), stopped.clone()));
        tasks.spawn(report::report(shared.clone(), stopped));
        Ok(Self { shared, stop, tasks })
    }

    /// Gets the toggles once, from the server or else as they were last known on disk, and says which it was. For a command
    /// that looks and leaves: nothing is registered, reported, or kept.
    ///
    /// # Errors
    /// Settings that can never work.
    pub async fn look(
        settings: &UnleashSettings,
        sources: &Sources,
        toggles: &Toggles,
    ) -> Result<Source, UnleashError> {
        let url = settings.checked_url()?;
        let shared = shared(settings, &url, sources, toggles)?;
        if Poller::new(shared.clone(), None).ask().await.is_err() {
            Poller::new(shared.clone(), backup(settings, &url)).start_from_backup();
        }
        let source = shared.status.borrow().source;
        Ok(source)
    }

    /// How it stands now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status.borrow().clone()
    }

    /// How it stands, and every change of it.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.shared.status.subscribe()
    }

    /// Puts the counters into a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.shared.counters.register(registry);
    }

    /// Ends the tasks, and reports the last usage within `unleash.stop_within_ms`.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.shared.settings.stop_within(), ended).await.is_err() {
            tracing::warn!("the last usage of toggles could not be reported in time");
        }
    }
}

fn shared(
    settings: &UnleashSettings,
    url: &Url,
    sources: &Sources,
    toggles: &Toggles,
) -> Result<Shared, UnleashError> {
    let started = sources.clock.now();
    let instance = sources.random.uuid(started).to_string();
    let api = Api::new(settings, url, &instance)?;
    let (status, _) = watch::channel(first_status(settings, url, &instance));
    let (settings, sources, toggles) = (settings.clone(), sources.clone(), toggles.clone());
    Ok(Shared { settings, sources, toggles, api, instance, status, counters: Counters::default(), started })
}

fn first_status(settings: &UnleashSettings, url: &Url, instance: &str) -> Status {
    Status {
        url: url.to_string(),
        app_name: settings.app_name.clone(),
        instance_id: instance.to_owned(),
        source: Source::None,
        toggles: 0,
        etag: None,
        last_success: None,
        last_change: None,
        error: None,
        failures: 0,
        registered: false,
        metrics_error: None,
        last_metrics: None,
    }
}

fn backup(settings: &UnleashSettings, url: &Url) -> Option<Backup> {
    let path = settings.backup.clone();
    (!path.as_os_str().is_empty()).then(|| Backup {
        path,
        url: url.to_string(),
        scope: settings.token.scope().to_owned(),
        max_bytes: settings.body_max_bytes,
    })
}
