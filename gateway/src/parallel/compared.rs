//! How the two sides of a route are compared: made when a features file comes into force, shared by all its requests.

use crate::features::{Comparison, Features, OldSide, Route, Upstream};
use crate::http1::HostPolicy;
use crate::parallel::Parallel;
use crate::parallel::figures::RouteFigures;
use compare::Rules;
use report::{Asked, Serving};
use std::sync::Arc;
use std::time::Duration;
use upstream::{Balance, Service};

/// What is done with requests that change something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Writes {
    /// The other side is not asked.
    #[default]
    Skip,
    /// The other side executes the request as if, and rolls it back. Only modules and services of this platform can.
    DryRun,
    /// The other side is asked like any other: it has data of its own, or doing it twice does no harm.
    Send,
}

impl Writes {
    /// As it is written in a features file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::DryRun => "dry-run",
            Self::Send => "send",
        }
    }
}

/// A request whose answer is to be compared.
#[derive(Debug, Clone)]
pub struct ToCompare {
    /// How.
    pub compared: Arc<Compared>,
    /// Who answers the client.
    pub serving: Serving,
    /// Hash of what the request sticks to; `None` where it sticks to nothing.
    pub hash: Option<u64>,
}

/// How the two sides of a route are asked and compared.
#[derive(Debug)]
pub struct Compared {
    pub(crate) route: Arc<str>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) writes: Writes,
    /// After how long a difference is asked again; `None`: it counts at once.
    pub(crate) recheck: Option<Duration>,
    /// Share of exchanges that are asked for noise, of 2^32.
    pub(crate) noise_share: u64,
    pub(crate) figures: RouteFigures,
    old: Target,
    new: Target,
    /// Another instance of the old side.
    noise: Option<Target>,
}

/// One who can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Old,
    New,
    /// The other instance of the old side.
    Noise,
}

/// How a side is asked.
#[derive(Debug)]
pub(crate) enum Target {
    /// The worker's own application.
    Module(Arc<str>),
    /// By connections that no client's request ever uses.
    Upstream {
        service: Arc<Service>,
        host: HostPolicy,
        /// Whether it knows the mark of a dry run.
        dry_run: bool,
    },
}

impl Compared {
    /// The comparison of a route; `None` where it has but one side.
    pub(crate) fn new(route: &Route, features: &Features, parallel: &Parallel) -> Option<Arc<Self>> {
        let upstream = |id| features.upstream(id).map(|upstream| Target::upstream(upstream, parallel));
        let old = match &route.old {
            OldSide::Module(module) => Target::Module(module.clone()),
            OldSide::Legacy(id) => upstream(*id)?,
        };
        let new = upstream(route.service?)?;
        let Comparison { rules, writes, recheck, noise, noise_sample, .. } = &route.comparison;
        Some(Arc::new(Self {
            route: route.name.clone(),
            rules: rules.clone(),
            writes: *writes,
            recheck: Some(*recheck).filter(|after| !after.is_zero()),
            noise_share: share_of_chances(*noise_sample),
            figures: parallel.figures().route(&route.name),
            old,
            new,
            noise: noise.and_then(upstream),
        }))
    }

    pub(crate) fn target(&self, who: Who) -> &Target {
        match who {
            Who::Old => &self.old,
            Who::New => &self.new,
            Who::Noise => self.noise.as_ref().unwrap_or(&self.old),
        }
    }

    /// Whether an instance is chosen by what a request sticks to.
    pub(crate) fn is_sticky(&self) -> bool {
        [Some(&self.old), Some(&self.new), self.noise.as_ref()].into_iter().flatten().any(Target::is_sticky)
    }

    /// Who is asked for noise, to be compared with the answer of whom.
    pub(crate) fn noise_pair(&self, serving: Serving) -> (Who, Who) {
        match (&self.noise, serving) {
            (Some(_), _) => (Who::Old, Who::Noise),
            (None, Serving::Old) => (Who::Old, Who::Old),
            (None, Serving::New) => (Who::New, Who::New),
        }
    }
}

impl ToCompare {
    /// Who answers the client.
    pub(crate) fn first(&self) -> Who {
        if self.serving == Serving::Old { Who::Old } else { Who::New }
    }

    /// The other side.
    pub(crate) fn other(&self) -> Who {
        if self.serving == Serving::Old { Who::New } else { Who::Old }
    }
}

impl Target {
    fn upstream(upstream: &Upstream, parallel: &Parallel) -> Self {
        Self::Upstream {
            service: parallel.services().define(upstream),
            host: upstream.host,
            dry_run: upstream.dry_run,
        }
    }

    fn is_sticky(&self) -> bool {
        match self {
            Self::Module(_) => false,
            Self::Upstream { service, .. } => service.policy().balance == Balance::ConsistentHash,
        }
    }

    /// Whether it can execute a request as if.
    pub(crate) fn knows_dry_run(&self) -> bool {
        match self {
            Self::Module(_) => true,
            Self::Upstream { dry_run, .. } => *dry_run,
        }
    }
}

/// Old before new; of one side asked twice, the first answer before the second.
pub(crate) fn oriented<T>(asked: Asked, serving: Serving, first: T, second: T) -> (T, T) {
    match (asked, serving) {
        (Asked::Other, Serving::New) => (second, first),
        _ => (first, second),
    }
}

fn share_of_chances(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * 2f64.powi(32)) as u64
}
