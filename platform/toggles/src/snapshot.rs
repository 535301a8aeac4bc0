//! The toggles at one moment, compiled. Never changes, but for its counters.

use crate::TOGGLES_MAX;
use crate::asks::{self, Asks};
use crate::context::Context;
use crate::counts::Counts;
use crate::engine::{self, Engine, Needs, Warning, variant_of};
use crate::error::CompileError;
use crate::names::{Names, ToggleId};
use crate::plan::{Plan, Rollout, key_of};
use crate::variant::Variant;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use unleash_types::client_features::{ClientFeature, ClientFeatures};

/// The toggles at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// By the index of the toggle's id.
    toggles: Box<[Option<Toggle>]>,
    ids: BTreeMap<Arc<str>, ToggleId>,
    engine: Engine,
    counts: Arc<Counts>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Clone)]
struct Toggle {
    name: Arc<str>,
    plan: Plan,
    needs: Needs,
    /// Nothing where it is the same for everybody.
    asks: Asks,
    /// It gives one of its variants whenever it is on.
    always_varied: bool,
    /// Tells a share of requests from the rest, and what that asks.
    key: Rollout,
    key_asks: Asks,
}

impl Snapshot {
    pub(crate) fn new(
        mut features: ClientFeatures,
        names: &Names,
        hostname: Option<Arc<str>>,
    ) -> Result<Self, CompileError> {
        let count = features.features.len();
        if count > TOGGLES_MAX {
            return Err(CompileError::TooManyToggles { count, max: TOGGLES_MAX });
        }
        features.features.iter_mut().for_each(engine::without_impossible_weights);
        let ids = names.ids(features.features.iter().map(|toggle| toggle.name.as_str()))?;
        let toggles = toggles(&features, &ids);
        let rows = features.features.iter().zip(&ids);
        let rows = rows.map(|(toggle, id)| (*id, Arc::from(toggle.name.as_str()), variant_names(toggle)));
        let counts = Arc::new(Counts::new(rows));
        let ids = features.features.iter().map(|toggle| Arc::from(toggle.name.as_str())).zip(ids).collect();
        let (engine, warnings) = Engine::new(features, hostname)?;
        Ok(Self { toggles, ids, engine, counts, warnings })
    }

    /// No toggles.
    pub(crate) fn empty() -> Self {
        Self {
            toggles: Box::default(),
            ids: BTreeMap::new(),
            engine: Engine::empty(),
            counts: Arc::new(Counts::new(std::iter::empty())),
            warnings: Vec::new(),
        }
    }

    /// Whether the toggle is on. One that does not exist is off.
    #[inline]
    #[must_use]
    pub fn is_enabled(&self, id: ToggleId, context: &Context<'_>) -> bool {
        self.is_enabled_or(id, context, false)
    }

    /// Whether the toggle is on; for one that does not exist what the caller says. Before toggles were first loaded,
    /// none exists.
    #[inline]
    #[must_use]
    pub fn is_enabled_or(&self, id: ToggleId, context: &Context<'_>, default: bool) -> bool {
        let Some(toggle) = self.toggle(id) else { return default };
        match &toggle.plan {
            Plan::Off => false,
            Plan::On => true,
            Plan::Rollouts(rollouts) => rollouts.iter().any(|rollout| rollout.takes(context)),
            Plan::Engine(needs) => self.engine.is_enabled(&toggle.name, *needs, context),
        }
    }

    /// Whether whoever asks is among the first `percent` of a hundred by the key of the toggle's first rollout: the same
    /// group, stickiness and draw, so that together with the toggle the share is the smaller of the two. A toggle without
    /// a rollout has the stickiness `default` and its name as the group. One that does not exist takes nobody.
    #[inline]
    #[must_use]
    pub fn is_within(&self, id: ToggleId, context: &Context<'_>, percent: u8) -> bool {
        percent >= 100
            || percent > 0
                && self.toggle(id).is_some_and(|toggle| toggle.key.takes_within(context, percent.into()))
    }

    /// What [`Snapshot::is_within`] asks about a request.
    #[inline]
    #[must_use]
    pub fn asks_within(&self, id: ToggleId) -> Asks {
        self.toggle(id).map(|toggle| toggle.key_asks).unwrap_or_default()
    }

    /// The same by the engine alone, however simple the toggle is; `None` when it does not exist. For comparing.
    #[must_use]
    pub fn is_enabled_by_engine(&self, id: ToggleId, context: &Context<'_>) -> Option<bool> {
        let toggle = self.toggle(id)?;
        Some(self.engine.is_enabled(&toggle.name, toggle.needs, context))
    }

