//! The gateway's part of a process: features and toggles, what is outside, and how all of it changes while it runs.

use crate::error::AppError;
use crate::features::FeaturesFile;
use crate::settings::Settings;
use gateway::features::Report;
use gateway::{Current, Reloader, Reloading};
use kernel::Sources;
use std::time::Duration;
use telemetry::Metrics;
use toggles::Toggles;
use toggles::unleash::{Source, Unleash};
use upstream::{HealthChecks, Upstreams};

/// Longest that a start waits for the toggles of an Unleash server. After it, all are off until they come.
const FIRST_TOGGLES_WITHIN: Duration = Duration::from_secs(2);

/// What the workers route by, and what keeps it up to date.
pub(crate) struct Front {
    /// Routes and toggles.
    pub(crate) current: Current,
    /// Services and legacy upstreams.
    pub(crate) upstreams: Upstreams,
    /// Reloads the features file.
    pub(crate) reloader: Reloader,
    unleash: Option<Unleash>,
    health_checks: HealthChecks,
}

impl Front {
    /// Reads the features, gets the toggles, and starts to watch both, and the upstreams' health.
    pub(crate) async fn start(
        file: FeaturesFile,
        settings: &Settings,
        sources: &Sources,
        metrics: &Metrics,
    ) -> Result<Self, AppError> {
        let toggles = Toggles::new();
        let (snapshot, warnings) = file.snapshot(&toggles).map_err(refused)?;
        for warning in warnings.findings() {
            tracing::warn!(file = %file.path.display(), reason = warning.reason, "features");
        }
        let unleash = start_unleash(settings, sources, metrics, &toggles).await?;
        let upstreams = Upstreams::new(settings.upstream.clone(), sources.clone());
        let current = snapshot.bind(&upstreams).into_current();
        let reloading = Reloading {
            path: file.path.clone(),
            load: Box::new(move || file.snapshot(&toggles)),
            fill: Box::new(|_| ()),
            current: current.clone(),
            upstreams: upstreams.clone(),
            clock: sources.clock.clone(),
        };
        let reloader = Reloader::start(reloading, metrics)
            .map_err(|source| AppError::System { doing: "watch the features file", source })?;
        let health_checks = upstreams.start_health_checks();
        Ok(Self { current, upstreams, reloader, unleash, health_checks })
    }

    /// Ends what runs in the background, and reports the last usage of toggles.
    pub(crate) async fn stop(self) {
        drop(self.reloader);
        self.health_checks.stop();
        if let Some(unleash) = self.unleash {
            unleash.stop().await;
        }
    }
}

fn refused(report: Report) -> AppError {
    AppError::Features(report.to_string())
}

/// Waits for the first toggles for a while: decisions without them all give the old side.
async fn start_unleash(
    settings: &Settings,
    sources: &Sources,
    metrics: &Metrics,
    toggles: &Toggles,
) -> Result<Option<Unleash>, AppError> {
    if !settings.unleash.is_on() {
        return Ok(None);
    }
    let unleash = Unleash::start(&settings.unleash, sources, toggles)
        .map_err(|error| AppError::Setting(error.to_string()))?;
    metrics.register(|registry| unleash.register_metrics(registry));
    let mut status = unleash.watch();
    let known = status.wait_for(|status| status.source != Source::None);
    if tokio::time::timeout(FIRST_TOGGLES_WITHIN, known).await.is_err() {
        tracing::warn!("no toggles from the Unleash server yet: until they come, all are off");
    }
    Ok(Some(unleash))
}
