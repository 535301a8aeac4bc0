//! The gateway's part of a process: features and toggles, what is outside, and how all of it changes while it runs.

use crate::effective::effective;
use crate::error::AppError;
use crate::features::FeaturesFile;
use crate::kept::Kept;
use crate::registered;
use crate::settings::Settings;
use gateway::admin::audit::Audit;
use gateway::features::Report;
use gateway::parallel::{Parallel, ParallelParts};
use gateway::{AdminApi, Current, Promoting, PromotingParts, Reloader, Reloading};
use host::AdminExtension;
use kernel::Sources;
use promotion::{Ceilings, Keep, SharedRedis};
use registry::{Registry, RegistrySettings};
use report::Recorder;
use std::sync::Arc;
use std::time::Duration;
use telemetry::Metrics;
use toggles::Toggles;
use toggles::unleash::{Source, Unleash};
use tokio::task::JoinHandle;
use upstream::{HealthChecks, Upstreams};

/// Longest that a start waits for the toggles of an Unleash server. After it, all are off until they come.
const FIRST_TOGGLES_WITHIN: Duration = Duration::from_secs(2);

/// What the workers route by, and what keeps it up to date.
pub(crate) struct Front {
    /// Routes and toggles.
    pub(crate) current: Current,
    /// Services and legacy upstreams.
    pub(crate) upstreams: Upstreams,
    /// Asks other sides, and compares.
    pub(crate) parallel: Parallel,
    /// Reloads the features file.
    pub(crate) reloader: Reloader,
    /// The report, and what keeps it.
    pub(crate) kept: Kept,
    registry: Registry,
    audit: Audit,
    unleash: Option<Unleash>,
    health_checks: HealthChecks,
    following: JoinHandle<()>,
    promoting: Promoting,
    promoted: JoinHandle<()>,
}

impl Front {
    /// Reads the features, gets the toggles, and starts to watch both, and the upstreams' health.
    pub(crate) async fn start(
        file: FeaturesFile,
        settings: &Settings,
        sources: &Sources,
        metrics: &Metrics,
    ) -> Result<Self, AppError> {
        let kept = Kept::start(settings, sources, metrics)?;
        let toggles = Toggles::new();
        let (snapshot, warnings) = file.snapshot(&toggles).map_err(refused)?;
        for warning in warnings.findings() {
            tracing::warn!(file = %file.path.display(), reason = warning.reason, "features");
        }
        let unleash = start_unleash(settings, sources, metrics, &toggles).await?;
        let upstreams = Upstreams::new(settings.upstream.clone(), sources.clone());
        gateway::watch_upstreams(metrics, &upstreams);
        let registry = Registry::start(settings.registry.clone(), sources.clone())
            .map_err(|error| AppError::Setting(error.to_string()))?;
        let parallel = start_parallel(settings, &kept.recorder, sources, metrics)?;
        let ceilings = Ceilings::default();
        let snapshot = snapshot.under(&ceilings).bind(&upstreams).compare_by(&parallel);
        let all = [upstreams.clone(), parallel.upstreams().clone()];
        registered::fill(&registry, &all, &snapshot);
        let current = snapshot.into_current();
        let following = tokio::spawn(registered::follow(registry.clone(), all.clone(), current.clone()));
        let audit =
            Audit::start(&settings.audit, sources).map_err(|error| AppError::Setting(error.to_string()))?;
        let promoting = Promoting::new(PromotingParts {
            current: current.clone(),
            ceilings: ceilings.clone(),
            keep: keep(settings, &kept)?,
            recorder: kept.recorder.clone(),
            metrics: metrics.clone(),
            audit: audit.clone(),
            sources: sources.clone(),
        });
        let reloading = Reloading {
            path: file.path.clone(),
            check: {
                let file = file.clone();
                Box::new(move |text| file.check_text(text))
            },
            load: {
                let ceilings = ceilings.clone();
                Box::new(move || {
                    let (snapshot, report) = file.snapshot(&toggles)?;
                    Ok((snapshot.under(&ceilings), report))
                })
            },
            fill: {
                let registry = registry.clone();
                Box::new(move |snapshot| registered::fill(&registry, &all, snapshot))
            },
            told: gateway::admin::told(audit.clone()),
            current: current.clone(),
            upstreams: upstreams.clone(),
            parallel: Some(parallel.clone()),
            clock: sources.clock.clone(),
        };
        let reloader = Reloader::start(reloading, metrics)
            .map_err(|source| AppError::System { doing: "watch the features file", source })?;
        let health_checks = upstreams.start_health_checks();
        // Before anybody is served: until then every ceiling is at 0.
        promoting.look().await;
        let promoted = tokio::spawn(promoting.clone().run());
        Ok(Self {
            current,
            upstreams,
            parallel,
            reloader,
            kept,
            registry,
            audit,
            unleash,
            health_checks,
            following,
            promoting,
            promoted,
        })
    }

    /// What the admin side shows and changes of all this.
    pub(crate) fn admin(&self, settings: &Settings, sources: &Sources, metrics: &Metrics) -> AdminExtension {
        gateway::admin_api(AdminApi {
            current: self.current.clone(),
            upstreams: self.upstreams.clone(),
            registry: self.registry.clone(),
            reloader: Some(self.reloader.clone()),
            unleash: self.unleash.as_ref().map(Unleash::watch),
            audit: self.audit.clone(),
            promoting: Some(self.promoting.clone()),
            metrics: metrics.clone(),
            recorder: self.kept.recorder.clone(),
            settings: Arc::new(effective(settings.given.clone())),
            has_token: settings.admin.token.is_some(),
            sources: sources.clone(),
        })
    }

    /// Ends what runs in the background, and reports the last usage of toggles.
    pub(crate) async fn stop(self) {
        drop(self.reloader);
        self.following.abort();
        self.promoted.abort();
        self.health_checks.stop();
        if let Some(unleash) = self.unleash {
            unleash.stop().await;
        }
        self.kept.stop();
    }
}

fn start_parallel(
    settings: &Settings,
    recorder: &Recorder,
    sources: &Sources,
    metrics: &Metrics,
) -> Result<Parallel, AppError> {
    let parts = ParallelParts {
        settings: settings.parallel.clone(),
        upstream: settings.upstream.clone(),
        dry_run: settings.dry_run.key().map_err(AppError::Setting)?,
        recorder: recorder.clone(),
        sources: sources.clone(),
        metrics: metrics.clone(),
    };
    Parallel::start(parts).map_err(|source| AppError::System { doing: "start the parallel run", source })
}

/// Where promotions are kept: in the gateway's own store, and in the registry's Redis, which the fleet shares.
fn keep(settings: &Settings, kept: &Kept) -> Result<Keep, AppError> {
    let RegistrySettings { redis, redis_prefix, .. } = &settings.registry;
    let shared = redis.reveal().map(|url| SharedRedis { url: url.to_owned(), prefix: redis_prefix.clone() });
    Keep::new(kept.store(), shared).map_err(|error| AppError::Setting(error.to_string()))
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