    /// The variant that the toggle gives. One that does not exist gives none.
    #[must_use]
    pub fn variant(&self, id: ToggleId, context: &Context<'_>) -> Variant {
        let Some(toggle) = self.toggle(id) else { return Variant::disabled(false) };
        let variant = self.engine.variant(&toggle.name, toggle.needs, context);
        variant_of(variant, toggle.always_varied, || self.is_enabled(id, context))
    }

    /// Counts one use of a toggle. Evaluating does not count by itself, so that a decision can be explained or asked
    /// for twice without a trace.
    #[inline]
    pub fn count(&self, id: ToggleId, on: bool) {
        self.counts.count(id, on);
    }

    /// Counts one use of a toggle by its variant, and whether the toggle was on.
    pub fn count_variant(&self, id: ToggleId, variant: &Variant) {
        self.counts.count(id, variant.feature_enabled);
        self.counts.count_variant(id, &variant.name);
    }

    /// The id of a toggle that exists.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ToggleId> {
        self.ids.get(name).copied()
    }

    /// Whether the toggle exists.
    #[must_use]
    pub fn exists(&self, id: ToggleId) -> bool {
        self.toggle(id).is_some()
    }

    /// What the toggle asks about a request; nothing when it is the same for all of them, or does not exist.
    #[inline]
    #[must_use]
    pub fn asks(&self, id: ToggleId) -> Asks {
        self.toggle(id).map(|toggle| toggle.asks).unwrap_or_default()
    }

    /// Whether the toggle is decided by the short path, without the engine.
    #[must_use]
    pub fn is_simple(&self, id: ToggleId) -> bool {
        self.toggle(id).is_some_and(|toggle| !matches!(toggle.plan, Plan::Engine(_)))
    }

    /// The names of the toggles, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(|name| &**name)
    }

    /// The toggles that could not be compiled, and that are off for it.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How often the engine failed on an evaluation, which was then answered with *off*.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.engine.failures()
    }

    /// What the toggles say, copied: for listings, never for a request.
    #[must_use]
    pub fn features(&self) -> ClientFeatures {
        self.engine.features()
    }

    pub(crate) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    fn toggle(&self, id: ToggleId) -> Option<&Toggle> {
        self.toggles.get(id.index())?.as_ref()
    }
}

/// The toggles in the order of their ids. Of two with one name the last holds, as in the engine.
fn toggles(features: &ClientFeatures, ids: &[ToggleId]) -> Box<[Option<Toggle>]> {
    let (needs, asks) = (engine::needs(features), asks::asks(features));
    let length = ids.iter().map(|id| id.index() + 1).max().unwrap_or_default();
    let mut toggles = vec![None; length];
    for (toggle, id) in features.features.iter().zip(ids) {
        let needs = needs.get(toggle.name.as_str()).copied().unwrap_or_default();
        if let Some(place) = toggles.get_mut(id.index()) {
            let plan = Plan::of(toggle, needs);
            let is_plain = matches!(plan, Plan::Off | Plan::On);
            let (key, stickiness) = key_of(toggle);
            let asks = asks.get(toggle.name.as_str()).copied().filter(|_| !is_plain).unwrap_or_default();
            *place = Some(Toggle {
                name: toggle.name.as_str().into(),
                plan,
                asks,
                needs,
                always_varied: is_always_varied(toggle),
                key,
                key_asks: Asks::of_share(stickiness),
            });
        }
    }
    toggles.into()
}

fn is_always_varied(toggle: &ClientFeature) -> bool {
    let varied = |variants: Option<bool>| variants.unwrap_or_default();
    let strategies = toggle.strategies.as_deref().unwrap_or_default();
    varied(toggle.variants.as_ref().map(|variants| !variants.is_empty()))
        || (!strategies.is_empty()
            && strategies
                .iter()
                .all(|strategy| varied(strategy.variants.as_ref().map(|variants| !variants.is_empty()))))
}

fn variant_names(toggle: &ClientFeature) -> Vec<Arc<str>> {
    let own = toggle.variants.iter().flatten().map(|variant| variant.name.as_str());
    let strategies = toggle.strategies.iter().flatten();
    let of_strategies = strategies.flat_map(|strategy| strategy.variants.iter().flatten());
    let names: BTreeSet<&str> = own.chain(of_strategies.map(|variant| variant.name.as_str())).collect();
    names.into_iter().map(Arc::from).collect()
}
