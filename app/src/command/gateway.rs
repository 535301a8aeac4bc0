//! `banyan gateway`: the gateway alone, in front of an application in any language. No modules, no storage.

use crate::error::AppError;
use crate::features::{self, FeaturesFile};
use crate::front::Front;
use crate::process::{self, Ports, Served, Start};
use crate::settings::Settings;
use gateway::Tokens;
use host::Mounted;
use identity::Verifier;
use remote::JwksFollower;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use telemetry::{Kind, Metrics, Reading};

/// Longest that a start waits for the keys of tokens. After it, tokens name nobody until the keys come.
const FIRST_KEYS_WITHIN: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT. With `legacy_url`, everything that no route takes goes there.
pub(crate) fn run(settings: Settings, legacy_url: Option<String>) -> Result<ExitCode, AppError> {
    process::run(settings, |start| serve(start, legacy_url))
}

async fn serve(start: Start, legacy_url: Option<String>) -> Result<(), AppError> {
    let Start { settings, sources, metrics, .. } = &start;
    let file = FeaturesFile::of_gateway(settings, legacy_url);
    features::look(&file)?;
    let ports = Ports::take(settings)?;
    let follower = follow_keys(&start).await?;
    let front = Front::start(file, settings, sources, metrics).await?;
    let mounted = Mounted {
        modules: Arc::new([]),
        verifier: Verifier::new(),
        sources: sources.clone(),
        settings: settings.host.clone(),
        dry_run: None,
    };
    let tokens =
        follower.as_ref().map_or(Tokens::None, |follower| Tokens::Others(follower.verifier().clone()));
    start.serve(ports, Served { mounted, tokens, extensions: Vec::new(), front }).await
}

/// Follows the keys by which tokens are verified, where the settings name any.
async fn follow_keys(start: &Start) -> Result<Option<JwksFollower>, AppError> {
    let Start { settings, sources, metrics, .. } = start;
    if !settings.jwks.is_on() {
        return Ok(None);
    }
    let follower =
        JwksFollower::start(&settings.jwks, sources).map_err(|error| AppError::Setting(error.to_string()))?;
    show(metrics, &follower);
    if tokio::time::timeout(FIRST_KEYS_WITHIN, follower.looked()).await.is_err() {
        tracing::warn!("no keys of tokens yet: until they come, tokens name nobody");
    }
    Ok(Some(follower))
}

/// Puts how the following goes into the metrics.
fn show(metrics: &Metrics, follower: &JwksFollower) {
    let figures = follower.figures();
    let source = |figure: fn(&remote::JwksFigures) -> &AtomicU64| -> telemetry::Source {
        let figures = figures.clone();
        Box::new(move || figure(&figures).load(Relaxed))
    };
    metrics.read(Reading {
        name: "jwks_looks",
        help: "Questions for the keys of tokens",
        kind: Kind::Counter,
        label: "result",
        sources: vec![
            ("changed", source(|figures| &figures.changed)),
            ("unchanged", source(|figures| &figures.unchanged)),
            ("failed", source(|figures| &figures.failed)),
        ],
    });
    let verifier = follower.verifier().clone();
    metrics.read(Reading {
        name: "jwks_keys",
        help: "Keys by which tokens are verified",
        kind: Kind::Gauge,
        label: "use",
        sources: vec![("sig", Box::new(move || verifier.keys() as u64))],
    });
}
