//! Unleash's official engine behind a face that borrows its input and never panics.

use crate::context::Context;
use crate::error::CompileError;
use crate::variant::Variant;
use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use unleash_types::client_features::{ClientFeature, ClientFeatures, Constraint, Strategy};
use unleash_yggdrasil::state::{EnrichedContext, PropertiesCow, PropertiesRef};
use unleash_yggdrasil::{EngineState, VariantDef};

/// A toggle that the engine could not compile, and that is off for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The toggle's name.
    pub toggle: String,
    /// What the engine said.
    pub reason: String,
}

/// What of a context the engine needs for a toggle, so that nothing else is written out for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    time: bool,
    address: bool,
    properties: bool,
}

/// A compiled state.
pub(crate) struct Engine {
    state: EngineState,
    hostname: Option<Arc<str>>,
    failures: AtomicU64,
}

impl Engine {
    /// Compiles a state that went through [`without_impossible_weights`]; `hostname` is what strategies of type `applicationHostname` look at.
    pub(crate) fn new(
        features: ClientFeatures,
        hostname: Option<Arc<str>>,
    ) -> Result<(Self, Vec<Warning>), CompileError> {
        let compile = || {
            let state = EngineState::default();
            let warnings = state.apply_client_features(features).unwrap_or_default();
            (state, warnings)
        };
        let (state, warnings) = catch_unwind(AssertUnwindSafe(compile)).map_err(|_| CompileError::Engine)?;
        let warning = |warning: unleash_yggdrasil::EvalWarning| Warning {
            toggle: warning.toggle_name,
            reason: warning.message,
        };
        let mut warnings: Vec<Warning> = warnings.into_iter().map(warning).collect();
        // One for the toggle and one for its variants say the same.
        warnings.dedup_by(|later, first| later.toggle == first.toggle);
        Ok((Self { state, hostname, failures: AtomicU64::new(0) }, warnings))
    }

    /// A state without toggles.
    pub(crate) fn empty() -> Self {
        Self { state: EngineState::default(), hostname: None, failures: AtomicU64::new(0) }
    }

    /// The state that was compiled, copied.
    pub(crate) fn features(&self) -> ClientFeatures {
        self.state.get_state()
    }

    /// How often the engine failed on an evaluation, which was then answered with *off*.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Relaxed)
    }

    /// Whether the toggle is on; not when the engine does not know it, nor when it failed.
    pub(crate) fn is_enabled(&self, name: &str, needs: Needs, context: &Context<'_>) -> bool {
        self.with(name, needs, context, |enriched| self.state.check_enabled(enriched)).unwrap_or_default()
    }

    /// The variant; `None` when the engine does not know the toggle, or failed.
    pub(crate) fn variant(&self, name: &str, needs: Needs, context: &Context<'_>) -> Option<VariantDef> {
        self.with(name, needs, context, |enriched| self.state.check_variant(enriched))
    }

    fn with<T>(
        &self,
        name: &str,
        needs: Needs,
        context: &Context<'_>,
        evaluate: impl FnOnce(&EnrichedContext<'_>) -> Option<T>,
    ) -> Option<T> {
        let time = needs.time.then(|| context.current_time.text());
        let address = if needs.address { context.remote_address.map(|address| address.text()) } else { None };
        let properties = needs.properties.then(|| properties(context));
        let enriched = EnrichedContext {
            user_id: context.user_id,
            session_id: context.session_id,
            environment: context.environment,
            app_name: context.app_name,
            current_time: time.as_deref(),
            remote_address: address.as_deref(),
            properties: properties.as_ref().map(PropertiesRef::Cows),
            external_results: None,
            toggle_name: name,
            runtime_hostname: self.hostname.as_deref(),
        };
        let result = catch_unwind(AssertUnwindSafe(|| evaluate(&enriched)));
        result.unwrap_or_else(|_| {
            self.failures.fetch_add(1, Relaxed);
            None
        })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

fn properties<'a>(context: &Context<'a>) -> PropertiesCow<'a> {
    context.properties.iter().map(|(key, value)| (Cow::Borrowed(*key), Cow::Borrowed(*value))).collect()
}

/// A variant as callers see it. `always_varied`: the toggle gives one of its variants whenever it is on.
pub(crate) fn variant_of(
    variant: Option<VariantDef>,
    always_varied: bool,
    is_enabled: impl FnOnce() -> bool,
) -> Variant {
    match variant {
        Some(variant) if variant.enabled => Variant::of(variant, true),
        Some(_) => Variant::disabled(!always_varied && is_enabled()),
        None => Variant::disabled(false),
    }
}

