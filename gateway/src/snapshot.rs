//! Routes and toggles at one moment, compiled, and the place where the current ones are found.

#[cfg(test)]
pub(crate) mod tests;

use crate::features::{Features, Upstream, UpstreamId};
use crate::matcher::{Matcher, Taken, TooManyStates};
use crate::parallel::{Compared, Parallel};
use arc_swap::{ArcSwap, Guard};
use promotion::Ceilings;
use std::ops::Deref;
use std::sync::Arc;
use toggles::{CompileError, ToggleId, Toggles};
use upstream::{Service, Upstreams};

/// The current snapshot. Requests load it without a lock and keep it to their end; whoever reloads the features
/// stores a whole new one.
pub type Current = Arc<ArcSwap<Snapshot>>;

/// A features file, ready to decide by. Never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The file.
    pub features: Features,
    /// Its routes, compiled.
    pub matcher: Matcher,
    dials: Box<[Dial]>,
    toggles: Source,
    /// By upstream; empty where nothing is ever passed on.
    services: Box<[Arc<Service>]>,
    /// By route; empty where nothing is ever compared.
    compared: Box<[Option<Arc<Compared>>]>,
    /// `None` where nothing promotes: on the command line.
    ceilings: Option<Ceilings>,
}

/// The toggles of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dial {
    /// On: the service answers.
    pub serve: Option<ToggleId>,
    /// On: the other side is asked too.
    pub compare: Option<ToggleId>,
}

/// Where a snapshot's toggles come from.
#[derive(Debug)]
enum Source {
    /// From the same file: routes and toggles change in one step.
    File(Arc<toggles::Snapshot>),
    /// From a server: they change by themselves.
    Server(Toggles),
}

/// The toggles that hold now.
#[derive(Debug)]
pub enum TogglesNow<'s> {
    /// Those of the snapshot's file.
    Held(&'s toggles::Snapshot),
    /// What the server said last.
    Loaded(Guard<Arc<toggles::Snapshot>>),
}

impl Deref for TogglesNow<'_> {
    type Target = toggles::Snapshot;

    fn deref(&self) -> &toggles::Snapshot {
        match self {
            Self::Held(held) => held,
            Self::Loaded(loaded) => loaded,
        }
    }
}

/// Why checked features cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The patterns overlap in too many ways. [`crate::features::parse`] has made sure that they do not.
    #[error(transparent)]
    Patterns(#[from] TooManyStates),
    /// The toggles cannot be taken.
    #[error(transparent)]
    Toggles(#[from] CompileError),
}

impl Snapshot {
    /// Compiles checked features whose toggles come from the file; `toggles` holds them from now on.
    ///
    /// # Errors
    /// [`SnapshotError`]; the toggles are as before then.
    pub fn new(features: Features, toggles: &Toggles) -> Result<Self, SnapshotError> {
        let matcher = compile(&features)?;
        toggles.replace(features.toggles.clone())?;
        let held = Guard::into_inner(toggles.load());
        Ok(Self::with(features, matcher, toggles, Source::File(held)))
    }

    /// Compiles checked features whose toggles a server gives to `toggles`.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn with_server(features: Features, toggles: &Toggles) -> Result<Self, SnapshotError> {
        let matcher = compile(&features)?;
        Ok(Self::with(features, matcher, toggles, Source::Server(toggles.clone())))
    }

    fn with(features: Features, matcher: Matcher, toggles: &Toggles, source: Source) -> Self {
        let resolve = |name: &Arc<str>| toggles.resolve(name);
        let dial = |route: &crate::features::Route| Dial {
            serve: route.serve.as_ref().map(resolve),
            compare: route.compare.as_ref().map(resolve),
        };
        let dials = features.routes.iter().map(dial).collect();
        Self {
            features,
            matcher,
            dials,
            toggles: source,
            services: Box::default(),
            compared: Box::default(),
            ceilings: None,
        }
    }

    /// Gives the file's services and legacy upstreams their policies, and their instances where the file lists them, and
    /// keeps them at hand. Where it does not, the instances are the registry's business.
    #[must_use]
    pub fn bind(mut self, upstreams: &Upstreams) -> Self {
        let bind = |upstream: &Upstream| {
            let service = upstreams.define(&upstream.name, upstream.policy.clone());
            if let Some(instances) = &upstream.instances {
                upstreams.set_instances(&upstream.name, instances.clone());
            }
            service
        };
        self.services = self.features.upstreams.iter().map(bind).collect();
        self
    }

    /// Makes the routes' comparisons ready.
    #[must_use]
    pub fn compare_by(mut self, parallel: &Parallel) -> Self {
        self.compared = parallel.bind(&self.features);
        self
    }

    /// How a route is compared, by its position; `None` where it is not.
    #[must_use]
    pub fn compared(&self, route: usize) -> Option<&Arc<Compared>> {
        self.compared.get(route)?.as_ref()
    }

    /// Holds the routes that are promoted under their ceilings.
    #[must_use]
    pub fn under(mut self, ceilings: &Ceilings) -> Self {
        self.ceilings = Some(ceilings.clone());
        self
    }

    /// The ceiling of a route, percent, by its position; `None` where it has none.
    #[must_use]
    pub fn ceiling(&self, route: usize) -> Option<u8> {
        let route = self.features.routes.get(route).filter(|route| route.promotion.is_some())?;
        self.ceilings.as_ref().map(|ceilings| ceilings.of(&route.name))
    }

    /// Lets go of all services but those that the file names.
    pub fn release_others(&self, upstreams: &Upstreams) {
        let names: Vec<&str> = self.features.upstreams.iter().map(|upstream| &*upstream.name).collect();
        upstreams.retain(&names);
    }

    /// The toggles that hold now.
    #[must_use]
    pub fn toggles(&self) -> TogglesNow<'_> {
        match &self.toggles {
            Source::File(held) => TogglesNow::Held(held),
            Source::Server(toggles) => TogglesNow::Loaded(toggles.load()),
        }
    }

    /// The toggles of a route, by its position.
    #[must_use]
    pub fn dial(&self, route: usize) -> Dial {
        self.dials.get(route).copied().unwrap_or_default()
    }

    /// The service to ask; `None` where nothing is passed on.
    #[must_use]
    pub fn service(&self, id: UpstreamId) -> Option<&Arc<Service>> {
        self.services.get(id.index())
    }

    /// Makes this the first current snapshot.
    #[must_use]
    pub fn into_current(self) -> Current {
        Arc::new(ArcSwap::from_pointee(self))
    }
}

fn compile(features: &Features) -> Result<Matcher, TooManyStates> {
    Matcher::new(features.routes.iter().map(Taken::from))
}
