//! What the gateway keeps: the report of the parallel run, in its own store.

use crate::compose;
use crate::error::AppError;
use crate::settings::Settings;
use kernel::Sources;
use report::{Keeper, Recorder, ReportError};
use storage::{StorageError, Store, StoreOptions};
use telemetry::Metrics;

/// The gateway's store and what is in it.
pub(crate) struct Kept {
    /// Counts what the parallel run found.
    pub(crate) recorder: Recorder,
    keeper: Keeper,
    /// `None`: it could not be opened, and counts end with the process.
    store: Option<Store>,
}

impl Kept {
    /// Opens the store and starts to keep. A gateway needs no store to serve: one that cannot be opened is said, here
    /// and in every report, and the counts stay in memory.
    pub(crate) fn start(settings: &Settings, sources: &Sources, metrics: &Metrics) -> Result<Self, AppError> {
        let store = match open(settings, sources) {
            Ok(store) => Some(store),
            Err(error) => {
                tracing::warn!(reason = %error, "the gateway keeps nothing: its store cannot be opened");
                None
            }
        };
        let recorder = recorder(settings, sources, store.clone())?;
        recorder.watch(metrics);
        let keeper = Keeper::start(recorder.clone()).map_err(failed)?;
        Ok(Self { recorder, keeper, store })
    }

    /// The gateway's store, where it could be opened.
    pub(crate) fn store(&self) -> Option<Store> {
        self.store.clone()
    }

    /// Keeps the last second and closes the store. Blocks for the store's own bounds at most.
    pub(crate) fn stop(self) {
        self.keeper.stop();
        if let Some(store) = self.store
            && !store.close()
        {
            tracing::warn!(module = store.module(), "the store was closed with work unfinished");
        }
    }
}

/// The gateway's store.
pub(crate) fn open(settings: &Settings, sources: &Sources) -> Result<Store, AppError> {
    let options = StoreOptions {
        migrations: report::migrations(),
        settings: settings.storage.clone(),
        secrets: compose::secrets(settings)?,
        sources: sources.clone(),
    };
    Ok(Store::open(options)?)
}

/// What counts into a store, and reads from it.
pub(crate) fn recorder(
    settings: &Settings,
    sources: &Sources,
    store: Option<Store>,
) -> Result<Recorder, AppError> {
    let of_report = settings.report.clone();
    let recorder = match store {
        Some(store) => Recorder::with_store(of_report, sources, store),
        None => Recorder::new(of_report, sources),
    };
    recorder.map_err(|error| AppError::Setting(error.to_string()))
}

fn failed(error: ReportError) -> AppError {
    AppError::Storage(StorageError::Setup { module: report::STORE.to_owned(), reason: error.to_string() })
}