/// Takes out variants among which the engine cannot choose: it takes weights for unsigned, adds them up, and divides
/// by the sum.
pub(crate) fn without_impossible_weights(toggle: &mut ClientFeature) {
    if let Some(variants) = &mut toggle.variants {
        variants.iter_mut().for_each(|variant| variant.weight = variant.weight.max(0));
        if !can_be_chosen_from(variants.iter().map(|variant| variant.weight)) {
            variants.clear();
        }
    }
    let strategies = toggle.strategies.iter_mut().flatten();
    for variants in strategies.filter_map(|strategy| strategy.variants.as_mut()) {
        variants.iter_mut().for_each(|variant| variant.weight = variant.weight.max(0));
        if !can_be_chosen_from(variants.iter().map(|variant| variant.weight)) {
            variants.clear();
        }
    }
}

fn can_be_chosen_from(weights: impl Iterator<Item = i32>) -> bool {
    let sum: i64 = weights.map(i64::from).sum();
    (1..=i64::from(u32::MAX)).contains(&sum)
}

/// Whether the engine understands a strategy. The segments must be left out.
pub(crate) fn compiles(strategy: Strategy) -> bool {
    let toggle = ClientFeature {
        name: "t".into(),
        enabled: true,
        strategies: Some(vec![strategy]),
        ..ClientFeature::default()
    };
    let compile = || {
        let mut warnings = Vec::new();
        unleash_yggdrasil::compile(&toggle, &HashMap::new(), &mut warnings);
        warnings.is_empty()
    };
    catch_unwind(AssertUnwindSafe(compile)).unwrap_or_default()
}

/// What the engine needs for each toggle of a state, by name.
pub(crate) fn needs(features: &ClientFeatures) -> HashMap<&str, Needs> {
    let segments: HashMap<i32, Needs> = features
        .segments
        .iter()
        .flatten()
        .map(|segment| (segment.id, Needs::of_constraints(&segment.constraints)))
        .collect();
    let own: HashMap<&str, Needs> = features
        .features
        .iter()
        .map(|toggle| (toggle.name.as_str(), Needs::of_toggle(toggle, &segments)))
        .collect();
    let with_parents = |toggle: &ClientFeature| {
        let parents = toggle.dependencies.iter().flatten();
        let parents = parents.filter_map(|parent| own.get(parent.feature.as_str()).copied());
        parents.fold(own.get(toggle.name.as_str()).copied().unwrap_or_default(), Needs::and)
    };
    features.features.iter().map(|toggle| (toggle.name.as_str(), with_parents(toggle))).collect()
}

impl Needs {
    fn and(self, other: Self) -> Self {
        Self {
            time: self.time || other.time,
            address: self.address || other.address,
            properties: self.properties || other.properties,
        }
    }

    fn all<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        names.map(Self::of_name).fold(Self::default(), Self::and)
    }

    /// What a name of the context needs.
    fn of_name(name: &str) -> Self {
        match name {
            "userId" | "sessionId" | "environment" | "appName" | "default" | "random" => Self::default(),
            "currentTime" => Self { time: true, ..Self::default() },
            "remoteAddress" => Self { address: true, ..Self::default() },
            _ => Self { properties: true, ..Self::default() },
        }
    }

    fn of_constraints(constraints: &[Constraint]) -> Self {
        Self::all(constraints.iter().map(|constraint| constraint.context_name.as_str()))
    }

    fn of_strategy(strategy: &Strategy, segments: &HashMap<i32, Self>) -> Self {
        let by_address = Self { address: strategy.name == "remoteAddress", ..Self::default() };
        let sticky = strategy.parameters.as_ref().and_then(|parameters| parameters.get("stickiness"));
        let segments = strategy.segments.iter().flatten().filter_map(|id| segments.get(id).copied());
        segments
            .fold(by_address, Self::and)
            .and(Self::all(sticky.map(String::as_str).into_iter()))
            .and(Self::of_constraints(strategy.constraints.as_deref().unwrap_or_default()))
    }

    fn of_toggle(toggle: &ClientFeature, segments: &HashMap<i32, Self>) -> Self {
        let variants = || toggle.variants.iter().flatten();
        let sticky = variants().filter_map(|variant| variant.stickiness.as_deref());
        let overrides = variants().flat_map(|variant| variant.overrides.iter().flatten());
        let names = sticky.chain(overrides.map(|one| one.context_name.as_str()));
        let strategies =
            toggle.strategies.iter().flatten().map(|strategy| Self::of_strategy(strategy, segments));
        strategies.fold(Self::all(names), Self::and)
    }
}

#[cfg(test)]
mod tests;
