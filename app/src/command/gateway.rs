//! `banyan gateway`: the gateway alone, in front of an application in any language. No modules, no storage.

use crate::error::AppError;
use crate::features::{self, FeaturesFile};
use crate::front::Front;
use crate::process::{self, Ports, Served, Start};
use crate::settings::Settings;
use host::Mounted;
use identity::Verifier;
use std::process::ExitCode;
use std::sync::Arc;

/// Serves until SIGTERM or SIGINT. With `legacy_url`, everything that no route takes goes there.
pub(crate) fn run(settings: Settings, legacy_url: Option<String>) -> Result<ExitCode, AppError> {
    process::run(settings, |start| serve(start, legacy_url))
}

async fn serve(start: Start, legacy_url: Option<String>) -> Result<(), AppError> {
    let Start { settings, sources, metrics, .. } = &start;
    let file = FeaturesFile::of_gateway(settings, legacy_url);
    features::look(&file)?;
    let ports = Ports::take(settings)?;
    let front = Front::start(file, settings, sources, metrics).await?;
    let mounted = Mounted {
        modules: Arc::new([]),
        verifier: Verifier::new(),
        sources: sources.clone(),
        settings: settings.host.clone(),
        dry_run: None,
    };
    start.serve(ports, Served { mounted, verifier: None, extensions: Vec::new(), front }).await
}
