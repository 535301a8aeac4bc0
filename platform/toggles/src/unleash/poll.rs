//! Asks for the toggles, again and again, and puts new ones in place.

use super::api::Fetched;
use super::backup::Backup;
use super::body::parse_state;
use super::error::CallError;
use super::shared::{Shared, apart, stopped};
use super::status::Source;
use super::wait;
use crate::snapshot::Snapshot;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use unleash_types::client_features::ClientFeatures;

/// The most toggles whose compile warnings are logged at one change.
const WARNINGS_LOGGED_MAX: usize = 10;

/// Asks for the toggles.
pub(super) struct Poller {
    shared: Shared,
    backup: Option<Backup>,
    etag: Option<String>,
    last: Arc<ClientFeatures>,
    failures: u32,
    /// The last failure that was logged as a warning, so that it is said once.
    said: Option<String>,
}

impl Poller {
    pub(super) fn new(shared: Shared, backup: Option<Backup>) -> Self {
        Self { shared, backup, etag: None, last: Arc::default(), failures: 0, said: None }
    }

    /// Takes what was known at the last stop, if there is something. Blocks for the disk and for compiling: for the
    /// start.
    pub(super) fn start_from_backup(&mut self) {
        let Some(backup) = self.backup.clone() else { return };
        let path = backup.path.display();
        match self.take_backup(&backup) {
            Ok(true) => tracing::info!(%path, "toggles start as they were last known"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%path, %error, "the last known toggles on disk cannot be used"),
        }
    }

    fn take_backup(&mut self, backup: &Backup) -> io::Result<bool> {
        let Some(saved) = backup.load()? else { return Ok(false) };
        let snapshot = self.shared.toggles.compile(saved.state.clone()).map_err(io::Error::other)?;
        self.install(snapshot, Arc::new(saved.state), saved.etag, Source::Backup);
        Ok(true)
    }

    /// Asks until it is told to stop.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let pause = tokio::select! {
                pause = self.round() => pause,
                () = stopped(&mut stop) => return,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    /// Asks once, and says how long to wait before the next time.
    async fn round(&mut self) -> Duration {
        let random = self.shared.sources.random.clone();
        match self.ask().await {
            Ok(()) => {
                self.succeeded();
                wait::regular(self.shared.settings.poll_interval_ms, &*random)
            }
            Err(error) => {
                self.failed(&error);
                wait::after_failures(&self.shared.settings, self.failures, error.retry_after(), &*random)
            }
        }
    }

    pub(super) async fn ask(&mut self) -> Result<(), CallError> {
        let (body, etag) = match self.shared.api.features(self.etag.as_deref()).await? {
            Fetched::NotModified => {
                self.shared.counters.unchanged.inc();
                return Ok(());
            }
            Fetched::New { body, etag } => (body, etag),
        };
        let (toggles, last) = (self.shared.toggles.clone(), self.last.clone());
        let compile = move || -> Result<(ClientFeatures, Snapshot), CallError> {
            let state = parse_state(&body, &last)?;
            let snapshot = toggles.compile(state.clone())?;
            Ok((state, snapshot))
        };
        let (state, snapshot) = apart(compile).await??;
        self.install(snapshot, Arc::new(state), etag, Source::Server);
        self.shared.counters.changed.inc();
        self.save().await;
        Ok(())
    }

    fn install(
        &mut self,
        snapshot: Snapshot,
        state: Arc<ClientFeatures>,
        etag: Option<String>,
        source: Source,
    ) {
        for warning in snapshot.warnings().iter().take(WARNINGS_LOGGED_MAX) {
            tracing::warn!(
                toggle = warning.toggle,
                reason = warning.reason,
                "toggle cannot be compiled and is off"
            );
        }
        self.shared.toggles.install(snapshot);
        self.etag.clone_from(&etag);
        let (toggles, now) = (state.features.len(), self.shared.now());
        self.last = state;
        self.shared.status.send_modify(|status| {
            status.source = source;
            status.toggles = toggles;
            status.etag = etag;
            status.last_change = Some(now);
        });
    }

    async fn save(&self) {
        let Some(backup) = self.backup.clone() else { return };
        let (state, etag, now) = (self.last.clone(), self.etag.clone(), self.shared.now());
        let path = backup.path.clone();
        let saved = apart(move || backup.save((*state).clone(), etag, now)).await;
        let error = match saved {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(path = %path.display(), error, "toggles cannot be kept on disk");
    }

    fn succeeded(&mut self) {
        if self.said.take().is_some() {
            tracing::info!("the Unleash server answers again");
        }
        self.failures = 0;
        let now = self.shared.now();
        self.shared.status.send_modify(|status| {
            status.source = Source::Server;
            status.last_success = Some(now);
            status.error = None;
            status.failures = 0;
        });
    }

    fn failed(&mut self, error: &CallError) {
        self.failures = self.failures.saturating_add(1);
        self.shared.counters.failed.inc();
        if error.is_bad_body() {
            self.shared.counters.refused.inc();
        }
        let cause = error.to_string();
        if self.said.as_ref() == Some(&cause) {
            tracing::debug!(
                cause,
                failures = self.failures,
                "toggles still cannot be had from the Unleash server"
            );
        } else {
            tracing::warn!(cause, "toggles cannot be had from the Unleash server; the last ones hold");
        }
        let failures = self.failures;
        self.said = Some(cause.clone());
        self.shared.status.send_modify(|status| {
            status.error = Some(cause);
            status.failures = failures;
        });
    }
}
