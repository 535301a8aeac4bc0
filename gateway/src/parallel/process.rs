//! The parallel run of a process: what its workers share.

use crate::features::Features;
use crate::parallel::figures::Figures;
use crate::parallel::judge::{self, ToJudge};
use crate::parallel::services::Services;
use crate::parallel::{Compared, ParallelSettings};
use identity::DryRunKey;
use kernel::Sources;
use report::{Limits, Recorder};
use std::io;
use std::sync::Arc;
use telemetry::Metrics;
use upstream::{UpstreamSettings, Upstreams};

/// What a parallel run is made of.
pub struct ParallelParts {
    /// The section `parallel`.
    pub settings: ParallelSettings,
    /// The section `upstream`.
    pub upstream: UpstreamSettings,
    /// Signs dry runs; without it none is made.
    pub dry_run: Option<DryRunKey>,
    /// Where what is found goes.
    pub recorder: Recorder,
    /// Clock and chance.
    pub sources: Sources,
    /// Where its metrics are shown.
    pub metrics: Metrics,
}

/// The parallel run of a process. Clones are the same.
#[derive(Clone)]
pub struct Parallel(Arc<Inner>);

struct Inner {
    settings: ParallelSettings,
    services: Services,
    figures: Figures,
    recorder: Recorder,
    dry_run: Option<DryRunKey>,
    sources: Sources,
    judge: ToJudge,
}

impl Parallel {
    /// Starts the judge's thread, which ends with the last clone.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(parts: ParallelParts) -> io::Result<Self> {
        let ParallelParts { settings, upstream, dry_run, recorder, sources, metrics } = parts;
        let figures = Figures::default();
        figures.show(&metrics);
        let judge = judge::start(&settings, &recorder)?;
        let services = Services::new(&settings, upstream, &sources);
        Ok(Self(Arc::new(Inner { settings, services, figures, recorder, dry_run, sources, judge })))
    }

    /// The sides as the parallel run asks them. Whoever fills services from a registry fills these too.
    #[must_use]
    pub fn upstreams(&self) -> &Upstreams {
        self.0.services.upstreams()
    }

    /// How the routes of a file are compared, by position.
    pub(crate) fn bind(&self, features: &Features) -> Box<[Option<Arc<Compared>>]> {
        if !self.0.settings.enabled {
            return Box::default();
        }
        let routes = features.routes.iter();
        let with_toggle = routes.clone().filter(|route| route.compare.is_some());
        let limits = with_toggle.map(|route| {
            let Limits { enough, allowed_difference } = route.comparison.limits;
            (route.name.clone(), Limits { enough, allowed_difference })
        });
        self.0.recorder.set_limits(limits);
        let compared = routes.map(|route| {
            route.compare.as_ref()?;
            Compared::new(route, features, self)
        });
        compared.collect()
    }

    pub(crate) fn settings(&self) -> &ParallelSettings {
        &self.0.settings
    }

    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.0.figures
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    pub(crate) fn dry_run(&self) -> Option<&DryRunKey> {
        self.0.dry_run.as_ref()
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    pub(crate) fn judge(&self) -> &ToJudge {
        &self.0.judge
    }
}

impl std::fmt::Debug for Parallel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parallel").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
